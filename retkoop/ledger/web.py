"""What the screens of the books share: the year in view, and links that keep it.

The year is in the address (`?annee=2025-2026`), never in the session, so that
two tabs, a bookmark and the Back button always mean the same year. Without
it, the year that contains today.
"""

from django.http import Http404, HttpRequest

from retkoop.core import clock
from retkoop.identity.access import safe_path
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.years import missing_years, year_containing, year_named, years_of
from retkoop.ledger.services.openings import ensure_years

_CACHE = "_ledger_years"


def _cooperative(request: HttpRequest) -> Cooperative | None:
    return getattr(request, "cooperative", None)


def years_in_view(request: HttpRequest) -> list[FiscalYear]:
    """The cooperative's years, oldest first, the one of today included (it opens by itself on 1 September)."""
    known: list[FiscalYear] | None = getattr(request, _CACHE, None)
    if known is not None:
        return known
    cooperative = _cooperative(request)
    if cooperative is None:
        return []
    today = clock.today(cooperative.association.time_zone)
    years = years_of(cooperative)
    if missing_years(years, today):
        years = ensure_years(cooperative, today, Author(None))
    for year in years:
        year.cooperative = cooperative
    setattr(request, _CACHE, years)
    return years


def year_in_view(request: HttpRequest) -> FiscalYear:
    """The year named by the address or the form, else the one of today. Raises Http404 for an unknown one."""
    years = years_in_view(request)
    slug = request.GET.get("annee") or request.POST.get("annee")
    if slug:
        named = year_named(years, slug)
        if named is None:
            raise Http404
        return named
    cooperative = _cooperative(request)
    if cooperative is None:
        raise Http404
    return year_containing(years, clock.today(cooperative.association.time_zone)) or years[-1]


def annee_query(request: HttpRequest, year: FiscalYear) -> str:
    """« annee=2024-2025 » when the year in view is not the usual one, else an empty string."""
    cooperative = _cooperative(request)
    if cooperative is None:
        return ""
    usual = year_containing(years_in_view(request), clock.today(cooperative.association.time_zone))
    return "" if usual is not None and usual.pk == year.pk else f"annee={year.slug}"


def with_year(path: str, request: HttpRequest, year: FiscalYear) -> str:
    """The path, keeping the year in view."""
    query = annee_query(request, year)
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{query}"


CAHIER = "/cahier/"


def cahier_url(request: HttpRequest) -> str:
    """Where « Retour au cahier de comptabilité » leads: the `retour` of the address or of the form, else ""."""
    asked = safe_path(request.GET.get("retour") or request.POST.get("retour"))
    return asked if asked == CAHIER or asked.startswith((f"{CAHIER}?", f"{CAHIER}#")) else ""
