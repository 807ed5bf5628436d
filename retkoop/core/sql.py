"""Rows in and out by fixed SQL, for the few paths where composing a query costs more than the query.

The statement is a constant, or built once from a model's columns; values go
through the same conversions as the ORM's, on both databases. Everything that
is not hot stays with the ORM.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
_MOST_VALUES = 900  # in one statement; SQLite's builds allow 999 at least
_CONVERTED = (models.DateField, models.JSONField, models.DecimalField, models.UUIDField, models.TimeField)


def fetch(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Every row of a statement, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def execute(statement: str, values: Sequence[Any] = ()) -> int:
    """Carry out a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def places(values: Sequence[Any]) -> str:
    """The places of so many values: « %s, %s »."""
    return ", ".join(["%s"] * len(values))


def moment(value: Any) -> Any:
    """An aware datetime as a parameter of a statement of this database."""
    return connection.ops.adapt_datetimefield_value(value)


def day(value: dt.date | str) -> dt.date:
    """A date that a statement gives; SQLite gives text for one that is not plainly a column."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model (whose ids the database makes), as `bulk_create` does; each gets its id."""
    if not rows:
        return
    model = type(rows[0])
    writers = _writers(model, connection.vendor)
    step = _MOST_VALUES // len(writers)
    for begin in range(0, len(rows), step):
        batch = rows[begin : begin + step]
        values: list[object] = []
        for row in batch:
            held = row.__dict__
            values += [held[attname] if adapt is None else adapt(held[attname], connection) for attname, adapt in writers]
        for row, (pk,) in zip(batch, fetch(_insertion(model, len(batch)), values), strict=True):
            row.pk = pk
            row._state.adding = False
            row._state.db = "default"


def _stored(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@lru_cache(maxsize=64)
def _writers(model: type[models.Model], vendor: str) -> list[tuple[str, Callable[[Any, Any], Any] | None]]:  # noqa: ARG001
    """Per column: the attribute, and how its value is prepared when it is not stored as it is."""
    return [(field.attname, field.get_db_prep_save if isinstance(field, _CONVERTED) else None) for field in _stored(model)]


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], count: int) -> str:
    columns = [field.column for field in _stored(model)]
    row = f"({', '.join(['%s'] * len(columns))})"
    names = ", ".join(f'"{column}"' for column in columns)
    pk = model._meta.pk
    assert pk is not None
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {", ".join([row] * count)} RETURNING "{pk.column}"'  # noqa: S608


class Reader(Generic[M]):
    """Makes a model's objects from the rows of a fixed statement that names the table `alias`.

    `columns` goes into the statement; `read(row, start)` takes as many values
    of a row, from `start` on, as it names.
    """

    def __init__(self, model: type[M], alias: str) -> None:
        self.model = model
        fields = model._meta.concrete_fields
        self.attnames = [field.attname for field in fields]
        self.width = len(fields)
        self.columns = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.table = f'"{model._meta.db_table}" {alias}'
        self._converters: dict[str, list[tuple[int, Any, list[Any]]]] = {}

    def read(self, row: Sequence[Any], start: int = 0) -> M:
        """The object whose columns stand in the row from `start` on."""
        values = list(row[start : start + self.width])
        for position, expression, converters in self._conversions():
            for convert in converters:
                values[position] = convert(values[position], expression, connection)
        return self.model.from_db("default", self.attnames, values)

    def read_or_none(self, row: Sequence[Any], start: int) -> M | None:
        """As `read`; None for the absent side of an outer join."""
        return None if row[start] is None else self.read(row, start)

    def all(self, statement: str, values: Iterable[Any] = ()) -> list[M]:
        """The objects of every row of a statement that begins with `columns`."""
        return [self.read(row) for row in fetch(statement, list(values))]

    def _conversions(self) -> list[tuple[int, Any, list[Any]]]:
        known = self._converters.get(connection.vendor)
        if known is None:
            expressions = [field.cached_col for field in self.model._meta.concrete_fields]
            known = []
            for position, expression in enumerate(expressions):
                converters = connection.ops.get_db_converters(expression) + expression.get_db_converters(connection)
                if converters:
                    known.append((position, expression, converters))
            self._converters[connection.vendor] = known
        return known
