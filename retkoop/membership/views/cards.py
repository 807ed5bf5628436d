"""`/identite/`: « Identité de la coop »."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.pieces import refused, whole
from retkoop.membership.facts import grouped
from retkoop.membership.forms.cards import MORE_ROWS, CardForm, ClassForm, shown_classes, typed_classes
from retkoop.membership.queries.cards import bank_accounts, card_of, classes_of, freshness_of, shown_iban, shown_waiting
from retkoop.membership.services.cards import read_iban, save_card

PAGE = "/identite/"


def _page(_: AuditEvent) -> str:
    return PAGE


@cooperative_view(Permission.BOOK_READ, post=Permission.MEMBERSHIP_WRITE)
@answering_replays(_page)
def card(request: HouseRequest) -> HttpResponse:
    """The card and its one button. « Ajouter des lignes » stores nothing."""
    kept = card_of(request.cooperative)
    banks, classes = bank_accounts(request.association), classes_of(request.cooperative)
    if request.method != "POST":
        return _shown(request, CardForm.showing(kept, banks), shown_classes(classes))
    known = {row.pk for row in classes}
    form = CardForm(request.POST, banks=banks)
    if "more" in request.POST:
        form.is_valid()
        return _shown(request, form, typed_classes(request.POST, known, MORE_ROWS))
    rows = typed_classes(request.POST, known)
    wrong = [each for each in (form, *rows) if not each.is_valid()]
    if wrong:
        return _shown(request, form, rows, status=422)
    try:
        changed = save_card(
            cooperative=request.cooperative,
            facts=form.facts(),
            classes=[facts for row in rows if (facts := row.facts()) is not None],
            version=whole(request.POST.get("version", "")) or 0,
            author=author(request),
            operation=operation(request),
        )
    except Refusal as refusal:
        refused(form, refusal)
        return _shown(request, form, rows, status=422)
    told = (
        "Vos modifications sont enregistrées, et votre AD en est prévenue."
        if changed
        else "Tout est confirmé, sans changement."
    )
    messages.success(request, f"{told} La date d’aujourd’hui est gardée.")
    return see_other("/adhesion/" if request.POST.get("adhesion") else PAGE)


@cooperative_view(Permission.MEMBERSHIP_WRITE, methods=("POST",))
@answering_replays(_page)
def iban(request: HouseRequest) -> HttpResponse:
    """The whole IBAN, shown once and kept by no browser; each reading is in the trail."""
    try:
        text = read_iban(
            cooperative=request.cooperative,
            author=author(request),
            operation=operation(request),
            waiting=request.POST.get("lequel") == "attente",
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return see_other(PAGE)
    answer = render(request, "membership/iban.html", {"iban": grouped(text)})
    add_never_cache_headers(answer)
    return answer


def _shown(request: HouseRequest, form: CardForm, rows: Sequence[ClassForm], *, status: int = 200) -> HttpResponse:
    kept = card_of(request.cooperative)
    typed = request.POST if form.is_bound else request.GET
    context = {
        "form": form,
        "rows": rows,
        "card": kept,
        "version": request.POST.get("version", "") if form.is_bound else kept.version,
        "iban": shown_iban(kept),
        "waiting": shown_waiting(kept),
        "freshness": freshness_of(kept, classes_of(request.cooperative)),
        "adhesion": bool(typed.get("adhesion")),
        "may_write": request.actor.may(Permission.MEMBERSHIP_WRITE),
        "contact": contact_for(request.cooperative),
    }
    answer = render(request, "membership/card.html", context, status=status)
    add_never_cache_headers(answer)
    return answer
