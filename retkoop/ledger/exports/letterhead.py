"""The top of every printed page of a book."""

from retkoop.core import clock
from retkoop.core.pdf import Letterhead
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import FiscalYear


def letterhead(cooperative: Cooperative, year: FiscalYear | None = None, note: str = "") -> Letterhead:
    """Name, number, AD and school year of a cooperative, printed today."""
    association = cooperative.association
    return Letterhead(
        name=cooperative.name,
        number=f"Coopérative {cooperative.identifier} · {association.name}",
        year=f"Année {year.slug}" if year else "",
        printed_on=clock.today(association.time_zone),
        note=note,
    )


def file_name(what: str, cooperative: Cooperative, year: FiscalYear | None, suffix: str) -> str:
    """« bilan-085-099-2025-2026.pdf »."""
    return "-".join(part for part in (what, cooperative.identifier, year.slug if year else "") if part) + f".{suffix}"
