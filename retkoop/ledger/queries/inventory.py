"""The cahier d’inventaire, and the purchases of durable goods that no line tells yet. A fixed number of queries."""

from django.db.models import Exists, OuterRef

from retkoop.identity.models import Cooperative
from retkoop.ledger.chart import DURABLE_GOODS
from retkoop.ledger.models import InventoryLine, Posting

MOST = 200


def inventory_of(cooperative: Cooperative) -> list[InventoryLine]:
    """The objects of the cooperative, the removed lines left out, by date of purchase."""
    rows = InventoryLine.objects.filter(cooperative=cooperative, removed_at__isnull=True)
    return list(rows.select_related("entry", "entry__year").order_by("acquired_on", "pk"))


def removed_lines(cooperative: Cooperative) -> list[InventoryLine]:
    """The lines taken out, the latest first, to be put back."""
    return list(InventoryLine.objects.filter(cooperative=cooperative, removed_at__isnull=False).order_by("-removed_at")[:20])


def untold_purchases(cooperative: Cooperative) -> list[Posting]:
    """Purchases under 6800, of any year, that no line of the inventory tells; with their entry."""
    told = InventoryLine.objects.filter(entry=OuterRef("entry_id"), removed_at__isnull=True)
    rows = Posting.objects.filter(
        ~Exists(told),
        year__cooperative=cooperative,
        account__key=DURABLE_GOODS,
        until_version__isnull=True,
        cents__gt=0,
    )
    return list(rows.select_related("entry").order_by("entry__date", "pk")[:MOST])
