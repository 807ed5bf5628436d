"""The cash box: its balance at a date, and what its last count said."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum

from retkoop.core.money import sum_cents
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import CashCount, Entry, FiscalYear, Posting, Treasury, TreasuryKind
from retkoop.ledger.queries.years import chain


def cash_balance_on(year: FiscalYear, treasury: Treasury, on: dt.date) -> int:
    """Cents in the book's cash box at the end of a day, the year's opening included."""
    total = (
        Posting.objects.filter(year__in=chain(year), treasury=treasury, until_version__isnull=True)
        .filter(Q(entry__date__lte=on) | Q(entry__number=0))
        .aggregate(total=Sum("cents"))["total"]
    )
    return int(total or 0)


def counts_of(year: FiscalYear) -> list[CashCount]:
    """The year's counts that stand, the latest first."""
    return list(
        CashCount.objects.filter(year=year, cancelled_at__isnull=True)
        .select_related("treasury", "explained_by")
        .order_by("-on", "-pk")
    )


def moved_since(year: FiscalYear, treasury: Treasury, on: dt.date, run: list[FiscalYear] | None = None) -> bool:
    """Has any cash entered or left the box after that day? `run`: the year's chain, when it is known."""
    return Posting.objects.filter(
        year__in=run or chain(year), treasury=treasury, until_version__isnull=True, entry__date__gt=on, entry__number__gt=0
    ).exists()


def box_of(cooperative: Cooperative) -> Treasury | None:
    """The cooperative's cash box; None before it has one."""
    return Treasury.objects.filter(cooperative=cooperative, kind=TreasuryKind.CASH).select_related("account").first()


def balances_on(year: FiscalYear, treasury: Treasury, days: Iterable[dt.date]) -> dict[dt.date, int]:
    """`cash_balance_on` for several days at once: two queries, whatever their number."""
    moves = (
        Posting.objects.filter(year__in=chain(year), treasury=treasury, until_version__isnull=True)
        .values_list("entry__date", "entry__number")
        .annotate(cents=sum_cents("cents"))
    )
    rows = [(day, number, cents) for day, number, cents in moves]
    return {day: sum(cents for on, number, cents in rows if on <= day or number == 0) for day in days}


@dataclass(frozen=True)
class CountState:
    """A count of the history, and what the book says now at its date. Cents."""

    count: CashCount
    book_cents: int

    @property
    def gap_cents(self) -> int:
        """What was counted beyond what the book says."""
        return self.count.counted_cents - self.book_cents

    @property
    def missing_cents(self) -> int:
        """What the book says beyond what was counted."""
        return -self.gap_cents

    @property
    def settled(self) -> bool:
        """Was there a difference when it was counted, that the book no longer shows?"""
        return self.gap_cents == 0 and self.count.counted_cents != self.count.book_cents

    @property
    def explained(self) -> bool:
        """Does a standing entry explain the difference?"""
        return self.count.explained_by is not None and self.count.explained_by.cancelled_at is None

    @property
    def state(self) -> str:
        """`equal`, `explained` or `open` (« non justifié »)."""
        if self.gap_cents == 0:
            return "equal"
        return "explained" if self.explained else "open"


def history_of(year: FiscalYear, treasury: Treasury) -> list[CountState]:
    """The year's counts with what the book says now at their dates, the latest first."""
    counts = counts_of(year)
    book = balances_on(year, treasury, {count.on for count in counts})
    return [CountState(count, book[count.on]) for count in counts]


def recent_cash_entries(year: FiscalYear, treasury: Treasury, limit: int = 40) -> list[tuple[Entry, int]]:
    """The year's latest entries that moved the cash box, with their cents."""
    rows = (
        Posting.objects.filter(
            year=year, treasury=treasury, until_version__isnull=True, entry__number__gt=0, entry__cancelled_at__isnull=True
        )
        .select_related("entry")
        .order_by("-entry__date", "-entry__number")[:limit]
    )
    return [(posting.entry, posting.cents) for posting in rows]
