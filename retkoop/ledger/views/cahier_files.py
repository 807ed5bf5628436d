"""The files of the cahier: « Version imprimable » (PDF), « Exportation » (CSV, XLSX), of the year or of the filter."""

from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse

from retkoop.core import clock
from retkoop.core.pdf import Letterhead, cahier_pdf
from retkoop.core.tables import Table, to_csv, to_xlsx
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.exports.cahier import cahier_table
from retkoop.ledger.forms.cahier import choice_of
from retkoop.ledger.queries.cahier import Choice, book_of
from retkoop.ledger.views.cahier import known
from retkoop.ledger.web import year_in_view

Response = TypeVar("Response", HttpResponse, StreamingHttpResponse)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@cooperative_view(Permission.BOOK_READ)
def printable(request: HouseRequest) -> HttpResponse:
    """« Version imprimable »: A4 landscape, page x/y, totals carried."""
    table, choice = _table(request)
    content = cahier_pdf(table, letterhead(request), opening=not choice.filtered)
    return _file(request, HttpResponse(content, content_type="application/pdf"), "pdf", inline=True)


@cooperative_view(Permission.BOOK_READ)
def csv(request: HouseRequest) -> StreamingHttpResponse:
    """« Exportation »: semicolons, decimal commas, streamed."""
    table, _ = _table(request)
    return _file(request, StreamingHttpResponse(to_csv(table), content_type="text/csv; charset=utf-8"), "csv")


@cooperative_view(Permission.BOOK_READ)
def xlsx(request: HouseRequest) -> HttpResponse:
    """The same table for a spreadsheet, with the guides' letters over the columns."""
    table, _ = _table(request)
    return _file(request, HttpResponse(to_xlsx(table), content_type=XLSX), "xlsx")


def letterhead(request: HouseRequest) -> Letterhead:
    """The top of every printed page of the books."""
    cooperative = request.cooperative
    return Letterhead(
        name=cooperative.name,
        number=f"Coopérative {cooperative.identifier} · {request.association.name}",
        year=year_in_view(request).slug,
        printed_on=clock.today(request.association.time_zone),
    )


def _table(request: HouseRequest) -> tuple[Table, Choice]:
    book = book_of(year_in_view(request))
    choice = known(book, choice_of(request.GET.dict()))
    return cahier_table(book, choice), choice


def _file(request: HouseRequest, response: Response, suffix: str, *, inline: bool = False) -> Response:
    way = "inline" if inline else "attachment"
    name = f"cahier-{request.cooperative.identifier}-{year_in_view(request).slug}.{suffix}"
    response.headers["Content-Disposition"] = f'{way}; filename="{name}"'
    return response
