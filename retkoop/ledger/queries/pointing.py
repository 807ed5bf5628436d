"""Pointage: on which statement a tick falls, and what remains to be ticked."""

import datetime as dt

from retkoop.core.schoolyear import SchoolYear
from retkoop.ledger.models import FiscalYear


def month_end(day: dt.date) -> dt.date:
    """The last day of the month of `day`."""
    first_of_next = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first_of_next - dt.timedelta(days=1)


def default_statement_day(year: FiscalYear, entry_day: dt.date, today: dt.date) -> dt.date:
    """The statement on which a tick falls when nobody says which (docs/decisions/0003-ticks.md).

    The teacher holds the last monthly statement: that of the month before
    `today`, never after the year's end, never before the entry itself.
    """
    last_received = today.replace(day=1) - dt.timedelta(days=1)
    return max(min(last_received, year.end), month_end(entry_day))


def months_of(year: FiscalYear) -> list[dt.date]:
    """The first days of the twelve months of a school year."""
    start = SchoolYear(year.first).start
    return [start.replace(year=start.year + (8 + step) // 12, month=(8 + step) % 12 + 1) for step in range(12)]


def statement_days(year: FiscalYear, today: dt.date) -> list[dt.date]:
    """The ends of the months begun, on which a statement may be; the latest first."""
    return [day for day in map(month_end, reversed(months_of(year))) if day <= month_end(today)]
