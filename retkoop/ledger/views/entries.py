"""One entry on screen: make it, see it, change it, cancel it, bring it back, copy it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from retkoop.core.dates import format_day
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import OperationConflict
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger import warnings
from retkoop.ledger.chart import chart_for
from retkoop.ledger.forms.entries import (
    FULL,
    PAID,
    EntryForm,
    blank,
    carried_over,
    cleaned_way,
    read,
    typed_of,
)
from retkoop.ledger.models import AccountClass, Entry, EntryKind, Posting
from retkoop.ledger.queries.cheques import same_cheque
from retkoop.ledger.queries.entries import draft_of, lines_of, slips_of, waiting_cheque
from retkoop.ledger.queries.history import accepted_warnings, history_of
from retkoop.ledger.queries.suggestions import Side, next_pieces, suggest_account
from retkoop.ledger.services.drafts import finish_draft, save_draft
from retkoop.ledger.services.entries import TickWouldFall, amend_entry, cancel_entry, record_entry, restore_entry
from retkoop.ledger.services.preferences import prefer_full_form
from retkoop.ledger.views._entry_page import (
    Page,
    accepted,
    desk_of,
    differing,
    own_entry,
    posted,
    prefilled,
    refuse_repeated,
    surroundings,
    year_called,
)
from retkoop.ledger.views._receipts import FIELD, FormReceipts, attach_to, drafted_receipts, receipts_from
from retkoop.ledger.views.cash import explained_by
from retkoop.ledger.views.receipts import receipts_context
from retkoop.ledger.web import annee_query, with_year, year_in_view, years_in_view

CONFIRM = "Il y a quelque chose à vérifier : si tout est juste, cochez « J’ai vérifié, enregistrer quand même »."

_NOT_DRAFTED = {"save_draft", "draft", "annee", FIELD}


def _made(event: AuditEvent) -> str:
    """Where the first submission of a repeated form led."""
    if event.verb == "draft.saved":
        return "/ecritures/brouillons/"
    return f"/ecritures/{event.subject_id}/?enregistree"


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(_made)
def new(request: HouseRequest) -> HttpResponse:
    """`/ecritures/nouvelle/`: the form, and what it sends."""
    return _record(request) if request.method == "POST" else _blank_page(request)


def _blank_page(request: HouseRequest) -> HttpResponse:
    draft = _draft(request, request.GET.get("brouillon", ""))
    year = draft.year if draft else year_in_view(request)
    if draft:
        year = next(row for row in years_in_view(request) if row.pk == draft.year_id)
    desk = desk_of(request, year)
    if draft:
        form, kept = (
            EntryForm(desk, cleaned_way(draft.payload.get("je")), dict(draft.payload)),
            drafted_receipts(request, draft),
        )
        return Page(request, form, draft=draft, extra=kept.context | {"said": draft.payload.get("note", "")}).answer()
    way = _first_way(request)
    if "choix" in request.GET:
        prefer_full_form(person=request.actor.person, full=way == FULL)
    form = blank(desk, way, carried_over(desk, way, prefilled(request)))
    page = Page(request, form)
    context = page.context()
    form.typed.setdefault("piece", context["piece_next"])
    return render(request, "ledger/entry_form.html", context)


def _first_way(request: HouseRequest) -> str:
    """The way that the address names; else plain words for whoever chose them last, the guides' form for the others."""
    if "je" not in request.GET and request.actor.person.full_form is False:
        return PAID
    return cleaned_way(request.GET.get("je"))


