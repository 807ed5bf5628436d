"""School years as they happen, and the slips that teachers make in them. Shares no code with the solver.

`make_book` writes a true year: 40 to 300 entries, what the bank shows, the
cash box counted. `SLIPS` then spoil what the teacher wrote, never what the
bank or the box say. Cents; a day is a date.
"""

import datetime as dt
import random
from dataclasses import dataclass, field, replace

START, END = dt.date(2025, 9, 1), dt.date(2026, 8, 31)
NOTES = (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5)
SPENT = (
    "Peinture", "Livres de bibliothèque", "Goûter", "Bus du musée", "Entrées au cinéma", "Graines du jardin",
    "Papier de couleur", "Jeux de cour", "Intervenant théâtre", "Timbres", "Photographe", "Cadres",
)  # fmt: skip
EARNED = ("Vente de gâteaux", "Participation des familles", "Tombola", "Photos de classe", "Kermesse", "Loto", "Don de l’APE")
CHARGES = ("activities", "resale_purchases", "other_charges", "durable_goods")
INCOMES = ("activity_income", "family_contributions", "resale_sales", "other_income")


@dataclass(frozen=True)
class Row:
    """What the teacher wrote, and (`cleared`) when the bank truly saw it."""

    id: int
    day: dt.date
    label: str
    bank: int = 0
    cash: int = 0
    account: str = ""
    cheque: str = ""
    means: str = ""
    cleared: dt.date | None = None
    ticked: dt.date | None = None
    stray: bool = False


@dataclass
class SchoolBook:
    """A year. `balances`: what the bank printed; `counts`: day → (pieces, what the book says of that day)."""

    rows: list[Row]
    bank_opening: int
    cash_opening: int
    known_bank: int | None
    known_cash: int | None
    balances: dict[dt.date, int] = field(default_factory=dict)
    counts: dict[dt.date, dict[int, int]] = field(default_factory=dict)
    grants: list[tuple[int, str, int, int]] = field(default_factory=list)

    def cash_on(self, day: dt.date) -> int:
        return self.cash_opening + sum(row.cash for row in self.rows if row.day <= day and not row.stray)


def amount(chance: random.Random, *, round_share: float = 0.45) -> int:
    """An amount as schools see them: often round, else to the cent."""
    if chance.random() < round_share:
        return chance.choice([500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 10000, 12000, 15000, 20000, 35000])
    top = chance.choice([2000, 6000, 15000, 60000])
    return chance.randint(150, top)


def make_book(seed: int) -> SchoolBook:
    """A true year: everything written once, ticked where the bank shows it, counted right."""
    chance = random.Random(seed)
    opening, box = chance.randint(40_000, 400_000), chance.choice([0, 2_000, chance.randint(500, 9_000)])
    known = chance.random() < 0.8
    book = SchoolBook([], opening, box, opening if known else None, box if known else None)
    size = chance.choice([chance.randint(40, 90), chance.randint(60, 150), chance.randint(150, 300)])
    cheque = chance.randint(1000, 90000)
    days = sorted(START + dt.timedelta(days=chance.randint(0, 350)) for _ in range(size))
    for number, day in enumerate(days, 1):
        row = _row(chance, number, day, book)
        if row.means == "cheque":
            cheque += 1
            row = replace(row, cheque=str(cheque))
        book.rows.append(row)
    book.grants = [
        (row.id, row.label, row.bank, index) for index, row in enumerate(book.rows, 1) if row.account == "public_grants"
    ]
    _bank(chance, book)
    _box(chance, book)
    for number in range(chance.randint(0, 12)):
        day = END + dt.timedelta(days=chance.randint(1, 40))
        book.rows.append(_row(chance, 5000 + number, day, book, stray=True))
    return book


def _row(chance: random.Random, number: int, day: dt.date, book: SchoolBook, *, stray: bool = False) -> Row:
    kind = chance.choices(
        ["spent", "earned", "cash out", "cash in", "deposit", "withdrawal", "grant", "refund"], [42, 24, 10, 9, 7, 2, 2, 2]
    )[0]
    cents = amount(chance)
    soon = day + dt.timedelta(days=chance.randint(0, 4))
    held = book.cash_on(day)
    if kind in {"cash out", "deposit"} and held < 600:
        kind = "cash in"
    if kind == "deposit":
        taken = min(held, max(500, cents // 1000 * 1000))
        return Row(number, day, "Dépôt d’espèces à la banque", taken, -taken, cleared=soon, stray=stray)
    if kind == "withdrawal":
        return Row(number, day, "Retrait pour le fond de caisse", -3000, 3000, cleared=soon, stray=stray)
    if kind == "cash out":
        cents = min(held, chance.randint(120, 4500))
        return Row(number, day, chance.choice(SPENT), 0, -cents, chance.choice(CHARGES), means="cash", stray=stray)
    if kind == "cash in":
        cents = min(cents, 15_000)
        return Row(number, day, chance.choice(EARNED), 0, cents, chance.choice(INCOMES), means="cash", stray=stray)
    if kind == "grant":
        label = chance.choice(["Subvention de la mairie", "Subvention du département"])
        return Row(number, day, label, chance.randint(2, 30) * 5000, account="public_grants", cleared=soon, stray=stray)
    if kind == "refund":
        return Row(number, day, "Remboursement", amount(chance), account=chance.choice(CHARGES), cleared=soon, stray=stray)
    if kind == "earned":
        return Row(number, day, chance.choice(EARNED), cents, account=chance.choice(INCOMES), cleared=soon, stray=stray)
    if chance.random() < 0.7:
        late = day + dt.timedelta(days=chance.choice([chance.randint(2, 20), chance.randint(5, 60)]))
        return Row(
            number, day, chance.choice(SPENT), -cents, account=chance.choice(CHARGES), means="cheque", cleared=late, stray=stray
        )
    means = chance.choice(["transfer", "card", "debit"])
    return Row(
        number, day, chance.choice(SPENT), -cents, account=chance.choice(CHARGES), means=means, cleared=soon, stray=stray
    )


def _bank(chance: random.Random, book: SchoolBook) -> None:
    """The statements that the teacher typed, and the ticks on them."""
    every = chance.choice([1, 1, 1, 3, 12])
    ends = [dt.date(2025 + (8 + month) // 12, (8 + month) % 12 + 1, 28) for month in range(12)]
    typed = [*[day for index, day in enumerate(ends[:-1], 1) if index % every == 0], END]
    for end in typed:
        seen = sum(row.bank for row in book.rows if row.bank and row.cleared and row.cleared <= end)
        book.balances[end] = book.bank_opening + seen
    for index, row in enumerate(book.rows):
        if row.bank and row.cleared:
            book.rows[index] = replace(row, ticked=next((end for end in typed if row.cleared <= end), None))


def pieces_of(chance: random.Random, cents: int) -> dict[int, int]:
    """Notes and coins that make an amount, not always the largest."""
    found: dict[int, int] = {}
    left = cents
    for value in NOTES:
        number = left // value
        if value > 5 and number and chance.random() < 0.5:
            number = chance.randint(0, number) if number < 12 else number
        if number:
            found[value] = number
            left -= number * value
    if left:
        found[1] = left
    return found


def _box(chance: random.Random, book: SchoolBook) -> None:
    days = sorted({END, *(START + dt.timedelta(days=chance.randint(60, 300)) for _ in range(chance.randint(0, 2)))})
    for day in days:
        book.counts[day] = pieces_of(chance, book.cash_on(day))
