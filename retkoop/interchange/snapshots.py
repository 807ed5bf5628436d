"""A consistent copy of the database, and the copy put back; one way for each engine.

SQLite: the online backup of its own library, while others write. PostgreSQL:
`pg_dump` and `pg_restore` in custom format, on the snapshot in which the facts
of the manifest were counted.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction

SQLITE_COPY, POSTGRESQL_COPY = "database.sqlite3", "database.dump"
HEADS = (
    "SELECT a.code || '-' || c.number, h.seq, h.hash FROM identity_bookhead h "
    "JOIN identity_cooperative c ON c.id = h.cooperative_id "
    "JOIN identity_association a ON a.id = c.association_id ORDER BY 1"
)


class ToolMissing(Exception):  # noqa: N818
    """A program of PostgreSQL that this machine does not have."""


class ToolFailed(Exception):  # noqa: N818
    """What a program of PostgreSQL, or SQLite, answered."""


def save(folder: Path) -> dict[str, Any]:
    """Copy the database into `folder`; its `heads` (audit tips by cooperative) and `counts` (rows by model)."""
    return _save_sqlite(folder / SQLITE_COPY) if connection.vendor == "sqlite" else _save_postgresql(folder / POSTGRESQL_COPY)


def restore(folder: Path) -> None:
    """Put the copy in place of an empty database."""
    if connection.vendor == "sqlite":
        _restore_sqlite(folder / SQLITE_COPY)
    else:
        options = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={connection.settings_dict['NAME']}"]
        _run("pg_restore", [*options, str(folder / POSTGRESQL_COPY)])


def occupied() -> bool:
    """Does the database hold tables of ours already?"""
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return False
    return any(name.startswith("identity_") for name in connection.introspection.table_names())


def facts() -> dict[str, Any]:
    """`heads` and `counts` of the open database."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS)
        heads = cursor.fetchall()
        counts = {}
        for label, table in _tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - the names of our own tables
            counts[label] = cursor.fetchone()[0]
    return {"heads": _named(heads), "counts": counts}


def _named(heads: Iterable[tuple[str, int, str]]) -> list[dict[str, Any]]:
    return [{"cooperative": cooperative, "seq": seq, "hash": tip} for cooperative, seq, tip in heads]


def _tables() -> list[tuple[str, str]]:
    models = (model for model in apps.get_models() if model.__module__.startswith("retkoop."))
    return sorted((model._meta.label_lower, model._meta.db_table) for model in models)


def _save_sqlite(target: Path) -> dict[str, Any]:
    origin = sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=60)
    copy = sqlite3.connect(target)
    try:
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        answer = copy.execute("PRAGMA quick_check").fetchone()[0]
        if answer != "ok":
            raise ToolFailed(answer)
        counts = {label: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for label, table in _tables()}  # noqa: S608
        return {"heads": _named(copy.execute(HEADS).fetchall()), "counts": counts}
    finally:
        origin.close()
        copy.close()
        _flush(target)


def _restore_sqlite(source: Path) -> None:
    target = Path(str(connection.settings_dict["NAME"]))
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, partial)
    _flush(partial)
    for left in (f"{target}-wal", f"{target}-shm"):
        Path(left).unlink(missing_ok=True)
    partial.rename(target)


def _save_postgresql(target: Path) -> dict[str, Any]:
    """The facts and the dump see the same snapshot, exported by a transaction held open meanwhile."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        found = facts()
        options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"]
        _run("pg_dump", [*options, str(connection.settings_dict["NAME"])])
    _flush(target)
    return found


def _run(tool: str, arguments: list[str]) -> None:
    program = shutil.which(tool) or _packaged(tool)
    if program is None:
        raise ToolMissing(tool)
    known = connection.settings_dict
    wanted = {"PGHOST": known["HOST"], "PGPORT": known["PORT"], "PGUSER": known["USER"], "PGPASSWORD": known["PASSWORD"]}
    env = {**os.environ, **{name: str(value) for name, value in wanted.items() if value}}
    done = subprocess.run([program, *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolFailed(done.stderr.strip())


def _packaged(tool: str) -> str | None:
    """Debian keeps some programs of PostgreSQL out of the path."""
    folder = Path("/usr/lib/postgresql")
    found = sorted(folder.glob(f"*/bin/{tool}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else None


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
