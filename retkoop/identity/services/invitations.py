"""Inviting someone to a mandate: an e-mail address, a one-use link, and nothing before whoever reads it accepts.

A known address and an unknown one get the same letter, and the inviter the
same answer: who belongs to another organisation is never told (trust.md P11).
A new person chooses their own password on accepting; a known one keeps theirs.
"""

import datetime as dt
import secrets

from django.contrib.auth.hashers import make_password
from django.db import transaction

from retkoop.core import canonical, clock
from retkoop.core.locks import writer_turn
from retkoop.core.refusal import Refusal
from retkoop.identity import mails
from retkoop.identity.audit import Author, Operation
from retkoop.identity.models import Invitation, Mandate, Person, Role
from retkoop.identity.queries import Organisation, invitation_for, is_live, person_at, today_of
from retkoop.identity.services import throttle
from retkoop.identity.services.links import LinkRefused, check_new_password
from retkoop.identity.services.people import act_in, check_role, clean_email, clean_name, place_of

LIFETIME = dt.timedelta(days=14)


def invite(
    *,
    organisation: Organisation,
    role: Role,
    full_name: str,
    email: str,
    ends: dt.date | None = None,
    author: Author,
    operation: Operation | None = None,
) -> Invitation:
    """Offer a mandate by a link sent to `email`; a former offer of the same role to the same address dies.

    `ends`: last day of the mandate. Raises Refusal (`full_name`, `email`, `role`, `ends`).
    """
    check_role(role, organisation)
    name, address = clean_name(full_name), clean_email(email)
    if ends is not None and ends < today_of(organisation):
        message = "Ce jour est déjà passé\u202f: le mandat finirait avant d’avoir commencé."
        raise Refusal(message, "ends")
    token, now = secrets.token_urlsafe(32), clock.now()
    with act_in(organisation, author, "invite", operation) as done:
        _spare(address, organisation)
        offers = organisation.invitations.filter(mandate__isnull=True, withdrawn_at__isnull=True)
        offers.filter(role=role, email=address).update(withdrawn_at=now)
        invitation = Invitation.objects.create(
            role=role,
            full_name=name,
            email=address,
            ends=ends,
            invited_by=author.person,
            token_sha=canonical.sha256(token),
            created_at=now,
            expires_at=now + LIFETIME,
            **place_of(organisation),
        )
        done.about("invitation", invitation.pk)
        done.payload = {"full_name": name, "email": address, "role": role.value, "ends": ends.isoformat() if ends else None}
        mails.invitation(invitation, token)
    return invitation


def withdraw_invitation(*, invitation: Invitation, author: Author, operation: Operation | None = None) -> Invitation:
    """The link dies at once. Raises Refusal when it was accepted already."""
    with act_in(organisation_of(invitation), author, "withdraw_invitation", operation) as done:
        locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if locked.mandate_id is not None:
            message = "Cette invitation a déjà été acceptée\u202f: c’est au mandat qu’il faut mettre fin."
            raise Refusal(message)
        locked.withdrawn_at = locked.withdrawn_at or clock.now()
        locked.save(update_fields=["withdrawn_at"])
        done.about("invitation", locked.pk)
        done.payload = {"email": locked.email, "role": locked.role}
    return locked


def check_invitation(token: str) -> Invitation:
    """The invitation of a link, without accepting it. Raises LinkRefused."""
    invitation = invitation_for(canonical.sha256(token))
    if invitation is None or (invitation.ends is not None and invitation.ends < today_of(organisation_of(invitation))):
        message = "Cette invitation a servi, a été retirée ou date de plus de 14 jours\u202f: demandez-en une autre."
        raise LinkRefused(message)
    return invitation


def must_choose(invitation: Invitation) -> bool:
    """Has whoever accepts a password to choose? Known persons who have one keep it."""
    person = person_at(invitation.email)
    return person is None or not person.has_usable_password()


def accept_invitation(*, token: str, new_password: str = "") -> Mandate:
    """The mandate begins today. Raises LinkRefused, or Refusal on `new_password`."""
    invitation = check_invitation(token)
    organisation = organisation_of(invitation)
    person = person_at(invitation.email) or Person(
        full_name=invitation.full_name, email=invitation.email, password=make_password(None), created_at=clock.now()
    )
    if not person.is_active:
        message = "Ce compte est fermé\u202f: appelez votre association départementale."
        raise LinkRefused(message)
    chooses = not person.has_usable_password()
    if chooses:
        check_new_password(new_password, person)
        person.set_password(new_password)
    with writer_turn(), transaction.atomic():
        if chooses:
            person.save()
        with act_in(organisation, Author(person), "accept_invitation", None) as done:
            locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
            if locked.mandate_id is not None or locked.withdrawn_at is not None:
                message = "Cette invitation a déjà servi ou vient d’être retirée."
                raise LinkRefused(message)
            mandate = _mandate(locked, organisation, person)
            locked.mandate = mandate
            locked.save(update_fields=["mandate"])
            done.about("mandate", mandate.pk)
            done.payload = {"person": person.pk, "role": locked.role, "invitation": locked.pk, "password": chooses}
    return mandate


def _mandate(invitation: Invitation, organisation: Organisation, person: Person) -> Mandate:
    """A new one, unless the person has just been given the same by another way."""
    held = organisation.mandates.filter(person=person, role=invitation.role, invitation__isnull=True)
    for mandate in held:
        if is_live(mandate):
            return mandate
    return Mandate.objects.create(
        person=person,
        role=invitation.role,
        starts=today_of(organisation),
        ends=invitation.ends,
        **place_of(organisation),
    )


def organisation_of(invitation: Invitation) -> Organisation:
    """Where the mandate offered is."""
    found = invitation.cooperative or invitation.association or invitation.federation
    if found is None:  # the database forbids it
        raise LookupError(invitation.pk)
    return found


def _spare(address: str, organisation: Organisation) -> None:
    """A few letters an hour to one address from one organisation, no more. Raises Refusal."""
    try:
        throttle.charge(throttle.invitation_keys(address, f"{type(organisation).__name__}-{organisation.pk}"))
    except throttle.Throttled as throttled:
        message = "Plusieurs invitations viennent de partir vers cette adresse\u202f: attendez une heure, puis réessayez."
        raise Refusal(message, "email") from throttled
