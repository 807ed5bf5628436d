"""`/actions/`: « État des actions », what each project brought in and cost."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core.pdf import table_pdf
from retkoop.core.refusal import Refusal
from retkoop.core.tables import Table
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.exports.actions import actions_table
from retkoop.ledger.exports.letterhead import file_name, letterhead
from retkoop.ledger.forms.follow import ActionForm
from retkoop.ledger.forms.pieces import refused
from retkoop.ledger.queries.actions import action_states
from retkoop.ledger.services.actions import create_action, rename_action
from retkoop.ledger.views._downloads import csv_answer, pdf_answer, xlsx_answer
from retkoop.ledger.web import with_year, year_in_view

PAGE = "/actions/"


def _page(_: AuditEvent) -> str:
    return PAGE


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def actions(request: HouseRequest) -> HttpResponse:
    """The table, and the form of a new action."""
    if request.method != "POST":
        return _shown(request, ActionForm())
    form = ActionForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            action = create_action(
                cooperative=request.cooperative, name=name, author=author(request), operation=operation(request)
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"L’action « {action.name} » est créée : choisissez-la dans vos écritures.")
            return see_other(with_year(PAGE, request, year_in_view(request)))
    return _shown(request, form, status=422)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def action(request: HouseRequest, action_id: int) -> HttpResponse:
    """One action, to rename."""
    row = get_object_or_404(request.cooperative.actions, pk=action_id)
    row.cooperative = request.cooperative
    context = {"year": year_in_view(request), "action": row}
    if request.method != "POST":
        return render(request, "ledger/follow/action.html", {**context, "form": ActionForm(initial=ActionForm.showing(row))})
    form = ActionForm(request.POST)
    if form.is_valid():
        try:
            rename_action(
                action=row,
                name=form.cleaned_data["name"],
                before=request.POST.get("version", ""),
                author=author(request),
                operation=operation(request),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"L’action s’appelle maintenant « {form.cleaned_data['name']} ».")
            return see_other(with_year(PAGE, request, year_in_view(request)))
    return render(request, "ledger/follow/action.html", {**context, "form": form}, status=422)


@cooperative_view(Permission.BOOK_READ)
def as_pdf(request: HouseRequest) -> HttpResponse:
    """`/actions/etat-des-actions.pdf`."""
    year = year_in_view(request)
    body = table_pdf(_table(request), letterhead(request.cooperative, year))
    return pdf_answer(body, file_name("etat-des-actions", request.cooperative, year, "pdf"))


@cooperative_view(Permission.BOOK_READ)
def as_csv(request: HouseRequest) -> HttpResponse:
    """`/actions/etat-des-actions.csv`."""
    return csv_answer(_table(request), file_name("etat-des-actions", request.cooperative, year_in_view(request), "csv"))


@cooperative_view(Permission.BOOK_READ)
def as_xlsx(request: HouseRequest) -> HttpResponse:
    """`/actions/etat-des-actions.xlsx`."""
    return xlsx_answer(_table(request), file_name("etat-des-actions", request.cooperative, year_in_view(request), "xlsx"))


def _table(request: HouseRequest) -> Table:
    year = year_in_view(request)
    return actions_table(year, action_states(year))


def _shown(request: HouseRequest, form: ActionForm, *, status: int = 200) -> HttpResponse:
    year = year_in_view(request)
    states = action_states(year)
    context = {
        "year": year,
        "states": states,
        "income_cents": sum(row.income_cents for row in states),
        "expense_cents": sum(row.expense_cents for row in states),
        "result_cents": sum(row.result_cents for row in states),
        "form": form,
    }
    return render(request, "ledger/follow/actions.html", context, status=status)
