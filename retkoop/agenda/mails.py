"""The reminder of the calendar: one mail for a person, whatever the number of their cooperatives."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from retkoop.agenda.queries import Item
from retkoop.core import mail
from retkoop.core.dates import format_long
from retkoop.identity.models import Cooperative, Person


@dataclass(frozen=True)
class Awaits:
    """What awaits one cooperative: what is late first."""

    cooperative: Cooperative
    items: Sequence[Item]


def reminder(person: Person, awaits: Sequence[Awaits], until: dt.datetime) -> None:
    """What is due soon and what is late; not sent any more after `until`."""
    mail.send(
        to=person.email or "",
        subject=_subject(awaits),
        template="agenda/mail/reminder",
        context={
            "person": person,
            "awaits": awaits,
            "association": awaits[0].cooperative.association,
            "link": f"{settings.BASE_URL}/calendrier/",
            "stop": f"{settings.BASE_URL}/compte/#rappels",
        },
        until=until,
    )


def _subject(awaits: Sequence[Awaits]) -> str:
    """« Calendrier de la coopérative : 3 points, le premier pour le 30 septembre 2026 »."""
    items = [item for each in awaits for item in each.items]
    whose = "de la coopérative" if len(awaits) == 1 else "de vos coopératives"
    first = format_long(min(item.due for item in items))
    told = f"un point, pour le {first}" if len(items) == 1 else f"{len(items)} points, le premier pour le {first}"
    return f"Calendrier {whose}\u202f: {told}"
