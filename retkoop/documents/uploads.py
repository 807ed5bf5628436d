"""What the screens that receive files share: reading them from a form, and answering with and without JavaScript.

The page's part is `documents/_upload.html`; its script marks its requests and
is answered in JSON, a plain form with a redirection and a message.
"""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse

from retkoop.documents import queries, services
from retkoop.documents.models import Document
from retkoop.identity.responses import see_other

MARK = "X-Retkoop-Upload"


def by_script(request: HttpRequest) -> bool:
    """Does the upload script ask, which wants JSON?"""
    return MARK in request.headers


def uploads_of(request: HttpRequest) -> list[services.Upload]:
    """The files chosen in the form's « fichiers », in order; those left empty are skipped."""
    files = request.FILES.getlist(services.FIELD)
    return [services.Upload(file.name or "", file, file.content_type or "") for file in files]


def received(request: HttpRequest, documents: Sequence[Document], to: str) -> HttpResponse:
    """The receipt of each document: to the script in JSON (201), else as messages on the page `to` (303)."""
    if by_script(request):
        said = [
            {
                "document": document.pk,
                "name": document.name,
                "url": document_path(document.pk),
                "sentence": queries.received_sentence(document),
            }
            for document in documents
        ]
        return JsonResponse({"received": said}, status=201)
    for document in documents:
        messages.success(request, queries.received_sentence(document))
    return see_other(to)


def refused(request: HttpRequest, refusal: services.Refused, to: str) -> HttpResponse:
    """The reason: to the script in JSON (422), else as a message on the page `to` (303)."""
    if by_script(request):
        return JsonResponse({"refused": refusal.message}, status=422)
    messages.error(request, refusal.message)
    return see_other(to)


def document_path(pk: int) -> str:
    """The page of a document."""
    return f"/documents/{pk}/"
