"""Reports typed in totals, and the slips made in them. Shares no code with the solver; cents."""

import random
from dataclasses import dataclass, field

PIECES = (2000, 1000, 500, 200, 100, 50, 20, 10, 5)
CHARGES = ("activities", "resale_purchases", "insurance", "occe_dues", "durable_goods", "other_charges")
INCOMES = ("activity_income", "resale_sales", "public_grants", "family_contributions", "other_income")


@dataclass
class Typed:
    """What stands on the page; `items` signed, `grants` in the order of their rows."""

    forward: int
    charges: dict[str, int]
    incomes: dict[str, int]
    bank: int
    statement: int
    items: list[tuple[str, int]]
    cash: int
    pieces: dict[int, int]
    grants: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Truth:
    """The kind of slip, and the boxes of which any may be named; none: the kind alone."""

    kind: str
    fields: frozenset[str] = frozenset()


def make_typed(seed: int) -> Typed:
    """A report in which everything agrees."""
    chance = random.Random(f"totals {seed}")
    charges = {key: chance.randint(500, 400_000) for key in chance.sample(CHARGES, chance.randint(3, 6))}
    incomes = {key: chance.randint(2_000, 500_000) for key in chance.sample(INCOMES, chance.randint(2, 5))}
    grants = []
    if "public_grants" in incomes:
        grants = [
            (name, chance.randint(20, 900) * 100)
            for name in chance.sample(["Mairie", "Département", "Région"], chance.randint(1, 3))
        ]
        incomes["public_grants"] = sum(cents for _, cents in grants)
    pieces = {value: chance.randint(1, 9) for value in chance.sample(PIECES, chance.randint(0, 5))}
    cash = sum(value * number for value, number in pieces.items())
    names = ["Bus", "Librairie", "Photos", "Goûter"]
    items = [
        (chance.choice(names) + f" {n}", chance.choice([-1, -1, 1]) * chance.randint(500, 30_000))
        for n in range(chance.randint(0, 4))
    ]
    bank = chance.randint(30_000, 600_000)
    forward = bank + cash - sum(incomes.values()) + sum(charges.values())
    statement = bank - sum(cents for _, cents in items)
    return Typed(forward, charges, incomes, bank, statement, items, cash, pieces, grants)


def swap(chance: random.Random, cents: int) -> int:
    text = list(str(abs(cents)))
    places = [at for at in range(len(text) - 1) if text[at] != text[at + 1] and not (at == 0 and text[1] == "0")]
    if not places:
        return cents
    at = chance.choice(places)
    text[at], text[at + 1] = text[at + 1], text[at]
    return int("".join(text)) * (1 if cents > 0 else -1)


def comma(chance: random.Random, cents: int) -> int:
    return cents * chance.choice([10, 100])


def _box(chance: random.Random, page: Typed, change, kind: str) -> Truth | None:
    """Any box of 2.a or 2.b, or the statement's."""
    place = chance.choice(["charges", "incomes", "bank", "cash", "statement"])
    if place in {"charges", "incomes"}:
        boxes = getattr(page, place)
        key = chance.choice(list(boxes))
        was, name = boxes[key], f"id_v_{key}"
        boxes[key] = change(chance, was)
        changed = boxes[key] != was
    else:
        was = getattr(page, place)
        setattr(page, place, change(chance, was))
        name = {"bank": "id_t_bank", "cash": "id_t_cash", "statement": "id_s_bank"}[place]
        changed = getattr(page, place) != was
    return Truth(kind, frozenset({name})) if changed else None


def swapped(chance: random.Random, page: Typed) -> Truth | None:
    return _box(chance, page, swap, "swapped-digits")


def shifted(chance: random.Random, page: Typed) -> Truth | None:
    return _box(chance, page, comma, "mistyped-amount")


def statement_for_book(chance: random.Random, page: Typed) -> Truth | None:
    if page.statement == page.bank:
        return None
    page.bank = page.statement
    return Truth("statement-for-book", frozenset({"id_t_bank"}))


def wrong_sign(chance: random.Random, page: Typed) -> Truth | None:
    if not page.items:
        return None
    at = chance.randrange(len(page.items))
    label, cents = page.items[at]
    page.items[at] = (label, -cents)
    return Truth("wrong-side", frozenset({f"id_i_bank_{at}_amount"}))


def item_twice(chance: random.Random, page: Typed) -> Truth | None:
    if not page.items:
        return None
    at = chance.randrange(len(page.items))
    page.items.append(page.items[at])
    return Truth("twin-entry", frozenset({f"id_i_bank_{at}_amount", f"id_i_bank_{len(page.items) - 1}_amount"}))


def item_forgotten(chance: random.Random, page: Typed) -> Truth | None:
    if not page.items:
        return None
    page.items.pop(chance.randrange(len(page.items)))
    return Truth("line-missing")


def other_side(chance: random.Random, page: Typed) -> Truth | None:
    """A whole charge typed among the produits."""
    key = chance.choice(list(page.charges))
    page.incomes["exceptional_income"] = page.charges.pop(key)
    return Truth("wrong-side", frozenset({"id_v_exceptional_income"}))


def recount(chance: random.Random, page: Typed) -> Truth | None:
    if not page.pieces:
        return None
    value = chance.choice(list(page.pieces))
    page.pieces[value] += chance.choice([1, 2, -1])
    return Truth("cash-count", frozenset({f"id_n_{value}"})) if page.pieces[value] else None


def grant_forgotten(chance: random.Random, page: Typed) -> Truth | None:
    if not page.grants:
        return None
    page.grants.pop(chance.randrange(len(page.grants)))
    return Truth("grant-detail")


def grant_swapped(chance: random.Random, page: Typed) -> Truth | None:
    if not page.grants:
        return None
    at = chance.randrange(len(page.grants))
    name, cents = page.grants[at]
    page.grants[at] = (name, swap(chance, cents))
    return Truth("swapped-digits", frozenset({f"id_g_{at}_amount"})) if page.grants[at][1] != cents else None


SLIPS = (
    swapped, shifted, statement_for_book, wrong_sign, item_twice, item_forgotten,
    other_side, recount, grant_forgotten, grant_swapped,
)  # fmt: skip
