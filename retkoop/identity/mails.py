"""The e-mails about access: one recipient each, one link, whose host comes from the settings alone."""

import datetime as dt

from django.conf import settings

from retkoop.core import mail
from retkoop.identity.models import Invitation, LinkPurpose, Mandate, Person


def reset_link(person: Person, token: str) -> None:
    """The link of « identifiant ou mot de passe oublié ? »."""
    mail.send(
        to=person.email or "",
        subject="Choisir un nouveau mot de passe pour Retkoop",
        template="identity/mail/reset",
        context={"person": person, "link": f"{settings.BASE_URL}/acces/{token}/"},
    )


def confirm_email(person: Person, address: str, token: str) -> None:
    """To the new address: the link that makes it the person's."""
    mail.send(
        to=address,
        subject="Confirmer votre adresse e-mail pour Retkoop",
        template="identity/mail/confirm_email",
        context={"person": person, "link": f"{settings.BASE_URL}/compte/adresse/{token}/"},
    )


def email_changed(person: Person, old: str) -> None:
    """To the old address: it is no longer the person's."""
    mail.send(
        to=old,
        subject="Votre adresse e-mail a changé dans Retkoop",
        template="identity/mail/email_changed",
        context={"person": person, "link": f"{settings.BASE_URL}/connexion/oubli/"},
    )


def recovery_asked(person: Person, helper: Person, due: dt.datetime) -> None:
    """To the person: somebody has asked for their way back; until `due` they can stop it."""
    mail.send(
        to=person.email or "",
        subject="Quelqu’un demande à retrouver l’accès à votre compte Retkoop",
        template="identity/mail/recovery_asked",
        context={"person": person, "helper": helper, "due": due, "link": f"{settings.BASE_URL}/compte/securite/"},
    )


def recovery_done(person: Person, helper: Person, token: str) -> None:
    """To the person alone: the way back, with the name of who helped."""
    mail.send(
        to=person.email or "",
        subject="Retrouver l’accès à votre compte Retkoop",
        template="identity/mail/recovery_done",
        context={"person": person, "helper": helper, "link": f"{settings.BASE_URL}/acces/{token}/"},
    )


def security_changed(person: Person, what: str) -> None:
    """To the person: something changed in what protects their account; `what` is a sentence."""
    mail.send(
        to=person.email or "",
        subject="La sécurité de votre compte Retkoop a changé",
        template="identity/mail/security_changed",
        context={"person": person, "what": what, "link": f"{settings.BASE_URL}/compte/securite/"},
    )


def access_started(person: Person, token: str, purpose: str) -> None:
    """To the person alone: the link that their AD has asked for them."""
    mail.send(
        to=person.email or "",
        subject="Choisir votre mot de passe pour Retkoop",
        template="identity/mail/access_started",
        context={
            "person": person,
            "link": f"{settings.BASE_URL}/acces/{token}/",
            "minutes": purpose == LinkPurpose.RESET,
        },
    )


def invitation(invited: Invitation, token: str) -> None:
    """To the address invited: who invites, to what, and the link that accepts."""
    mail.send(
        to=invited.email,
        subject="Une invitation à rejoindre Retkoop",
        template="identity/mail/invitation",
        context={"mandate": invited, "link": f"{settings.BASE_URL}/invitation/{token}/"},
    )


def mandate_ended(mandate: Mandate, last_day: dt.date) -> None:
    """To the person whose mandate somebody else has ended."""
    mail.send(
        to=mandate.person.email or "",
        subject="Votre mandat dans Retkoop prend fin",
        template="identity/mail/mandate_ended",
        context={"mandate": mandate, "last_day": last_day, "link": f"{settings.BASE_URL}/connexion/"},
    )
