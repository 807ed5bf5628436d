"""`/adhesion/`: the pink zone. The table to fill in; once sent, what was declared, what it costs, what may follow."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django_htmx.http import HttpResponseClientRedirect

from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.membership.forms.adhesions import AdhesionForm
from retkoop.membership.models import Sheet, SheetState
from retkoop.membership.queries.adhesions import (
    Called,
    Opening,
    Standing,
    StandingState,
    added_up,
    called,
    live_classes,
    opening_of,
)
from retkoop.membership.services.adhesions import fill_sheet
from retkoop.membership.steps import ENGAGEMENT, TABLE, path_of
from retkoop.membership.web import asked_standing, page_context

FILLED_IN = {StandingState.NOT_BEGUN, StandingState.NOT_RENEWED, StandingState.FILLING}
BUTTON = mark_safe(
    'hx-post="/adhesion/" hx-vals=\'{"je": "bouton"}\' hx-trigger="click" hx-target="#contenu" hx-select="#contenu"'
    ' hx-select-oob="unset" hx-swap="outerHTML show:none" hx-sync="closest form:queue last"'
)


def _page(_: AuditEvent) -> str:
    return TABLE


@cooperative_view(Permission.BOOK_READ, post=Permission.MEMBERSHIP_WRITE)
@answering_replays(_page)
def adhesion(request: HouseRequest) -> HttpResponse:
    """One form while the sheet is being filled in; afterwards everything to read."""
    standing = asked_standing(request)
    if request.method == "POST":
        return _typed(request, standing)
    if not fillable(standing) or not request.actor.may(Permission.MEMBERSHIP_WRITE):
        return _read(request, standing)
    opening = opening_of(request.cooperative, standing.first, standing.open_sheet)
    return _form_page(request, standing, _form(request, standing, opening), opening)


def fillable(standing: Standing) -> bool:
    """Is there a table to fill in: a sheet on its way, or one that may begin?"""
    opened = standing.open_sheet
    if standing.prices is None or standing.state == StandingState.RESIGNED or standing.over:
        return False
    return opened.state == SheetState.FILLING if opened is not None else standing.state in FILLED_IN


def _form(request: HouseRequest, standing: Standing, opening: Opening, *, typed: bool = False) -> AdhesionForm:
    assert standing.prices is not None
    classes = live_classes(request.cooperative)
    classes |= {row.class_id: row.label for row in opening.rows if row.class_id is not None and row.class_id not in classes}
    data = request.POST if typed else None
    return AdhesionForm(data, prices=standing.prices, classes=classes, initial=AdhesionForm.showing(opening))


def _count(standing: Standing, opening: Opening, form: AdhesionForm | None = None) -> Called:
    assert standing.prices is not None
    rows, supplement, copies = opening.rows, opening.supplement_cents, opening.review_copies
    if form is not None and form.is_bound:
        rows, supplement, copies = form.declared(), form.supplement_cents, form.copies
    before = added_up(standing.validated)
    return called(rows, standing.prices, before, supplement_cents=supplement, review_copies=copies)


def _form_page(
    request: HouseRequest, standing: Standing, form: AdhesionForm, opening: Opening, status: int = 200, saved: str = ""
) -> HttpResponse:
    lines = form.lines
    live = ["adhesion-cles", "vivant-total", "vivant-enregistre", *(line.state_id for line in lines)]
    context = page_context(request, standing, TABLE) | {
        "form": form,
        "lines": lines,
        "opening": opening,
        "count": _count(standing, opening, form),
        "before": added_up(standing.validated) if standing.validated else None,
        "amendment": standing.open_sheet if standing.validated else None,
        "live": ",".join(f"#{name}" for name in live),
        "button": BUTTON,
        "saved": saved,
    }
    return render(request, "membership/adhesion/fill.html", context, status=status)


def _read(request: HouseRequest, standing: Standing, status: int = 200) -> HttpResponse:
    shown = standing.sheets[-1] if standing.sheets else None
    opening = opening_of(request.cooperative, standing.first, shown) if shown else None
    context = page_context(request, standing, TABLE) | {
        "opening": opening,
        "shown": shown,
        "count": _count(standing, opening) if opening is not None and shown is not None else None,
        "told": _told(standing),
        "may_amend": standing.state == StandingState.VALIDATED and standing.open_sheet is None and not standing.over,
        "waiting": standing.open_sheet if standing.open_sheet and standing.open_sheet.state == SheetState.SENT else None,
    }
    return render(request, "membership/adhesion/read.html", context, status=status)


def _told(standing: Standing) -> list[tuple[str, Sheet]]:
    """Each sheet sent or validated with its name: « Adhésion », « Avenant 1 »…"""
    handed = [sheet for sheet in standing.sheets if sheet.state != SheetState.FILLING]
    return [("Adhésion" if sheet.number == 1 else f"Avenant {sheet.number - 1}", sheet) for sheet in handed]


def _typed(request: HouseRequest, standing: Standing) -> HttpResponse:
    """What was typed: stored when it can be read, shown again with what is missing when it cannot.

    As one types (`je=auto`) and by a button (`je=bouton`) the page stays: it is answered instead of a redirection.
    """
    way = request.POST.get("je", "")
    if standing.prices is None:
        messages.error(request, f"Votre AD n’a pas encore fixé le tarif de l’adhésion {standing.slug}.")
        return _read(request, standing, 422)
    opening = opening_of(request.cooperative, standing.first, standing.open_sheet)
    form = _form(request, standing, opening, typed=True)
    readable = form.is_valid()
    if "add_rows" in request.POST:
        return _form_page(request, standing, form, opening)
    if not readable:
        return _form_page(request, standing, form, opening, 200 if way == "auto" else 422, saved="no")
    leaves = not way or "suite" in request.POST
    try:
        fill_sheet(
            cooperative=request.cooperative,
            first=standing.first,
            rows=form.declared(),
            supplement_cents=form.supplement_cents,
            review_copies=form.copies,
            author=author(request),
            version=whole(request.POST.get("version", "")),
            operation=operation(request) if leaves else None,  # the page stays with its key: its version already guards it
        )
    except StaleVersion:
        if not way:
            raise
        return _form_page(request, standing, form, opening, saved="stale")
    except Refusal as refusal:
        if not fillable(standing):
            messages.error(request, refusal.message)
            return _read(request, standing, 422)
        refused(form, refusal)
        return _form_page(request, standing, form, opening, 422)
    if way != "auto" and "suite" not in request.POST:
        messages.success(request, "Vos effectifs sont enregistrés. L’adhésion n’est pas encore transmise.")
    if not leaves:
        return _form_page(request, asked_standing(request), form, opening, saved="yes")
    path = path_of(ENGAGEMENT if "suite" in request.POST else TABLE, standing.first)
    return HttpResponseClientRedirect(path) if way else see_other(path)
