"""« Cahier d’inventaire » as one neutral table."""

from collections.abc import Iterable

from retkoop.core.tables import Column, Table
from retkoop.ledger.models import InventoryLine

COLUMNS = (
    Column("Objet", width=34),
    Column("Date d’achat", "day"),
    Column("Valeur d’achat", "cents"),
    Column("Lieu", width=20),
    Column("Écriture", width=16),
    Column("Date de cession", "day"),
    Column("Comment il est parti", width=26),
)


def inventory_table(lines: Iterable[InventoryLine], subtitle: str = "") -> Table:
    """Every object; the total is the value of those still there."""
    rows = list(lines)
    return Table(
        "Cahier d’inventaire",
        COLUMNS,
        [
            (
                line.label,
                line.acquired_on,
                line.cents,
                line.place,
                f"n° {line.entry.number} de {line.entry.year.slug}" if line.entry else "",
                line.ceded_on,
                line.ceded_how,
            )
            for line in rows
        ],
        totals=(
            "Valeur des objets présents",
            None,
            sum(line.cents for line in rows if line.ceded_on is None),
            *(None,) * 4,
        ),
        subtitle=subtitle,
    )
