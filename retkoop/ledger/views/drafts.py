"""« Brouillons »: the entries not yet finished, to take up again or to put aside."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core.money import format_euros
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.fields import cents_in
from retkoop.ledger.models import Draft
from retkoop.ledger.queries.entries import drafts_of
from retkoop.ledger.services.drafts import remove_draft
from retkoop.ledger.web import years_in_view

LIST = "/ecritures/brouillons/"


@cooperative_view(Permission.BOOK_READ)
def drafts(request: HouseRequest) -> HttpResponse:
    """The unfinished entries of the cooperative, whatever the year."""
    rows = [{"draft": draft, "words": _words(draft)} for draft in drafts_of(request.cooperative)]
    return render(request, "ledger/entry_drafts.html", {"rows": rows})


def _words(draft: Draft) -> str:
    """What is already typed, in a line."""
    typed = draft.payload
    amounts = [text for name, text in typed.items() if name == "amount" or name.startswith(("in_", "out_"))]
    known = [format_euros(cents) if cents else text for text, (cents, _) in ((text, cents_in(text)) for text in amounts)]
    parts = [typed.get("date", ""), typed.get("label", ""), *known]
    return " · ".join(part for part in parts if part) or "rien de lisible encore"


@cooperative_view(Permission.BOOK_WRITE, methods=["POST"])
@answering_replays(lambda _event: LIST)
def remove(request: HouseRequest, draft_id: int) -> HttpResponse:
    """Put a draft aside for good; one that is no longer there answers as it did the first time."""
    draft = get_object_or_404(request.cooperative.drafts.select_related("year"), pk=draft_id)
    draft.cooperative = request.cooperative
    draft.year = next(year for year in years_in_view(request) if year.pk == draft.year_id)
    try:
        remove_draft(draft=draft, author=author(request), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return see_other(LIST)
