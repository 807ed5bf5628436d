"""The steps of the school year (data/year.json) and their dates, the AD's own among them.

A step is « planned » once a year, the monthly ones once a month; its window
opens on `begins` and its date is `due`. Dates are of the AD's calendar; the
federation's stand in the file (guide 002, reference/domain.md §9).

In the file: `seconds` is how long a step takes, as in ledger/data/minutes.json,
0 when nothing is done on the screen; `year` the fiscal year that is spoken of,
the one that begins or the last one (`annee`: false when the page knows no
year); `known` the condition of conditions.py, null for an information; `tasks`
the tasks of the home page that say the same thing.
"""

import calendar
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from retkoop.core.dates import MONTHS
from retkoop.core.schoolyear import SchoolYear

_FILE = Path(__file__).parent / "data" / "year.json"
MONTHLY_DAYS = 28
_WINDOW = dt.timedelta(days=30)


@dataclass(frozen=True)
class Step:
    """A step as the file tells it. `due`: (month, day), the month being 0 for a monthly one: « the 10th of the next month ».

    `known` names the condition of conditions.py by which it is done; "" is an information.
    """

    key: str
    title: str
    help: str
    begins: tuple[int, int]
    due: tuple[int, int]
    months: tuple[int, ...]
    seconds: int
    last_year: bool
    path: str
    dated: bool
    who: str
    known: str
    tasks: frozenset[str]

    @property
    def monthly(self) -> bool:
        return bool(self.months)

    @property
    def minutes(self) -> int:
        """Rounded up; 0 when nothing is done on the screen."""
        return -(-self.seconds // 60)


@dataclass(frozen=True)
class Choice:
    """An AD's own date for a step, or the step switched off."""

    month: int
    day: int
    off: bool = False


@dataclass(frozen=True)
class Planned:
    """A step with its dates. `key`: « adhesion:2026 », « point:2026-10 »; `month`: that of a monthly one."""

    step: Step
    key: str
    title: str
    begins: dt.date
    due: dt.date
    about: int
    month: dt.date | None = None


def planned(first: int, own: Mapping[str, Choice] | None = None, fixed: Mapping[str, dt.date] | None = None) -> list[Planned]:
    """The steps of the school year that begins in `first`, in the order of their dates.

    `own`: what the AD moved or switched off, by key; `fixed`: dates that
    another page of the AD sets (the tariffs), which win.
    """
    own, fixed = own or {}, fixed or {}
    found: list[Planned] = []
    for step in steps():
        choice = own.get(step.key)
        if choice is not None and choice.off:
            continue
        if step.monthly:
            found += _monthly(step, first, choice.day if choice else step.due[1])
            continue
        month, day = (choice.month, choice.day) if choice else step.due
        due = fixed.get(step.key) or _in_year(first, month, day)
        about = first - 1 if step.last_year else first
        found.append(Planned(step, f"{step.key}:{first}", step.title, _begins(step, due), due, about))
    return sorted(found, key=lambda each: (each.due, each.begins))


def _monthly(step: Step, first: int, day: int) -> list[Planned]:
    found = []
    for number in step.months:
        year = first if number >= 9 else first + 1
        end = dt.date(year, number, calendar.monthrange(year, number)[1])
        due = end + dt.timedelta(days=day)
        of = "d’" if MONTHS[number - 1][0] in "ao" else "de "
        title = f"{step.title} {of}{MONTHS[number - 1]}"
        found.append(Planned(step, f"{step.key}:{year}-{number:02d}", title, end, due, first, end))
    return found


def _in_year(first: int, month: int, day: int) -> dt.date:
    """The day of a school year; 29 February becomes the 28th where there is none."""
    year = first if month >= 9 else first + 1
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _begins(step: Step, due: dt.date) -> dt.date:
    """The last such day that does not come after `due`; a month before when the AD moved the date to before the window."""
    month, day = step.begins
    for year in (due.year, due.year - 1):
        begins = dt.date(year, month, day)
        if begins <= due:
            return begins if due - begins < dt.timedelta(days=270) else due - _WINDOW
    return due - _WINDOW


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """Every step, from the one data file."""
    return tuple(_step(row) for row in json.loads(_FILE.read_text(encoding="utf-8"))["steps"])


def step_of(key: str) -> Step | None:
    """The step of that key."""
    return next((step for step in steps() if step.key == key), None)


def current_year(today: dt.date) -> int:
    """The calendar year in which the school year of that day begins."""
    return SchoolYear.of(today).first


def _step(row: dict[str, Any]) -> Step:
    months = tuple(row.get("monthly", ()))
    return Step(
        key=row["key"],
        title=row["title"],
        help=row["help"],
        begins=(0, 0) if months else _month_day(row["from"]),
        due=(0, row["day"]) if months else _month_day(row["due"]),
        months=months,
        seconds=row["seconds"],
        last_year=row["year"] == "last",
        path=row["path"],
        dated=row.get("annee", True),
        who=row["who"],
        known=row["known"] or "",
        tasks=frozenset(row["tasks"]),
    )


def _month_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)
