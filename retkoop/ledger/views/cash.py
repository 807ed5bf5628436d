"""`/caisse/`: « Arrêté de caisse », its history, and what explains a difference."""

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.dates import format_day
from retkoop.core.money import format_euros, format_plain
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME
from retkoop.ledger.controls import cash_box
from retkoop.ledger.exports.cash import count_pdf
from retkoop.ledger.exports.letterhead import file_name
from retkoop.ledger.forms.follow import CashCountForm
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.ledger.models import CashCount, Entry, FiscalYear, Treasury
from retkoop.ledger.queries.bilan import bilan_of
from retkoop.ledger.queries.cash import CountState, box_of, cash_balance_on, history_of, recent_cash_entries
from retkoop.ledger.queries.evidence import hypotheses_of_box
from retkoop.ledger.services.follow import cancel_count, count_cash, explain_count
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.ledger.web import with_year, year_in_view, years_in_view

EMPTY = "Écrivez combien vous avez de billets et de pièces. Si la caisse est vide, écrivez 0."
PAGE = "/caisse/"
SHOWN = 3  # of the most probable errors


def _page(_: AuditEvent) -> str:
    return PAGE


def _today(request: HouseRequest) -> dt.date:
    return clock.today(request.association.time_zone)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def cash(request: HouseRequest) -> HttpResponse:
    """The count to type, its comparison with the book, and the history. « Recalculer » stores nothing."""
    year, box = year_in_view(request), box_of(request.cooperative)
    if box is None:
        if request.method == "POST":
            raise Http404
        return render(request, "ledger/follow/cash_none.html", {"year": year})
    today = _today(request)
    if request.method != "POST":
        return _shown(request, year, box, CashCountForm(year=year, today=today, initial={"on": _default_day(year, today)}))
    form = CashCountForm(request.POST, year=year, today=today)
    valid = form.is_valid()
    if "recalculer" in request.POST:
        return _shown(request, year, box, form, status=200 if valid else 422)
    if valid and form.blank():
        form.add_error("n_5000", EMPTY)
    if form.errors:
        return _shown(request, year, box, form, status=422)
    try:
        count = count_cash(
            year=year,
            treasury=box,
            on=form.cleaned_data["on"],
            pieces=form.pieces(),
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        refused(form, refusal)
        return _shown(request, year, box, form, status=422)
    messages.success(request, f"Arrêté de caisse du {format_day(count.on)} enregistré : {format_euros(count.counted_cents)}.")
    return see_other(with_year(PAGE, request, year))


def _default_day(year: FiscalYear, today: dt.date) -> str:
    return format_day(min(max(today, year.start), year.end))


def _shown(
    request: HouseRequest,
    year: FiscalYear,
    box: Treasury,
    form: CashCountForm,
    *,
    status: int = 200,
    refusal: tuple[int, str] = (0, ""),
) -> HttpResponse:
    history = history_of(year, box)
    typed = form.is_bound
    on = form.cleaned_data.get("on") if typed else min(max(_today(request), year.start), year.end)
    inside = on is not None and year.start <= on <= year.end
    book = cash_balance_on(year, box, on) if on is not None and inside else None
    counted = form.counted_cents() if typed else 0
    entries = recent_cash_entries(year, box) if any(row.state == "open" for row in history) else []
    context = {
        "year": year,
        "form": form,
        "on": on if inside else None,
        "book_cents": book,
        "counted_cents": counted,
        "gap_cents": counted - book if book is not None else None,
        "compared": typed and not form.errors,
        "hypotheses": hypotheses_of_box(year)[:SHOWN] if history and history[0].state == "open" and not typed else (),
        "history": [(row, _proposal(row, year, request), _choices(row, entries)) for row in history],
        "refused_count": refusal[0],
        "refusal": refusal[1],
        "control": cash_box(bilan_of(year)),
        "contact": contact_for(request.cooperative),
    }
    return render(request, "ledger/follow/cash.html", context, status=status)


def _proposal(row: CountState, year: FiscalYear, request: HouseRequest) -> str:
    """The address of the entry that would explain the difference, already filled in; "" when none is needed."""
    if row.state != "open" or year.closed:
        return ""
    gap, slug = row.gap_cents, row.count.treasury.slug
    side, account, words = ("in", EXCEPTIONAL_INCOME, "en trop") if gap > 0 else ("out", EXCEPTIONAL_CHARGES, "en moins")
    amount = format_plain(abs(gap))
    fields = {
        "date": format_day(row.count.on),
        "label": f"Écart de caisse du {format_day(row.count.on)} : {amount} € {words}",
        "means": "cash",
        f"{side}_{slug}": amount,
        f"v_{account}": amount,
        "explique": row.count.pk,
    }
    return with_year(f"/ecritures/nouvelle/?{urlencode(fields)}", request, year)


def _choices(row: CountState, entries: list[tuple[Entry, int]]) -> list[tuple[int, str, bool]]:
    """The entries that may explain a difference: (id, words, most likely), the likely one first."""
    if row.state != "open":
        return []
    stored = row.count.counted_cents - row.count.book_cents
    found = [
        (entry.pk, f"{format_day(entry.date)} · {entry.label} · {format_euros(cents)}", cents == stored)
        for entry, cents in entries
    ]
    return sorted(found, key=lambda choice: not choice[2])


def _own(request: HouseRequest, count_id: int) -> CashCount:
    """The cooperative's count, with its year as the request knows it. Raises Http404."""
    rows = request.cooperative.cash_counts.select_related("treasury", "explained_by")
    count = get_object_or_404(rows, pk=count_id)
    count.cooperative = request.cooperative
    count.year = next(year for year in years_in_view(request) if year.pk == count.year_id)
    return count


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def explain(request: HouseRequest, count_id: int) -> HttpResponse:
    """« Cette écriture explique l’écart »."""
    count = _own(request, count_id)
    entry = request.cooperative.entries.filter(pk=whole(request.POST.get("entry", "")) or 0).first()
    if entry is None:
        return _unexplained(request, count, "Choisissez dans la liste l’écriture qui explique l’écart.")
    try:
        explain_count(count=count, entry=entry, author=author(request), operation=operation(request))
    except Refusal as refusal:
        return _unexplained(request, count, refusal.message)
    messages.success(request, f"L’écart du {format_day(count.on)} est justifié par « {entry.label} ».")
    return see_other(with_year(PAGE, request, count.year))


def _unexplained(request: HouseRequest, count: CashCount, sentence: str) -> HttpResponse:
    """The page again, with what is missing beside that count."""
    today = _today(request)
    form = CashCountForm(year=count.year, today=today, initial={"on": _default_day(count.year, today)})
    return _shown(request, count.year, count.treasury, form, status=422, refusal=(count.pk, sentence))


def explained_by(request: HouseRequest, asked: str, entry: Entry) -> None:
    """After an entry that was proposed for a difference (`explique`, the count's id): link the two, once."""
    pk = whole(asked)
    count = request.cooperative.cash_counts.filter(pk=pk, cancelled_at__isnull=True).first() if pk else None
    if count is None or count.explained_by_id == entry.pk:
        return
    count.cooperative = request.cooperative
    explain_count(count=count, entry=entry, author=author(request))
    messages.success(request, f"L’écart de caisse du {format_day(count.on)} est justifié par cette écriture.")


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(_page)
def cancel(request: HouseRequest, count_id: int) -> HttpResponse:
    """A count typed by mistake: asked once, then taken back; it stays in the history of the book."""
    count = _own(request, count_id)
    if request.method != "POST":
        if count.cancelled_at is not None:
            raise Http404
        return render(request, "ledger/follow/cash_cancel.html", {"year": count.year, "count": count})
    try:
        cancel_count(count=count, author=author(request), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return see_other(with_year(PAGE, request, count.year))
    messages.success(request, f"L’arrêté de caisse du {format_day(count.on)} est annulé.")
    return see_other(with_year(PAGE, request, count.year))


@cooperative_view(Permission.BOOK_READ)
def printed(request: HouseRequest, count_id: int) -> HttpResponse:
    """`/caisse/<id>/arrete.pdf`."""
    count = _own(request, count_id)
    state = CountState(count, cash_balance_on(count.year, count.treasury, count.on))
    name = file_name(f"arrete-de-caisse-{count.on.isoformat()}", request.cooperative, None, "pdf")
    return pdf_answer(count_pdf(state), name)
