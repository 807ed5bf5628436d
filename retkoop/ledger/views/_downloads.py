"""Answers that are files: a PDF that opens in the browser, a CSV or a workbook that is saved."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from retkoop.core.tables import Table, to_csv, to_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf_answer(body: bytes, name: str) -> HttpResponse:
    """The PDF, shown in the browser under that name."""
    return _answer(body, "application/pdf", name, attached=False)


def csv_answer(table: Table, name: str) -> HttpResponse:
    """The table as a French CSV to save."""
    return _answer("".join(to_csv(table)).encode(), "text/csv; charset=utf-8", name, attached=True)


def xlsx_answer(table: Table, name: str) -> HttpResponse:
    """The table as a workbook to save."""
    return _answer(to_xlsx(table), XLSX, name, attached=True)


def _answer(body: bytes, kind: str, name: str, *, attached: bool) -> HttpResponse:
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(attached, name) or "attachment"
    return answer
