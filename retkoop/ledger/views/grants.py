"""`/subventions/`: « Subventions publiques (7410) », detailed one by one and compared with the account."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.dates import format_day
from retkoop.core.money import format_amount, format_euros
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.controls import grants as grants_control
from retkoop.ledger.forms.follow import GrantForm
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.ledger.models import FiscalYear, Grant
from retkoop.ledger.queries.bilan import bilan_of
from retkoop.ledger.queries.grants import GrantEntry, Grants, grants_of
from retkoop.ledger.services.follow import remove_grant, save_grant
from retkoop.ledger.web import with_year, year_in_view, years_in_view

PAGE = "/subventions/"


def _page(_: AuditEvent) -> str:
    return PAGE


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def grants(request: HouseRequest) -> HttpResponse:
    """The table, the total against 7410, and the form of a new line (`?ecriture=` fills it in)."""
    year = year_in_view(request)
    known = grants_of(year)
    if request.method == "POST":
        return _saved(request, year, known, None)
    chosen = whole(request.GET.get("ecriture", ""))
    proposed = next((row for row in known.entries if row.entry.pk == chosen), None)
    form = GrantForm(initial=_proposed(proposed), **_around(request, year, known))
    return _shown(request, year, known, form, proposed=proposed)


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_page)
def grant(request: HouseRequest, grant_id: int) -> HttpResponse:
    """One line, to change."""
    row = _own(request, grant_id)
    known = grants_of(row.year)
    if request.method == "POST":
        return _saved(request, row.year, known, row)
    form = GrantForm(initial=GrantForm.showing(row), **_around(request, row.year, known))
    return _form_page(request, row, form)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def remove(request: HouseRequest, grant_id: int) -> HttpResponse:
    """Take a line out, or put it back (`remettre`)."""
    row, back = _own(request, grant_id), "remettre" in request.POST
    try:
        remove_grant(grant=row, author=author(request), operation=operation(request), back=back)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return see_other(with_year(PAGE, request, row.year))
    done = "est remise" if back else "est retirée ; vous pouvez la remettre, en bas de la page"
    messages.success(request, f"La ligne « {row.funder} » ({format_euros(row.cents)}) {done}.")
    return see_other(with_year(PAGE, request, row.year))


def _around(request: HouseRequest, year: FiscalYear, known: Grants) -> dict[str, Any]:
    """What the form needs of the year: its days and its entries under 7410."""
    return {
        "year": year,
        "today": clock.today(request.association.time_zone),
        "entries": [
            (row.entry.pk, f"{format_day(row.entry.date)} · {row.entry.label} · {format_euros(row.cents)}")
            for row in known.entries
        ],
    }


def _proposed(row: GrantEntry | None) -> dict[str, Any]:
    """A new line, filled in from an entry that is not detailed yet."""
    if row is None:
        return {}
    return {
        "amount": format_amount(row.left_cents),
        "on": format_day(row.entry.date),
        "entry": row.entry.pk,
        "object": row.entry.action.name if row.entry.action else "",
    }


def _own(request: HouseRequest, grant_id: int) -> Grant:
    """The cooperative's line, with its year as the request knows it. Raises Http404."""
    row = get_object_or_404(request.cooperative.grants.select_related("entry", "document"), pk=grant_id)
    row.cooperative = request.cooperative
    row.year = next(year for year in years_in_view(request) if year.pk == row.year_id)
    return row


def _saved(request: HouseRequest, year: FiscalYear, known: Grants, row: Grant | None) -> HttpResponse:
    form = GrantForm(request.POST, **_around(request, year, known))
    valid = form.is_valid()
    if "recalculer" in request.POST and row is None:
        return _shown(request, year, known, form, status=200 if valid else 422)
    if valid:
        try:
            saved = save_grant(
                year=year,
                content=form.content({each.entry.pk: each.entry for each in known.entries}, row),
                author=author(request),
                operation=operation(request),
                grant=row,
                version=(whole(request.POST.get("version", "")) or 0) if row else None,
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"Subvention de « {saved.funder} » enregistrée : {format_euros(saved.cents)}.")
            return see_other(with_year(PAGE, request, year))
    if row is not None:
        return _form_page(request, row, form, status=422)
    return _shown(request, year, known, form, status=422)


def _form_page(request: HouseRequest, row: Grant, form: GrantForm, *, status: int = 200) -> HttpResponse:
    return render(request, "ledger/follow/grant.html", {"year": row.year, "grant": row, "form": form}, status=status)


def _shown(
    request: HouseRequest,
    year: FiscalYear,
    known: Grants,
    form: GrantForm,
    *,
    proposed: GrantEntry | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "year": year,
        "known": known,
        "form": form,
        "proposed": proposed,
        "undetailed": [row for row in known.entries if row.left_cents > 0],
        "control": grants_control(bilan_of(year)),
        "contact": contact_for(request.cooperative),
    }
    return render(request, "ledger/follow/grants.html", context, status=status)
