"""What the page of the CRF shows, in both modes: each section with its figures, where they come from, its control."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from retkoop.core.money import MINUS, format_amount
from retkoop.ledger.controls import Control
from retkoop.ledger.follow import piece_label
from retkoop.yearend.controls import written_out
from retkoop.yearend.queries.membership import Called
from retkoop.yearend.queries.shapes import Figures, Line, OpenItem, Treasury
from retkoop.yearend.warnings import Warning, warnings

MOST_SHOWN = 40
FROM_WORDS = {
    "validated": "validé l’an dernier",
    "past": "saisi par votre AD",
    "opening": "ouverture du cahier",
    "previous": "provisoire",
    "": "inconnu",
}


@dataclass(frozen=True)
class Shown:
    """A figure and the place of the books that it opens; "" when there is nothing behind it."""

    line: Line
    path: str


@dataclass(frozen=True)
class ShownItem:
    """A line of 2.c, its direction in words, and its entry."""

    item: OpenItem
    direction: str
    path: str


@dataclass(frozen=True)
class Bank:
    """2.c of an account: its statement, its lines, the sum written out, its verdict (None: nothing to reconcile)."""

    treasury: Treasury
    items: tuple[ShownItem, ...]
    more: int
    more_cents: int
    sentence: str
    control: Control | None
    path: str


@dataclass(frozen=True)
class Sections:
    """The whole page; `verdicts` by id (E3 is with each bank)."""

    figures: Figures
    charges: tuple[Shown, ...]
    incomes: tuple[Shown, ...]
    banks: tuple[Bank, ...]
    verdicts: dict[str, Control]
    pieces: tuple[tuple[str, int, int], ...]
    warnings: tuple[Warning, ...]
    elsewhere: str = ""
    """Why the adhésion need not be in the books."""

    @property
    def from_words(self) -> str:
        return FROM_WORDS[self.figures.brought_forward_from]

    @property
    def both_cents(self) -> int:
        """What both sides of the compte de fonctionnement come to, the result included."""
        return max(self.figures.charges_cents, self.figures.incomes_cents)

    @property
    def loss_cents(self) -> int:
        return max(-self.figures.result_cents, 0)

    @property
    def profit_cents(self) -> int:
        return max(self.figures.result_cents, 0)

    @property
    def untold_cents(self) -> int:
        """What 7410 says beyond its detail."""
        return self.figures.public_grants_cents - self.figures.grants_cents


def sections_of(
    figures: Figures, verdicts: Sequence[Control], muted: Iterable[str] = (), called: Called | None = None
) -> Sections:
    """The page of these figures and their controls; `muted`: the warnings that the AD switched off."""
    reconciled = iter([verdict for verdict in verdicts if verdict.id == "E3" and verdict.state != "off"])
    return Sections(
        figures=figures,
        charges=_lines(figures.charges, figures),
        incomes=_lines(figures.incomes, figures),
        banks=tuple(_bank(bank, figures, next(reconciled) if bank.used else None) for bank in figures.banks),
        verdicts={verdict.id: verdict for verdict in verdicts},
        pieces=tuple((piece_label(value), n, value * n) for value, n in sorted(figures.cash.pieces.items(), reverse=True)),
        warnings=tuple(warning for warning in warnings(figures, called) if warning.id not in set(muted)),
        elsewhere=called.elsewhere if called is not None else "",
    )


def _lines(lines: Iterable[Line], figures: Figures) -> tuple[Shown, ...]:
    """The accounts of the chart; from the books those that moved open their entries."""
    linked = figures.mode == "books"
    return tuple(Shown(line, _entries(figures, line.code) if linked and line.cents else "") for line in lines)


def _entries(figures: Figures, code: str) -> str:
    return f"/cahier/?{urlencode({'annee': figures.year, 'compte': code})}"


def _bank(bank: Treasury, figures: Figures, control: Control | None) -> Bank:
    items = tuple(
        ShownItem(item, direction(item.cents), f"/ecritures/{item.entry_id}/" if item.entry_id else "")
        for item in bank.items[:MOST_SHOWN]
    )
    rest = bank.items[MOST_SHOWN:]
    sentence = "" if bank.statement_cents is None else written_out(bank)
    path = f"/pointage/?annee={figures.year}" if figures.mode == "books" else ""
    return Bank(bank, items, len(rest), sum(item.cents for item in rest), sentence, control, path)


def direction(cents: int) -> str:
    """« facture à payer » or « produit à recevoir »."""
    return "produit à recevoir" if cents > 0 else "facture à payer"


def signed(cents: int) -> str:
    """« + 25,00 », « − 110,00 »."""
    return f"{'+' if cents > 0 else MINUS} {format_amount(abs(cents))}"
