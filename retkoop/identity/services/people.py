"""People and their dated mandates."""

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity.audit import Author, Operation, act, general_act
from retkoop.identity.models import Association, Cooperative, Federation, Mandate, Person, Role
from retkoop.identity.queries import today_for

NOBODY = Author(None)
Organisation = Cooperative | Association | Federation
_ROLES: dict[type[Organisation], frozenset[Role]] = {
    Cooperative: frozenset({Role.MANDATAIRE, Role.COSIGNER, Role.BOOKKEEPER, Role.READER, Role.VERIFIER}),
    Association: frozenset({Role.AD_ACCOUNTANT, Role.AD_SECRETARY, Role.AD_PRESIDENT, Role.AD_READER}),
    Federation: frozenset({Role.FEDERATION}),
}


def create_person(*, full_name: str, email: str | None = None, author: Author = NOBODY) -> Person:
    """A person without a password: only a one-use link lets them choose it. Raises Refusal."""
    name = " ".join(full_name.split())
    if not name:
        message = "Il manque le nom de la personne."
        raise Refusal(message, "full_name")
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
    if role not in _ROLES[type(organisation)]:
        message = f"Le rôle «\u202f{role.label}\u202f» n’existe pas dans cette organisation."
        raise Refusal(message, "role")
    if ends is not None and ends < starts:
        message = "Le mandat finirait avant d’avoir commencé."
        raise Refusal(message, "ends")
    place: dict[str, Organisation] = {type(organisation).__name__.lower(): organisation}
    opening = (
        act(organisation, author, "give_mandate", operation=operation)
        if isinstance(organisation, Cooperative)
        else general_act(author, "give_mandate", operation=operation)
    )
    with opening as done:
        mandate = Mandate(person=person, role=role, starts=starts, ends=ends)
        for name, value in place.items():
            setattr(mandate, name, value)
        mandate.save(force_insert=True)
        done.about("mandate", mandate.pk)
        done.payload = {
            "person": person.pk,
            "role": role.value,
            "starts": starts.isoformat(),
            "ends": ends.isoformat() if ends else None,
        }
    return mandate


def end_mandate(
    *,
    mandate: Mandate,
    last_day: dt.date | None = None,
    reason: str = "",
    author: Author,
    operation: Operation | None = None,
) -> Mandate:
    """End a mandate: after `last_day`, or at once when it is None (rights end with this very transaction).

    Raises Refusal when it has ended already or `last_day` comes before its beginning.
    """
    opening = (
        act(mandate.cooperative, author, "end_mandate", operation=operation, reason=reason)
        if mandate.cooperative
        else general_act(author, "end_mandate", operation=operation, reason=reason)
    )
    with opening as done:
        locked = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if locked.ended_at is not None or (locked.ends is not None and locked.ends < today_for(mandate)):
            message = "Ce mandat a déjà pris fin."
            raise Refusal(message)
        if last_day is None:
            locked.ended_at = clock.now()
        locked.ends = last_day or max(locked.starts, today_for(mandate))
        if locked.ends < locked.starts:
            message = "Le mandat finirait avant d’avoir commencé."
            raise Refusal(message, "last_day")
        locked.save(update_fields=["ends", "ended_at"])
        done.about("mandate", locked.pk)
        done.payload = {"ends": locked.ends.isoformat(), "at_once": last_day is None}
    mandate.ends, mandate.ended_at = locked.ends, locked.ended_at
    return mandate


def clean_email(email: str) -> str:
    """The address in lower case. Raises Refusal when it is not one."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        message = "Cette adresse e-mail n’est pas complète\u202f; un exemple\u202f: prenom.nom@exemple.fr."
        raise Refusal(message, "email") from error
    return address
