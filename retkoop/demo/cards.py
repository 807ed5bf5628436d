"""The identities of the demo: a dozen cooperatives of Vendée have validated theirs; two IBANs, of the banks' own examples."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Max

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Cooperative, Person, Role
from retkoop.membership.facts import UAI_LETTERS
from retkoop.membership.models import CardChange
from retkoop.membership.queries.cards import card_of
from retkoop.membership.services.cards import CardFacts, confirm_iban, save_card, see_changes

CONFIRMED, WAITING = "085-099", "085-101"
IBANS = {CONFIRMED: "FR7630006000011234567890189", WAITING: "FR1420041010050500013M02606"}
STREETS = ("3 rue du Port", "12 place de la Mairie", "1 rue des Écoles", "27 avenue de l’Océan", "8 chemin du Marais")
KINDS = ("primary", "elementary", "nursery")
LAST = 12  # how many of the AD's first cooperatives
_SKIPPED = {"085-100"}
_UNSEEN = {WAITING, "085-102"}


def tell(made: Mapping[str, Cooperative], running: int) -> None:
    """Those of the first cooperatives of the AD 085; that of 085-099 is of last year, so that its adhésion says so."""
    mine = [name for name in sorted(made) if name.startswith("085-") and name not in _SKIPPED][:LAST]
    for rank, identifier in enumerate(name for name in mine if name not in _UNSEEN):
        _save(made[identifier], rank, running - 1 if identifier == CONFIRMED else running)
    if CONFIRMED in made:
        _answer(made[CONFIRMED], running)
    for rank, identifier in enumerate(name for name in mine if name in _UNSEEN):
        _save(made[identifier], LAST + rank, running)


def _save(cooperative: Cooperative, rank: int, first: int) -> None:
    with travel(_day(first, 3 + rank)):
        mandataires = Person.objects.filter(mandates__cooperative=cooperative, mandates__role=Role.MANDATAIRE)
        author = Author(mandataires.earliest("pk"))
        save_card(cooperative=cooperative, facts=_facts(cooperative, rank), version=0, author=author)


def _day(first: int, day: int) -> dt.date:
    """That day of September, or today when it has not come."""
    return min(dt.date(first, 9, day), clock.today())


def _answer(cooperative: Cooperative, running: int) -> None:
    """The AD has confirmed the first IBAN and seen what was changed by then; the later changes wait for it."""
    association = cooperative.association
    staff = Person.objects.filter(mandates__association=association).earliest("pk")
    with travel(_day(running - 1, 10)):
        card = card_of(cooperative)
        confirm_iban(card=card, version=card.version, author=Author(staff, association))
    with travel(_day(running, 16)):
        see_changes(association=association, until=_last(association), author=Author(staff))


def _last(association: Association) -> int:
    rows = CardChange.objects.filter(cooperative__association=association)
    return rows.aggregate(last=Max("pk"))["last"] or 0


def _facts(cooperative: Cooperative, rank: int) -> CardFacts:
    digits = f"0850{cooperative.number:0>3}"
    return CardFacts(
        name=cooperative.name,
        town=cooperative.town,
        uai=digits + UAI_LETTERS[int(digits) % len(UAI_LETTERS)],
        kind=KINDS[rank % len(KINDS)],
        street=STREETS[rank % len(STREETS)],
        postcode=f"85{rank + 10}0",
        phone=f"02 51 00 {rank:02d} {rank:02d}",
        email=f"coop.{cooperative.number}@exemple.fr",
        bank_key="bank",
        bank_name="Crédit Mutuel",
        iban=IBANS.get(cooperative.identifier, ""),
    )
