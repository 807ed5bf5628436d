"""Words and canonical forms of what is followed beside the entries."""

from typing import Any

from retkoop.ledger.models import CashCount, Grant, InventoryLine

NOTES = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500)
COINS = (200, 100, 50, 20, 10, 5, 2, 1)
DENOMINATIONS = NOTES + COINS
"""Euro notes and coins in cents (reference/domain.md §3.d)."""


def piece_label(value: int) -> str:
    """« Billet de 20 € », « Pièce de 50 centimes »; the value in cents."""
    if value in NOTES:
        return f"Billet de {value // 100} €"
    if value >= 100:
        return f"Pièce de {value // 100} €"
    return f"Pièce de {value} centime{'s' if value > 1 else ''}"


def cash_count_state(count: CashCount) -> dict[str, Any]:
    """A cash count as canonical data; the explaining entry by its number."""
    return {
        "treasury": count.treasury.slug,
        "on": count.on.isoformat(),
        "pieces": dict(count.pieces),
        "counted_cents": count.counted_cents,
        "explained_by": count.explained_by.number if count.explained_by else 0,
    }


def grant_state(grant: Grant) -> dict[str, Any]:
    """A line of detail of 7410 as canonical data; the entry by its number."""
    return {
        "funder_type": grant.funder_type,
        "funder": grant.funder,
        "object": grant.object,
        "cents": grant.cents,
        "on": grant.on.isoformat(),
        "entry": grant.entry.number if grant.entry else 0,
    }


def inventory_state(line: InventoryLine) -> dict[str, Any]:
    """An object of the inventory as canonical data; the entry by its year and number."""
    return {
        "label": line.label,
        "acquired_on": line.acquired_on.isoformat(),
        "cents": line.cents,
        "place": line.place,
        "entry": line.entry.number if line.entry else 0,
        "ceded_on": line.ceded_on.isoformat() if line.ceded_on else "",
        "ceded_how": line.ceded_how,
    }
