"""The fiscal years themselves: keeping the book here instead of typing totals only."""

from django.contrib import messages
from django.http import HttpResponse

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.services.openings import keep_books_here
from retkoop.ledger.web import with_year, year_in_view


def _home(_: AuditEvent) -> str:
    return "/accueil/"


@cooperative_view(Permission.BOOK_CLOSE, methods=("POST",))
@answering_replays(_home)
def keep_here(request: HouseRequest) -> HttpResponse:
    """`/ouverture/tenir-ici/`: from totals only to a book kept here."""
    year = year_in_view(request)
    try:
        keep_books_here(year=year, author=author(request), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Le cahier {year.slug} se tient maintenant ici. Commencez par son ouverture.")
    return see_other(with_year("/accueil/", request, year))
