"""The figures of a report, in cents: one shape for both modes, shared by screens, controls, quitus, PDF and archives."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Line:
    """An account of the compte de fonctionnement; `expression` is what was typed (totals only)."""

    key: str
    code: str
    label: str
    cents: int
    expression: str = ""


@dataclass(frozen=True)
class OpenItem:
    """A line of 2.c: cents > 0 « produit à recevoir », < 0 « facture à payer ».

    `subject` names it for its proof: « posting:12 » from the books, « item:3 » typed.
    """

    subject: str
    on: str
    label: str
    cheque: str
    cents: int
    entry_id: int | None = None


@dataclass(frozen=True)
class Treasury:
    """A bank account (512, 514), the cash box (530) or an advance, with what its last statement said of it."""

    key: str
    code: str
    label: str
    kind: Literal["bank", "cash", "advance"]
    cents: int
    slug: str = ""
    expression: str = ""
    statement_cents: int | None = None
    statement_on: str = ""
    statement_expression: str = ""
    items: tuple[OpenItem, ...] = ()

    @property
    def items_cents(self) -> int:
        return sum(item.cents for item in self.items)


@dataclass(frozen=True)
class CashDetail:
    """The count of notes and coins that stands for 31 August; None when there is none that does."""

    pieces: dict[int, int] = field(default_factory=dict)
    counted_cents: int | None = None
    on: str = ""


@dataclass(frozen=True)
class GrantLine:
    """A line of 2.e, the detail of 7410; `proved`: a document is attached to it or to its entry."""

    id: int
    funder: str
    object: str
    on: str
    cents: int
    entry_id: int | None
    proved: bool


@dataclass(frozen=True)
class Figures:
    """Every figure of a report. `brought_forward_cents` is None when nobody knows it yet (E6)."""

    year: str
    mode: Literal["books", "totals"]
    charges: tuple[Line, ...]
    incomes: tuple[Line, ...]
    treasuries: tuple[Treasury, ...]
    brought_forward_cents: int | None
    brought_forward_from: str
    cash: CashDetail
    grants: tuple[GrantLine, ...]
    public_grants_cents: int

    @property
    def charges_cents(self) -> int:
        return sum(line.cents for line in self.charges)

    @property
    def incomes_cents(self) -> int:
        return sum(line.cents for line in self.incomes)

    @property
    def result_cents(self) -> int:
        """Produits less charges (E1)."""
        return self.incomes_cents - self.charges_cents

    @property
    def assets_cents(self) -> int:
        return sum(treasury.cents for treasury in self.treasuries)

    @property
    def liabilities_cents(self) -> int:
        """Report à nouveau plus result (E2)."""
        return (self.brought_forward_cents or 0) + self.result_cents

    @property
    def banks(self) -> tuple[Treasury, ...]:
        return tuple(treasury for treasury in self.treasuries if treasury.kind == "bank")

    @property
    def cash_cents(self) -> int:
        return sum(treasury.cents for treasury in self.treasuries if treasury.kind == "cash")

    @property
    def grants_cents(self) -> int:
        return sum(grant.cents for grant in self.grants)
