"""Databases for tests.

`db` (pytest-django's) rolls back: the books refuse DELETE by triggers, so
nothing is ever flushed. A test that needs real commits, threads or other
processes takes `committed_db`: its own copy of the migrated database.
Browser and kill tests take a served site (`tests/server.py`).
"""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases

from retkoop.config import installation
from tests import postgres

# The machine is shared: a slow example says nothing about the code.
hypothesis.settings.register_profile("retkoop", deadline=None)
hypothesis.settings.load_profile("retkoop")
pytest_plugins = ["tests.cast_plugin"]
_template: list[str] = []


@dataclass(frozen=True)
class Database:
    """A database of its own: `data_dir` is the data folder, `env` what another process needs to open the same."""

    data_dir: Path
    env: Mapping[str, str]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,  # noqa: ARG001
    django_db_modify_db_settings: None,  # noqa: ARG001
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[str]:
    """The migrated test database, with its triggers; gives the name of the copy that is the template of others.

    pytest-django's own would make none when only `committed_db` is asked for.
    """
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        installation.guard()
        name = str(connection.settings_dict["NAME"])
        connection.close()
        if connection.vendor == "sqlite":
            template = f"{name}.template"
            copy_sqlite(Path(name), Path(template))
        else:
            template = f"{name}_template"
            postgres.copy_database(*_server(), name, template)
    _template.append(template)
    yield template
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            postgres.drop_database(*_server(), template)
        teardown_databases(made, verbosity=0)


def copy_sqlite(source: Path, target: Path) -> None:
    """An exact copy of a SQLite database, whatever still stands in its journal."""
    target.parent.mkdir(parents=True, exist_ok=True)
    origin, copy = sqlite3.connect(source), sqlite3.connect(target)
    with origin, copy:
        origin.backup(copy)
    origin.close()
    copy.close()


def _server() -> tuple[str, str]:
    return str(connection.settings_dict["HOST"]), str(connection.settings_dict["USER"])


@pytest.fixture
def committed_db(
    django_db_setup: None,  # noqa: ARG001
    django_db_blocker: pytest.FixtureRequest,
    settings: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Database]:
    """A copied database where commits are real; threads and other processes may use it too."""
    data = tmp_path / "data"
    data.mkdir()
    settings.DATA_DIR, settings.MEDIA_ROOT, settings.MAILS_DIR = data, data / "files", data / "mails"
    settings.BACKUP_DIR = data / "backups"
    default = {**django_settings.STORAGES["default"], "OPTIONS": {"location": data / "files"}}
    settings.STORAGES = {**django_settings.STORAGES, "default": default}
    before = str(connection.settings_dict["NAME"])
    env = {"RETKOOP_DATA": str(data), "RETKOOP_ENV": "local"}
    if connection.vendor == "sqlite":
        name = str(data / "retkoop.sqlite3")
        copy_sqlite(Path(_template[0]), Path(name))
    else:
        host, user = _server()
        name = f"{before}_{abs(hash(str(tmp_path)))}"
        postgres.copy_database(host, user, _template[0], name)
        env["RETKOOP_DATABASE_URL"] = postgres.address(host, user, name)
    with django_db_blocker.unblock():
        connections.close_all()
        connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = name
        try:
            yield Database(data, env)
        finally:
            connections.close_all()
            connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = before
            if connection.vendor != "sqlite":
                postgres.drop_database(*_server(), name)
    shutil.rmtree(data, ignore_errors=True)


@contextmanager
def empty_database(seed: str) -> Iterator[dict[str, str]]:
    """The environment of a new empty database: nothing on SQLite, where it lives in the data folder."""
    if connection.vendor == "sqlite":
        yield {}
        return
    host, user = _server()
    name = f"empty_{abs(hash(seed))}"
    postgres.copy_database(host, user, "template0", name)
    yield {"RETKOOP_DATABASE_URL": postgres.address(host, user, name)}
    postgres.drop_database(host, user, name)


@pytest.fixture(scope="session")
def worker_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An empty database for a site that the tests of a process share."""
    with empty_database(str(tmp_path_factory.getbasetemp())) as env:
        yield env


@pytest.fixture
def new_installation(tmp_path: Path) -> Iterator[Database]:
    """An empty data folder and an empty database, not even migrated."""
    with empty_database(f"{tmp_path} new") as env:
        data = tmp_path / "new"
        yield Database(data, {"RETKOOP_DATA": str(data), "RETKOOP_ENV": "local", **env})
