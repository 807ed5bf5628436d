"""One form, one act: the operation key of a form, and what a repeated or stale form is answered.

Each form that writes carries `{% operation_key %}`. The services keep the key
and a digest of what was sent; the same form again leads to what the first one
left, other content under the same key is a conflict (trust.md P3, P4).
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from retkoop.core import canonical
from retkoop.core.refusal import StaleVersion
from retkoop.identity.audit import Operation, OperationConflict, Replay
from retkoop.identity.models import AuditEvent
from retkoop.identity.responses import form_page, see_other

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponse]
KEY = re.compile(r"[0-9A-Za-z-]{16,40}")
_YEAR = re.compile(r"\d{4}-\d{4}", re.ASCII)
_OUTSIDE_DIGEST = {"csrfmiddlewaretoken", "operation_key"}
_NEVER_SHOWN = _OUTSIDE_DIGEST | {"version"}
_SECRETS = ("password", "mot_de_passe", "iban", "secret")


def operation(request: HttpRequest) -> Operation:
    """The form's key, and the digest of its path, fields and files. Raises BadRequest (400) without a key."""
    key = posted_key(request)
    if not key:
        message = "operation_key missing"
        raise BadRequest(message)
    return Operation(key, _digest(request))


def posted_key(request: HttpRequest) -> str:
    """The well-formed key that came with the form, or ""."""
    key = request.POST.get("operation_key", "")
    return key if KEY.fullmatch(key) else ""


def answering_replays(where: Callable[[AuditEvent], str]) -> Callable[[View[R, P]], View[R, P]]:
    """For a view that writes: a repeated form is led to `where(event)`, a conflict shows what was typed (409).

    `where` gives the path to which the first submission led, from the event that it left.
    """

    def decorate(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def answered(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Replay as replay:
                messages.info(request, "Ce formulaire avait déjà été reçu\u202f: rien n’a été enregistré deux fois.")
                return see_other(_in_year(where(replay.event), request))
            except StaleVersion:
                return conflict(request, stale=True)
            except OperationConflict:
                return conflict(request, stale=False)

        return answered

    return decorate


def _in_year(path: str, request: HttpRequest) -> str:
    """A page, in the school year that the repeated form spoke of."""
    year = request.GET.get("annee") or request.POST.get("annee", "")
    if not path.endswith("/") or not _YEAR.fullmatch(year):
        return path
    return f"{path}?annee={year}"


def conflict(request: HttpRequest, *, stale: bool) -> HttpResponse:
    """409: nothing was written; everything typed is shown, to be copied."""
    typed = [
        (name, " · ".join(values))
        for name, values in request.POST.lists()
        if name not in _NEVER_SHOWN and not _is_secret(name) and any(values)
    ]
    context = {"stale": stale, "typed": typed, "again": form_page(request) or request.path}
    return render(request, "identity/conflict.html", context, status=409)


def _digest(request: HttpRequest) -> str:
    """A password or an IBAN enters it under a keyed hash: the digest is kept for years, and must not help to guess it."""
    fields = {
        name: [salted_hmac("retkoop.operation", value).hexdigest() for value in values] if _is_secret(name) else values
        for name, values in request.POST.lists()
        if name not in _OUTSIDE_DIGEST
    }
    files = {name: [_file_digest(file) for file in sent] for name, sent in request.FILES.lists()}
    return canonical.sha256(canonical.dumps({"path": request.path, "fields": fields, "files": files}))


def _is_secret(name: str) -> bool:
    return any(word in name for word in _SECRETS)


def _file_digest(file: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
