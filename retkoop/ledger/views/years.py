"""The fiscal years themselves: which is the first to be kept here, and keeping the book instead of typing totals only."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.services.openings import keep_books_here, open_first_year
from retkoop.ledger.web import with_year, year_in_view, years_in_view


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


YEARS_BACK = 4


def _opening(_: AuditEvent) -> str:
    return "/ouverture/"


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)
@answering_replays(_opening)
def first_year(request: HouseRequest) -> HttpResponse:
    """`/ouverture/annee/`: « Première année à tenir ici », while nothing is written yet."""
    today = clock.today(request.association.time_zone)
    current = SchoolYear.of(today)
    choices = {year.slug: year for year in (SchoolYear(current.first - back) for back in range(YEARS_BACK + 1))}
    if request.method != "POST":
        return _first_year_page(request, list(choices))
    chosen = choices.get(request.POST.get("first", ""))
    if chosen is None:
        return _first_year_page(request, list(choices), "Choisissez une des années de la liste.")
    known = years_in_view(request)
    try:
        open_first_year(
            cooperative=request.cooperative,
            first=chosen,
            today=today,
            author=author(request),
            mode=known[-1].mode,
            operation=operation(request),
        )
    except Refusal as refusal:
        return _first_year_page(request, list(choices), refusal.message)
    messages.success(request, f"Votre premier cahier ici est celui de {chosen.slug}. Saisissez maintenant son ouverture.")
    return see_other("/ouverture/")


def _first_year_page(request: HouseRequest, choices: list[str], refusal: str = "") -> HttpResponse:
    years = years_in_view(request)
    context = {
        "first": years[0],
        "choices": choices,
        "chosen": request.POST.get("first", years[0].slug),
        "written": request.cooperative.entries.exists(),
        "refusal": refusal,
    }
    return render(request, "ledger/opening/first_year.html", context, status=422 if refusal else 200)
