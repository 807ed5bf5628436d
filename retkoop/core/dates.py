"""Days as people type them, and as the guides write them.

« 12 mars » has no year: the school year on the desk gives it. A complete date
outside that year is not refused here: the screen proposes the other year.
"""

import datetime as dt
import re

from retkoop.core.text import fold

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
HOW = "Écrivez la date comme 28/06/2026."

_LONGEST = 40
_FOLDED = tuple(fold(month) for month in MONTHS)
_RELATIVE = {"aujourd'hui": 0, "aujourdhui": 0, "hier": 1, "avant-hier": 2}
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2}) ?([/.\- ]) ?([0-9]{1,2})(?: ?\2 ?([0-9]{4}|[0-9]{2}))?")
_WORDS = re.compile(r"([0-9]{1,2})(?:er)?[ \-]*([a-z]+)\.?(?:[ \-]*([0-9]{4}|[0-9]{2}))?")


class DayError(ValueError):
    """Its text is a French sentence with an example, ready to stand beside the field."""


def parse_day(text: str, *, start: dt.date, end: dt.date, today: dt.date) -> dt.date:
    """The day in `text`; a missing year is the one that falls in start..end (the latest not after today).

    A day outside start..end is returned as it is. Raises DayError when unreadable or not in the calendar.
    """
    body = fold(text).replace("’", "'")[: _LONGEST + 1]
    if not body:
        raise DayError(HOW)
    if len(body) > _LONGEST:
        raise DayError(f"Cette date est illisible. {HOW}")
    if body in _RELATIVE:
        return today - dt.timedelta(days=_RELATIVE[body])
    day, month, year = _parts(body)
    if year is not None:
        return _day(day, month, year)
    return _in_window(day, month, start, end, today)


def format_day(day: dt.date) -> str:
    """« 28/06/2026 »."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def format_long(day: dt.date) -> str:
    """« 28 juin 2026 », « 1er juin 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {month_label(day)}"


def month_label(day: dt.date) -> str:
    """« juin 2026 »."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def _parts(body: str) -> tuple[int, int, int | None]:
    if match := _ISO.fullmatch(body):
        return int(match[3]), int(match[2]), int(match[1])
    if match := _NUMBERS.fullmatch(body):
        return int(match[1]), int(match[3]), _year(match[4])
    if match := _WORDS.fullmatch(body):
        return int(match[1]), _month(match[2]), _year(match[3])
    raise DayError(f"Cette date est illisible. {HOW}")


def _year(digits: str | None) -> int | None:
    if digits is None:
        return None
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(word: str) -> int:
    """A month by its name or by its first letters, three at least."""
    found = [number for number, name in enumerate(_FOLDED, 1) if name == word or (len(word) >= 3 and name.startswith(word))]
    if word == "sept":
        found = [9]
    if len(found) == 1:
        return found[0]
    if found:
        names = " ou ".join(MONTHS[number - 1] for number in found)
        raise DayError(f"«\u202f{word}\u202f» peut être {names}. {HOW}")
    raise DayError(f"«\u202f{word}\u202f» n’est pas un mois. {HOW}")


def _day(day: int, month: int, year: int) -> dt.date:
    if not 1 <= month <= 12:
        raise DayError(f"Il n’y a pas de mois numéro {month}. {HOW}")
    if not 1900 <= year <= 2099:
        raise DayError(f"L’année {year} est trop lointaine. {HOW}")
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise DayError(f"Le {day} {MONTHS[month - 1]} {year} n’est pas au calendrier. {HOW}") from None


def _in_window(day: int, month: int, start: dt.date, end: dt.date, today: dt.date) -> dt.date:
    """The year is the window's; with several possible, the latest day that is not after today."""
    found: list[dt.date] = []
    refusal: DayError | None = None
    for year in range(start.year, end.year + 1):
        try:
            found.append(_day(day, month, year))
        except DayError as error:
            refusal = error
    inside = [date for date in found if start <= date <= end]
    if inside:
        past = [date for date in inside if date <= today]
        return past[-1] if past else inside[0]
    # The refusal goes first: 29/02 in a year without one must not become another year's.
    if refusal is not None:
        raise refusal
    return found[-1]
