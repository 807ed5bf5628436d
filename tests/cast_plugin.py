"""pytest fixtures of the cast (retkoop/identity/tests/cast.py), for every room's tests.

`cast` makes everyone; each member is also a fixture of its own. The services
make them once per process and day; the other tests of that day get the same
rows written back, which is six times as quick.
"""

import datetime as dt
import pickle
import re
from dataclasses import dataclass

import pytest
from django.core.management.color import no_style
from django.db import connection

from retkoop.core import clock
from retkoop.identity.models import Cooperative, Federation, Person
from retkoop.identity.tests.cast import Cast, make_cast

_WRITES = re.compile(r'INSERT INTO "(\w+)"')
_kept: dict[dt.date, "Kept"] = {}


@dataclass(frozen=True)
class Kept:
    """A cast as it was made: the rows of each table that it fills, in the order of their making."""

    cast: bytes
    tables: dict[str, tuple[str, list[tuple[object, ...]]]]

    @classmethod
    def made(cls) -> "Kept":
        """Made by the services, in empty tables."""
        tables: dict[str, tuple[str, list[tuple[object, ...]]]] = {}

        def watch(execute, sql, params, many, context):
            found = _WRITES.match(sql)
            if found:
                tables.setdefault(found[1], ("", []))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            cast = pickle.dumps(make_cast())
        with connection.cursor() as cursor:
            for name in tables:
                cursor.execute(f'SELECT * FROM "{name}"')
                columns = [column[0] for column in cursor.description]
                into = ", ".join(f'"{column}"' for column in columns)
                values = ", ".join(["%s"] * len(columns))
                tables[name] = (f'INSERT INTO "{name}" ({into}) VALUES ({values})', cursor.fetchall())
        return cls(cast, tables)

    def written(self) -> Cast:
        """The same rows once more."""
        with connection.cursor() as cursor:
            for insert, rows in self.tables.values():
                cursor.executemany(insert, rows)
            if connection.vendor == "postgresql":
                models = sorted(connection.introspection.installed_models(self.tables), key=str)
                cursor.execute(" ".join(connection.ops.sequence_reset_sql(no_style(), models)))
        cast: Cast = pickle.loads(self.cast)
        return cast


@pytest.fixture
def cast(db) -> Cast:
    """Everyone and every organisation."""
    today = clock.today()
    if Person.objects.exists() or Federation.objects.exists():
        return make_cast()
    if today not in _kept:
        _kept[today] = Kept.made()
        return pickle.loads(_kept[today].cast)
    return _kept[today].written()


@pytest.fixture
def cooperative_a(cast) -> Cooperative:
    return cast.cooperative_a


@pytest.fixture
def cooperative_b(cast) -> Cooperative:
    return cast.cooperative_b


@pytest.fixture
def cooperative_c(cast) -> Cooperative:
    return cast.cooperative_c


@pytest.fixture
def mandataire_a(cast) -> Person:
    return cast.mandataire_a


@pytest.fixture
def reader_a(cast) -> Person:
    return cast.reader_a


@pytest.fixture
def mandataire_b(cast) -> Person:
    return cast.mandataire_b


@pytest.fixture
def mandataire_c(cast) -> Person:
    return cast.mandataire_c


@pytest.fixture
def ad_accountant(cast) -> Person:
    return cast.ad_accountant


@pytest.fixture
def ad_reader(cast) -> Person:
    return cast.ad_reader


@pytest.fixture
def other_ad(cast) -> Person:
    return cast.other_ad


@pytest.fixture
def federation_person(cast) -> Person:
    return cast.federation_person


@pytest.fixture
def former_mandataire_a(cast) -> Person:
    return cast.former_mandataire_a
