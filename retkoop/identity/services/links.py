"""One-use links by which a person chooses their own password; nobody else ever does (trust.md P12)."""

import base64
import datetime as dt
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from retkoop.core import canonical, clock
from retkoop.core.refusal import Refusal
from retkoop.identity import mails
from retkoop.identity.audit import Author, Operation, act, general_act
from retkoop.identity.identifiers import parse
from retkoop.identity.models import AccessLink, Cooperative, LinkPurpose, Mandate, Person
from retkoop.identity.queries import link_for, live_mandates_of, people_to_reset
from retkoop.identity.services import throttle
from retkoop.identity.services.sessions import end_sessions

NOBODY = Author(None)
LIFETIME = {LinkPurpose.RESET: dt.timedelta(minutes=30), LinkPurpose.ACTIVATION: dt.timedelta(days=14)}


class LinkRefused(Refusal):
    """The link is unknown, too old, or was used."""


def issue_link(*, person: Person, purpose: LinkPurpose, author: Author = NOBODY) -> str:
    """A new token for `/acces/<token>/`: 30 minutes for a reset, 14 days for an activation.

    Only its SHA-256 is kept; whoever issues it can start a choice, never make it. A new activation ends the former ones.
    """
    token = secrets.token_urlsafe(32)
    _record(person, purpose, token, clock.now(), author, "mail")
    return token


def issue_letter(*, person: Person, author: Author) -> AccessLink:
    """The link of a letter on paper, for a person who has neither e-mail address nor password: 14 days, once.

    It dies at once when another is made. The token is not kept: `letter_token` finds it again from the link, to
    print the letter, while it can serve. Raises Refusal.
    """
    if person.email:
        message = "Cette personne a une adresse e-mail\u202f: le lien s’envoie à cette adresse, jamais par une lettre."
        raise Refusal(message)
    if person.has_usable_password():
        message = (
            "Cette personne a déjà choisi son mot de passe\u202f: une lettre permettrait à qui la lit de prendre sa place. "
            "Mettez fin à son mandat et invitez-la avec son adresse e-mail."
        )
        raise Refusal(message)
    now = clock.now()
    return _record(person, LinkPurpose.ACTIVATION, _letter_token(person.pk, now), now, author, "letter")


def letter_token(link: AccessLink) -> str:
    """The token of a letter. Raises LinkRefused when the link can no longer serve, or was never a letter's."""
    token = _letter_token(link.person_id, link.created_at)
    live = link_for(canonical.sha256(token))
    if live is None or live.pk != link.pk or live.person.email or live.person.has_usable_password():
        message = "Cette lettre ne sert plus\u202f: faites-en une autre."
        raise LinkRefused(message)
    return token


def make_letter(*, mandate: Mandate, author: Author, operation: Operation | None = None) -> AccessLink:
    """A letter for the person of a cooperative's mandate, asked by its AD. Raises Refusal.

    Refused for whoever works for an AD or the federation too, or in another AD's cooperative: a paper must not open that.
    """
    cooperative = mandate.cooperative
    if cooperative is None:
        message = "Une lettre ne se fait que pour une personne d’une coopérative."
        raise Refusal(message)
    if any(_elsewhere(each, cooperative) for each in live_mandates_of(mandate.person)):
        message = "Cette personne a d’autres mandats\u202f: invitez-la avec son adresse e-mail."
        raise Refusal(message)
    with act(cooperative, author, "make_letter", operation=operation) as done:
        link = issue_letter(person=mandate.person, author=author)
        done.about("mandate", mandate.pk)
        done.payload = {"person": mandate.person_id}
    return link


def _elsewhere(mandate: Mandate, cooperative: Cooperative) -> bool:
    other = mandate.cooperative
    return other is None or other.association_id != cooperative.association_id


def start_access(
    *,
    mandate: Mandate,
    author: Author,
    operation: Operation | None = None,
) -> None:
    """Send the person of a mandate a link to choose a password, to their own address: nobody else sees it.

    Raises Refusal when they have no address.
    """
    person = mandate.person
    if not person.email:
        message = "Cette personne n’a pas d’adresse e-mail\u202f: faites une lettre, ou invitez-la avec son adresse."
        raise Refusal(message)
    purpose = LinkPurpose.RESET if person.has_usable_password() else LinkPurpose.ACTIVATION
    opening = (
        act(mandate.cooperative, author, "start_access", operation=operation)
        if mandate.cooperative
        else general_act(author, "start_access", operation=operation)
    )
    with opening as done:
        mails.access_started(person, issue_link(person=person, purpose=purpose, author=author), purpose)
        done.about("mandate", mandate.pk)
        done.payload = {"person": person.pk, "purpose": purpose.value}


def _record(person: Person, purpose: LinkPurpose, token: str, now: dt.datetime, author: Author, way: str) -> AccessLink:
    with general_act(author, "issue_link") as done:
        if purpose == LinkPurpose.ACTIVATION:
            former = AccessLink.objects.filter(person=person, purpose=purpose, used_at__isnull=True, expires_at__gt=now)
            former.update(expires_at=now)
        link = AccessLink.objects.create(
            person=person,
            purpose=purpose,
            token_sha=canonical.sha256(token),
            created_at=now,
            expires_at=now + LIFETIME[purpose],
        )
        done.about("person", person.pk)
        done.payload = {"purpose": purpose.value, "way": way}
    return link


def _letter_token(person_id: int, made: dt.datetime) -> str:
    """256 bits that only this installation's secret key can find again."""
    message = f"{person_id}|{made.astimezone(dt.UTC).isoformat(timespec='microseconds')}"
    digest = salted_hmac("retkoop.identity.letter", message, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


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
