"""Reads of organisations, people and mandates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from retkoop.core import clock, sql
from retkoop.core.text import fold
from retkoop.identity import identifiers
from retkoop.identity.identifiers import Identifier, Kind
from retkoop.identity.models import (
    AccessLink,
    Association,
    AuditEvent,
    Cooperative,
    Federation,
    Invitation,
    LinkPurpose,
    Mandate,
    Person,
    Role,
    SecondFactor,
)
from retkoop.identity.permissions import GRANTS, SERVING, Permission

FRANCE = "Europe/Paris"
LATER = dt.timedelta(days=30)
Organisation = Cooperative | Association | Federation
_RANK = {role.value: rank for rank, role in enumerate(Role)}
WITH_ORGANISATIONS = ("person", "cooperative__association", "association", "federation")
_MANDATE, _PERSON = sql.Reader(Mandate, "m"), sql.Reader(Person, "p")
_COOPERATIVE, _ASSOCIATION, _FEDERATION = (
    sql.Reader(Cooperative, "c"),
    sql.Reader(Association, "a"),
    sql.Reader(Federation, "f"),
)
_MANDATE_WITH_ORGANISATIONS = f"""
SELECT {_MANDATE.columns}, {_PERSON.columns}, {_COOPERATIVE.columns}, {_ASSOCIATION.columns}, {_FEDERATION.columns}
FROM {_MANDATE.table} JOIN {_PERSON.table} ON p.id = m.person_id
  LEFT JOIN {_COOPERATIVE.table} ON c.id = m.cooperative_id
  LEFT JOIN {_ASSOCIATION.table} ON a.id = COALESCE(c.association_id, m.association_id)
  LEFT JOIN {_FEDERATION.table} ON f.id = m.federation_id
WHERE m.id = %s
"""  # noqa: S608


@dataclass(frozen=True)
class Contact:
    """Whom to call: an AD's name and how to reach it; each text may be empty."""

    name: str
    phone: str
    email: str
    office_hours: str


def today_for(mandate: Mandate) -> dt.date:
    """The date where the mandate's organisation lives."""
    association = mandate.cooperative.association if mandate.cooperative else mandate.association
    return clock.today(association.time_zone if association else FRANCE)


def today_of(organisation: Organisation) -> dt.date:
    """The date where an organisation lives."""
    association = organisation.association if isinstance(organisation, Cooperative) else organisation
    return clock.today(association.time_zone if isinstance(association, Association) else FRANCE)


def is_live(mandate: Mandate) -> bool:
    """Does the mandate give rights now?"""
    return mandate.person.is_active and mandate.ended_at is None and mandate.live_on(today_for(mandate))


def has_served(mandate: Mandate) -> bool:
    """Has it ended, in a role whose years its person may still read, in an AD that allows it?"""
    cooperative = mandate.cooperative
    return (
        cooperative is not None
        and cooperative.association.former_reads
        and mandate.role in SERVING
        and mandate.person.is_active
        and mandate.starts <= today_for(mandate)
        and not is_live(mandate)
    )


def live_mandate(pk: int) -> Mandate | None:
    """The mandate with its person and organisation, in one query; None when it gives no right today."""
    mandate = _mandate(pk)
    return mandate if mandate is not None and is_live(mandate) else None


def served_mandate(pk: int) -> Mandate | None:
    """The same for a mandate that has ended; None when its years may not be read."""
    mandate = _mandate(pk)
    return mandate if mandate is not None and has_served(mandate) else None


def _mandate(pk: int) -> Mandate | None:
    found = sql.fetch(_MANDATE_WITH_ORGANISATIONS, [pk])
    return _mandate_of(found[0]) if found else None


def _mandate_of(row: Sequence[object]) -> Mandate:
    """The mandate of a row of `_MANDATE_WITH_ORGANISATIONS`: read on every request, so without composing a query."""
    mandate = _MANDATE.read(row)
    start = _MANDATE.width
    mandate.person = _PERSON.read(row, start)
    start += _PERSON.width
    if mandate.cooperative_id is not None:
        mandate.cooperative = _COOPERATIVE.read(row, start)
    start += _COOPERATIVE.width
    if mandate.cooperative is not None:
        mandate.cooperative.association = _ASSOCIATION.read(row, start)
    elif mandate.association_id is not None:
        mandate.association = _ASSOCIATION.read(row, start)
    if mandate.federation_id is not None:
        mandate.federation = _FEDERATION.read(row, start + _ASSOCIATION.width)
    return mandate


def live_mandates_of(person: Person) -> list[Mandate]:
    """Every live mandate of a person, in the order of the roles."""
    return _live(person.mandates.select_related(*WITH_ORGANISATIONS))


