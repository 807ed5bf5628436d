"""The home page, and the places of the guides that open later."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.agenda.queries import agenda_of
from retkoop.core import clock
from retkoop.home.later import PLACES
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.interchange.backup import last_backup
from retkoop.ledger.chart import Chart, chart_for
from retkoop.ledger.controls import controls
from retkoop.ledger.models import FiscalYear, TreasuryKind, YearMode
from retkoop.ledger.queries.bilan import Bilan, bilan_of
from retkoop.ledger.todo import Todo, todo_of
from retkoop.ledger.web import annee_query, with_year, year_in_view, years_in_view
from retkoop.membership.queries.adhesions import running_first, standing_of
from retkoop.membership.steps import next_step
from retkoop.yearend.queries.news import News, news_of
from retkoop.yearend.queries.reports import year_of_report
from retkoop.yearend.todo import mend_tasks


@cooperative_view(Permission.BOOK_READ)
def home(request: HouseRequest) -> HttpResponse:
    """What the cooperative holds, what is missing, and the guides' entries."""
    year = year_in_view(request)
    figures = bilan_of(year)
    todo, news = todo_of(year, figures), news_of(request.cooperative)
    tasks = [*mend_tasks(news.to_mend), *(replace(task, path=with_year(task.path, request, year)) for task in todo.tasks)]
    agenda = agenda_of(request.cooperative)
    standing = standing_of(request.cooperative, running_first(request.association))
    context = {
        "year": year,
        "balances": _balances(figures, chart_for(request.cooperative.association_id, year.first)),
        "begins": year.next_number == 1 and any(task.key == "opening" for task in todo.tasks),
        "todo": tasks,
        "todo_minutes": Todo(tuple(tasks)).minutes,
        "failed": [control for control in controls(figures) if control.id == "E2" and not control.ok],
        "totals_only": year.mode == YearMode.TOTALS,
        "provisional": figures.opening.provisional and year.mode == YearMode.BOOKS,
        "report_year": _report_year(request, year),
        "others": [
            other
            for other in years_in_view(request)
            if other.pk != year.pk and not other.closed and other.mode == year.mode == YearMode.BOOKS
        ],
        "contact": contact_for(request.cooperative),
        "last_backup": last_backup(),
        "news": news,
        "agenda": agenda,
        "pending": agenda.pending(_said(year, todo, news)),
        "standing": standing,
        "membership": next_step(standing),
    }
    return render(request, "home/home.html", context)


def _said(year: FiscalYear, todo: Todo, news: News) -> dict[int, set[str]]:
    """What the page already tells of each year, so that the calendar does not tell it again."""
    said = {year.first: {task.key for task in todo.tasks}}
    for each in news.to_mend:
        said.setdefault(each.reason.report.year.first, set()).add("to_mend")
    return said


def _balances(figures: Bilan, chart: Chart) -> list[dict[str, object]]:
    """The boxes of the top: each bank, the cash box, and what each bank's statement must show."""
    boxes: list[dict[str, object]] = []
    banks = [state for state in figures.treasuries if state.treasury.kind == TreasuryKind.BANK]
    for index, state in enumerate(banks):
        suffix = f"-{index + 1}" if index else ""
        label = f"{state.treasury.label} ({chart.by_id[state.treasury.account_id].code})"
        boxes.append({"kind": "bank", "id": f"solde-banque{suffix}", "label": label, "cents": state.cents})
    for state in figures.treasuries:
        if state.treasury.kind == TreasuryKind.CASH:
            boxes.append(
                {
                    "kind": "cash",
                    "id": "solde-caisse",
                    "label": f"Caisse ({chart.by_id[state.treasury.account_id].code})",
                    "cents": state.cents,
                }
            )
    for index, state in enumerate(banks):
        suffix = f"-{index + 1}" if index else ""
        label = "Votre relevé doit indiquer" if len(banks) == 1 else f"Relevé {state.treasury.label}"
        boxes.append({"kind": "statement", "id": f"solde-pointe{suffix}", "label": label, "cents": state.pointed_cents})
    return boxes


def _report_year(request: HouseRequest, year: FiscalYear) -> str:
    """« Le Compte-Rendu 2026 »: the year that its link leads to."""
    today = clock.today(request.association.time_zone)
    meant = year if annee_query(request, year) else year_of_report(years_in_view(request), today)
    return str(meant.end.year)


@cooperative_view(Permission.BOOK_READ)
def later(request: HouseRequest, place: str) -> HttpResponse:
    """A place of the guides that opens later: one sentence, and whom to ask meanwhile."""
    if place not in PLACES:
        raise Http404
    context = {"place": PLACES[place], "contact": contact_for(request.cooperative)}
    return render(request, "home/later.html", context)
