"""The typed opening of a first year, account by account, as its form shows it."""

import datetime as dt
from dataclasses import dataclass

from retkoop.ledger.models import FiscalYear, Posting, Treasury, TreasuryKind
from retkoop.ledger.queries.balances import treasuries_of
from retkoop.ledger.queries.years import opening_entry


@dataclass(frozen=True)
class OpenItem:
    """A bank line of before, not yet on the last statement; cents > 0 to come in."""

    date: dt.date
    label: str
    cheque: str
    cents: int


@dataclass(frozen=True)
class OpenedAccount:
    """What an account held: `cents` on its last statement (or in the box), and what it lacked."""

    treasury: Treasury
    cents: int
    statement_on: dt.date | None
    items: tuple[OpenItem, ...]

    @property
    def is_bank(self) -> bool:
        return self.treasury.kind == TreasuryKind.BANK

    @property
    def book_cents(self) -> int:
        """The balance of the book: the statement and the items."""
        return self.cents + sum(item.cents for item in self.items)


@dataclass(frozen=True)
class TypedOpening:
    """`on`: its day; None before it is typed. `accounts`: every account, banks first."""

    on: dt.date | None
    accounts: tuple[OpenedAccount, ...]


def typed_opening(year: FiscalYear) -> TypedOpening:
    """The opening of the year as it was typed."""
    entry = opening_entry(year)
    rows: list[Posting] = []
    if entry is not None:
        live = Posting.objects.filter(entry=entry, until_version__isnull=True, treasury__isnull=False)
        rows = list(live.select_related("statement").order_by("item_date", "pk"))
    accounts = tuple(_account(treasury, rows) for treasury in treasuries_of(year.cooperative))
    return TypedOpening(entry.date if entry else None, accounts)


def _account(treasury: Treasury, rows: list[Posting]) -> OpenedAccount:
    own = [row for row in rows if row.treasury_id == treasury.pk]
    base = [row for row in own if row.item_date is None]
    items = tuple(OpenItem(row.item_date, row.item_label, row.item_cheque, row.cents) for row in own if row.item_date)
    statements = [row.statement.ends_on for row in base if row.statement]
    return OpenedAccount(treasury, sum(row.cents for row in base), statements[0] if statements else None, items)
