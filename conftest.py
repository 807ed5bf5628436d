"""Databases for tests.

`db` (pytest-django's) rolls back: the books refuse DELETE by triggers, so
nothing is ever flushed. A test that needs real commits, threads or other
processes takes `committed_db`: its own copy of the migrated database.
Browser and kill tests take a served site (`tests/server.py`).
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests import databases, postgres

# The machine is shared: a slow example says nothing about the code.
hypothesis.settings.register_profile("retkoop", deadline=None)
hypothesis.settings.load_profile("retkoop")
pytest_plugins = ["tests.cast_plugin", "tests.demo_plugin", "tests.order_plugin", "tests.readings_plugin"]


@dataclass(frozen=True)
class Database:
    """A database of its own: `data_dir` is the data folder, `env` what another process needs to open the same."""

    data_dir: Path
    env: Mapping[str, str]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,  # noqa: ARG001
    django_db_modify_db_settings: None,  # noqa: ARG001
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The test database, a copy of the migrated one; gives the name of that one, the template of others.

    pytest-django's own would make none when only `committed_db` is asked for.
    """
    with django_db_blocker.unblock():
        template, _ = databases.made_once(tmp_path_factory.getbasetemp(), "template", databases.migrated)
        name = str(connection.settings_dict["TEST"]["NAME"])
        databases.copy(template, name)
        before = databases.bind(name)
    yield template
    with django_db_blocker.unblock():
        databases.bind(before)
        databases.drop(name)


@pytest.fixture
def committed_db(django_db_setup: str, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Database]:
    """A copied database where commits are real; threads and other processes may use it too."""
    data = tmp_path / "data"
    data.mkdir()
    env = {"RETKOOP_DATA": str(data), "RETKOOP_ENV": "local"}
    if connection.vendor == "sqlite":
        name = str(data / "retkoop.sqlite3")
    else:
        name = f"{connection.settings_dict['NAME']}_{abs(hash(str(tmp_path)))}"
        env["RETKOOP_DATABASE_URL"] = postgres.address(*databases.server(), name)
    databases.copy(django_db_setup, name)
    with django_db_blocker.unblock(), databases.stored_in(data), databases.bound(name):
        yield Database(data, env)
    databases.drop(name)
    shutil.rmtree(data, ignore_errors=True)


@contextmanager
def empty_database(seed: str) -> Iterator[dict[str, str]]:
    """The environment of a new empty database: nothing on SQLite, where it lives in the data folder."""
    if connection.vendor == "sqlite":
        yield {}
        return
    name = f"empty_{abs(hash(seed))}"
    databases.copy("template0", name)
    yield {"RETKOOP_DATABASE_URL": postgres.address(*databases.server(), name)}
    databases.drop(name)


@pytest.fixture
def new_installation(tmp_path: Path) -> Iterator[Database]:
    """An empty data folder and an empty database, not even migrated."""
    with empty_database(f"{tmp_path} new") as env:
        data = tmp_path / "new"
        yield Database(data, {"RETKOOP_DATA": str(data), "RETKOOP_ENV": "local", **env})
