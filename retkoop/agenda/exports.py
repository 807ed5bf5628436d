"""The calendar as a file for a telephone or a mail program (.ics, RFC 5545): days and titles, no personal data."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from retkoop.agenda.queries import Item
from retkoop.identity.models import Cooperative

_LONGEST = 75
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


def ics(cooperative: Cooperative, items: Iterable[Item], now: dt.datetime) -> str:
    """One all-day event per step, at its date; the same step keeps its UID, so that a second import changes it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Retkoop//Calendrier//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(f'Retkoop {cooperative.identifier}')}",
    ]
    for item in items:
        lines += _event(cooperative, item, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _event(cooperative: Cooperative, item: Item, now: dt.datetime) -> list[str]:
    told = f"{item.planned.step.help}\nEnviron {item.minutes} minutes." if item.minutes else item.planned.step.help
    return [
        "BEGIN:VEVENT",
        f"UID:{item.key.replace(':', '-')}-{cooperative.identifier}@retkoop",
        f"DTSTAMP:{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{item.due:%Y%m%d}",
        f"DTEND;VALUE=DATE:{item.due + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(item.title)}",
        f"DESCRIPTION:{_text(told)}",
        f"URL:{settings.BASE_URL}{item.path}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """A TEXT value, escaped."""
    return "".join(_ESCAPES.get(sign, sign) for sign in value.replace("\r\n", "\n"))


def _fold(line: str) -> str:
    """At most 75 octets a line, no sign cut in two; the next one begins with a space."""
    parts, room = [""], _LONGEST
    for sign in line:
        size = len(sign.encode())
        if size > room:
            parts.append(" ")
            room = _LONGEST - 1
        parts[-1] += sign
        room -= size
    return "\r\n".join(parts)
