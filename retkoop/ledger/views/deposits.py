"""« Remise de chèques »: the list of cheques, its one entry, its slip to print."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core.pdf import Letterhead
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import OperationConflict
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.deposit_slip import deposit_pdf
from retkoop.ledger.forms.deposits import MORE, DepositForm, blank_rows, read_deposit, rows_of, typed_deposit
from retkoop.ledger.forms.entries import RECEIVED, EntryForm, blank, typed_of
from retkoop.ledger.models import Entry
from retkoop.ledger.queries.entries import lines_of, slips_of
from retkoop.ledger.services.deposits import amend_deposit, record_deposit
from retkoop.ledger.services.entries import TickWouldFall
from retkoop.ledger.views._entry_page import Page, desk_of, own_entry, posted, refuse_repeated
from retkoop.ledger.views._receipts import FIELD, FormReceipts, attach_to, receipts_from
from retkoop.ledger.views.entries import approved, number
from retkoop.ledger.web import year_in_view


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(lambda event: f"/ecritures/{event.subject_id}/?enregistree")
def new_deposit(request: HouseRequest) -> HttpResponse:
    """`/ecritures/remise/`."""
    desk = desk_of(request, year_in_view(request))
    if request.method != "POST":
        form = blank(desk, RECEIVED, {"label": "Remise de chèques"})
        page = Page(request, form)
        form.typed["piece"] = page.context()["piece_next"]
        return _answer(page, DepositForm(form, blank_rows(MORE)))
    return _posted(request, None)


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(lambda event: f"/ecritures/{event.subject_id}/?enregistree")
def amend(request: HouseRequest, entry_id: int) -> HttpResponse:
    """`/ecritures/<id>/remise/`: the list and the entry, changed together."""
    entry = own_entry(request, entry_id)
    slips = slips_of(entry)
    if not slips:
        raise Http404
    if request.method == "POST":
        return _posted(request, entry)
    lines = lines_of(entry)
    desk = desk_of(request, entry.year, [row.treasury_id for row in lines if row.treasury_id])
    typed = typed_of(entry, lines, {row.pk: row for row in desk.treasuries}, desk.chart)
    bank = next(row.treasury.slug for row in lines if row.treasury)
    form = EntryForm(desk, RECEIVED, typed_deposit(typed, bank))
    page = Page(request, form, entry=entry, ticked=[row for row in lines if row.statement_id])
    return _answer(page, DepositForm(form, rows_of(slips), sum(slip.cents for slip in slips)))


def _posted(request: HouseRequest, entry: Entry | None) -> HttpResponse:
    lines = lines_of(entry) if entry else []
    desk = desk_of(
        request, entry.year if entry else year_in_view(request), [row.treasury_id for row in lines if row.treasury_id]
    )
    more = MORE if "add_rows" in request.POST else 0
    deposit = read_deposit(desk, posted(request), more=more)
    page = Page(request, deposit.form, entry=entry, ticked=[row for row in lines if row.statement_id])
    if more or "recalculer" in request.POST:
        deposit.form.errors.clear()
        deposit.errors.clear()
        return _answer(page, deposit)
    try:
        receipts = receipts_from(request)
        page.extra |= receipts.context
        if receipts.asked:
            deposit.form.errors.clear()
            deposit.errors.clear()
            return _answer(page, deposit, 422 if receipts.refusal else 200)
        if receipts.refusal:
            deposit.form.refuse(FIELD, receipts.refusal)
            deposit.form.content = None
        return _record(request, page, deposit, entry, receipts)
    except (StaleVersion, OperationConflict) as conflict:
        page.conflict = {"stale": isinstance(conflict, StaleVersion)}
        return _answer(page, deposit, 409)


def _record(
    request: HouseRequest, page: Page, deposit: DepositForm, entry: Entry | None, receipts: FormReceipts
) -> HttpResponse:
    if entry is not None and number(request, "version") != entry.version:
        refuse_repeated(request)
        raise StaleVersion
    if deposit.errors:
        deposit.form.content = None
    lines = lines_of(entry) if entry else []
    if not approved(request, page, entry, lines) or deposit.content is None:
        return _answer(page, deposit, 422)
    common: dict[str, Any] = {
        "content": deposit.content,
        "slips": deposit.slips,
        "author": author(request),
        "operation": operation(request),
        "overridden": tuple(warning.id for warning in page.found),
    }
    try:
        if entry is None:
            made = record_deposit(year=deposit.form.desk.year, **common)
        else:
            confirmed = bool(request.POST.get("confirm_untick"))
            made = amend_deposit(entry=entry, version=entry.version, untick_confirmed=confirmed, **common)
    except TickWouldFall as refusal:
        page.confirm_untick = True
        deposit.form.refuse("confirm_untick", refusal.message)
        return _answer(page, deposit, 422)
    except Refusal as refusal:
        deposit.form.refuse(refusal.field if refusal.field != "slips" else "", refusal.message)
        return _answer(page, deposit, 422)
    attach_to(request, made, receipts)
    return see_other(f"/ecritures/{made.pk}/?enregistree")


def _answer(page: Page, deposit: DepositForm, status: int = 200) -> HttpResponse:
    context = {**page.context(), "deposit": deposit}
    context["error_links"] = [*(("cheques", sentence) for sentence in deposit.errors), *context["error_links"]]
    return render(page.request, "ledger/entry_deposit.html", context, status=status)


@cooperative_view(Permission.BOOK_READ)
def slip(request: HouseRequest, entry_id: int) -> HttpResponse:
    """`/ecritures/<id>/bordereau.pdf`."""
    entry = own_entry(request, entry_id)
    slips = slips_of(entry)
    if not slips:
        raise Http404
    bank = next(row.treasury for row in lines_of(entry) if row.treasury)
    cooperative = request.cooperative
    letterhead = Letterhead(
        name=str(cooperative),
        number=f"Coopérative {cooperative.identifier} · {request.association.name}",
        year=entry.year.slug,
        printed_on=desk_of(request, entry.year).today,
    )
    response = HttpResponse(deposit_pdf(entry, slips, bank, letterhead), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bordereau-{entry.year.slug}-{entry.number}.pdf"'
    return response
