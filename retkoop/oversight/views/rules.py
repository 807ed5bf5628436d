"""`/ad/reglages/compte-rendu/`: what the AD asks of its cooperatives' reports, and its sentences for giving one back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.oversight.forms import RulesForm
from retkoop.yearend.queries.reports import rules_of
from retkoop.yearend.reasons import shipped
from retkoop.yearend.services.rules import change_report_rules

PAGE = "/ad/reglages/compte-rendu/"


def _page(_: AuditEvent) -> str:
    return PAGE


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_page)
def rules(request: AssociationRequest) -> HttpResponse:
    """The rules, and the form that changes them."""
    if request.method != "POST":
        return _shown(request, RulesForm.showing(rules_of(request.association)))
    form = RulesForm(request.POST)
    key = operation(request)
    if form.is_valid():
        try:
            change_report_rules(
                association=request.association, rules=form.rules(), author=Author(request.actor.person), operation=key
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, "Vos règles du compte-rendu sont enregistrées.")
            return see_other(PAGE)
    return _shown(request, form, status=422)


def _shown(request: AssociationRequest, form: RulesForm, *, status: int = 200) -> HttpResponse:
    return render(request, "oversight/rules.html", {"form": form, "shipped": shipped()}, status=status)
