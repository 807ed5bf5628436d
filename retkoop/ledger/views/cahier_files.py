"""The files of the cahier: « Version imprimable » (PDF), « Exportation » (CSV, XLSX), of the year or of the filter."""

from django.http import HttpResponse, StreamingHttpResponse

from retkoop.core.pdf import cahier_pdf
from retkoop.core.tables import Table, to_csv
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.exports.cahier import cahier_table
from retkoop.ledger.exports.letterhead import file_name, letterhead
from retkoop.ledger.forms.cahier import choice_of
from retkoop.ledger.queries.cahier import Choice, book_of
from retkoop.ledger.views._downloads import pdf_answer, xlsx_answer
from retkoop.ledger.views.cahier import known
from retkoop.ledger.web import year_in_view


@cooperative_view(Permission.BOOK_READ)
def printable(request: HouseRequest) -> HttpResponse:
    """« Version imprimable »: A4 landscape, page x/y, totals carried."""
    table, choice = _table(request)
    head = letterhead(request.cooperative, year_in_view(request))
    return pdf_answer(cahier_pdf(table, head, opening=not choice.filtered), _name(request, "pdf"))


@cooperative_view(Permission.BOOK_READ)
def csv(request: HouseRequest) -> StreamingHttpResponse:
    """« Exportation »: semicolons, decimal commas, streamed."""
    table, _ = _table(request)
    answer = StreamingHttpResponse(to_csv(table), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_name(request, "csv")}"'
    return answer


@cooperative_view(Permission.BOOK_READ)
def xlsx(request: HouseRequest) -> HttpResponse:
    """The same table for a spreadsheet, with the guides' letters over the columns."""
    table, _ = _table(request)
    return xlsx_answer(table, _name(request, "xlsx"))


def _table(request: HouseRequest) -> tuple[Table, Choice]:
    book = book_of(year_in_view(request))
    choice = known(book, choice_of(request.GET.dict()))
    return cahier_table(book, choice), choice


def _name(request: HouseRequest, suffix: str) -> str:
    return file_name("cahier", request.cooperative, year_in_view(request), suffix)
