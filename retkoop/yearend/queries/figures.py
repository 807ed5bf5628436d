"""The figures of a year's report, whichever way its books are kept: a fixed, small number of queries."""

from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.yearend.models import Report
from retkoop.yearend.queries.from_books import figures_from_books
from retkoop.yearend.queries.from_totals import figures_from_totals
from retkoop.yearend.queries.reports import report_of
from retkoop.yearend.queries.shapes import CashDetail, Figures, GrantLine, Line, OpenItem, TransferLine, Treasury

__all__ = [
    "CashDetail",
    "Figures",
    "GrantLine",
    "Line",
    "OpenItem",
    "TransferLine",
    "Treasury",
    "figures_of",
    "known_figures",
]


def figures_of(year: FiscalYear) -> Figures:
    """The figures as they stand now, in cents."""
    if year.mode == YearMode.TOTALS:
        return figures_from_totals(year, report_of(year))
    return figures_from_books(year)


def known_figures(year: FiscalYear, report: Report | None) -> Figures:
    """`figures_of`, when the caller already has the year's report."""
    return figures_from_totals(year, report) if year.mode == YearMode.TOTALS else figures_from_books(year)
