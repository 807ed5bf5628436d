"""`/propositions/`: entries that another cooperative's transfer or the AD's adhésion proposes, recorded by one tap."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import refuse_known
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.models import Proposal
from retkoop.ledger.queries.proposals import Offer, dismissed_of, offers_of
from retkoop.ledger.services.proposals import dismiss_proposal, take_proposal
from retkoop.ledger.web import years_in_view

PAGE = "/propositions/"


def _led_to(event: AuditEvent) -> str:
    """Where the first submission of a repeated form led."""
    return f"/ecritures/{event.subject_id}/?enregistree" if event.subject_type == "entry" else PAGE


@cooperative_view(Permission.BOOK_READ)
def proposals(request: HouseRequest) -> HttpResponse:
    """The list."""
    return _shown(request)


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_led_to)
def take(request: HouseRequest, proposal_id: int) -> HttpResponse:
    """« Enregistrer cette écriture »."""
    row = _own(request, proposal_id)
    offer = next((each for each in _offers(request) if each.proposal.pk == row.pk), None)
    if offer is None:
        refuse_known(operation(request), request.cooperative.pk, author(request))
        return _shown(request, refusal="Vous avez déjà répondu à cette proposition, ou elle a été retirée.")
    if offer.year is None or offer.bank is None:
        return _shown(request, refusal="Ouvrez d’abord une banque et une année pour y inscrire cette écriture.")
    try:
        entry = take_proposal(
            proposal=row,
            year=offer.year,
            bank=offer.bank,
            on=offer.on,
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        return _shown(request, refusal=refusal.message)
    return see_other(f"/ecritures/{entry.pk}/?enregistree")


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_led_to)
def dismiss(request: HouseRequest, proposal_id: int) -> HttpResponse:
    """« Écarter », or take up again (`remettre`)."""
    row, back = _own(request, proposal_id), "remettre" in request.POST
    try:
        dismiss_proposal(proposal=row, author=author(request), operation=operation(request), back=back)
    except Refusal as refusal:
        return _shown(request, refusal=refusal.message)
    messages.success(request, "La proposition est de nouveau dans la liste." if back else "La proposition est écartée.")
    return see_other(PAGE)


def _own(request: HouseRequest, proposal_id: int) -> Proposal:
    """The cooperative's proposal. Raises Http404."""
    row = get_object_or_404(request.cooperative.proposals, pk=proposal_id)
    row.cooperative = request.cooperative
    return row


def _offers(request: HouseRequest) -> list[Offer]:
    return offers_of(request.cooperative, years_in_view(request), clock.today(request.association.time_zone))


def _shown(request: HouseRequest, *, refusal: str = "") -> HttpResponse:
    context = {"offers": _offers(request), "dismissed": dismissed_of(request.cooperative), "refusal": refusal}
    return render(request, "ledger/follow/proposals.html", context, status=422 if refusal else 200)
