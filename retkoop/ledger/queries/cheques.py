"""Cheques that the bank has not paid: those too old to be paid, and the entries that speak of the same cheque.

A cheque is paid for one year after its date, plus eight days when it was
written and paid in the same country (Code monétaire et financier, L131-32 and L131-59).
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Entry, FiscalYear, Posting, TreasuryKind
from retkoop.ledger.queries.years import chain

_GRACE = dt.timedelta(days=8)


@dataclass(frozen=True)
class OpenCheque:
    """A bank line out, written by cheque, on no statement. `cents` < 0; `entry` is where the cheque was first written."""

    posting: Posting
    entry: Entry
    date: dt.date
    label: str
    cheque: str

    @property
    def cents(self) -> int:
        return self.posting.cents

    @property
    def payable_until(self) -> dt.date:
        """The last day on which the bank pays it."""
        return payable_until(self.date)


def payable_until(written: dt.date) -> dt.date:
    """One year and eight days after its date."""
    try:
        birthday = written.replace(year=written.year + 1)
    except ValueError:  # 29 February
        birthday = dt.date(written.year + 1, 3, 1)
    return birthday + _GRACE


def open_cheques(year: FiscalYear) -> list[OpenCheque]:
    """The unpointed cheques of the year and of what it inherits, the oldest first; three queries."""
    rows = (
        Posting.objects.filter(
            year__in=chain(year),
            until_version__isnull=True,
            statement__isnull=True,
            treasury__isnull=False,
            treasury__kind=TreasuryKind.BANK,
            cents__lt=0,
        )
        .exclude(item_cheque="", entry__cheque="")
        .select_related("entry", "origin__entry", "treasury", "year")
    )
    return sorted((_open(row) for row in rows), key=lambda cheque: (cheque.date, cheque.cheque))


def outdated_cheques(year: FiscalYear, today: dt.date) -> list[OpenCheque]:
    """The unpointed cheques that the bank will no longer pay."""
    return [cheque for cheque in open_cheques(year) if cheque.payable_until < today]


def open_cheque(cooperative: Cooperative, posting_id: int) -> OpenCheque | None:
    """The unpointed cheque of that posting, where it can still be ticked (an open year); None otherwise."""
    row = (
        Posting.objects.filter(
            pk=posting_id,
            cooperative=cooperative,
            until_version__isnull=True,
            statement__isnull=True,
            treasury__kind=TreasuryKind.BANK,
            cents__lt=0,
            year__closed_at__isnull=True,
        )
        .exclude(item_cheque="", entry__cheque="")
        .select_related("entry", "origin__entry", "treasury__account", "year")
        .first()
    )
    return _open(row) if row is not None else None


def _open(row: Posting) -> OpenCheque:
    first = row
    while first.origin is not None:  # carried from year to year
        first = first.origin
    return OpenCheque(
        posting=row,
        entry=first.entry,
        date=row.item_date or row.entry.date,
        label=row.item_label or row.entry.label,
        cheque=row.item_cheque or row.entry.cheque,
    )


def same_cheque(entry: Entry) -> list[Entry]:
    """The other entries of the cooperative that bear the same cheque number: a cheque and what closed it."""
    if not entry.cheque:
        return []
    others = Entry.objects.filter(Q(cooperative=entry.cooperative_id, cheque=entry.cheque)).exclude(pk=entry.pk)
    return list(others.filter(cancelled_at__isnull=True).select_related("year").order_by("date", "number"))
