"""`/ad/comptes-rendus/`: the reports of the AD's cooperatives, and where each stands."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import association_view
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.oversight.queries import waiting_requests
from retkoop.yearend.queries.review import WORDS, reports_of

PAGE = "/ad/comptes-rendus/"
ON_A_PAGE = 100
YEARS_BACK = 4


@association_view(Permission.AD_READ)
def reports(request: AssociationRequest) -> HttpResponse:
    """The list: a school year, filtered by state, what waits for the AD first."""
    running = SchoolYear.of(clock.today(request.association.time_zone))
    year = _year(request.GET.get("annee", ""), running)
    rows = reports_of(request.association, year)
    state = request.GET.get("etat", "")
    shown = [row for row in rows if row.state == state] if state in WORDS else rows
    counts = [(key, words, sum(row.state == key for row in rows)) for key, words in WORDS.items()]
    context = {
        "school_year": year,
        "school_years": [SchoolYear(running.first - back) for back in range(YEARS_BACK + 1)],
        "page": Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page")),
        "query": f"annee={year.slug}&etat={state}&",
        "counts": [(key, words, count) for key, words, count in counts if count],
        "state": state if state in WORDS else "",
        "total": len(rows),
        "waiting": sum(row.waits for row in rows),
        "requests": waiting_requests(request.association),
    }
    return render(request, "oversight/reports.html", context)


def _year(slug: str, running: SchoolYear) -> SchoolYear:
    """The year named by the address, else the last one that has ended. Raises Http404."""
    if not slug:
        return SchoolYear(running.first - 1)
    try:
        year = SchoolYear.parse(slug)
    except ValueError as unknown:
        raise Http404 from unknown
    if not 1990 <= year.first <= running.first:
        raise Http404
    return year
