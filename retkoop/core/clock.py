"""The one clock. No other module asks the machine for the date.

`RETKOOP_TODAY` (demo only) moves it; tests move it with `travel()`.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings

_shift: list[dt.date] = []


def _chosen() -> dt.date | None:
    if _shift:
        return _shift[-1]
    return dt.date.fromisoformat(settings.TODAY) if settings.TODAY else None


def now() -> dt.datetime:
    """The present instant, in UTC; on a moved clock, today's hour on the chosen date."""
    real = machine()
    chosen = _chosen()
    return real if chosen is None else real.replace(year=chosen.year, month=chosen.month, day=chosen.day)


def machine() -> dt.datetime:
    """The machine's own instant, in UTC, whatever the clock shows: for what Django dates itself, such as a session's end."""
    return dt.datetime.now(tz=dt.UTC)


def today(zone: str = "Europe/Paris") -> dt.date:
    """The date where the cooperative lives (`zone`: the IANA name of its AD's time zone)."""
    chosen = _chosen()
    return chosen if chosen is not None else dt.datetime.now(tz=ZoneInfo(zone)).date()


def day_of(moment: dt.datetime, zone: str = "Europe/Paris") -> dt.date:
    """The date that an instant was, there."""
    return moment.astimezone(ZoneInfo(zone)).date()


@contextmanager
def travel(date: dt.date) -> Iterator[None]:
    """In tests and in the demo's making: the clock shows `date` inside the block."""
    _shift.append(date)
    try:
        yield
    finally:
        _shift.pop()
