"""The years that a former mandataire served: what they may still read, and nothing after them.

A year counts when a day of it falls in a mandate that the person has held in
the cooperative (mandataire, co-signataire, keeper of the books).
"""

from dataclasses import dataclass

from retkoop.documents.models import Document
from retkoop.identity.models import Mandate
from retkoop.identity.queries import served_periods
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.queries.years import years_of
from retkoop.yearend.models import ValidatedReport


@dataclass(frozen=True)
class ServedYear:
    """A year, whether its cahier was kept here, and the PDF of its report once validated."""

    year: FiscalYear
    report: Document | None

    @property
    def kept_here(self) -> bool:
        return self.year.mode == YearMode.BOOKS


def served_years(mandate: Mandate) -> list[ServedYear]:
    """The years of an ended mandate and of those before it, the latest first; three queries."""
    cooperative = mandate.cooperative
    if cooperative is None:
        return []
    periods = served_periods(mandate)
    years = [year for year in years_of(cooperative) if any(a <= year.end and b >= year.start for a, b in periods)]
    for year in years:
        year.cooperative = cooperative
    live = ValidatedReport.objects.filter(report__year__in=years, superseded_at__isnull=True).select_related("pdf", "report")
    pdfs = {validated.report.year_id: validated.pdf for validated in live}
    return [ServedYear(year, pdfs.get(year.pk)) for year in reversed(years)]


def served_year(mandate: Mandate, slug: str) -> ServedYear | None:
    """One of them; None for a year that was not served and for one that does not exist."""
    return next((served for served in served_years(mandate) if served.year.slug == slug), None)
