"""The school year of a page of the console (`?annee=2025-2026`), and those that it may choose from."""

import datetime as dt

from django.http import Http404, HttpRequest

from retkoop.core.schoolyear import SchoolYear

YEARS_BACK = 4
COMING_FROM_MONTH = 6


def adhesion_years(today: dt.date) -> list[SchoolYear]:
    """This year and those before; from June the coming one too, the latest first."""
    running = SchoolYear.of(today).first
    coming = COMING_FROM_MONTH <= today.month < 9
    return [SchoolYear(running + 1 - back) for back in range(0 if coming else 1, YEARS_BACK + 2)]


def chosen_year(request: HttpRequest, today: dt.date) -> SchoolYear:
    """The year that the form or the address names, else this one. Raises Http404 for one that cannot be."""
    slug = request.POST.get("annee", "") or request.GET.get("annee", "")
    if not slug:
        return SchoolYear.of(today)
    try:
        year = SchoolYear.parse(slug)
    except ValueError as unknown:
        raise Http404 from unknown
    if not 1990 <= year.first <= SchoolYear.of(today).first + 1:
        raise Http404
    return year
