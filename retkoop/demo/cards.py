"""The identities of the demo: a dozen cooperatives of Vendée have validated theirs; two IBANs, of the banks' own examples."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Max

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative, Person, Role
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


def tell(made: Mapping[str, Cooperative], running: int) -> None:
    """Those of the first cooperatives of the AD 085; the one of 085-099 is of last year, so that its adhésion says so."""
    mine = [name for name in sorted(made) if name.startswith("085-") and name not in _SKIPPED][:LAST]
    for rank, identifier in enumerate(mine):
        cooperative = made[identifier]
        first = running - 1 if identifier == CONFIRMED else running
        with travel(dt.date(first, 9, 3 + rank)):
            keeper = Person.objects.filter(mandates__cooperative=cooperative, mandates__role=Role.MANDATAIRE).earliest("pk")
            author = Author(keeper)
            save_card(cooperative=cooperative, facts=_facts(cooperative, rank), version=0, author=author)
    if CONFIRMED in made:
        _answer(made[CONFIRMED], running)


def _answer(cooperative: Cooperative, running: int) -> None:
    """The AD has confirmed the first IBAN and seen what was changed then; the later changes wait for it."""
    association = cooperative.association
    staff = Person.objects.filter(mandates__association=association).earliest("pk")
    with travel(dt.date(running - 1, 9, 10)):
        card = card_of(cooperative)
        confirm_iban(card=card, version=card.version, author=Author(staff, association))
        until = CardChange.objects.filter(cooperative=cooperative).aggregate(last=Max("pk"))["last"]
        see_changes(association=association, until=until or 0, author=Author(staff))


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
