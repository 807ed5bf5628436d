"""Cooperative A of the cast with a book in its first year, for the tests of the cahier and of the pointage."""

import datetime as dt
from typing import Any

from django.db import connection

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import Cast
from retkoop.ledger import chart
from retkoop.ledger.services import openings, treasuries
from retkoop.ledger.tests.books import Desk

TODAY = dt.date(2025, 6, 15)
SEPTEMBER = dt.date(2024, 9, 1)


def cahier_desk(cast: Cast) -> Desk:
    """1 000 € on the last statement, 20 € in cash, a cheque of 50 € not yet cleared; the clock is the caller's."""
    chart.load()
    author = Author(cast.mandataire_a)
    a = cast.cooperative_a
    bank = treasuries.open_treasury(cooperative=a, account="bank", label="Banque", opened=SEPTEMBER, author=author)
    cash = treasuries.open_treasury(cooperative=a, account="cash", label="Caisse", opened=SEPTEMBER, author=author)
    year = openings.create_year(a, SchoolYear(2024))
    item = openings.OpeningItemContent(dt.date(2024, 8, 20), "Librairie", -5_000, "4000101")
    contents = [
        openings.OpeningContent(bank, 100_000, dt.date(2024, 8, 31), (item,)),
        openings.OpeningContent(cash, 2_000),
    ]
    openings.type_opening(year=year, on=SEPTEMBER, contents=contents, author=author)
    return Desk(a, bank, cash, year, year, author, Author(cast.ad_accountant, cast.ad_085))


class Counter:
    """Keeps the statements sent to the database inside the block, with their values."""

    def __enter__(self) -> "Counter":
        self.sent: list[tuple[str, Any]] = []
        self._context = connection.execute_wrapper(self._one)
        self._context.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self._context.__exit__(*error)

    def _one(self, execute, sql, params, many, context):
        self.sent.append((sql, params))
        return execute(sql, params, many, context)

    @property
    def count(self) -> int:
        return len(self.sent)