def _draft(request: HouseRequest, text: str) -> Any:
    return draft_of(request.cooperative, int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _record(request: HouseRequest) -> HttpResponse:
    year = year_in_view(request)
    desk = desk_of(request, year)
    draft = _draft(request, request.POST.get("draft", ""))
    page = Page(request, read(desk, cleaned_way(request.POST.get("je")), posted(request)), draft=draft)
    try:
        receipts = receipts_from(request)
        page.extra |= receipts.context
        if receipts.asked:
            page.form.errors, page.form.content = {}, None
            return page.answer(422 if receipts.refusal else 200)
        if "save_draft" in request.POST:
            return _save_draft(request, page, receipts)
        if "move_year" in request.POST:
            return _moved(request, page)
        if receipts.refusal:
            page.form.refuse(FIELD, receipts.refusal)
            page.form.content = None
        return _record_form(request, page, receipts)
    except (OperationConflict, StaleVersion) as conflict:
        page.conflict = {"stale": isinstance(conflict, StaleVersion)}
        return page.answer(409)


def _record_form(request: HouseRequest, page: Page, receipts: FormReceipts) -> HttpResponse:
    if "draft" in request.POST and request.POST["draft"] and page.draft is None:
        refuse_repeated(request)
        page.form.refuse("", "Ce brouillon est déjà terminé ou retiré. Pour en faire une nouvelle écriture, validez encore.")
        return page.answer(422)
    if not approved(request, page):
        return page.answer(422)
    content = page.form.content
    assert content is not None
    common: dict[str, Any] = {
        "content": content,
        "author": author(request),
        "operation": operation(request),
        "overridden": tuple(warning.id for warning in page.found),
        "year": page.form.desk.year,
    }
    try:
        if page.draft is None:
            entry = record_entry(**common, treasuries=page.form.desk.treasuries)
        else:
            entry = finish_draft(draft=page.draft, version=number(request, "draft_version"), **common)
    except Refusal as refusal:
        page.form.refuse(refusal.field, refusal.message)
        return page.answer(422)
    attach_to(request, entry, receipts)
    explained_by(request, page.form.typed.get("explique", ""), entry)
    way = "" if page.form.way == FULL else f"={page.form.way}"
    return see_other(f"/ecritures/{entry.pk}/?enregistree{way}")


def approved(request: HouseRequest, page: Page, entry: Entry | None = None, own: list[Posting] | None = None) -> bool:
    """Is the form whole, and is every warning ticked? A repeated form is answered before it is told anything."""
    form = page.form
    if form.content is None:
        refuse_repeated(request)
        return False
    page.found = warnings.find(surroundings(form.desk, entry, own or ()), form.content)
    page.accepted = accepted(request)
    if entry is not None and warnings.unaccepted(page.found, page.accepted):
        page.accepted = tuple({*page.accepted, *accepted_warnings(entry)})
    if warnings.unaccepted(page.found, page.accepted):
        refuse_repeated(request)
        form.refuse("override", CONFIRM)
        return False
    return True


def _save_draft(request: HouseRequest, page: Page, receipts: FormReceipts) -> HttpResponse:
    form, draft = page.form, page.draft
    typed = {name: text for name, text in form.typed.items() if text and name not in _NOT_DRAFTED}
    typed |= receipts.draft_payload
    try:
        save_draft(
            year=form.desk.year,
            typed=typed,
            author=author(request),
            operation=operation(request),
            draft=draft,
            version=number(request, "draft_version") if draft else None,
        )
    except Refusal as refusal:
        form.errors = {refusal.field: refusal.message}
        return page.answer(422)
    messages.success(request, "Brouillon enregistré. Il n’est pas dans le cahier : terminez-le ou retirez-le avant la clôture.")
    return see_other(with_year("/ecritures/brouillons/", request, form.desk.year))


def _moved(request: HouseRequest, page: Page) -> HttpResponse:
    """The very form, in the other year; a piece number that was only proposed follows."""
    year = year_called(request, request.POST["move_year"])
    form = page.form
    typed = dict(form.typed)
    if typed.get("piece") == next_pieces(form.desk.year).any:
        typed["piece"] = next_pieces(year).any
    page.form = EntryForm(desk_of(request, year), form.way, typed)
    return page.answer()


def number(request: HttpRequest, name: str) -> int:
    """A hidden number of the form; -1 when it is missing or mangled, which no version is."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@cooperative_view(Permission.BOOK_READ)
def show(request: HouseRequest, entry_id: int) -> HttpResponse:
    """`/ecritures/<id>/`: the entry, what it did, its history."""
    entry = own_entry(request, entry_id, opening=True)
    lines = lines_of(entry)
    years = years_in_view(request)
    chart = chart_for(request.cooperative.association_id, entry.year.first)
    context = {
        "entry": entry,
        "year": entry.year,
        "annee_query": annee_query(request, entry.year),
        "opening": entry.kind == EntryKind.OPENING,
        "treasury_lines": [(row, abs(row.cents)) for row in lines if row.treasury_id is not None],
        "operating_lines": [
            (chart.by_id[row.account_id].title, row.cents if row.account.kind == AccountClass.CHARGE else -row.cents)
            for row in lines
            if row.account.kind in {AccountClass.CHARGE, AccountClass.INCOME}
        ],
        "slips": slips_of(entry),
        "history": history_of(entry),
        "siblings": same_cheque(entry),
        "waiting": None if entry.cancelled else waiting_cheque(entry, lines, years),
        "recorded": "enregistree" in request.GET,
        "way": request.GET.get("enregistree", ""),
        "writable": request.actor.may_write and not entry.year.closed and entry.kind == EntryKind.ORDINARY,
        **receipts_context(request, entry),
    }
    return render(request, "ledger/entry_show.html", context)


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(_made)
def amend(request: HouseRequest, entry_id: int) -> HttpResponse:
    """`Modifier en portrait`; the address may propose other amounts (what the gap solver found)."""
    entry = own_entry(request, entry_id)
    if slips_of(entry) and request.method != "POST":
        return HttpResponseRedirect(f"/ecritures/{entry.pk}/remise/")
    lines = lines_of(entry)
    desk = desk_of(request, entry.year, [row.treasury_id for row in lines if row.treasury_id])
    stored = typed_of(entry, lines, {row.pk: row for row in desk.treasuries}, desk.chart)
    if request.method != "POST":
        if entry.year.closed or entry.cancelled:
            messages.info(request, "Cette année est clôturée." if entry.year.closed else "Annulez d’abord la suppression.")
            return HttpResponseRedirect(f"/ecritures/{entry.pk}/")
        return _amend_page(request, entry, EntryForm(desk, FULL, stored | prefilled(request)), lines).answer()
    page = _amend_page(request, entry, read(desk, FULL, posted(request)), lines)
    page.form.other_year = None
    try:
        return _amend_form(request, page, lines)
    except (StaleVersion, OperationConflict) as conflict:
        rows = differing(stored, page.form.typed, page.form)
        page.conflict = {"stale": isinstance(conflict, StaleVersion), "rows": rows}
        return page.answer(409)


def _amend_page(request: HouseRequest, entry: Entry, form: EntryForm, lines: list[Posting]) -> Page:
    return Page(request, form, entry=entry, ticked=[row for row in lines if row.statement_id])


def _amend_form(request: HouseRequest, page: Page, lines: list[Posting]) -> HttpResponse:
    entry = page.entry
    assert entry is not None
    version = number(request, "version")
    if version != entry.version:
        refuse_repeated(request)
        raise StaleVersion
    if not approved(request, page, entry, lines):
        return page.answer(422)
    content = page.form.content
    assert content is not None
    try:
        amend_entry(
            entry=entry,
            version=version,
            content=content,
            author=author(request),
            operation=operation(request),
            untick_confirmed=bool(request.POST.get("confirm_untick")),
            overridden=tuple(warning.id for warning in page.found),
        )
    except TickWouldFall as refusal:
        page.confirm_untick = True
        page.form.refuse("confirm_untick", refusal.message)
        return page.answer(422)
    except Refusal as refusal:
        page.form.refuse(refusal.field, refusal.message)
        return page.answer(422)
    return see_other(f"/ecritures/{entry.pk}/?enregistree")


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(lambda event: f"/ecritures/{event.subject_id}/")
def cancel(request: HouseRequest, entry_id: int) -> HttpResponse:
    """The red cross: asked once, then done, and undone at will while the year is open."""
    entry = own_entry(request, entry_id)
    context = {
        "entry": entry,
        "year": entry.year,
        "annee_query": annee_query(request, entry.year),
        "lines": [row for row in lines_of(entry) if row.treasury_id],
    }
    if request.method != "POST":
        return render(request, "ledger/entry_cancel.html", context)
    try:
        cancel_entry(entry=entry, version=number(request, "version"), author=author(request), operation=operation(request))
    except Refusal as refusal:
        return render(request, "ledger/entry_cancel.html", {**context, "refusal": refusal.message}, status=422)
    return see_other(f"/ecritures/{entry.pk}/")


@cooperative_view(Permission.BOOK_WRITE, methods=["POST"])
@answering_replays(lambda event: f"/ecritures/{event.subject_id}/")
def restore(request: HouseRequest, entry_id: int) -> HttpResponse:
    """« Annuler la suppression »."""
    entry = own_entry(request, entry_id)
    try:
        restore_entry(entry=entry, version=number(request, "version"), author=author(request), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return see_other(f"/ecritures/{entry.pk}/")


@cooperative_view(Permission.BOOK_WRITE, methods=["GET"])
def duplicate(request: HouseRequest, entry_id: int) -> HttpResponse:
    """A new form, filled as this entry, at today's date and with the next piece number."""
    source = own_entry(request, entry_id)
    year = year_in_view(request)
    lines = lines_of(source)
    desk = desk_of(request, year)
    accounts = {row.treasury_id: row.treasury for row in lines if row.treasury}
    typed = typed_of(source, lines, {pk: row for pk, row in accounts.items() if pk}, desk.chart)
    typed |= {"cheque": "", "piece": next_pieces(year).any}
    del typed["date"]
    form = blank(desk, FULL, typed)
    said = f"Copie de « {source.label} » du {format_day(source.date)} : vérifiez la date, la somme et le n° de pièce."
    return Page(request, form, extra={"said": said}).answer()


@cooperative_view(Permission.BOOK_READ)
def suggestion(request: HouseRequest) -> HttpResponse:
    """The account that a label calls for: key, title, confidence in percent; empty when the past does not say."""
    year = year_in_view(request)
    chart = chart_for(request.cooperative.association_id, year.first)
    side: Side = "in" if request.GET.get("sens") == "in" else "out"
    found = suggest_account(request.cooperative, chart, request.GET.get("libelle", "")[:200], side)
    if found is None:
        return JsonResponse({})
    return JsonResponse({"account": found.account, "title": found.title, "confidence": found.confidence})


@cooperative_view(Permission.BOOK_WRITE, methods=["POST"])
def check(request: HouseRequest) -> HttpResponse:
    """The warnings of what is being typed, without writing anything: a fragment for the page."""
    text = request.POST.get("entry", "")
    entry = own_entry(request, int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None
    lines = lines_of(entry) if entry else []
    year = entry.year if entry else year_in_view(request)
    desk = desk_of(request, year, [row.treasury_id for row in lines if row.treasury_id])
    form = read(desk, cleaned_way(request.POST.get("je")), posted(request))
    found = warnings.find(surroundings(desk, entry, lines), form.content) if form.content else []
    known = {*accepted(request), *(accepted_warnings(entry) if entry and found else ())}
    context = {
        "warnings": found,
        "warning_ids": " ".join(warning.id for warning in found),
        "all_accepted": bool(found) and not warnings.unaccepted(found, known),
    }
    return render(request, "ledger/entry_checks.html", context)
