"""The guide's pages: for everyone, in the shell of whoever is signed in or not."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control

from retkoop.guide import queries
from retkoop.identity.access import public_view
from retkoop.identity.requests import VisitorRequest


@public_view()
def contents(request: VisitorRequest) -> HttpResponse:
    """The table of contents."""
    return _page(request, "contents", {})


@public_view()
def chapter(request: VisitorRequest, slug: str) -> HttpResponse:
    """One chapter, with the ones before and after."""
    found = queries.chapter(slug)
    if found is None:
        raise Http404
    before, after = queries.neighbours(found)
    return _page(request, "chapter", {"chapter": found, "before": before, "after": after})


@public_view()
def search(request: VisitorRequest) -> HttpResponse:
    """Where the guide speaks of something."""
    query = request.GET.get("q", "").strip()[: queries.QUERY_LENGTH]
    return _page(request, "search", {"query": query, "results": queries.search(query)})


@public_view()
@cache_control(public=True, max_age=3600)
def image(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """A screenshot of the list; nothing else of the folder is served."""
    file = queries.FOLDER / "images" / f"{name}.png"
    if name not in queries.IMAGES or not file.is_file():
        raise Http404
    return HttpResponse(file.read_bytes(), content_type="image/png")


def _page(request: VisitorRequest, name: str, context: dict[str, object]) -> HttpResponse:
    shell = "core/base.html" if request.actor.signed_in else "core/public.html"
    every = queries.chapters()
    known = {
        "shell": shell,
        "numbered": [one for one in every if not one.beside],
        "beside": [one for one in every if one.beside],
    }
    return render(request, f"guide/{name}.html", known | context)
