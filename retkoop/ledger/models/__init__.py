"""The tables of the books; see each module, and the package's docstring for the whole."""

from retkoop.ledger.models.chart import Account, AccountClass, ChartLine
from retkoop.ledger.models.entries import (
    Attachment,
    ChequeSlip,
    Draft,
    Entry,
    EntryKind,
    Means,
    Posting,
    Zero,
)
from retkoop.ledger.models.follow import CashCount, FunderType, Grant, InventoryLine, Proposal, ProposalState, PurchaseAdvice
from retkoop.ledger.models.years import (
    Action,
    Balance,
    FiscalYear,
    PurgePermit,
    ReopeningRequest,
    Statement,
    Treasury,
    TreasuryKind,
    YearMode,
)

__all__ = [
    "Account",
    "AccountClass",
    "Action",
    "Attachment",
    "Balance",
    "CashCount",
    "ChartLine",
    "ChequeSlip",
    "Draft",
    "Entry",
    "EntryKind",
    "FiscalYear",
    "FunderType",
    "Grant",
    "InventoryLine",
    "Means",
    "Posting",
    "Proposal",
    "ProposalState",
    "PurchaseAdvice",
    "PurgePermit",
    "ReopeningRequest",
    "Statement",
    "Treasury",
    "TreasuryKind",
    "YearMode",
    "Zero",
]  # fmt: skip
