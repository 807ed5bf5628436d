"""A received document: seen in place by its reduced copy, given back as it came, only as an attachment."""

import json
from pathlib import Path, PurePosixPath
from typing import cast

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.documents import queries, services, uploads, vault
from retkoop.documents.kinds import PDF, SUFFIXES
from retkoop.documents.models import Document
from retkoop.identity import audit
from retkoop.identity.access import author, cooperative_view, operation, safe_path
from retkoop.identity.operations import conflict
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest

ALONE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@cooperative_view(Permission.BOOK_READ)
def document(request: HouseRequest, pk: int) -> HttpResponse:
    """The document in place, with what is known of it."""
    found = _found(request, pk)
    context = {
        "document": found,
        "pages": range(1, found.pages + 1),
        "pages_in_words": queries.pages_in_words(found.pages),
        "size_in_words": queries.size_in_words(found.size),
        "is_pdf": found.copy_type == PDF.content_type,
        "received_at": queries.local_reception(found),
        "retour": safe_path(request.GET.get("retour")),
    }
    return render(request, "documents/document.html", context)


@cooperative_view(Permission.BOOK_READ)
def copy(request: HouseRequest, pk: int) -> HttpResponse:
    """The reduced copy: an image shows in the page, a PDF is given as an attachment."""
    found = _found(request, pk)
    attached = found.copy_type == PDF.content_type
    name = original_name(found, found.copy_type, " (copie légère)")
    return served(vault.path_of(found.copy.name), found.copy_type, name, attached=attached)


@cooperative_view(Permission.BOOK_READ)
def page(request: HouseRequest, pk: int, number: int) -> HttpResponse:
    """The picture of one page of the reduced copy."""
    return page_answer(_found(request, pk), number)


def page_answer(found: Document, number: int) -> HttpResponse:
    """The picture of a page, for a caller who has checked that its visitor may see it. Raises Http404."""
    try:
        picture, content_type = services.page_picture(found, number)
    except (LookupError, services.Refused) as absent:
        raise Http404 from absent
    return served(picture, content_type, f"page-{number}{SUFFIXES[content_type][0]}", attached=False)


@cooperative_view(Permission.BOOK_READ)
def original(request: HouseRequest, pk: int) -> HttpResponse:
    """The very bytes that came, never shown by this site."""
    found = _found(request, pk)
    name = original_name(found, found.content_type)
    return served(vault.path_of(found.original.name), found.content_type, name, attached=True)


@cooperative_view(Permission.BOOK_WRITE, methods=["POST"])
def receive(request: HouseRequest) -> HttpResponse:
    """Receive files before what they prove is written: the form that called links them by their number."""
    back = safe_path(request.POST.get("retour"))
    try:
        received = services.receive_all(
            cooperative=request.cooperative,
            author=author(request),
            uploads=uploads.uploads_of(request),
            operation=operation(request),
        )
    except services.Refused as refusal:
        return uploads.refused(request, refusal, back or "/accueil/")
    except audit.OperationConflict:
        return conflict(request, stale=False)
    except audit.Replay as replay:
        known = [said["document"] for said in json.loads(replay.event.payload or "{}").get("documents", [])]
        received = list(request.cooperative.documents.filter(pk__in=known).order_by("pk"))
        if not received:
            raise Http404 from replay
    return uploads.received(request, received, back or uploads.document_path(received[0].pk))


def _found(request: HouseRequest, pk: int) -> Document:
    return get_object_or_404(request.cooperative.documents.select_related("cooperative__association", "received_by"), pk=pk)


def served(path: Path, content_type: str, name: str, *, attached: bool) -> HttpResponse:
    """A stored file, alone and harmless; other rooms call it once they have checked who asks. Raises Http404."""
    try:
        handle = path.open("rb")
    except FileNotFoundError as lost:  # `check-books` names it
        raise Http404 from lost
    response = FileResponse(handle, as_attachment=attached, filename=name, content_type=content_type, headers=ALONE)
    return cast("HttpResponse", response)  # it streams; the doors treat every answer alike


def original_name(document: Document, content_type: str, more: str = "") -> str:
    """The sender's name with the suffix of what the file really is."""
    name = PurePosixPath(document.name)
    stem = name.stem if name.suffix.lower() in SUFFIXES[document.content_type] else document.name
    suffix = name.suffix if not more and stem == name.stem else SUFFIXES[content_type][0]
    return f"{stem}{more}{suffix}"
