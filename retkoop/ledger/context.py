"""What every template knows of the year in view."""

from django.http import Http404, HttpRequest

from retkoop.ledger import web


def year_in_view(request: HttpRequest) -> dict[str, object]:
    """`year`, `years` (oldest first), `annee_query` and `cahier_url`; nothing outside a cooperative's place, nor for a former.

    A page about a thing of another year (an entry) passes its own `year`.
    """
    if getattr(request, "cooperative", None) is None or getattr(getattr(request, "actor", None), "former", False):
        return {}
    try:
        year = web.year_in_view(request)
    except Http404:
        return {}
    return {
        "year": year,
        "years": web.years_in_view(request),
        "annee_query": web.annee_query(request, year),
        "cahier_url": web.cahier_url(request),
    }
