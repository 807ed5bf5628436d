"""A throw-away PostgreSQL: its own cluster under a temporary folder, reached by a socket only.

PostgreSQL refuses to run as root, so root starts it as the user `postgres`
that the Debian package made.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

DURABLE = {"listen_addresses": "", "max_connections": "120", "shared_buffers": "64MB"}
FAST = {**DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def binaries() -> Path | None:
    """The folder of the newest `initdb`, or None when PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


@contextmanager
def cluster(options: Mapping[str, str] = FAST) -> Iterator[str]:
    """Start a cluster; the address of a database in it (`RETKOOP_DATABASE_URL`). Always stopped and removed.

    `FAST` forgets everything at a power cut, as tests may; what is timed is `DURABLE`.
    """
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed")
    home = Path(tempfile.mkdtemp(prefix="retkoop-pg-"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(home, "postgres", "postgres")
    try:
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            home / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user)
        server: list[str | Path] = [programs / "postgres", "-D", home / "data", "-k", home]
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (home / "log").open("w") as log:
            process: subprocess.Popen[Any] = subprocess.Popen([*server, *settings], stdout=log, stderr=log, cwd="/", **as_user)
        try:
            _wait(home, process)
            yield f"postgresql:///retkoop?host={home}&user=postgres"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(home: Path, process: "subprocess.Popen[Any]") -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with psycopg.connect(host=str(home), user="postgres", dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE retkoop")
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def address(host: str, user: str, name: str) -> str:
    """`RETKOOP_DATABASE_URL` of a database of the cluster."""
    return f"postgresql:///{name}?host={quote(host)}&user={user}"


@contextmanager
def _maintenance(host: str, user: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(host=host, user=user, dbname="postgres", autocommit=True) as connection:
        yield connection


def copy_database(host: str, user: str, template: str, name: str) -> None:
    """Make the database `name` as a copy of `template`, to which nobody may be connected."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with _maintenance(host, user) as connection:
        connection.execute(statement)


def drop_database(host: str, user: str, name: str) -> None:
    """Drop it, whoever is still connected."""
    with _maintenance(host, user) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create_database(url: str, name: str) -> None:
    """An empty database of that name in the cluster of `url`."""
    parts = dict(part.split("=") for part in url.split("?")[1].split("&"))
    with _maintenance(parts["host"], parts["user"]) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
