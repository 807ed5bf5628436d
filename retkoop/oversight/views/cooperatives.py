"""`/ad/cooperatives/`: the AD's cooperatives, what they changed in their identity, the IBANs that wait for a second person."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.forms.pieces import whole
from retkoop.membership.facts import grouped
from retkoop.membership.models import SchoolCard
from retkoop.membership.queries.cards import (
    card_of,
    changes_of,
    same_iban_as,
    shown_iban,
    shown_waiting,
    waiting_cards,
)
from retkoop.membership.queries.cooperatives import ACCESS, CARE, cooperative_of, cooperatives_of, search
from retkoop.membership.services.cards import confirm_iban, read_iban, see_changes

PAGE, CHANGES = "/ad/cooperatives/", "/ad/cooperatives/modifications/"
ON_A_PAGE = 100
_STATES = ACCESS | CARE


def _changes(_: AuditEvent) -> str:
    return CHANGES


def _author(request: AssociationRequest) -> Author:
    return Author(request.actor.person, on_behalf=request.association)


@association_view(Permission.AD_READ)
def cooperatives(request: AssociationRequest) -> HttpResponse:
    """The list: searched by number, school, town or mandataire, and by what is to be done."""
    rows = cooperatives_of(request.association)
    words, state = request.GET.get("q", "").strip(), request.GET.get("etat", "")
    state = state if state in _STATES else ""
    counts = [(key, told, sum(key in row.states for row in rows)) for key, told in _STATES.items()]
    context = {
        "page": Paginator(search(rows, words, state), ON_A_PAGE).get_page(request.GET.get("page")),
        "query": f"q={words}&etat={state}&",
        "words": words,
        "state": state,
        "counts": [(key, told, count) for key, told, count in counts if count],
        "total": len(rows),
        "changed": sum(row.changes for row in rows),
        "waiting": sum(row.waiting for row in rows),
    }
    return render(request, "oversight/cooperatives/list.html", context)


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_changes)
def modifications(request: AssociationRequest) -> HttpResponse:
    """What changed in the identities and was not seen yet; « Vu » puts it away."""
    if request.method == "POST":
        count = see_changes(
            association=request.association,
            until=whole(request.POST.get("jusqu_a", "")) or 0,
            author=Author(request.actor.person),
            operation=operation(request),
        )
        several = "s" if count > 1 else ""
        messages.success(request, f"{count} modification{several} vue{several}." if count else "Tout était déjà vu.")
        return see_other(CHANGES)
    changes = changes_of(request.association)
    context = {
        "changes": changes,
        "last": max((change.pk for change in changes), default=0),
        "waiting": [(card, shown_waiting(card)) for card in waiting_cards(request.association)],
    }
    return render(request, "oversight/cooperatives/modifications.html", context)


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_changes)
def iban(request: AssociationRequest, pk: int) -> HttpResponse:
    """An IBAN that waits: confirmed or refused by somebody who did not give it."""
    card = _card(request, pk)
    if request.method != "POST":
        return _iban_page(request, card)
    accept = request.POST.get("decision") != "refuser"
    try:
        confirm_iban(
            card=card,
            version=whole(request.POST.get("version", "")) or 0,
            author=_author(request),
            operation=operation(request),
            accept=accept,
        )
    except Refusal as refusal:
        return _iban_page(request, card, refusal=refusal.message, status=422)
    identifier = card.cooperative.identifier
    said = f"L’IBAN de {identifier} est confirmé." if accept else f"L’IBAN donné par {identifier} est refusé : l’ancien reste."
    messages.success(request, said)
    return see_other(CHANGES)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_changes)
def iban_read(request: AssociationRequest, pk: int) -> HttpResponse:
    """The whole IBAN that waits, to compare it with the RIB; each reading is in the cooperative's trail."""
    card = _card(request, pk)
    try:
        text = read_iban(cooperative=card.cooperative, author=_author(request), operation=operation(request), waiting=True)
    except Refusal as refusal:
        return _iban_page(request, card, refusal=refusal.message, status=422)
    return _iban_page(request, card, iban=grouped(text))


def _card(request: AssociationRequest, pk: int) -> SchoolCard:
    cooperative = cooperative_of(request.association, pk)
    if cooperative is None:
        raise Http404
    return card_of(cooperative)


def _iban_page(
    request: AssociationRequest, card: SchoolCard, *, refusal: str = "", iban: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "card": card,
        "cooperative": card.cooperative,
        "kept": shown_iban(card),
        "waiting": shown_waiting(card),
        "same": same_iban_as(card),
        "own": card.waiting_by_id == request.actor.person.pk,
        "refusal": refusal,
        "iban": iban,
    }
    answer = render(request, "oversight/cooperatives/iban.html", context, status=status)
    add_never_cache_headers(answer)
    return answer
