"""`/ad/adhesions/resiliation/<identifiant>/`: a written résiliation, recorded or taken back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.identifiers import Kind, parse
from retkoop.identity.models import Cooperative
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import live_cooperatives
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.forms.pieces import refused
from retkoop.membership.forms.campaign import ResignationForm
from retkoop.membership.queries.campaign import last_resignation_day, resignation_for
from retkoop.membership.services.resignations import cancel_resignation, resign
from retkoop.oversight.views.adhesions import PAGE, author_of, to_list, today_of


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(to_list)
def resignation(request: AssociationRequest, identifier: str) -> HttpResponse:
    """The form, what it means, and the résiliations of that cooperative."""
    cooperative = _cooperative(request, identifier)
    form = _form(request)
    if request.method != "POST":
        return _shown(request, cooperative, form)
    key = operation(request)
    if form.is_valid():
        told = form.cleaned_data
        try:
            row = resign(cooperative=cooperative, author=author_of(request), operation=key, **told)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            year = SchoolYear(row.first)
            messages.success(request, f"{cooperative.identifier} n’adhère plus à partir de {year.slug} : c’est enregistré.")
            return see_other(f"{PAGE}?annee={year.slug}")
    return _shown(request, cooperative, form, status=422)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(to_list)
def cancel(request: AssociationRequest, resignation_id: int) -> HttpResponse:
    """« Annuler cette résiliation »."""
    row = resignation_for(request.association, resignation_id)
    if row is None:
        raise Http404
    try:
        cancel_resignation(resignation=row, author=author_of(request), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"La résiliation de {row.cooperative.identifier} est annulée.")
    return see_other(f"{PAGE}?annee={SchoolYear(row.first).slug}")


def _cooperative(request: AssociationRequest, identifier: str) -> Cooperative:
    """A cooperative of the AD. Raises Http404."""
    who = parse(identifier)
    if who.kind is not Kind.COOPERATIVE or who.code != request.association.code:
        raise Http404
    found = live_cooperatives(request.association).filter(number=who.number).first()
    if found is None:
        raise Http404
    found.association = request.association
    return found


def _form(request: AssociationRequest) -> ResignationForm:
    """This year while it may still be left, and the next."""
    today = today_of(request)
    running = SchoolYear.of(today).first
    late = today > last_resignation_day(request.association.pk, running)
    return ResignationForm(
        request.POST if request.method == "POST" else None,
        firsts=[running, running + 1],
        today=today,
        initial={"first": running + 1 if late else running},
    )


def _shown(request: AssociationRequest, cooperative: Cooperative, form: ResignationForm, *, status: int = 200) -> HttpResponse:
    running = SchoolYear.of(today_of(request)).first
    context = {
        "cooperative": cooperative,
        "form": form,
        "limits": [
            (SchoolYear(first), last_resignation_day(request.association.pk, first)) for first in (running, running + 1)
        ],
        "rows": [
            (row, SchoolYear(row.first)) for row in cooperative.resignations.select_related("recorded_by").order_by("-pk")
        ],
    }
    return render(request, "oversight/adhesions/resignation.html", context, status=status)
