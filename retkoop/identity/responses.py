"""Answers that every room gives in the same way, and the paths that they may lead to."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


class SeeOther(HttpResponseRedirect):
    """After a form: GET that page (HTTP 303)."""

    status_code = 303


def see_other(to: str) -> HttpResponse:
    """303 to a path of this site."""
    return SeeOther(to)


def safe_path(path: str | None) -> str:
    """The path when it is one of this site's, else "" (no open redirect)."""
    if path and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path
    return ""


def form_page(request: HttpRequest) -> str:
    """The path of the page whose form was posted (its Referer), "" when it is unknown or another site's."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc != request.get_host():
        return ""
    return safe_path(f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path)
