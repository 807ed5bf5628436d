"""One-use links by which a person chooses their own password; nobody else ever does (trust.md P12)."""

import datetime as dt
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from retkoop.core import canonical, clock
from retkoop.core.refusal import Refusal
from retkoop.identity import mails
from retkoop.identity.audit import Author, general_act
from retkoop.identity.identifiers import parse
from retkoop.identity.models import AccessLink, LinkPurpose, Person
from retkoop.identity.queries import link_for, people_to_reset
from retkoop.identity.services import throttle
from retkoop.identity.services.sessions import end_sessions

NOBODY = Author(None)
LIFETIME = {LinkPurpose.RESET: dt.timedelta(minutes=30), LinkPurpose.ACTIVATION: dt.timedelta(days=14)}


class LinkRefused(Refusal):
    """The link is unknown, too old, or was used."""


def issue_link(*, person: Person, purpose: LinkPurpose, author: Author = NOBODY) -> str:
    """A new token for `/acces/<token>/`: 30 minutes for a reset, 14 days for an activation.

    Only its SHA-256 is kept; whoever issues it can start a choice, never make it.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with general_act(author, "issue_link") as done:
        AccessLink.objects.create(
            person=person,
            purpose=purpose,
            token_sha=canonical.sha256(token),
            created_at=now,
            expires_at=now + LIFETIME[purpose],
        )
        done.about("person", person.pk)
        done.payload = {"purpose": purpose.value}
    return token


def check_link(token: str) -> AccessLink:
    """The link, with its person, without using it. Raises LinkRefused."""
    link = link_for(canonical.sha256(token))
    if link is None:
        message = "Ce lien ne sert qu’une fois et pendant un temps limité\u202f: demandez-en un autre."
        raise LinkRefused(message)
    return link


def use_link(*, token: str, new_password: str) -> Person:
    """Choose a password. The token is consumed only on success; every other session and link of the person ends.

    Raises LinkRefused, or Refusal on the field `new_password`.
    """
    link = check_link(token)
    check_new_password(new_password, link.person)
    with general_act(Author(link.person), "use_link") as done:
        unused = AccessLink.objects.filter(person=link.person, used_at__isnull=True)
        if not unused.filter(pk=link.pk).update(used_at=clock.now()):
            message = "Ce lien a déjà servi\u202f: demandez-en un autre."
            raise LinkRefused(message)
        unused.update(used_at=clock.now())
        link.person.set_password(new_password)
        link.person.save(update_fields=["password"])
        end_sessions(person=link.person)
        done.about("person", link.person.pk)
        done.payload = {"purpose": link.purpose}
    return link.person


def send_reset_links(*, identifier: str, address: str) -> None:
    """« Oublié ? »: a link to each address known for the identifier; says nothing of what it found.

    `address` is the visitor's IP. Past a few letters an hour, none is sent.
    """
    who = parse(identifier)
    try:
        throttle.charge(throttle.letter_keys(who.key, address))
    except throttle.Throttled:
        return
    for person in people_to_reset(who):
        token = issue_link(person=person, purpose=LinkPurpose.RESET)
        mails.reset_link(person, token)


def check_new_password(password: str, person: Person) -> None:
    """Raises Refusal on the field `new_password` when a guesser would find it."""
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), "new_password") from error
