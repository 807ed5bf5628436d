"""School holidays: which zone an AD is in, and whether a day falls in its holidays (data/holidays.json).

A school year that the file does not hold is said to be unknown, never guessed;
mails then follow the rule of the week-ends alone.
"""

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from retkoop.agenda.models import HolidayZone
from retkoop.core.schoolyear import SchoolYear

_FILE = Path(__file__).parent / "data" / "holidays.json"


@dataclass(frozen=True)
class Holidays:
    """One period: `begins` its first day, `resumes` the morning of the first day of class after it."""

    name: str
    begins: dt.date
    resumes: dt.date

    def covers(self, day: dt.date) -> bool:
        """Is there no class on that day?"""
        return self.begins <= day < self.resumes


def zone_of_department(code: str) -> HolidayZone:
    """The zone of a département by its three characters (« 085 » → B); « sans vacances connues » for an unknown one."""
    return next((HolidayZone(zone) for zone, codes in _file()["departments"].items() if code in codes), HolidayZone.NONE)


def periods(zone: str, first: int) -> tuple[Holidays, ...] | None:
    """The holidays of a zone in the school year that begins in `first`; None when they are not known."""
    return _known().get((zone, first))


def holidays_on(zone: str, day: dt.date) -> Holidays | None:
    """The holidays in which the day falls. The summer stands in the year that it ends."""
    known = periods(zone, SchoolYear.of(day).first) or ()
    return next((each for each in known if each.covers(day)), None)


def years_known(zone: str) -> list[SchoolYear]:
    """The school years whose holidays are known, oldest first."""
    return sorted(SchoolYear(first) for known, first in _known() if known == zone)


@lru_cache(maxsize=1)
def _known() -> dict[tuple[str, int], tuple[Holidays, ...]]:
    return {
        (zone, year["first"]): tuple(
            Holidays(row["name"], dt.date.fromisoformat(row["from"]), dt.date.fromisoformat(row["until"])) for row in rows
        )
        for year in _file()["years"]
        for zone, rows in year["zones"].items()
    }


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found
