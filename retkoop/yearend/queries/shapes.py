"""The figures of a report, in cents: one shape for both modes, shared by screens, controls, quitus, PDF and archives.

Pure data: `queries/figures.py` fills it from the books or from the typed totals.
"""

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
    """A bank account (512, 514), the cash box (530) or an advance, with what its last statement said of it.

    `slug` names it alone among the year's (two banks may share 512): the
    treasury's own in the books, the account's key in totals. `statement_on` is
    the ISO day of the statement that stands for 31 August; `statement_cents`
    None means that there is none; `late` counts the lines that the cahier
    dates or points after the last statement typed (`last_statement_on`).
    """

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
    last_statement_on: str = ""
    late: int = 0
    items: tuple[OpenItem, ...] = ()

    @property
    def items_cents(self) -> int:
        return sum(item.cents for item in self.items)

    @property
    def reconciled_cents(self) -> int | None:
        """Statement plus signed items: what the account must hold (E3); None without a statement."""
        return None if self.statement_cents is None else self.statement_cents + self.items_cents

    @property
    def used(self) -> bool:
        """Is there anything to reconcile?"""
        return bool(self.cents or self.items or self.statement_cents or self.last_statement_on)


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
class TransferLine:
    """A transfer told in totals only: cents > 0 received, < 0 paid; `name` is "" while it is to be named."""

    id: int
    name: str
    cents: int


@dataclass(frozen=True)
class Figures:
    """Every figure of a report.

    `brought_forward_cents` is None when nobody knows it yet (E6);
    `brought_forward_from` says where it comes from: « validated » (the report
    of the year before), « past » (typed by the AD), « opening » (the books'
    own, written), « previous » (computed from the year before, still open),
    or "". `validated_before_cents` is what the year before ended with once
    validated or typed by the AD; None before. `touched`: there is something to
    control at all (an entry, an opening, a typed figure).
    """

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
    validated_before_cents: int | None = None
    transfers: tuple[TransferLine, ...] = ()
    touched: bool = True

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
