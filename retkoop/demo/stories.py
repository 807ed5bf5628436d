"""What happens to the money of a made-up school in a year: sums in cents, the same whatever the date of today.

A story is a list of `Event`s placed in the year by a fraction (0 on
1 September, 1 on its last day); `Richness` says how much happens. Everything
is drawn from a generator seeded with the cooperative's identifier and the
year's rank, so that the same demo has the same cents every day.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Event:
    """One entry to be: `accounts` by key in cents (charges and incomes both positive, a refund negative)."""

    at: float
    label: str
    bank: int = 0
    cash: int = 0
    accounts: dict[str, int] = field(default_factory=dict)
    means: str = ""
    action: str = ""
    clears: int = 8
    counterparty: str = ""


@dataclass(frozen=True)
class Richness:
    """How much happens in a month, and what besides."""

    purchases: int
    cash_box: bool
    grants: bool
    fair: bool


RICH = Richness(purchases=9, cash_box=True, grants=True, fair=True)
VARIED = Richness(purchases=3, cash_box=True, grants=True, fair=True)
LIGHT = Richness(purchases=1, cash_box=False, grants=False, fair=False)

_CLASSES = ("PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2")
_PURCHASES = (
    ("Peinture et pinceaux", "Fresque", "activities", 2_800, 5_200),
    ("Papier et carton, fresque", "Fresque", "activities", 1_900, 3_600),
    ("Bus sortie au musée", "Musée", "activities", 19_000, 27_500),
    ("Entrées musée", "Musée", "activities", 8_400, 17_000),
    ("Albums pour la bibliothèque", "Bibliothèque", "activities", 4_200, 9_800),
    ("Abonnement revue enfants", "Bibliothèque", "activities", 4_500, 8_200),
    ("Graines et terreau, jardin", "Jardin", "activities", 1_500, 4_300),
    ("Outils de jardin", "Jardin", "activities", 2_400, 6_100),
    ("Spectacle compagnie théâtre", "", "activities", 28_000, 45_000),
    ("Jeux coopératifs", "", "activities", 2_900, 7_400),
    ("Farine et sucre, atelier cuisine", "", "activities", 1_200, 3_100),
    ("Séances de cinéma", "", "activities", 7_500, 13_000),
    ("Timbres et enveloppes", "", "other_charges", 1_100, 2_600),
    ("Gâteaux à revendre", "Kermesse", "resale_purchases", 2_200, 5_600),
)
_CASH_PURCHASES = ("Piles et ampoules", "Pain pour le goûter", "Fruits, semaine du goût", "Photocopies à la mairie")


def year_story(seed: str, richness: Richness, photos: bool = True) -> list[Event]:
    """The events of a year, in the order of their time."""
    chance = random.Random(seed)
    events = [*_autumn(chance, richness), *_months(chance, richness)]
    if photos:
        events += _photos(chance, richness)
    if richness.grants:
        events += _grants(chance)
    if richness.fair:
        events += _fair(chance, richness)
    events.append(_end_of_year(chance))
    return sorted(events, key=lambda event: (event.at, event.label))


def _cents(chance: random.Random, low: int, high: int) -> int:
    return chance.randrange(low // 5, high // 5) * 5


def _autumn(chance: random.Random, richness: Richness) -> Iterator[Event]:
    classes = _CLASSES if richness.purchases > 2 else _CLASSES[:4]
    for index, name in enumerate(classes):
        cents = _cents(chance, 12_000, 26_000)
        yield Event(
            0.05 + index * 0.004, f"Participation des familles, {name}", bank=cents,
            accounts={"family_contributions": cents}, means="cheque",
        )  # fmt: skip
    dues, insurance = _cents(chance, 25_000, 48_000), _cents(chance, 2_500, 5_500)
    accounts = {"occe_dues": dues, "insurance": insurance, "other_charges": 950}
    yield Event(0.09, "Cotisation OCCE, assurance, revue", bank=-sum(accounts.values()), accounts=accounts, means="debit")


def _months(chance: random.Random, richness: Richness) -> Iterator[Event]:
    for month in range(10):
        start = month / 12 + 0.02
        yield Event(start, "Frais de tenue de compte", bank=-250, accounts={"other_charges": 250}, means="debit", clears=1)
        for index in range(richness.purchases):
            label, action, account, low, high = chance.choice(_PURCHASES)
            cents = _cents(chance, low, high) if richness.purchases < 5 else _cents(chance, low // 3, high // 3)
            means = chance.choice(("cheque", "cheque", "card", "transfer"))
            yield Event(
                start + 0.06 * (index + 1) / (richness.purchases + 1), label, bank=-cents, accounts={account: cents},
                means=means, action=action, clears=chance.randrange(3, 25) if means == "cheque" else 2,
            )  # fmt: skip
        if richness.cash_box and month in {1, 3, 6, 8}:
            cents = _cents(chance, 300, 1_200)
            yield Event(start + 0.05, chance.choice(_CASH_PURCHASES), cash=-cents, accounts={"activities": cents}, means="cash")


def _photos(chance: random.Random, richness: Richness) -> Iterator[Event]:
    cost = _cents(chance, 45_000, 80_000)
    sold = cost + _cents(chance, 12_000, 30_000)
    coins = 6_000 if richness.cash_box else 0
    yield Event(
        0.21, "Photographe, photos de classe", bank=-cost, accounts={"resale_purchases": cost}, means="cheque", action="Photos"
    )
    yield Event(
        0.24, "Vente des photos de classe", bank=sold - coins, cash=coins, accounts={"resale_sales": sold},
        means="cheque", action="Photos",
    )  # fmt: skip
    if coins:
        yield Event(0.25, "Dépôt d’espèces à la banque", bank=4_000, cash=-4_000, means="cash", clears=1)


def _grants(chance: random.Random) -> Iterator[Event]:
    cents = _cents(chance, 30_000, 60_000)
    yield Event(0.38, "Mairie, subvention projet", bank=cents, accounts={"public_grants": cents}, means="transfer", clears=1)
    yield Event(0.62, "Don de l’association des parents", bank=20_000, accounts={"association_gifts": 20_000}, means="transfer")
    goods = _cents(chance, 12_000, 22_000)
    yield Event(0.45, "Appareil photo", bank=-goods, accounts={"durable_goods": goods}, means="card", clears=2)


def _fair(chance: random.Random, richness: Richness) -> Iterator[Event]:
    takings = _cents(chance, 40_000, 90_000)
    coins = _cents(chance, 15_000, 25_000)
    yield Event(
        0.79, "Kermesse, recettes", bank=takings, cash=coins, accounts={"activity_income": takings + coins},
        means="cash", action="Kermesse",
    )  # fmt: skip
    yield Event(0.795, "Dépôt d’espèces à la banque", bank=coins - 3_000, cash=3_000 - coins, means="cash", clears=1)
    if richness.purchases > 5:
        yield Event(
            0.5, "Remboursement entrées musée", bank=3_600, accounts={"activities": -3_600}, means="transfer", action="Musée"
        )


def _end_of_year(chance: random.Random) -> Event:
    cents = _cents(chance, 22_000, 41_000)
    return Event(0.8, "Car, sortie de fin d’année", bank=-cents, accounts={"activities": cents}, means="cheque", clears=12)
