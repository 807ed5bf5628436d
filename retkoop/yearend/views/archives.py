"""`/archives/`: all past years, their figures and PDFs, and the pages for the conseil d'école and for the pupils."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.views._downloads import pdf_answer
from retkoop.ledger.web import years_in_view
from retkoop.yearend.exports.accounts import council_pdf, pupils_pdf
from retkoop.yearend.queries.archives import Accounts, accounts_of, archives_of


@cooperative_view(Permission.BOOK_READ)
def archives(request: HouseRequest) -> HttpResponse:
    """Every year that has ended, the latest first."""
    today = clock.today(request.association.time_zone)
    known = archives_of(request.cooperative, years_in_view(request), today)
    context = {"archives": known, "contact": contact_for(request.cooperative)}
    return render(request, "yearend/archives/archives.html", context)


@cooperative_view(Permission.BOOK_READ)
def archive(request: HouseRequest, slug: str) -> HttpResponse:
    """The figures of one year."""
    return render(request, "yearend/archives/archive.html", {"accounts": _known(request, slug)})


@cooperative_view(Permission.BOOK_READ)
def council(request: HouseRequest, slug: str) -> HttpResponse:
    """« Comptes pour le conseil d'école », one page."""
    body = council_pdf(request.cooperative, _known(request, slug))
    return pdf_answer(body, f"comptes-conseil-d-ecole-{request.cooperative.identifier}-{slug}.pdf")


@cooperative_view(Permission.BOOK_READ)
def pupils(request: HouseRequest, slug: str) -> HttpResponse:
    """The pupils' version."""
    body = pupils_pdf(request.cooperative, _known(request, slug))
    return pdf_answer(body, f"notre-argent-{request.cooperative.identifier}-{slug}.pdf")


def _known(request: HouseRequest, slug: str) -> Accounts:
    """Raises Http404 for a year of which nothing is known."""
    known = accounts_of(request.cooperative, years_in_view(request), slug)
    if known is None:
        raise Http404
    return known
