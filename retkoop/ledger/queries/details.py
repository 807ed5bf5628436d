"""What an entry of 7410 or 6800 still wants beside it: a line of detail, a line of inventory. Indexed sums, no scan."""

from django.db.models import Q

from retkoop.core.money import sum_cents
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Balance, FiscalYear, Grant, InventoryLine


def grants_total_cents(year: FiscalYear, account_id: int) -> int:
    """What the book holds under 7410, in cents."""
    row = Balance.objects.filter(year=year, account_id=account_id, slot=0).values_list("credit", "debit").first()
    return row[0] - row[1] if row else 0


def detailed_grants_cents(year: FiscalYear) -> int:
    """What the lines of detail add up to, in cents."""
    return int(Grant.objects.filter(year=year, removed_at__isnull=True).aggregate(total=sum_cents("cents"))["total"])


def has_free_inventory_line(cooperative: Cooperative, cents: int, entry_id: int | None) -> bool:
    """Is there an inventory line of the entry, or one of that price that no entry claims?"""
    wanted = Q(entry__isnull=True, cents=cents)
    if entry_id is not None:
        wanted |= Q(entry_id=entry_id)
    return InventoryLine.objects.filter(wanted, cooperative=cooperative, removed_at__isnull=True).exists()
