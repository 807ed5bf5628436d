"""The reminders by e-mail: who gets one, about what, and never twice.

A step is told when its date comes within two weeks, once when it is late, then
every four weeks while it stays so; one mail tells everything that awaits all
the cooperatives of a person, at most once in seven days. The row that
remembers it and the mail are written in one transaction: a worker killed
between two persons starts again where it was, and tells nobody twice. These
rows are their own trail; no act of a person stands behind them.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from retkoop.agenda import mails
from retkoop.agenda.hours import end_of_hours, may_leave
from retkoop.agenda.mails import Awaits
from retkoop.agenda.models import HolidayZone, Reminder
from retkoop.agenda.queries import LATE, NOW, Agenda, Item, agendas_of, rules_of
from retkoop.core.locks import writer_turn
from retkoop.identity.models import Association, Cooperative, Mandate, Person, Role

WEEK = dt.timedelta(days=7)
SOON = dt.timedelta(days=14)
AGAIN_DAYS = 28
TO_DELIVER = dt.timedelta(minutes=30)
KEEPERS = (Role.MANDATAIRE, Role.COSIGNER, Role.BOOKKEEPER)
_AT_ONCE = 200
logger = logging.getLogger("retkoop.agenda")


def send_reminders(now: dt.datetime, done: dict[int, dt.date] | None = None) -> int:
    """Write the reminders that may leave now, AD by AD; how many were written.

    `done` says on which day each AD was looked at, and is kept up to date:
    the worker asks every hour, an AD is looked at once a day.
    """
    looked = done if done is not None else {}
    sent = 0
    for association in Association.objects.order_by("pk"):
        today = now.astimezone(ZoneInfo(association.time_zone)).date()
        if looked.get(association.pk) == today or not _open(association, now):
            continue
        sent += _remind(association, now)
        looked[association.pk] = today
    return sent


def _open(association: Association, now: dt.datetime) -> bool:
    """May a mail of that AD leave now, with time enough to be delivered? At night nothing is read."""
    if not _hours(association, now, HolidayZone.NONE):
        return False
    rules = rules_of(association, now.astimezone(ZoneInfo(association.time_zone)).date())
    return rules.mails and _hours(association, now, rules.zone)


def _hours(association: Association, now: dt.datetime, zone: str) -> bool:
    return all(may_leave(each, time_zone=association.time_zone, zone=zone) for each in (now, now + TO_DELIVER))


def _remind(association: Association, now: dt.datetime) -> int:
    """The people of one AD, some at a time."""
    people = (
        Person.objects.filter(
            mandates__cooperative__association=association,
            mandates__cooperative__withdrawn_at__isnull=True,
            mandates__role__in=KEEPERS,
            mandates__ended_at__isnull=True,
            is_active=True,
            wants_reminders=True,
            email__gt="",
        )
        .exclude(reminders__at__gt=now - WEEK)
        .distinct()
        .order_by("pk")
    )
    opened: dict[int, bool] = {association.pk: True}
    every = list(people.values_list("pk", flat=True))
    return sum(_some(every[start : start + _AT_ONCE], now, opened) for start in range(0, len(every), _AT_ONCE))


def _some(people: Sequence[int], now: dt.datetime, opened: dict[int, bool]) -> int:
    """Those people, with all their cooperatives; of other ADs too, when a mail of theirs may leave."""
    mandates = [each for each in _mandates(people) if _live(each, now)]
    by_place: dict[int, dict[int, Cooperative]] = {}
    for each in mandates:
        cooperative = _cooperative(each)
        association = cooperative.association
        if association.pk not in opened:
            opened[association.pk] = _open(association, now)
        if opened[association.pk]:
            by_place.setdefault(association.pk, {})[cooperative.pk] = cooperative
    agendas: dict[int, Agenda] = {}
    for cooperatives in by_place.values():
        told = list(cooperatives.values())
        agendas |= agendas_of(told, now.astimezone(ZoneInfo(told[0].association.time_zone)).date())
    known = _told(people, now)
    sent = 0
    for person, theirs in _by_person(mandates):
        try:
            sent += _write(person, theirs, agendas, known, now)
        except ValidationError:  # one unusable address must not silence all the others
            logger.warning("no reminder for person %s: the address cannot be written to", person.pk)
    return sent


def _mandates(people: Sequence[int]) -> Iterable[Mandate]:
    live = Mandate.objects.filter(
        person__in=people, cooperative__withdrawn_at__isnull=True, role__in=KEEPERS, ended_at__isnull=True
    ).exclude(cooperative=None)
    return live.select_related("person", "cooperative__association").order_by("person", "cooperative")


def _live(mandate: Mandate, now: dt.datetime) -> bool:
    zone = _cooperative(mandate).association.time_zone
    return mandate.live_on(now.astimezone(ZoneInfo(zone)).date())


def _cooperative(mandate: Mandate) -> Cooperative:
    assert mandate.cooperative is not None
    return mandate.cooperative


def _by_person(mandates: Iterable[Mandate]) -> Iterator[tuple[Person, list[Cooperative]]]:
    people: dict[int, tuple[Person, dict[int, Cooperative]]] = {}
    for each in mandates:
        cooperative = _cooperative(each)
        people.setdefault(each.person_id, (each.person, {}))[1].setdefault(cooperative.pk, cooperative)
    return ((person, list(theirs.values())) for person, theirs in people.values())


def _told(people: Sequence[int], now: dt.datetime) -> dict[tuple[int, int], set[str]]:
    """What each was told about each cooperative since about a school year."""
    found: dict[tuple[int, int], set[str]] = {}
    since = now - dt.timedelta(days=400)
    rows = Reminder.objects.filter(person__in=people, at__gt=since).values_list("person_id", "cooperative_id", "keys")
    for person, cooperative, keys in rows:
        found.setdefault((person, cooperative), set()).update(keys)
    return found


def _write(
    person: Person,
    cooperatives: Sequence[Cooperative],
    agendas: Mapping[int, Agenda],
    told: Mapping[tuple[int, int], set[str]],
    now: dt.datetime,
) -> bool:
    """The person's mail, if there is anything new to tell."""
    awaits = [Awaits(each, items) for each in cooperatives if each.pk in agendas and (items := worth_telling(agendas[each.pk]))]
    keys = {each.cooperative.pk: [stage(item, agendas[each.cooperative.pk].today) for item in each.items] for each in awaits}
    if all(set(keys[pk]) <= told.get((person.pk, pk), set()) for pk in keys):
        return False
    with writer_turn(), transaction.atomic():
        current = Person.objects.select_for_update().get(pk=person.pk)
        if not (current.wants_reminders and current.is_active and current.email):
            return False
        if Reminder.objects.filter(person=current, at__gt=now - WEEK).exists():
            return False
        Reminder.objects.bulk_create(
            Reminder(person=current, cooperative=each.cooperative, at=now, keys=keys[each.cooperative.pk]) for each in awaits
        )
        zones = {each.cooperative.association.time_zone for each in awaits}
        mails.reminder(current, awaits, min(end_of_hours(now, zone) for zone in zones))
    return True


def worth_telling(agenda: Agenda) -> list[Item]:
    """What is late, and what is due within two weeks."""
    return [item for item in agenda.pending() if item.state == LATE or item.due - agenda.today <= SOON]


def stage(item: Item, today: dt.date) -> str:
    """« report:2026:soon », then « …:late », then « …:late1 » after four weeks, and so on: each is told once."""
    if item.state == NOW:
        return f"{item.key}:soon"
    again = (today - item.due).days // AGAIN_DAYS
    return f"{item.key}:late{again or ''}"
