"""The letter by which a person without e-mail address chooses their own password: one page, one link, one use."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from retkoop.core import clock, pdf
from retkoop.core.dates import format_long
from retkoop.core.sheets import Address, Block, Facts, NewPage, Paragraph, QrCode, sheet_pdf
from retkoop.identity.models import AccessLink, Association, Cooperative, Mandate

TITLE = "Votre accès à Retkoop"


@dataclass(frozen=True)
class Letter:
    """The mandate that the letter tells of, its link, and the token found again by `services.links.letter_token`."""

    mandate: Mandate
    link: AccessLink
    token: str


def letter_pdf(letter: Letter) -> bytes:
    """One page, addressed to the person at their school."""
    cooperative = letter.mandate.cooperative
    if cooperative is None:
        raise LookupError(letter.mandate.pk)
    association = cooperative.association
    head = pdf.Letterhead(
        name=association.name,
        number=f"Coopérative {cooperative.identifier}",
        year="",
        printed_on=clock.today(association.time_zone),
    )
    return sheet_pdf(TITLE, _blocks(letter, cooperative), head)


def _blocks(letter: Letter, cooperative: Cooperative) -> list[Block]:
    association, person = cooperative.association, letter.mandate.person
    address = f"{settings.BASE_URL}/acces/{letter.token}/"
    until = letter.link.expires_at.astimezone(ZoneInfo(association.time_zone)).date()
    return [
        Address([person.full_name, cooperative.name, cooperative.town]),
        Paragraph(f"Bonjour {person.full_name},"),
        Paragraph(
            f"Vous êtes désormais {letter.mandate.get_role_display()} de la coopérative {cooperative.identifier}, "
            f"{cooperative}. Ses comptes se tiennent dans Retkoop, avec un accès qui n’est qu’à vous."
        ),
        Paragraph("Pour l’ouvrir, tapez cette adresse dans un navigateur, exactement comme elle est écrite\u202f:"),
        Paragraph(address, "code"),
        Paragraph("Ou photographiez ce code avec votre téléphone\u202f:"),
        QrCode(address, "L’adresse ci-dessus, à photographier"),
        Facts(
            [("Elle sert une seule fois, jusqu’au", format_long(until)), ("Votre identifiant ensuite", cooperative.identifier)]
        ),
        Paragraph(
            "Vous y choisirez vous-même votre mot de passe. Personne ne le connaît, pas même votre association "
            "départementale. Une fois entré, ajoutez votre adresse e-mail dans «\u202fMon compte\u202f»\u202f: un mot de passe "
            "oublié se retrouve alors sans téléphoner."
        ),
        Paragraph("Cette lettre est comme une clé\u202f: ne la prêtez pas, et détruisez-la quand elle aura servi.", "strong"),
        Paragraph(_contact(association.phone, association.email, association.office_hours)),
    ]


def letters_pdf(association: Association, letters: Sequence[Letter]) -> bytes:
    """The letters of an AD's cooperatives in one file, one page each, in the order given; laid out in one go."""
    blocks: list[Block] = []
    for letter in letters:
        cooperative = letter.mandate.cooperative
        if cooperative is None:
            raise LookupError(letter.mandate.pk)
        blocks += [*([NewPage()] if blocks else []), *_blocks(letter, cooperative)]
    head = pdf.Letterhead(
        name=association.name,
        number=f"Association départementale {association.code}",
        year="",
        printed_on=clock.today(association.time_zone),
    )
    return sheet_pdf(TITLE, blocks, head)


def _contact(phone: str, email: str, hours: str) -> str:
    ways = ", ".join(part for part in (phone, email, hours) if part)
    return f"Une question\u202f: {ways}." if ways else "Une question\u202f: appelez votre association départementale."
