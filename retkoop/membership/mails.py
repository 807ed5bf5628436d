"""The e-mails of this room: one link, nothing that a page does not say too. An IBAN stands in none but by its mask."""

from collections.abc import Sequence

from django.conf import settings

from retkoop.core import mail
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Cooperative, Person
from retkoop.identity.queries import mandataires_of
from retkoop.membership.models import Sheet


def sent(sheet: Sheet, *, engaged: bool) -> None:
    """To the AD: a cooperative sent its adhésion, or an amendment."""
    cooperative = sheet.cooperative
    year = SchoolYear(sheet.adhesion.first).slug
    what = "Adhésion" if sheet.number == 1 else f"Avenant {sheet.number - 1} de l’adhésion"
    mail.send(
        to=cooperative.association.email,
        subject=f"{what} {year} : {cooperative.identifier} {cooperative.name}",
        template="membership/mail/sent",
        context={
            "sheet": sheet,
            "cooperative": cooperative,
            "association": cooperative.association,
            "year": year,
            "what": what,
            "engaged": engaged,
            "link": f"{settings.BASE_URL}/ad/adhesions/",
        },
    )


def card_changed(cooperative: Cooperative, changes: Sequence[tuple[str, str, str]], by: Person | None) -> None:
    """To the AD: what changed, as (what, before, after)."""
    mail.send(
        to=cooperative.association.email,
        subject=f"{cooperative.identifier} a modifié son identité",
        template="membership/mail/card_changed",
        context={
            "cooperative": cooperative,
            "changes": changes,
            "by": by,
            "link": f"{settings.BASE_URL}/ad/cooperatives/modifications/",
        },
    )


def iban_asked(cooperative: Cooperative, people: Sequence[Person], shown: str, by: Person | None) -> None:
    """To the mandataires, so that none is surprised: another account was given, and waits for the AD."""
    _to_all(
        cooperative, people, "iban_asked", f"Un nouvel IBAN est à confirmer pour {cooperative.identifier}", shown=shown, by=by
    )


def iban_answered(cooperative: Cooperative, people: Sequence[Person], shown: str, *, accepted: bool) -> None:
    """To the mandataires: the AD has confirmed the account, or put it aside."""
    subject = f"L’IBAN de {cooperative.identifier} est {'confirmé' if accepted else 'refusé'} par votre AD"
    _to_all(cooperative, people, "iban_answered", subject, shown=shown, accepted=accepted)


def _to_all(cooperative: Cooperative, people: Sequence[Person], what: str, subject: str, **more: object) -> None:
    for person in people:
        mail.send(
            to=person.email or "",
            subject=subject,
            template=f"membership/mail/{what}",
            context={
                "person": person,
                "cooperative": cooperative,
                "association": cooperative.association,
                "link": f"{settings.BASE_URL}/identite/",
                **more,
            },
        )


def validated(sheet: Sheet, *, engaged: bool) -> None:
    """To the mandataires: « mail de confirmation »; with the engagement, attestation and certificat can be downloaded."""
    _to_mandataires(sheet, "validated", "validée", "/archives/adhesions/" if engaged else "/adhesion/", engaged=engaged)


def returned(sheet: Sheet, reason: str) -> None:
    """To the mandataires: what the AD asks to mend."""
    _to_mandataires(sheet, "returned", "à corriger", "/adhesion/", reason=reason)


def _to_mandataires(sheet: Sheet, what: str, step: str, path: str, **more: object) -> None:
    cooperative, year = sheet.cooperative, SchoolYear(sheet.adhesion.first).slug
    named = "Adhésion" if sheet.number == 1 else f"Avenant {sheet.number - 1} de l’adhésion"
    for person in mandataires_of(cooperative):
        mail.send(
            to=person.email or "",
            subject=f"{named} {year} {step} : {cooperative.identifier}",
            template=f"membership/mail/{what}",
            context={
                "person": person,
                "sheet": sheet,
                "cooperative": cooperative,
                "association": cooperative.association,
                "year": year,
                "link": f"{settings.BASE_URL}{path}",
                **more,
            },
        )
