"""`/cloture/`: what is still open, « Clôture définitive de ce cahier de compta », and asking to reopen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.controls import controls
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.bilan import bilan_of
from retkoop.ledger.queries.closings import closing_story, last_answer, open_request
from retkoop.ledger.queries.years import next_of, open_items
from retkoop.ledger.services.closing import close_year, refuse_closing, reopen_year, request_reopening
from retkoop.ledger.todo import todo_of
from retkoop.ledger.web import with_year, year_in_view

PAGE = "/cloture/"


def _page(_: AuditEvent) -> str:
    return PAGE


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_CLOSE)
@answering_replays(_page)
def closing(request: HouseRequest) -> HttpResponse:
    """The page of what is still open; posting it closes the year for good."""
    year = year_in_view(request)
    if request.method == "POST":
        try:
            close_year(year=year, author=author(request), operation=operation(request))
        except Refusal as refusal:
            return _shown(request, year, refusal=refusal.message, status=422)
        messages.success(request, f"Le cahier {year.slug} est clôturé. Le report à nouveau de l’année suivante est fixé.")
        return see_other(with_year(PAGE, request, year))
    return _shown(request, year)


@cooperative_view(Permission.BOOK_CLOSE, methods=("POST",))
@answering_replays(_page)
def ask_reopening(request: HouseRequest) -> HttpResponse:
    """« Demander la réouverture »."""
    year = year_in_view(request)
    reason = request.POST.get("reason", "")
    try:
        request_reopening(year=year, reason=reason, author=author(request), operation=operation(request))
    except Refusal as refusal:
        return _shown(request, year, refusal=refusal.message, reason=reason, status=422)
    messages.success(request, "Votre demande est envoyée à votre AD.")
    return see_other(with_year(PAGE, request, year))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def reopen(request: HouseRequest) -> HttpResponse:
    """An AD member reopens the year from inside the cooperative's book, with a reason."""
    year = year_in_view(request)
    reason = request.POST.get("reason", "")
    try:
        reopen_year(year=year, author=author(request), reason=reason, operation=operation(request))
    except Refusal as refusal:
        return _shown(request, year, refusal=refusal.message, reason=reason, status=422)
    messages.success(request, f"Le cahier {year.slug} est rouvert. L’historique garde votre raison et les soldes d’avant.")
    return see_other(with_year(PAGE, request, year))


def _shown(request: HouseRequest, year: FiscalYear, *, refusal: str = "", reason: str = "", status: int = 200) -> HttpResponse:
    figures = bilan_of(year)
    context = {
        "year": year,
        "todo": [(task, with_year(task.path, request, year)) for task in todo_of(year, figures).tasks if task.key != "closing"],
        "controls": controls(figures),
        "figures": figures,
        "items": [] if year.closed else open_items(year),
        "following": next_of(year),
        "refusal": refusal,
        "reason": reason,
        "impossible": "" if year.closed else _impossible(request, year),
        "story": closing_story(year),
        "asked": open_request(year),
        "answered": last_answer(year),
        "contact": contact_for(request.cooperative),
    }
    return render(request, "ledger/closing.html", context, status=status)


def _impossible(request: HouseRequest, year: FiscalYear) -> str:
    """Why the year cannot be closed today, or "" when it can."""
    try:
        refuse_closing(year, clock.today(request.association.time_zone))
    except Refusal as refusal:
        return refusal.message
    return ""
