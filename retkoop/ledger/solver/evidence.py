"""What the solver looks at: plain rows of a book, or the boxes of a report typed in totals. Cents, signed."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Move:
    """A line of a bank account or of the cash box. `statement_on`: the statement that it is ticked on.

    `spread`: the accounts of the entry, (stable key, class « charge » or
    « income », cents as on the screen); none for a transfer. `stray`: the
    entry stands in the book of another year. `carried`: an item of the opening.
    """

    posting_id: int
    entry_id: int
    account: str
    day: dt.date
    label: str
    cents: int
    statement_on: dt.date | None = None
    cheque: str = ""
    means: str = ""
    spread: tuple[tuple[str, str, int], ...] = ()
    transfer: bool = False
    carried: bool = False
    stray: bool = False


@dataclass(frozen=True)
class Statement:
    """A statement of a bank account; `ticked_cents`: the sum of the lines ticked on this very one."""

    id: int
    ends_on: dt.date
    closing_cents: int | None
    ticked_cents: int


@dataclass(frozen=True)
class CashCount:
    """A count of the box: `book_cents` is what the book says now of that day."""

    id: int
    on: dt.date
    pieces: dict[int, int]
    book_cents: int

    @property
    def counted_cents(self) -> int:
        return sum(value * number for value, number in self.pieces.items())


@dataclass(frozen=True)
class Account:
    """A bank account or the cash box, by its stable name (`slug`).

    `opening_cents`: what the year (or its first year still open) opened with,
    items apart. `before_cents`: what the report of the year before ended
    with, None when nobody knows.
    """

    slug: str
    label: str
    kind: Literal["bank", "cash"]
    opening_cents: int = 0
    opening_on: dt.date | None = None
    before_cents: int | None = None
    statements: tuple[Statement, ...] = ()
    counts: tuple[CashCount, ...] = ()


@dataclass(frozen=True)
class Grant:
    """A line of detail of 7410."""

    id: int
    funder: str
    cents: int
    entry_id: int | None = None


@dataclass(frozen=True)
class GrantEntry:
    """An entry of income: under 7410 (`public`), or elsewhere when the detail says more than the account."""

    entry_id: int
    day: dt.date
    label: str
    cents: int
    public: bool = True


@dataclass(frozen=True)
class Proposal:
    """An entry proposed from elsewhere and not yet recorded; cents > 0 would come in."""

    id: int
    label: str
    cents: int


@dataclass(frozen=True)
class Box:
    """An amount typed in a report of totals; `field` is its name on the page, `terms` what was added up in it."""

    field: str
    label: str
    cents: int
    terms: tuple[int, ...] = ()


@dataclass(frozen=True)
class Item:
    """A line of 2.c: cents > 0 « produit à recevoir », < 0 « facture à payer »."""

    field: str
    label: str
    cents: int


@dataclass(frozen=True)
class Totals:
    """A report typed in totals. Each bank: (its box, its statement's box, its items)."""

    charges: tuple[Box, ...]
    incomes: tuple[Box, ...]
    banks: tuple[tuple[Box, Box | None, tuple[Item, ...]], ...]
    cash: Box | None
    pieces: dict[int, int] | None
    brought_forward_cents: int | None
    public_grants: Box | None
    grants: tuple[Grant, ...]
    page: str = "/compte-rendu/crf/"

    @property
    def sheet_gap_cents(self) -> int:
        """E2: what the cooperative owns beyond report à nouveau and result."""
        owned = sum(bank.cents for bank, _, _ in self.banks) + (self.cash.cents if self.cash else 0)
        result = sum(box.cents for box in self.incomes) - sum(box.cents for box in self.charges)
        return owned - (self.brought_forward_cents or 0) - result


@dataclass(frozen=True)
class Evidence:
    """Everything known of a year. Either the rows of its book, or `totals`.

    `year`: « 2025-2026 », for the addresses. `moves` may be but those that
    stand where a gap is: sums come with the statements and the counts.
    """

    year: str = ""
    accounts: tuple[Account, ...] = ()
    moves: tuple[Move, ...] = ()
    grants: tuple[Grant, ...] = ()
    grant_entries: tuple[GrantEntry, ...] = ()
    grants_gap_cents: int = 0
    proposals: tuple[Proposal, ...] = ()
    totals: Totals | None = None
