"""Who is asking: resolved once a request; and the headers that every answer bears.

Right comes from the view: one that names no permission is refused, whoever
asks (trust.md P11). Nothing is read before the address is known to exist, so
that the page of an absent address is the same for everyone.
"""

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from retkoop.identity import session
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import Nobody, VisitorRequest
from retkoop.identity.responses import see_other

ENROLMENT = "/compte/securite/"
GetResponse = Callable[[HttpRequest], HttpResponse]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class IdentityMiddleware:
    """Fills `request.actor`, `.cooperative`, `.association`, `.federation` (see `requests.py`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visitor = cast("VisitorRequest", request)
        visitor.actor = Nobody()
        visitor.cooperative = visitor.association = visitor.federation = None
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],  # noqa: ARG002
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Refuse a view without a permission; say who is asking; lead to the second factor who must add one first."""
        if not hasattr(view, "permission"):
            raise PermissionDenied
        visitor = cast("VisitorRequest", request)
        found = session.visit(request)
        visitor.actor, visitor.cooperative = found.actor, found.cooperative
        visitor.association, visitor.federation = found.association, found.federation
        if found.enrolling and view.permission is not Permission.PUBLIC and not hasattr(view, "enrolling"):
            return HttpResponseClientRedirect(ENROLMENT) if visitor.htmx else see_other(ENROLMENT)
        return None


class HeadersMiddleware:
    """Outermost: headers on every answer, and nothing of a signed-in page left in a browser's cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        actor = getattr(request, "actor", None)
        if actor is None:  # a static file, which chooses for itself
            return response
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        if actor.signed_in:
            response.headers["Cache-Control"] = "no-store"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
