"""What was typed of a year whose book is kept elsewhere, as plain data: the form fills it, the service stores it.

Keys of `amounts`: an account's stable key, or « statement: » and a bank's key.
A grant is a line of the books; the sum as it was typed is kept beside it, under
« grant: » and its id, and is shown while it still makes the grant's amount.
Cents are signed as the guides write them: − a facture à payer or a transfer
paid, + a produit à recevoir or a transfer received.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from retkoop.ledger.chart import Chart, ChartAccount
from retkoop.ledger.models import AccountClass, FiscalYear, Grant
from retkoop.yearend.models import NamedTransfer, Report, TypedFigure, TypedItem

STATEMENT, GRANT = "statement:", "grant:"
BANKS = ("bank", "postal_bank")
BOX = "cash"


@dataclass(frozen=True)
class Amount:
    """What was typed (« 120 + 45,50 ») and its value."""

    expression: str
    cents: int


@dataclass(frozen=True)
class ItemRow:
    """A line of 2.c; `id` None for a new one."""

    bank: str
    label: str
    on: dt.date | None
    cheque: str
    amount: Amount
    id: int | None = None


@dataclass(frozen=True)
class TransferRow:
    """A transfer with another cooperative; `name` "" while it is to be named."""

    name: str
    amount: Amount
    id: int | None = None


@dataclass(frozen=True)
class GrantRow:
    """A line of 2.e."""

    funder_type: str
    funder: str
    object: str
    on: dt.date
    cents: int
    id: int | None = None
    expression: str = ""


@dataclass(frozen=True)
class Totals:
    """Everything typed. `pieces`: denomination in cents → how many; None when the cash was not counted."""

    amounts: dict[str, Amount] = field(default_factory=dict)
    items: tuple[ItemRow, ...] = ()
    transfers: tuple[TransferRow, ...] = ()
    grants: tuple[GrantRow, ...] = ()
    pieces: dict[int, int] | None = None

    def cents(self, key: str) -> int:
        return self.amounts[key].cents if key in self.amounts else 0

    def expression(self, key: str) -> str:
        return self.amounts[key].expression if key in self.amounts else ""


def treasury_accounts(chart: Chart) -> tuple[ChartAccount, ...]:
    """The boxes of 2.b: the banks, then the cash box."""
    held = chart.of_kind(AccountClass.TREASURY)
    return tuple(account for account in held if account.key in {*BANKS, BOX})


def totals_of(year: FiscalYear, report: Report | None) -> Totals:
    """What is stored, in five queries; nothing typed gives an empty one."""
    typed = list(TypedFigure.objects.filter(report=report)) if report is not None else []
    sums = {(row.key, row.cents): row.expression for row in typed if row.key.startswith(GRANT)}
    grants = Grant.objects.filter(year=year, removed_at__isnull=True).order_by("on", "pk")
    told = tuple(
        GrantRow(
            row.funder_type, row.funder, row.object, row.on, row.cents, row.pk, sums.get((f"{GRANT}{row.pk}", row.cents), "")
        )
        for row in grants
    )
    if report is None:
        return Totals(grants=told)
    return Totals(
        amounts={row.key: Amount(row.expression, row.cents) for row in typed if not row.key.startswith(GRANT)},
        items=tuple(
            ItemRow(row.bank, row.label, row.on, row.cheque, Amount(row.expression, row.cents), row.pk)
            for row in TypedItem.objects.filter(report=report, removed_at__isnull=True)
        ),
        transfers=tuple(
            TransferRow(row.other.name if row.other else row.other_name, Amount(row.expression, row.cents), row.pk)
            for row in NamedTransfer.objects.filter(report=report, removed_at__isnull=True).select_related("other")
        ),
        grants=told,
        pieces=None if report.cash_pieces is None else {int(value): number for value, number in report.cash_pieces.items()},
    )


def totals_state(totals: Totals) -> dict[str, Any]:
    """As canonical data, for the audit trail; no id."""
    return {
        "amounts": {key: [amount.expression, amount.cents] for key, amount in totals.amounts.items()},
        "items": [
            [row.bank, row.label, row.on.isoformat() if row.on else "", row.cheque, row.amount.expression, row.amount.cents]
            for row in totals.items
        ],
        "transfers": [[row.name, row.amount.expression, row.amount.cents] for row in totals.transfers],
        "pieces": None if totals.pieces is None else {str(value): number for value, number in totals.pieces.items()},
    }
