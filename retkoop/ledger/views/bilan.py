"""`/bilan/`: the compte de fonctionnement and the bilan simplifié, built by the book all year, and their controls."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core.tables import Table
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.chart import chart_for
from retkoop.ledger.controls import Control, controls
from retkoop.ledger.exports.bilan import bilan_pdf, bilan_table
from retkoop.ledger.exports.letterhead import file_name
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.bilan import Bilan, bilan_of
from retkoop.ledger.queries.bilan_rows import Row, Side, Statement, balance_statement, known_before, operating_statement
from retkoop.ledger.views._downloads import csv_answer, pdf_answer, xlsx_answer
from retkoop.ledger.web import year_in_view, years_in_view


@dataclass(frozen=True)
class Page:
    """What the screen and its files share."""

    year: FiscalYear
    figures: Bilan
    before: Bilan | None
    statements: tuple[Statement, Statement]
    controls: list[Control]

    @property
    def table(self) -> Table:
        """The neutral table of the spreadsheets."""
        return bilan_table(self.year, self.statements, before=self.before is not None)


def _page(request: HouseRequest) -> Page:
    year = year_in_view(request)
    figures, before = bilan_of(year), known_before(years_in_view(request), year)
    chart = chart_for(request.cooperative.association_id, year.first)
    statements = (operating_statement(figures, before), balance_statement(figures, before, chart))
    return Page(year, figures, before, statements, controls(figures))


@cooperative_view(Permission.BOOK_READ)
def bilan(request: HouseRequest) -> HttpResponse:
    """The page; every figure opens its lines."""
    page = _page(request)
    context = {
        "year": page.year,
        "before": page.before is not None,
        "before_slug": f"{page.year.first - 1}-{page.year.first}",
        "statements": [
            (statement.title, [_linked(side, page.year) for side in (statement.left, statement.right)])
            for statement in page.statements
        ],
        "provisional": page.figures.opening.provisional,
        "controls": page.controls,
        "contact": contact_for(request.cooperative),
    }
    return render(request, "ledger/follow/bilan.html", context)


def _linked(side: Side, year: FiscalYear) -> tuple[str, list[tuple[Row, str]]]:
    return side.title, [(row, _lines(row, year)) for row in side.rows]


def _lines(row: Row, year: FiscalYear) -> str:
    """Where the lines of a figure are; "" for a total."""
    if not row.lines:
        return ""
    asked = {"annee": year.slug, **({"compte": row.code} if row.lines == "account" else {})}
    return f"/cahier/?{urlencode(asked)}"


@cooperative_view(Permission.BOOK_READ)
def as_pdf(request: HouseRequest) -> HttpResponse:
    """`/bilan/bilan.pdf`."""
    page = _page(request)
    verdicts = [f"{control.title} : {control.message}" for control in page.controls]
    body = bilan_pdf(page.year, page.statements, verdicts, before=page.before is not None)
    return pdf_answer(body, file_name("bilan", request.cooperative, page.year, "pdf"))


@cooperative_view(Permission.BOOK_READ)
def as_csv(request: HouseRequest) -> HttpResponse:
    """`/bilan/bilan.csv`."""
    page = _page(request)
    return csv_answer(page.table, file_name("bilan", request.cooperative, page.year, "csv"))


@cooperative_view(Permission.BOOK_READ)
def as_xlsx(request: HouseRequest) -> HttpResponse:
    """`/bilan/bilan.xlsx`."""
    page = _page(request)
    return xlsx_answer(page.table, file_name("bilan", request.cooperative, page.year, "xlsx"))
