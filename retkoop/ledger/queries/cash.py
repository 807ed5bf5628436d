"""The cash box: its balance at a date, and what its last count said."""

import datetime as dt

from django.db.models import Q, Sum

from retkoop.ledger.models import CashCount, FiscalYear, Posting, Treasury
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


def moved_since(year: FiscalYear, treasury: Treasury, on: dt.date) -> bool:
    """Has any cash entered or left the box after that day?"""
    return Posting.objects.filter(
        year__in=chain(year), treasury=treasury, until_version__isnull=True, entry__date__gt=on, entry__number__gt=0
    ).exists()
