"""`/pointage/`: a statement typed once, its lines ticked, the difference live, « Bravo ! » at zero."""

import datetime as dt
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.dates import format_day
from retkoop.core.money import format_plain
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.pointing import StatementForm, read_statement
from retkoop.ledger.models import Statement, Treasury, TreasuryKind
from retkoop.ledger.queries.cheques import outdated_cheques
from retkoop.ledger.queries.evidence import hypotheses_at
from retkoop.ledger.queries.lines import bank_line
from retkoop.ledger.queries.statements import (
    StatementPage,
    banks_of,
    next_statement_day,
    statement_of,
    statement_page,
    statement_states,
    year_of,
)
from retkoop.ledger.services.pointing import save_statement, set_tick, set_ticks
from retkoop.ledger.views.cahier import may_keep
from retkoop.ledger.web import with_year, year_in_view, years_in_view

HOME = "/pointage/"
SHOWN = 3  # of the most probable errors


def statement_path(pk: int | None) -> str:
    """The monthly screen of a statement."""
    return f"{HOME}{pk}/" if pk else HOME


def _page(event: AuditEvent) -> str:
    return statement_path(event.subject_id if event.subject_type == "statement" else None)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def pointing(request: HouseRequest) -> HttpResponse:
    """The statements of the year by account; posting types a new one, and opens it."""
    if request.method != "POST":
        return _list(request)
    treasury = _own_bank(request)
    year = year_in_view(request)
    form = read_statement(request.POST.dict(), year, _today(request), balance_needed=True)
    if form.valid and form.ends_on:
        try:
            statement = save_statement(
                treasury=treasury,
                ends_on=form.ends_on,
                closing_cents=form.closing_cents,
                author=author(request),
                operation=operation(request),
            )
        except Refusal as refusal:
            form.errors[refusal.field or "ends_on"] = refusal.message
        else:
            return see_other(statement_path(statement.pk))
    return _list(request, treasury, form)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def statement(request: HouseRequest, pk: int) -> HttpResponse:
    """The lines to tick; posting saves them all at once (`line` the ticked ones, `shown` all those of the form)."""
    found = own_statement(request, pk)
    if request.method != "POST":
        return shown(request, found)
    page = _page_of(request, found)
    known = {line.posting_id for line in page.due if not line.locked}
    listed = known & _whole(request.POST.getlist("shown"))
    ticked = listed if "all" in request.POST else listed & _whole(request.POST.getlist("line"))
    try:
        set_ticks(
            statement=found,
            ticked=frozenset(ticked),
            shown=frozenset(listed),
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        return shown(request, found, refusal=refusal.message, status=422)
    messages.success(request, f"Le pointage du relevé du {format_day(found.ends_on)} est enregistré.")
    return see_other(statement_path(pk))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def tick(request: HouseRequest, pk: int, posting_id: int) -> HttpResponse:
    """One line of the screen, saved as it is ticked: `pointed` 1 or 0. Answers with the state of the statement."""
    found = own_statement(request, pk)
    line = bank_line(request.cooperative, posting_id)
    if line is None or line.posting.statement_id not in {None, pk} or line.treasury.pk != found.treasury_id:
        raise Http404
    try:
        set_tick(
            posting=line.posting,
            ticked=request.POST.get("pointed") == "1",
            statement=found,
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        if request.htmx:
            return HttpResponse(refusal.message, status=422, content_type="text/plain; charset=utf-8")
        return shown(request, found, refusal=refusal.message, status=422)
    if not request.htmx:
        return see_other(statement_path(pk))
    return render(request, "ledger/pointing/_state.html", {"page": _page_of(request, found)})


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def correct(request: HouseRequest, pk: int) -> HttpResponse:
    """Another day or closing balance for a statement; asks for its `version`."""
    found = own_statement(request, pk)
    form = read_statement(request.POST.dict(), year_of(found, years_in_view(request)), _today(request), balance_needed=False)
    version = request.POST.get("version", "")
    if form.valid and form.ends_on:
        try:
            save_statement(
                treasury=found.treasury,
                ends_on=form.ends_on,
                closing_cents=form.closing_cents,
                author=author(request),
                operation=operation(request),
                statement=found,
                version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1,
            )
        except Refusal as refusal:
            form.errors[refusal.field or "ends_on"] = refusal.message
        else:
            messages.success(request, "Le relevé est corrigé.")
            return see_other(statement_path(pk))
    return shown(request, found, form=form, status=422)


def own_statement(request: HouseRequest, pk: int) -> Statement:
    """The cooperative's statement. Raises Http404."""
    found = statement_of(request.cooperative, pk)
    if found is None:
        raise Http404
    return found


def shown(
    request: HouseRequest, found: Statement, *, form: StatementForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The monthly screen, with what was refused."""
    page = _page_of(request, found)
    states = statement_states(found.treasury, page.year)
    following = next((state.statement for state in reversed(states) if state.statement.ends_on > found.ends_on), None)
    context = {
        "page": page,
        "year": page.year,
        "form": form,
        "refusal": refusal,
        "following": following,
        "searched": "chercher" in request.GET,
        "hypotheses": hypotheses_at(found, page.year)[:SHOWN] if page.gap_cents and "chercher" in request.GET else (),
        "may_write": request.actor.may_write,
        "may_tick": may_keep(request, page.year),
        "typed": _as_typed(found),
        "scan_url": f"{statement_path(found.pk)}document/",
        "back_here": quote(statement_path(found.pk)),
        "list_url": with_year(HOME, request, page.year),
    }
    return render(request, "ledger/pointing_statement.html", context, status=status)


def _as_typed(found: Statement) -> StatementForm:
    balance = "" if found.closing_cents is None else format_plain(found.closing_cents)
    return StatementForm(format_day(found.ends_on), balance)


def _page_of(request: HouseRequest, found: Statement) -> StatementPage:
    return statement_page(found, year_of(found, years_in_view(request)))


def _list(request: HouseRequest, treasury: Treasury | None = None, form: StatementForm | None = None) -> HttpResponse:
    year = year_in_view(request)
    accounts = []
    for bank in banks_of(request.cooperative, year):
        states = statement_states(bank, year)
        typed = form if treasury is not None and treasury.pk == bank.pk else None
        accounts.append(
            {
                "treasury": bank,
                "states": states,
                "form": typed or StatementForm(format_day(next_statement_day(states, year, _today(request)))),
            }
        )
    context = {
        "accounts": accounts,
        "several": len(accounts) > 1,
        "outdated": [] if year.closed else outdated_cheques(year, _today(request)),
        "may_tick": may_keep(request, year),
    }
    return render(request, "ledger/pointing.html", context, status=422 if form else 200)


def _own_bank(request: HouseRequest) -> Treasury:
    banks = request.cooperative.treasuries.filter(kind=TreasuryKind.BANK)
    asked = request.POST.get("treasury", "")
    return get_object_or_404(banks, slug=asked)


def _today(request: HouseRequest) -> dt.date:
    return clock.today(request.association.time_zone)


def _whole(texts: list[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19}
