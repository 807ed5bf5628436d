"""Rows in and out by fixed SQL, for the few paths where composing a query costs more than the query.

The statement is a constant, or built once from a model's columns; values go
through the same conversions as the ORM's, on both databases. Everything that
is not hot stays with the ORM.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)
_MOST_VALUES = 900  # in one statement; SQLite's builds allow 999 at least
_CONVERTED = (models.DateField, models.JSONField, models.DecimalField, models.UUIDField, models.TimeField)
_Adapt = Callable[[Any], Any]


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


def _date(value: Any) -> Any:
    return connection.ops.adapt_datefield_value(value)


def day(value: dt.date | str) -> dt.date:
    """A date that a statement gives; SQLite gives text for one that is not plainly a column."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model (whose ids the database makes), as `bulk_create` does; each gets its id."""
    if not rows:
        return
    model = type(rows[0])
    writers = _writers(model)
    step = _MOST_VALUES // len(writers)
    for begin in range(0, len(rows), step):
        batch = rows[begin : begin + step]
        values: list[object] = []
        for row in batch:
            held = row.__dict__
            values += [held[attname] if adapt is None else adapt(held[attname]) for attname, adapt in writers]
        for row, (pk,) in zip(batch, fetch(_insertion(model, len(batch)), values), strict=True):
            row.pk = pk
            row._state.adding = False
            row._state.db = "default"


def _stored(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@lru_cache(maxsize=64)
def _writers(model: type[models.Model]) -> list[tuple[str, _Adapt | None]]:
    """Per column: the attribute, and how its value is prepared when it is not stored as it is."""
    return [(field.attname, _adapt(field)) for field in _stored(model)]


def _adapt(field: Any) -> _Adapt | None:
    if type(field) is models.DateField:
        return _date
    if type(field) is models.DateTimeField:
        return moment
    if isinstance(field, _CONVERTED):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


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
    of a row, from `start` on, as it names. The objects are what the ORM would
    have read; only the signals of their making are left out, which nobody hears.
    """

    def __init__(self, model: type[M], alias: str) -> None:
        self.model = model
        fields = model._meta.concrete_fields
        self.attnames = [field.attname for field in fields]
        self.width = len(fields)
        self.columns = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.table = f'"{model._meta.db_table}" {alias}'

    def read(self, row: Sequence[Any], start: int = 0) -> M:
        """The object whose columns stand in the row from `start` on."""
        read: M = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, "default"
        held = read.__dict__
        held["_state"] = state
        held.update(zip(self.attnames, row[start : start + self.width], strict=True))
        for attname, expression, converters in self._conversions:
            for convert in converters:
                held[attname] = convert(held[attname], expression, connection)
        return read

    def read_or_none(self, row: Sequence[Any], start: int) -> M | None:
        """As `read`; None for the absent side of an outer join."""
        return None if row[start] is None else self.read(row, start)

    def all(self, statement: str, values: Iterable[Any] = ()) -> list[M]:
        """The objects of every row of a statement that begins with `columns`."""
        return [self.read(row) for row in fetch(statement, list(values))]

    @cached_property
    def _conversions(self) -> list[tuple[str, Any, list[Any]]]:
        """Per column that needs some: its attribute, its expression, what turns the database's value into the field's."""
        columns = [(field.attname, field.cached_col) for field in self.model._meta.concrete_fields]
        found = [
            (attname, column, connection.ops.get_db_converters(column) + column.get_db_converters(connection))
            for attname, column in columns
        ]
        return [(attname, column, converters) for attname, column, converters in found if converters]
