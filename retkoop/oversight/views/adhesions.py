"""`/ad/adhesions/`: the AD's campaign of adhésions of a school year, and the validation of several at once."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.forms.pieces import whole
from retkoop.membership.forms.campaign import BulkForm
from retkoop.membership.models import Sheet
from retkoop.membership.queries.campaign import FILTERS, Campaign, CampaignRow, campaign_of, sheets_for
from retkoop.membership.services.validation import Refused, validate_sheets
from retkoop.oversight.years import adhesion_years, chosen_year

PAGE = "/ad/adhesions/"
ON_A_PAGE = 100
MOST_NAMED = 20


def today_of(request: AssociationRequest) -> dt.date:
    """The date where the AD lives."""
    return clock.today(request.association.time_zone)


def author_of(request: AssociationRequest) -> Author:
    """Who signs for the AD."""
    return Author(request.actor.person, on_behalf=request.association)


def to_list(_: AuditEvent) -> str:
    """Where a repeated form leads."""
    return PAGE


@association_view(Permission.AD_READ)
def adhesions(request: AssociationRequest) -> HttpResponse:
    """The list: a school year, narrowed to a state, what waits for the AD first."""
    return _listed(request, chosen_year(request, today_of(request)), request.GET.get("etat", ""))


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(to_list)
def validate_many(request: AssociationRequest) -> HttpResponse:
    """« Valider les adhésions cochées », or all that wait (`toutes`)."""
    year, state = chosen_year(request, today_of(request)), request.POST.get("etat", "")
    form = BulkForm(request.POST, today=today_of(request))
    key = operation(request)
    if not form.is_valid():
        return _listed(request, year, state, form=form)
    try:
        done, refused = validate_sheets(
            association=request.association,
            sheets=_ticked(request, year, state),
            payment=form.payment(),
            author=author_of(request),
            operation=key,
        )
    except Refusal as refusal:
        return _listed(request, year, state, refusal=refusal.message, form=form)
    _report(request, done, refused)
    return see_other(f"{PAGE}?annee={year.slug}")


def _ticked(request: AssociationRequest, year: SchoolYear, state: str) -> list[Sheet]:
    """The sheets chosen; those of another AD are not found."""
    if "toutes" in request.POST:
        rows = _narrowed(campaign_of(request.association, year.first, today_of(request)), state)
        return sheets_for(request.association, [row.waiting.pk for row in rows if row.waiting is not None])
    ids = [whole(sent) for sent in request.POST.getlist("sheet")]
    return sheets_for(request.association, [pk for pk in ids if pk is not None])


def _report(request: AssociationRequest, done: list[Sheet], refused: list[Refused]) -> None:
    """What was done, and what could not be with its reason."""
    if done:
        several = len(done) > 1
        messages.success(
            request,
            f"{len(done)} adhésions validées. Les coopératives en sont averties."
            if several
            else f"L’adhésion de {done[0].cooperative.identifier} est validée. La coopérative en est avertie.",
        )
    for each in refused[:MOST_NAMED]:
        messages.warning(request, f"{each.sheet.cooperative.identifier} n’est pas validée. {each.message}")
    if len(refused) > MOST_NAMED:
        messages.warning(request, f"{len(refused) - MOST_NAMED} autres ne sont pas validées non plus.")


def _narrowed(campaign: Campaign, state: str) -> list[CampaignRow]:
    return [row for row in campaign.rows if state in row.marks] if state in FILTERS else list(campaign.rows)


def _listed(
    request: AssociationRequest, year: SchoolYear, state: str, *, refusal: str = "", form: BulkForm | None = None
) -> HttpResponse:
    today = today_of(request)
    campaign = campaign_of(request.association, year.first, today)
    shown = _narrowed(campaign, state)
    context = {
        "campaign": campaign,
        "school_year": year,
        "school_years": adhesion_years(today),
        "page": Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page")),
        "query": f"annee={year.slug}&etat={state}&",
        "state": state if state in FILTERS else "",
        "waiting_here": sum(row.waiting is not None for row in shown),
        "ticked": request.POST.getlist("sheet"),
        "refusal": refusal,
        "form": form or BulkForm(today=today),
    }
    failed = bool(refusal or (form is not None and form.errors))
    return render(request, "oversight/adhesions/list.html", context, status=422 if failed else 200)
