"""`/ad/adhesions/tarif/`: what the adhésion costs in a school year, and the text of the engagement."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.membership.forms.campaign import TariffForm
from retkoop.membership.models import Tariff
from retkoop.membership.queries.adhesions import tariff_of
from retkoop.membership.queries.campaign import sent_under
from retkoop.membership.services.tariffs import set_tariff
from retkoop.oversight.views.adhesions import today_of
from retkoop.oversight.years import adhesion_years, chosen_year

PAGE = "/ad/adhesions/tarif/"


def _page(_: AuditEvent) -> str:
    return PAGE


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_page)
def tariff(request: AssociationRequest) -> HttpResponse:
    """The prices of a school year; last year's are the start of a new one."""
    today = today_of(request)
    year = chosen_year(request, today)
    known = tariff_of(request.association, year.first)
    if request.method != "POST":
        start = known or tariff_of(request.association, year.first - 1)
        form = TariffForm(first=year.first, today=today, initial=TariffForm.showing(start, year.first))
        return _shown(request, year, known, form, copied=start is not None and known is None)
    form, key = TariffForm(request.POST, first=year.first, today=today), operation(request)
    if form.is_valid():
        try:
            set_tariff(
                association=request.association,
                first=year.first,
                terms=form.terms(),
                version=whole(request.POST.get("version", "")) or 0,
                author=Author(request.actor.person),
                operation=key,
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"Le tarif {year.slug} est enregistré.")
            return see_other(f"{PAGE}?annee={year.slug}")
    return _shown(request, year, known, form, status=422)


def _shown(
    request: AssociationRequest,
    year: SchoolYear,
    known: Tariff | None,
    form: TariffForm,
    *,
    copied: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "school_year": year,
        "school_years": adhesion_years(today_of(request)),
        "tariff": known,
        "form": form,
        "copied": copied,
        "before": SchoolYear(year.first - 1),
        "sent": sent_under(request.association, year.first),
    }
    return render(request, "oversight/adhesions/tariff.html", context, status=status)
