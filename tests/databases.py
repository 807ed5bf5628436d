"""Databases for tests: migrated once, copied for each who needs one, bound for a while.

On SQLite the name of a database is its path.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import connection, connections
from django.test.utils import override_settings, setup_databases, teardown_databases

from retkoop.config import installation
from tests import postgres
from tests.shared import once, shared


def server() -> tuple[str, str]:
    """Host and user of the PostgreSQL."""
    return str(connection.settings_dict["HOST"]), str(connection.settings_dict["USER"])


def copy_sqlite(source: Path, target: Path) -> None:
    """An exact copy of a SQLite database, whatever still stands in its journal."""
    target.parent.mkdir(parents=True, exist_ok=True)
    origin, copy = sqlite3.connect(source), sqlite3.connect(target)
    with origin, copy:
        origin.backup(copy)
    origin.close()
    copy.close()


def copy(source: str, target: str) -> None:
    """A new database like another, to which nobody may be connected."""
    if connection.vendor == "sqlite":
        copy_sqlite(Path(source), Path(target))
    else:
        postgres.copy_database(*server(), source, target)


def drop(name: str) -> None:
    """The database goes."""
    if connection.vendor == "sqlite":
        Path(name).unlink(missing_ok=True)
    else:
        postgres.drop_database(*server(), name)


def bind(name: str) -> str:
    """From now on this thread's database is the one of that name; says which it was."""
    before = str(connection.settings_dict["NAME"])
    connections.close_all()
    connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = name
    return before


@contextmanager
def bound(name: str) -> Iterator[None]:
    """Inside, this thread's database is the one of that name."""
    before = bind(name)
    try:
        yield
    finally:
        bind(before)


@contextmanager
def stored_in(data: Path) -> Iterator[None]:
    """Inside, everything that is stored is under `data`."""
    storages: Any = settings.STORAGES
    default = {**storages["default"], "OPTIONS": {"location": data / "files"}}
    with override_settings(
        DATA_DIR=data,
        MEDIA_ROOT=data / "files",
        MAILS_DIR=data / "mails",
        BACKUP_DIR=data / "backups",
        STORAGES={**storages, "default": default},
    ):
        yield


def made_once(base: Path, what: str, make: Callable[[str, Path], None]) -> tuple[str, Path]:
    """The name and the data folder of the database `what`, made by the first who asks."""
    data = shared(base) / f"{connection.vendor}-{what}"
    name = str(data / "retkoop.sqlite3") if connection.vendor == "sqlite" else f"{what}_{crc32(str(data).encode())}"
    once(data, lambda: make(name, data))
    return name, data


def migrated(name: str, _: Path) -> None:
    """Make the migrated database, with its triggers, as nobody's: the template of all others."""
    made = setup_databases(verbosity=0, interactive=False, aliases={"default": {"default"}}, serialized_aliases=[])
    installation.guard()
    own = str(connection.settings_dict["NAME"])
    connection.close()
    copy(own, name)
    teardown_databases(made, verbosity=0)