def mandataires_of(cooperative: Cooperative) -> list[Person]:
    """The people whose mandate as mandataire is live, in the order of their mandates."""
    today = clock.today(cooperative.association.time_zone)
    live = Mandate.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=today),
        cooperative=cooperative,
        role=Role.MANDATAIRE,
        starts__lte=today,
        ended_at__isnull=True,
        person__is_active=True,
    )
    return [mandate.person for mandate in live.select_related("person").order_by("pk")]


def served_mandates_of(person: Person) -> list[Mandate]:
    """The ended mandates whose years the person may read: the last of each cooperative in which they have no live one."""
    return _served(list(person.mandates.select_related(*WITH_ORGANISATIONS)))


def served_periods(mandate: Mandate) -> list[tuple[dt.date, dt.date]]:
    """The first and last days of the mandates that the person of this one has held in its cooperative."""
    held = Mandate.objects.filter(
        person=mandate.person_id, cooperative=mandate.cooperative_id, role__in=SERVING, ends__isnull=False
    )
    return [(row.starts, row.ends) for row in held.order_by("starts", "pk") if row.ends]


def candidates(identifier: Identifier) -> list[Mandate]:
    """The mandates that an identifier names, of people who have chosen a password: the live ones, then the served."""
    named = _named_by(identifier)
    return [mandate for mandate in [*_live(named), *_served(named)] if mandate.person.has_usable_password()]


def people_to_reset(identifier: Identifier) -> list[Person]:
    """Those whom « oublié ? » writes to: each has an address and a live mandate, password chosen or not.

    Who reads the years served is written to at their own address only, never for the cooperative's identifier.
    """
    named = _named_by(identifier)
    heard = [*_live(named), *(_served(named) if identifier.kind is Kind.EMAIL else [])]
    return list({mandate.person_id: mandate.person for mandate in heard if mandate.person.email}.values())


def _named_by(identifier: Identifier) -> list[Mandate]:
    match identifier.kind:
        case Kind.COOPERATIVE:
            named = Q(cooperative__association__code=identifier.code, cooperative__number=identifier.number)
        case Kind.ASSOCIATION:
            named = Q(association__code=identifier.code)
        case Kind.FEDERATION:
            named = Q(federation__isnull=False)
        case _:  # an unknown identifier costs the same query
            named = Q(person__email=identifier.key)
    return list(Mandate.objects.select_related(*WITH_ORGANISATIONS).filter(named))


def live_cooperatives(association: Association) -> QuerySet[Cooperative]:
    """The AD's cooperatives, without those whose creation was undone."""
    return association.cooperatives.filter(withdrawn_at__isnull=True)


def opened_cooperative(association: Association, pk: int) -> Cooperative | None:
    """A cooperative of that AD, with its association; None for another AD's."""
    return live_cooperatives(association).select_related("association").filter(pk=pk).first()


def contact_for(about: str | Cooperative | Association) -> Contact | None:
    """Whom to call about an identifier, a cooperative or an AD.

    An identifier is read by its three-character prefix alone, so that an
    invented number gets the same answer as an existing one.
    """
    if isinstance(about, Cooperative):
        association: Association | None = about.association
    elif isinstance(about, Association):
        association = about
    else:
        code = identifiers.parse(about).code
        association = Association.objects.filter(code=code).first() if code else None
    if association is None:
        return None
    return Contact(association.name, association.phone, association.email, association.office_hours)


def link_for(token_sha: str) -> AccessLink | None:
    """The access link with its person, if it can still be used."""
    link = AccessLink.objects.select_related("person").filter(token_sha=token_sha, used_at__isnull=True).first()
    return link if link is not None and link.expires_at > clock.now() and link.person.is_active else None


def search_cooperatives(association: Association, words: str) -> list[Cooperative]:
    """The AD's cooperatives in the order of their numbers; those whose number, name or town has every word.

    Searched in Python, because databases disagree on accents.
    """
    wanted = fold(words).split()
    found = live_cooperatives(association).order_by("number").select_related("association")
    return [coop for coop in found if _has(coop, wanted)]


def _has(cooperative: Cooperative, wanted: Sequence[str]) -> bool:
    text = fold(f"{cooperative.identifier} {cooperative.name} {cooperative.town}")
    return all(word in text for word in wanted)


def associations_of(federation: Federation) -> list[tuple[Association, int]]:
    """Each AD of the federation with its number of cooperatives, by département."""
    counted = federation.associations.annotate(
        how_many=Count("cooperatives", filter=Q(cooperatives__withdrawn_at__isnull=True))
    ).order_by("code")
    return [(association, association.how_many) for association in counted]


def email_is_free(email: str, person: Person) -> bool:
    """Does no other person use the address?"""
    return not Person.objects.filter(~Q(pk=person.pk), email=email).exists()


def _live(mandates: Iterable[Mandate]) -> list[Mandate]:
    return sorted((m for m in mandates if is_live(m)), key=lambda m: (_RANK[m.role], m.pk))


