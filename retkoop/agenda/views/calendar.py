"""`/calendrier/`: the whole school year of a cooperative, month by month, and the same as a file."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render

from retkoop.agenda.exports import ics
from retkoop.agenda.queries import agenda_of
from retkoop.core import clock
from retkoop.core.dates import month_label
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest


@cooperative_view(Permission.BOOK_READ)
def year(request: HouseRequest) -> HttpResponse:
    """What is due when, done or not."""
    agenda = agenda_of(request.cooperative)
    months = [(month, list(items)) for month, items in groupby(agenda.items, key=lambda item: month_label(item.due))]
    context = {"agenda": agenda, "months": months, "pending": agenda.pending()}
    return render(request, "agenda/year.html", context)


@cooperative_view(Permission.BOOK_READ)
def file(request: HouseRequest) -> HttpResponse:
    """The calendar for a telephone or a mail program."""
    agenda = agenda_of(request.cooperative)
    answer = HttpResponse(
        ics(request.cooperative, agenda.items, clock.now()).encode(), content_type="text/calendar; charset=utf-8"
    )
    name = f"calendrier-{request.cooperative.identifier}-{agenda.slug}.ics"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
