"""pytest fixture of the demo: built once for all processes of a day, each test then has it as its own.

Building takes seconds. The first who asks builds it, in a database beside the
template; a test works in a transaction that is rolled back, on SQLite in a
copy that only its process has.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from retkoop.core.clock import travel
from retkoop.demo.build import build
from tests import databases

SEPTEMBER, NOVEMBER = dt.date(2026, 9, 1), dt.date(2026, 11, 21)
TOLD = ("085-099", "085-100", "085-101", "038-012")
_own: dict[dt.date, tuple[str, Path]] = {}


def demo_of(day: dt.date, template: str, folder: Path) -> tuple[str, Path]:
    """The demo of that day: its database, its data folder."""

    def make(name: str, data: Path) -> None:
        databases.copy(template, name)
        with databases.bound(name), databases.stored_in(data), travel(day):
            build(only=TOLD)

    return databases.made_once(folder, f"demo_{day:%m%d}", make)


@pytest.fixture
def demo_on(
    django_db_setup: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[dt.date], None]]:
    """`demo_on(SEPTEMBER)`: from now on it is that day, and the demo's cooperatives TOLD stand in the database."""
    with ExitStack() as stack:

        def come(day: dt.date) -> None:
            if day not in _own:
                name, data = demo_of(day, django_db_setup, tmp_path_factory.getbasetemp())
                if connection.vendor == "sqlite":
                    own = tmp_path_factory.mktemp("demo") / "retkoop.sqlite3"
                    databases.copy(name, str(own))
                    name = str(own)
                _own[day] = name, data
            name, data = _own[day]
            for context in (databases.bound(name), databases.stored_in(data), travel(day), transaction.atomic()):
                stack.enter_context(context)
            stack.callback(transaction.set_rollback, True)

        with django_db_blocker.unblock():
            yield come
            stack.close()
