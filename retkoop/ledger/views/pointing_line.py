"""`/pointage/ligne/<id>/`: one click on the symbol of column H; without scripts, a page with `Confirmation`."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.queries.balances import treasury_states
from retkoop.ledger.queries.lines import BankLine, bank_line
from retkoop.ledger.queries.pointing import default_statement_day, statement_days
from retkoop.ledger.services.pointing import set_tick
from retkoop.ledger.views.cahier_rows import point_html
from retkoop.ledger.web import CAHIER, cahier_url, with_year, year_in_view


def _cahier(_: AuditEvent) -> str:
    return CAHIER


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(_cahier)
def line(request: HouseRequest, pk: int) -> HttpResponse:
    """GET: the line and `Confirmation`. POST: `pointed` 1 or 0, `releve` the statement's day (ISO) or nothing."""
    found = bank_line(request.cooperative, pk)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found)
    pointed = request.POST.get("pointed", "0" if found.statement_day else "1") == "1"
    try:
        set_tick(
            posting=found.posting,
            ticked=pointed,
            on=_chosen_day(request.POST.get("releve", "")) or usual_day(request, found),
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        if request.htmx:
            return HttpResponse(refusal.message, status=422, content_type="text/plain; charset=utf-8")
        return _page(request, found, refusal=refusal.message, status=422)
    if request.htmx:
        return _cell(request, pk)
    messages.success(request, f"« {found.label} » est {'pointée' if pointed else 'dépointée'}.")
    back = cahier_url(request) or with_year(CAHIER, request, year_in_view(request))
    return see_other(f"{back.partition('#')[0]}#{found.anchor}")


def usual_day(request: HouseRequest, found: BankLine) -> dt.date:
    """The statement that a click means in the year in view (docs/decisions/0003-ticks.md)."""
    return default_statement_day(year_in_view(request), found.day, clock.today(request.association.time_zone))


def _chosen_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _page(request: HouseRequest, found: BankLine, *, refusal: str = "", status: int = 200) -> HttpResponse:
    year = year_in_view(request)
    usual = usual_day(request, found)
    asked = _chosen_day(request.GET.get("releve", "") or request.POST.get("releve", ""))
    days = {usual, asked or usual, *statement_days(year, clock.today(request.association.time_zone))}
    context = {
        "line": found,
        "refusal": refusal,
        "chosen": asked or usual,
        "days": sorted((day for day in days if day >= found.day), reverse=True),
        "retour": cahier_url(request),
        "closed": found.posting.year.closed,
    }
    return render(request, "ledger/pointing_line.html", context, status=status)


def _cell(request: HouseRequest, pk: int) -> HttpResponse:
    """The symbol as it now stands, and the figures that move with it."""
    found = bank_line(request.cooperative, pk)
    if found is None:
        raise Http404
    day = found.statement_day
    states = treasury_states(year_in_view(request))
    banks = [state for state in states if state.treasury.kind == found.treasury.kind]
    rank = next(rank for rank, state in enumerate(banks, 1) if state.treasury.pk == found.treasury.pk)
    context = {
        "point": point_html(pk, day.isoformat() if day else None, may_write=True),
        "box_id": "solde-pointe" if rank == 1 else f"solde-pointe-{rank}",
        "pointed": banks[rank - 1].pointed_cents,
        "unticked": sum(state.unticked for state in banks),
    }
    return render(request, "ledger/pointing/_cell.html", context)
