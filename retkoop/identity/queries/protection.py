"""Reads of what protects an account: second factors, recovery codes, open sessions, the help of a colleague."""

import datetime as dt

from django.conf import settings
from django.db.models import Q

from retkoop.core import clock
from retkoop.core.text import fold
from retkoop.identity.models import AccessRecovery, FactorKind, Mandate, OpenSession, Person, SecondFactor
from retkoop.identity.permissions import Permission, allowed
from retkoop.identity.queries import WITH_ORGANISATIONS, has_served, is_live, live_mandates_of, served_mandates_of


def confirmed_factors(person: Person) -> list[SecondFactor]:
    """The second factors that count, oldest first."""
    return list(person.second_factors.filter(confirmed_at__isnull=False).select_related("person").order_by("pk"))


def pending_totp(person: Person) -> SecondFactor | None:
    """The application of codes that a first code must still confirm, for a quarter of an hour."""
    since = clock.now() - dt.timedelta(minutes=15)
    waiting = person.second_factors.filter(kind=FactorKind.TOTP, confirmed_at=None, created_at__gt=since)
    return waiting.select_related("person").order_by("pk").last()


def recovery_codes_left(person: Person) -> int:
    """How many of one's recovery codes have not served."""
    return person.recovery_codes.filter(used_at=None).count()


def may_help(helper: Mandate, person: Person) -> bool:
    """May the holder of this live mandate help the person to find their access again? Never oneself.

    A cooperative's person, present or former, is helped by their AD, staff of one AD by a colleague who keeps its
    people or by the federation, staff of several ADs by the federation, the federation's people by a colleague.
    """
    live = live_mandates_of(person) or served_mandates_of(person)
    if not live or helper.person_id == person.pk:
        return False
    if any(mandate.federation_id for mandate in live):
        return allowed(helper.role, Permission.FEDERATION_WRITE)
    offices = {mandate.association_id for mandate in live if mandate.association_id}
    if offices:
        colleague = offices == {helper.association_id} and allowed(helper.role, Permission.AD_PEOPLE)
        return colleague or allowed(helper.role, Permission.FEDERATION_WRITE)
    near = {mandate.cooperative.association_id for mandate in live if mandate.cooperative}
    return helper.association_id in near and allowed(helper.role, Permission.AD_WRITE)


def person_to_help(helper: Mandate, pk: int) -> Person | None:
    """The person, when the holder of this mandate may help them."""
    person = Person.objects.filter(pk=pk, is_active=True).first()
    return person if person is not None and may_help(helper, person) else None


def people_to_help(helper: Mandate, words: str) -> list[tuple[Person, list[Mandate]]]:
    """Whom the words name (a name, an identifier, a school), with their live mandates; colleagues without words."""
    mandates = Mandate.objects.select_related(*WITH_ORGANISATIONS).order_by("person__full_name", "pk")
    if helper.association_id is not None:
        near = Q(association=helper.association_id)
        near |= Q(cooperative__association=helper.association_id) if words else Q()
    else:
        near = Q(federation__isnull=False)
        near |= Q(association__isnull=False) if words else Q()
    wanted = fold(words).split()
    found: dict[int, tuple[Person, list[Mandate]]] = {}
    for mandate in (each for each in mandates.filter(near) if is_live(each) or has_served(each)):
        place = mandate.cooperative or mandate.association or mandate.federation
        text = fold(f"{mandate.person.full_name} {getattr(place, 'identifier', '')} {place}")
        if mandate.person_id != helper.person_id and all(word in text for word in wanted):
            found.setdefault(mandate.person_id, (mandate.person, []))[1].append(mandate)
    return list(found.values())


def waiting_recovery(person: Person) -> AccessRecovery | None:
    """The recovery of that person that has not yet taken effect."""
    waiting = person.recoveries.filter(done_at=None, stopped_at=None)
    return waiting.select_related("person", "asked_by").first()


def waiting_recoveries(helper: Mandate) -> list[AccessRecovery]:
    """Those that the holder of this mandate may confirm or stop, oldest first."""
    waiting = AccessRecovery.objects.filter(done_at=None, stopped_at=None).select_related("person", "asked_by")
    return [each for each in waiting.order_by("pk") if may_help(helper, each.person)]


def sessions_of(person: Person) -> list[OpenSession]:
    """The person's live sessions, last seen first."""
    since = clock.now() - dt.timedelta(minutes=settings.IDLE_MINUTES)
    mine = person.open_sessions.filter(ended_at=None, seen_at__gte=since)
    return list(mine.select_related("mandate__cooperative", "mandate__association").order_by("-seen_at", "-pk"))
