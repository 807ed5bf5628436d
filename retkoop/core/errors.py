"""The pages shown when something is refused or breaks; the 404 is the same bytes for everyone (P11)."""

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound, HttpResponseServerError


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """No token, id or name here: the foreign and the absent must look alike, to the byte."""
    return HttpResponseNotFound("<!doctype html><html lang=fr><title>Page introuvable</title><h1>Page introuvable</h1>")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return HttpResponseForbidden("<!doctype html><html lang=fr><title>Accès refusé</title><h1>Accès refusé</h1>")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return HttpResponse("<!doctype html><html lang=fr><title>Demande illisible</title>", status=400)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponseServerError("<!doctype html><html lang=fr><title>Panne</title><h1>Panne</h1>")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return HttpResponseForbidden("<!doctype html><html lang=fr><title>Page expirée</title><h1>Page expirée</h1>")
