"""`/compte-rendu/`: where the report stands, what is missing, each step with its state."""

from django.http import HttpResponse
from django.shortcuts import render

from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.yearend.standing import standing_of
from retkoop.yearend.web import desk_of, page_context


@cooperative_view(Permission.BOOK_READ)
def hub(request: HouseRequest) -> HttpResponse:
    """The summary of the year's report."""
    desk = desk_of(request)
    return render(request, "yearend/hub.html", page_context(request, desk, "") | {"standing": standing_of(request, desk)})
