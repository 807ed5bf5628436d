"""People and their dated mandates."""

import datetime as dt
from contextlib import AbstractContextManager

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from retkoop.core import clock
from retkoop.core.locks import writer_turn
from retkoop.core.refusal import Refusal
from retkoop.identity import mails
from retkoop.identity.audit import Act, Author, Operation, act, general_act, refuse_known
from retkoop.identity.models import AccessLink, Association, Cooperative, Federation, Mandate, Person, Role
from retkoop.identity.permissions import GIVES, GRANTS, Permission
from retkoop.identity.queries import Organisation, holds, live_mandates_of, today_for, today_of
from retkoop.identity.services.links import issue_letter

NOBODY = Author(None)
_ROLES: dict[type[Organisation], frozenset[Role]] = {
    Cooperative: GIVES[Permission.AD_WRITE],
    Association: GIVES[Permission.AD_PEOPLE],
    Federation: frozenset({Role.FEDERATION}),
}


def act_in(
    organisation: Organisation, author: Author, verb: str, operation: Operation | None, reason: str = ""
) -> AbstractContextManager[Act]:
    """An audited act: in the cooperative's chain, outside any for an AD and the federation."""
    if isinstance(organisation, Cooperative):
        return act(organisation, author, verb, operation=operation, reason=reason)
    return general_act(author, verb, operation=operation, reason=reason)


def place_of(organisation: Organisation) -> dict[str, Organisation]:
    """The one field of a mandate or of an invitation that names its organisation."""
    return {type(organisation).__name__.lower(): organisation}


def check_role(role: Role, organisation: Organisation) -> None:
    """Raises Refusal when that kind of organisation has no such role."""
    if role not in _ROLES[type(organisation)]:
        message = f"Le rôle «\u202f{role.label}\u202f» n’existe pas dans cette organisation."
        raise Refusal(message, "role")


def create_person(*, full_name: str, email: str | None = None, author: Author = NOBODY) -> Person:
    """A person without a password: only a one-use link lets them choose it. Raises Refusal."""
    name = clean_name(full_name)
    address = clean_email(email) if email else None
    with general_act(author, "create_person") as done:
        if address and Person.objects.filter(email=address).exists():
            message = "Cette adresse e-mail est déjà celle d’une autre personne."
            raise Refusal(message, "email")
        person = Person.objects.create(full_name=name, email=address, password=make_password(None), created_at=clock.now())
        done.about("person", person.pk)
        done.payload = {"full_name": name, "email": address}
    return person


def give_mandate(
    *,
    person: Person,
    role: Role,
    organisation: Organisation,
    starts: dt.date,
    ends: dt.date | None = None,
    author: Author = NOBODY,
    operation: Operation | None = None,
) -> Mandate:
    """A role in one organisation from `starts` to `ends` (last day, included). Raises Refusal."""
    check_role(role, organisation)
    if ends is not None and ends < starts:
        message = "Le mandat finirait avant d’avoir commencé."
        raise Refusal(message, "ends")
    with act_in(organisation, author, "give_mandate", operation) as done:
        mandate = Mandate(person=person, role=role, starts=starts, ends=ends, **place_of(organisation))
        mandate.save(force_insert=True)
        done.about("mandate", mandate.pk)
        done.payload = {
            "person": person.pk,
            "role": role.value,
            "starts": starts.isoformat(),
            "ends": ends.isoformat() if ends else None,
        }
    return mandate


def appoint_by_letter(
    *,
    cooperative: Cooperative,
    role: Role,
    full_name: str,
    ends: dt.date | None = None,
    author: Author,
    operation: Operation | None = None,
) -> tuple[Mandate, AccessLink]:
    """A new person without e-mail address, their mandate from today, and the link of the letter to give them.

    Raises Refusal (`full_name`, `role`, `ends`).
    """
    with writer_turn(), transaction.atomic():
        if operation is not None:
            refuse_known(operation, cooperative.pk, author)
        person = create_person(full_name=full_name, author=author)
        link = issue_letter(person=person, author=author)
        today = today_of(cooperative)
        mandate = give_mandate(
            person=person, role=role, organisation=cooperative, starts=today, ends=ends, author=author, operation=operation
        )
    return mandate, link


def end_mandate(
    *,
    mandate: Mandate,
    last_day: dt.date | None = None,
    reason: str = "",
    author: Author,
    operation: Operation | None = None,
) -> Mandate:
    """End a mandate: after `last_day`, or at once when it is None (rights end with this very transaction).

    Raises Refusal when it has ended already, `last_day` comes before its beginning, or an AD would be left by the
    one who keeps its staff.
    """
    organisation = organisation_of(mandate)
    with act_in(organisation, author, "end_mandate", operation, reason) as done:
        locked = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if locked.ended_at is not None or (locked.ends is not None and locked.ends < today_for(mandate)):
            message = "Ce mandat a déjà pris fin."
            raise Refusal(message)
        _refuse_leaving(locked, organisation, author)
        if last_day is None:
            locked.ended_at = clock.now()
        locked.ends = last_day or max(locked.starts, today_for(mandate))
        if locked.ends < locked.starts:
            message = "Le mandat finirait avant d’avoir commencé."
            raise Refusal(message, "last_day")
        locked.save(update_fields=["ends", "ended_at"])
        done.about("mandate", locked.pk)
        done.payload = {
            "person": locked.person_id,
            "role": locked.role,
            "ends": locked.ends.isoformat(),
            "at_once": last_day is None,
        }
        if author.person is not None and author.person.pk != mandate.person_id:
            mails.mandate_ended(mandate, locked.ends)
    mandate.ends, mandate.ended_at = locked.ends, locked.ended_at
    return mandate


def _refuse_leaving(mandate: Mandate, organisation: Organisation, author: Author) -> None:
    """Whoever keeps the staff of an AD never ends their own last such mandate, and two never end each other's at once.

    The AD's row is locked, so that someone of the AD always keeps its staff; the federation may leave it without.
    """
    who, keeps = author.person, Permission.AD_PEOPLE
    if who is None or not isinstance(organisation, Association) or keeps not in GRANTS[Role(mandate.role)]:
        return
    Association.objects.select_for_update().get(pk=organisation.pk)
    if any(each.federation_id for each in live_mandates_of(who)) or holds(who, organisation, keeps, but=mandate):
        return
    if mandate.person_id == who.pk:
        message = (
            "C’est par ce mandat que vous tenez la liste des personnes de l’AD\u202f: vous ne pouvez pas y mettre fin "
            "vous-même. Une autre personne de l’AD, comptable ou à la présidence, le peut."
        )
    else:
        message = "Votre propre mandat vient de prendre fin\u202f: celui-ci n’est pas touché."
    raise Refusal(message)


def organisation_of(mandate: Mandate) -> Organisation:
    """Where the mandate is."""
    found = mandate.cooperative or mandate.association or mandate.federation
    if found is None:  # the database forbids it
        raise LookupError(mandate.pk)
    return found


def clean_name(full_name: str) -> str:
    """The name with single spaces. Raises Refusal when it is empty."""
    name = " ".join(full_name.split())
    if not name:
        message = "Il manque le nom de la personne."
        raise Refusal(message, "full_name")
    return name


def clean_email(email: str) -> str:
    """The address in lower case. Raises Refusal when it is not one."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        message = "Cette adresse e-mail n’est pas complète\u202f; un exemple\u202f: prenom.nom@exemple.fr."
        raise Refusal(message, "email") from error
    return address
