"""A site of small pages, one for each kind of door, for the tests of access.py."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from retkoop.core.refusal import StaleVersion
from retkoop.identity.access import (
    answering_replays,
    association_view,
    author,
    cooperative_view,
    federation_view,
    operation,
    public_view,
    see_other,
    signed_in_view,
)
from retkoop.identity.audit import act
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest

handler403 = "retkoop.core.errors.forbidden"
handler404 = "retkoop.core.errors.not_found"


def ok(request, *args, **kwargs):
    return HttpResponse("ok")


def nameless(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody may read this")


@cooperative_view(Permission.BOOK_READ)
def absent(request: HouseRequest, pk: int) -> HttpResponse:
    raise Http404


@cooperative_view(Permission.BOOK_WRITE)
@answering_replays(lambda event: f"/kept/{event.subject_id}/")
def write(request: HouseRequest) -> HttpResponse:
    with act(request.cooperative, author(request), "note", operation=operation(request)) as done:
        if request.POST.get("label") == "stale":
            raise StaleVersion
        done.about("note", 7)
        done.payload = {"label": request.POST.get("label", "")}
    return see_other("/kept/7/")


urlpatterns = [
    path("nameless/", nameless),
    path("public/", public_view()(ok)),
    path("anyone/", signed_in_view()(ok)),
    path("read/", cooperative_view(Permission.BOOK_READ)(ok)),
    path("read/<int:pk>/", absent),
    path("post/", cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_WRITE)(ok)),
    path("write/", write),
    path("close/", cooperative_view(Permission.BOOK_CLOSE)(ok)),
    path("ad/", association_view(Permission.AD_READ)(ok)),
    path("ad-write/", association_view(Permission.AD_WRITE)(ok)),
    path("federation/", federation_view(Permission.FEDERATION_READ)(ok)),
]
