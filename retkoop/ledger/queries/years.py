"""Fiscal years: which one is in view, and what it opened with.

A year whose predecessor is closed (or that has none) opens with its own
opening entry. While the predecessor is open, the report à nouveau is
**provisional**: computed from the predecessor, equal at every moment to its
closing balance (model.md, hard case « N+1 used before N is closed »). The
`chain` of a year is the run of years whose postings make its balances.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Entry, EntryKind, FiscalYear, Means, Statement, Treasury, TreasuryKind
from retkoop.ledger.queries import stored


def years_of(cooperative: Cooperative) -> list[FiscalYear]:
    """The cooperative's years, oldest first."""
    return stored.years(cooperative.pk)


def year_containing(years: list[FiscalYear], day: dt.date) -> FiscalYear | None:
    """The year in which a day falls."""
    return next((year for year in years if year.start <= day <= year.end), None)


def year_named(years: list[FiscalYear], slug: str) -> FiscalYear | None:
    """The year called « 2025-2026 »."""
    return next((year for year in years if year.slug == slug), None)


def missing_years(years: list[FiscalYear], today: dt.date) -> list[SchoolYear]:
    """The school years still to be opened, up to the one of `today`."""
    current = SchoolYear.of(today).first
    first = years[-1].first + 1 if years else current
    return [SchoolYear(number) for number in range(first, current + 1)]


def previous_of(year: FiscalYear) -> FiscalYear | None:
    """The year that ended the day before this one began."""
    return stored.year_before(year)


def next_of(year: FiscalYear) -> FiscalYear | None:
    """The year that begins the day after this one ends."""
    return FiscalYear.objects.filter(cooperative_id=year.cooperative_id, start=year.end + dt.timedelta(days=1)).first()


def opening_entry(year: FiscalYear) -> Entry | None:
    """The written opening entry, or None while the report à nouveau is provisional or untyped."""
    return Entry.objects.filter(year=year, kind=EntryKind.OPENING, cancelled_at__isnull=True).first()


def chain(year: FiscalYear) -> list[FiscalYear]:
    """The years whose live postings make this one's balances, oldest first: itself when its opening is written."""
    run: list[FiscalYear] = []
    for row, opened in stored.years_until(year):
        run.append(row)
        if opened or row.closed:
            break
    return run[::-1]


@dataclass(frozen=True)
class OpeningItem:
    """A bank line of the year before, not yet on a statement at its end: still to be pointed. Cents, signed.

    `unpaid`: a « pas encore payé », which no statement can show yet.
    """

    posting_id: int
    entry_id: int
    treasury_id: int
    cents: int
    date: dt.date
    label: str
    cheque: str
    statement_id: int | None
    statement_day: dt.date | None
    unpaid: bool = False


@dataclass(frozen=True)
class Opening:
    """The report à nouveau of a year: per treasury (cents), the items still to be pointed, the day of a written one."""

    provisional: bool
    by_treasury: dict[int, int]
    items: tuple[OpeningItem, ...]
    written: bool
    on: dt.date | None = None

    @property
    def total_cents(self) -> int:
        return sum(self.by_treasury.values())


def opening_of(year: FiscalYear) -> Opening:
    """What the year opened with; provisional while the year before is open; zero when nothing is known."""
    written = stored.opening_lines(year)
    if written:
        return _written_opening(written)
    before = previous_of(year)
    if before is None:
        return Opening(provisional=False, by_treasury={}, items=(), written=False)
    run = chain(before)
    return Opening(
        provisional=True,
        by_treasury=closing_by_treasury(before, run),
        items=tuple(open_items(before, run=run)),
        written=False,
    )


def _written_opening(rows: list[tuple[Any, ...]]) -> Opening:
    totals: dict[int, int] = {}
    items = []
    for entry_id, _, posting_id, treasury_id, cents, day, label, cheque, statement_id, ends_on in rows:
        if posting_id is None:
            continue
        totals[treasury_id] = totals.get(treasury_id, 0) + cents
        if day is not None:
            items.append(OpeningItem(posting_id, entry_id, treasury_id, cents, day, label, cheque, statement_id, ends_on))
    return Opening(provisional=False, by_treasury=totals, items=tuple(items), written=True, on=rows[0][1])


def closing_by_treasury(year: FiscalYear, run: list[FiscalYear] | None = None) -> dict[int, int]:
    """Cents on each treasury at the year's end, its own opening included. `run`: its chain, when it is known."""
    totals: dict[int, int] = {}
    for row in run or chain(year):
        for treasury_id, debit, credit in row.balances.filter(treasury__isnull=False).values_list(
            "treasury_id", "debit", "credit"
        ):
            totals[treasury_id] = totals.get(treasury_id, 0) + debit - credit
    return {treasury_id: cents for treasury_id, cents in totals.items() if cents}


def open_items(
    year: FiscalYear,
    *,
    run: list[FiscalYear] | None = None,
    statements: list[Statement] | None = None,
    most: int | None = None,
) -> list[OpeningItem]:
    """Bank lines of the year (and its chain) with no statement dated on or before the year's end (I6).

    `run` (its chain) and `statements` (of its banks), when they are known.
    `most`: enough for a page; beyond it, that many of the lines that no
    statement holds.
    """
    banks = [row.pk for row in stored.treasuries(year.cooperative_id) if row.kind == TreasuryKind.BANK]
    known = stored.statements(banks) if statements is None else statements
    later = [row.pk for row in known if row.ends_on > year.end]
    found = stored.unpointed(run or chain(year), banks, later, most)
    return sorted(map(_read, found), key=lambda item: (item.date, item.posting_id))


def _read(row: tuple[Any, ...]) -> OpeningItem:
    pk, entry_id, treasury_id, cents, item_date, item_label, item_cheque, statement_id, ends_on, *entry = row
    day, label, cheque, means = entry
    return OpeningItem(
        posting_id=pk,
        entry_id=entry_id,
        treasury_id=treasury_id or 0,
        cents=cents,
        date=item_date or day,
        label=item_label or label,
        cheque=item_cheque or cheque,
        statement_id=statement_id,
        statement_day=ends_on,
        unpaid=means == Means.UNPAID,
    )


def statements_of(treasury: Treasury) -> list[Statement]:
    """The statements of an account, oldest first."""
    return list(Statement.objects.filter(treasury=treasury).order_by("ends_on"))
