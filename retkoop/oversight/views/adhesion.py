"""`/ad/adhesions/<n>/`: a sheet of an adhésion under the AD's eyes: validated, given back, its payment recorded."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.membership.forms.campaign import PaymentForm
from retkoop.membership.models import Sheet
from retkoop.membership.queries.campaign import sheet_for
from retkoop.membership.queries.sheets import sheet_view
from retkoop.membership.services.validation import record_payment, return_sheet, validate_sheet
from retkoop.oversight.views.adhesions import PAGE, author_of, to_list, today_of


def _sheet_page(event: AuditEvent) -> str:
    return f"{PAGE}{event.subject_id}/"


def _sheet(request: AssociationRequest, pk: int) -> Sheet:
    sheet = sheet_for(request.association, pk)
    if sheet is None:
        raise Http404
    return sheet


def _version(request: AssociationRequest) -> int:
    """The version that the page showed; 0, which is none, when unreadable."""
    return whole(request.POST.get("version", "")) or 0


@association_view(Permission.AD_READ)
def adhesion(request: AssociationRequest, pk: int) -> HttpResponse:
    """Head-counts, split, changes, engagement, payment, and the step that comes next."""
    return _shown(request, _sheet(request, pk))


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(to_list)
def validate(request: AssociationRequest, pk: int) -> HttpResponse:
    """« Valider »: frozen, the cooperative and its books are told."""
    sheet = _sheet(request, pk)
    try:
        validate_sheet(sheet=sheet, author=author_of(request), version=_version(request), operation=operation(request))
    except Refusal as refusal:
        return _shown(request, sheet, refusal=refusal.message)
    messages.success(request, f"L’adhésion de {sheet.cooperative.identifier} est validée. La coopérative en est avertie.")
    return see_other(PAGE)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(to_list)
def give_back(request: AssociationRequest, pk: int) -> HttpResponse:
    """« Rendre à la coopérative », with a reason."""
    sheet, reason = _sheet(request, pk), request.POST.get("reason", "")
    try:
        return_sheet(
            sheet=sheet, reason=reason, author=author_of(request), version=_version(request), operation=operation(request)
        )
    except Refusal as refusal:
        return _shown(request, sheet, refusal=refusal.message, reason=reason)
    messages.success(request, f"L’adhésion est rendue à {sheet.cooperative.identifier}, qui en est avertie.")
    return see_other(PAGE)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_sheet_page)
def pay(request: AssociationRequest, pk: int) -> HttpResponse:
    """Record how it is paid, or who else pays."""
    sheet = _sheet(request, pk)
    form, key = PaymentForm(request.POST, today=today_of(request)), operation(request)
    if form.is_valid():
        try:
            record_payment(
                sheet=sheet, payment=form.payment(), author=author_of(request), version=_version(request), operation=key
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, "Le paiement est enregistré.")
            return see_other(f"{PAGE}{pk}/")
    return _shown(request, sheet, form=form)


def _shown(
    request: AssociationRequest, sheet: Sheet, *, form: PaymentForm | None = None, refusal: str = "", reason: str = ""
) -> HttpResponse:
    context = {
        "view": sheet_view(sheet),
        "sheet": sheet,
        "cooperative": sheet.cooperative,
        "form": form or PaymentForm(initial=PaymentForm.showing(sheet), today=today_of(request)),
        "refusal": refusal,
        "reason": reason,
    }
    failed = bool(refusal or (form is not None and form.errors))
    return render(request, "oversight/adhesions/sheet.html", context, status=422 if failed else 200)
