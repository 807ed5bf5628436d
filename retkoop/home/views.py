"""The home page, the places of the guides that open later, and the years that a former mandataire served."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.agenda.queries import agenda_of
from retkoop.core import clock
from retkoop.core.pdf import cahier_pdf
from retkoop.core.tables import to_html
from retkoop.documents import vault
from retkoop.documents.views import original_name
from retkoop.documents.views import served as served_file
from retkoop.home.later import PLACES
from retkoop.home.served import ServedYear, served_year, served_years
from retkoop.home.since import since_last_visit, told
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for, invited_to_add
from retkoop.identity.requests import HouseRequest
from retkoop.identity.responses import see_other
from retkoop.interchange.backup import last_backup
from retkoop.ledger.chart import Chart, chart_for
from retkoop.ledger.controls import controls
from retkoop.ledger.exports.cahier import cahier_table
from retkoop.ledger.exports.letterhead import file_name, letterhead
from retkoop.ledger.models import FiscalYear, TreasuryKind, YearMode
from retkoop.ledger.queries.bilan import Bilan, bilan_of
from retkoop.ledger.queries.cahier import Choice, book_of
from retkoop.ledger.todo import Todo, todo_of
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.ledger.views.cahier import balance_boxes
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
        "invited": None if request.actor.is_association else invited_to_add(request.actor.person),
        "since": [] if request.actor.is_association else since_last_visit(request.cooperative, request.actor.person),
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


@cooperative_view(Permission.BOOK_READ)
def act(request: HouseRequest, event_id: int) -> HttpResponse:
    """`/depuis-ma-visite/<event>/`: one act, before and after."""
    found = told(request.cooperative, event_id)
    if found is None:
        raise Http404
    return render(request, "home/act.html", {"told": found})


@cooperative_view(Permission.SERVED_READ)
def served(request: HouseRequest) -> HttpResponse:
    """`/annees-servies/`: where a former mandataire lands."""
    context = {"served": served_years(request.actor.mandate), "contact": contact_for(request.cooperative)}
    return render(request, "home/served.html", context)


@cooperative_view(Permission.SERVED_READ)
def served_book(request: HouseRequest, slug: str) -> HttpResponse:
    """The cahier of a year served, to read."""
    book = book_of(_served(request, slug, kept_here=True).year)
    context = {"year": book.year, "balances": balance_boxes(book), "table": to_html(cahier_table(book, Choice()))}
    return render(request, "home/served_book.html", context)


@cooperative_view(Permission.SERVED_READ)
def served_book_pdf(request: HouseRequest, slug: str) -> HttpResponse:
    """The same on paper."""
    year = _served(request, slug, kept_here=True).year
    head = letterhead(request.cooperative, year)
    name = file_name("cahier", request.cooperative, year, "pdf")
    return pdf_answer(cahier_pdf(cahier_table(book_of(year), Choice()), head), name)


@cooperative_view(Permission.SERVED_READ)
def served_report(request: HouseRequest, slug: str) -> HttpResponse:
    """The report of a year served, as it was validated."""
    report = _served(request, slug).report
    if report is None:
        messages.info(request, "Le compte-rendu de cette année n’est pas encore validé.")
        return see_other("/annees-servies/")
    name = original_name(report, report.content_type)
    return served_file(vault.path_of(report.original.name), report.content_type, name, attached=True)


def _served(request: HouseRequest, slug: str, *, kept_here: bool = False) -> ServedYear:
    """Raises Http404 for a year not served, and where a cahier is asked, for one kept elsewhere."""
    found = served_year(request.actor.mandate, slug)
    if found is None or (kept_here and not found.kept_here):
        raise Http404
    return found
