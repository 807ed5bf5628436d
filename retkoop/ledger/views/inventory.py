"""`/inventaire/`: « Cahier d’inventaire », the durable objects of the cooperative from purchase to cession."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.dates import format_day, format_long
from retkoop.core.money import format_amount
from retkoop.core.pdf import table_pdf
from retkoop.core.refusal import Refusal
from retkoop.core.tables import Table
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.exports.inventory import inventory_table
from retkoop.ledger.exports.letterhead import file_name, letterhead
from retkoop.ledger.forms.follow import InventoryForm
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.ledger.models import Entry, InventoryLine, Posting
from retkoop.ledger.queries.inventory import inventory_of, removed_lines, untold_purchases
from retkoop.ledger.services.follow import remove_inventory_line, save_inventory_line
from retkoop.ledger.views._downloads import csv_answer, pdf_answer, xlsx_answer
from retkoop.ledger.web import with_year, year_in_view

PAGE = "/inventaire/"


def _page(_: AuditEvent) -> str:
    return PAGE


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def inventory(request: HouseRequest) -> HttpResponse:
    """The objects, the purchases still to be told, and the form of a new line (`?ecriture=` fills it in)."""
    if request.method == "POST":
        return _saved(request, None)
    purchases = untold_purchases(request.cooperative)
    chosen = whole(request.GET.get("ecriture", ""))
    proposed = next((row for row in purchases if row.entry_id == chosen), None)
    form = InventoryForm(initial=_proposed(proposed), **_around(request))
    return _shown(request, form, purchases, proposed=proposed)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def line(request: HouseRequest, line_id: int) -> HttpResponse:
    """One object, to change or to declare as ceded."""
    row = _own(request, line_id)
    if request.method == "POST":
        return _saved(request, row)
    return _form_page(request, row, InventoryForm(initial=InventoryForm.showing(row), **_around(request)))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def remove(request: HouseRequest, line_id: int) -> HttpResponse:
    """Take out a line typed by mistake, or put it back (`remettre`)."""
    row, back = _own(request, line_id), "remettre" in request.POST
    remove_inventory_line(line=row, author=author(request), operation=operation(request), back=back)
    done = "est remise" if back else "est retirée ; vous pouvez la remettre, en bas de la page"
    messages.success(request, f"La ligne « {row.label} » {done}.")
    return see_other(with_year(PAGE, request, year_in_view(request)))


@cooperative_view(Permission.BOOK_READ)
def printed(request: HouseRequest) -> HttpResponse:
    """`/inventaire/inventaire.pdf`."""
    body = table_pdf(_table(request), letterhead(request.cooperative), landscape=True)
    return pdf_answer(body, file_name("inventaire", request.cooperative, None, "pdf"))


@cooperative_view(Permission.BOOK_READ)
def as_csv(request: HouseRequest) -> HttpResponse:
    """`/inventaire/inventaire.csv`."""
    return csv_answer(_table(request), file_name("inventaire", request.cooperative, None, "csv"))


@cooperative_view(Permission.BOOK_READ)
def as_xlsx(request: HouseRequest) -> HttpResponse:
    """`/inventaire/inventaire.xlsx`."""
    return xlsx_answer(_table(request), file_name("inventaire", request.cooperative, None, "xlsx"))


def _table(request: HouseRequest) -> Table:
    today = clock.today(request.association.time_zone)
    return inventory_table(inventory_of(request.cooperative), f"Au {format_long(today)}")


def _around(request: HouseRequest) -> dict[str, Any]:
    return {"year": year_in_view(request), "today": clock.today(request.association.time_zone)}


def _proposed(row: Posting | None) -> dict[str, Any]:
    """A new line, filled in from a purchase."""
    if row is None:
        return {}
    return {
        "label": row.entry.label[:120],
        "acquired_on": format_day(row.entry.date),
        "amount": format_amount(row.cents),
        "entry": row.entry_id,
    }


def _own(request: HouseRequest, line_id: int) -> InventoryLine:
    """The cooperative's line. Raises Http404."""
    row = get_object_or_404(request.cooperative.inventory.select_related("entry"), pk=line_id)
    row.cooperative = request.cooperative
    return row


def _entry(request: HouseRequest, form: InventoryForm, row: InventoryLine | None) -> Entry | None:
    """The purchase of the object: the one of the form when it is the cooperative's."""
    if row is not None:
        return row.entry
    return request.cooperative.entries.filter(pk=whole(form.cleaned_data["entry"]) or 0).first()


def _saved(request: HouseRequest, row: InventoryLine | None) -> HttpResponse:
    form = InventoryForm(request.POST, **_around(request))
    if form.is_valid():
        try:
            saved = save_inventory_line(
                cooperative=request.cooperative,
                content=form.content(_entry(request, form, row)),
                author=author(request),
                operation=operation(request),
                line=row,
                version=(whole(request.POST.get("version", "")) or 0) if row else None,
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"« {saved.label} » est au cahier d’inventaire.")
            return see_other(with_year(PAGE, request, year_in_view(request)))
    if row is not None:
        return _form_page(request, row, form, status=422)
    return _shown(request, form, untold_purchases(request.cooperative), status=422)


def _form_page(request: HouseRequest, row: InventoryLine, form: InventoryForm, *, status: int = 200) -> HttpResponse:
    context = {"year": year_in_view(request), "line": row, "form": form}
    return render(request, "ledger/follow/inventory_line.html", context, status=status)


def _shown(
    request: HouseRequest,
    form: InventoryForm,
    purchases: list[Posting],
    *,
    proposed: Posting | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = inventory_of(request.cooperative)
    context = {
        "year": year_in_view(request),
        "lines": lines,
        "total_cents": sum(row.cents for row in lines if row.ceded_on is None),
        "removed": removed_lines(request.cooperative),
        "purchases": purchases,
        "proposed": proposed,
        "form": form,
    }
    return render(request, "ledger/follow/inventory.html", context, status=status)