def _served(mandates: Iterable[Mandate]) -> list[Mandate]:
    """The last ended mandate of each person in each cooperative where they have no live one."""
    mandates = list(mandates)
    at_home = {(mandate.person_id, mandate.cooperative_id) for mandate in mandates if is_live(mandate)}
    last: dict[tuple[int, int | None], Mandate] = {}
    for mandate in sorted(mandates, key=lambda m: (m.ends or m.starts, m.pk)):
        key = (mandate.person_id, mandate.cooperative_id)
        if key not in at_home and has_served(mandate):
            last[key] = mandate
    return sorted(last.values(), key=lambda m: (_RANK[m.role], m.pk))


@dataclass(frozen=True)
class Members:
    """The mandates of an organisation: those in force or to come, in the order of the roles, and those that have ended."""

    present: list[Mandate]
    past: list[Mandate]
    invitations: list[Invitation]


def members_of(organisation: Organisation) -> Members:
    """Who has which mandate, who had, who is invited; two queries."""
    mandates = list(organisation.mandates.select_related(*WITH_ORGANISATIONS))
    past = [mandate for mandate in mandates if has_ended(mandate)]
    present = [mandate for mandate in mandates if not has_ended(mandate)]
    waiting = organisation.invitations.filter(
        mandate__isnull=True, withdrawn_at__isnull=True, expires_at__gt=clock.now()
    ).order_by("created_at", "pk")
    return Members(
        sorted(present, key=lambda m: (_RANK[m.role], m.pk)),
        sorted(past, key=lambda m: (m.ends or m.starts, m.pk), reverse=True),
        list(waiting),
    )


def has_ended(mandate: Mandate) -> bool:
    """Is it over, at once or since its last day?"""
    return mandate.ended_at is not None or (mandate.ends is not None and mandate.ends < today_for(mandate))


def mandate_in(organisation: Organisation, pk: int) -> Mandate | None:
    """One mandate of that organisation; None for the absent and the foreign alike."""
    return organisation.mandates.select_related(*WITH_ORGANISATIONS).filter(pk=pk).first()


def open_letters(mandates: Iterable[Mandate]) -> dict[int, AccessLink]:
    """The activation link that can still serve of each person without e-mail address, by the person's id; one query."""
    people = {m.person_id for m in mandates if not m.person.email and not m.person.has_usable_password()}
    if not people:
        return {}
    links = AccessLink.objects.filter(person__in=people, used_at__isnull=True, expires_at__gt=clock.now())
    return {link.person_id: link for link in links.filter(purpose=LinkPurpose.ACTIVATION).order_by("created_at", "pk")}


def staff_of_event(event: AuditEvent) -> Association | None:
    """The AD in which an act gave, ended or offered a mandate."""
    table = {"mandate": Mandate, "invitation": Invitation}.get(event.subject_type)
    row = table.objects.select_related("association").filter(pk=event.subject_id).first() if table else None  # type: ignore[attr-defined]
    return row.association if isinstance(row, Mandate | Invitation) else None


def invitation_in(organisation: Organisation, pk: int) -> Invitation | None:
    """One invitation to that organisation; None for the absent and the foreign alike."""
    return organisation.invitations.filter(pk=pk).first()


def invitation_for(token_sha: str) -> Invitation | None:
    """The invitation with its organisation, if it can still be accepted."""
    invited = Invitation.objects.select_related("cooperative__association", "association", "federation", "invited_by")
    found = invited.filter(token_sha=token_sha, mandate__isnull=True, withdrawn_at__isnull=True).first()
    return found if found is not None and found.expires_at > clock.now() else None


def person_at(email: str) -> Person | None:
    """Whose address it is. Only for whoever has proved that they read that letter box."""
    return Person.objects.filter(email=email).first()


def holds(person: Person, organisation: Organisation, permission: Permission, *, but: Mandate | None = None) -> bool:
    """Does a live mandate of the person in that very organisation grant it? `but`: leaving that mandate aside."""
    mandates = _live(organisation.mandates.filter(person=person).select_related(*WITH_ORGANISATIONS))
    return any(permission in GRANTS[Role(m.role)] for m in mandates if but is None or m.pk != but.pk)


def has_second_factor(person: Person) -> bool:
    """Has the person a second proof of identity that works?"""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).exists()


@dataclass(frozen=True)
class Invited:
    """What a person is invited to add to their account, when they have not answered « plus tard » of late."""

    address: bool
    factor: bool


def invited_to_add(person: Person) -> Invited | None:
    """An address, a second factor, or None: nothing is missing, or the last answer is younger than thirty days."""
    if person.invited_at is not None and clock.now() - person.invited_at < LATER:
        return None
    invited = Invited(address=not person.email, factor=not has_second_factor(person))
    return invited if invited.address or invited.factor else None
