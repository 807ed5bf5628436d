"""The doors: each view names its permission, and list_pages() shows them all.

No login leads to the login page; a login without the right, in one's own
organisation, is 403; what belongs to another tenant does not exist (404, by
the views, which start from `request.cooperative`). A reading permission
accepts GET alone unless the view says what posting asks (`post=`), so that a
forgotten argument is a 405 in the first test and never a reader who writes.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypedDict, TypeVar, cast
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django_htmx.http import HttpResponseClientRedirect

from retkoop.identity.audit import Author
from retkoop.identity.models import Role
from retkoop.identity.operations import answering_replays, operation
from retkoop.identity.permissions import Permission, allowed
from retkoop.identity.requests import SignedInRequest, VisitorRequest
from retkoop.identity.responses import form_page, safe_path, see_other

__all__ = [
    "LOGIN",
    "answering_replays",
    "association_view",
    "author",
    "cooperative_view",
    "federation_view",
    "list_pages",
    "open_while_enrolling",
    "operation",
    "public_view",
    "safe_path",
    "see_other",
    "signed_in_view",
]

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
V = TypeVar("V")
View = Callable[Concatenate[R, P], HttpResponseBase]
Door = Callable[[VisitorRequest], HttpResponse | None]
_WRITES = {
    Permission.BOOK_WRITE,
    Permission.BOOK_CLOSE,
    Permission.COOP_PEOPLE,
    Permission.MEMBERSHIP_WRITE,
    Permission.ENGAGE,
    Permission.AD_WRITE,
    Permission.AD_PEOPLE,
    Permission.FEDERATION_WRITE,
}
LOGIN = "/connexion/"


class Page(TypedDict):
    """One address, as `retkoop list-pages --json` prints it."""

    pattern: str
    name: str
    methods: list[str]
    permission: str
    post_permission: str
    roles: list[str]


def cooperative_view(
    permission: Permission, *, post: Permission | None = None, methods: Sequence[str] = ()
) -> Callable[[View[R, P]], View[R, P]]:
    """A page of one cooperative's book. `post` is what a POST asks when it asks more than a GET."""
    return _guard(permission, post, methods, _inside_cooperative)


def association_view(
    permission: Permission, *, post: Permission | None = None, methods: Sequence[str] = ()
) -> Callable[[View[R, P]], View[R, P]]:
    """A page of an AD's console, outside any book."""
    return _guard(permission, post, methods, _outside_books)


def federation_view(
    permission: Permission, *, post: Permission | None = None, methods: Sequence[str] = ()
) -> Callable[[View[R, P]], View[R, P]]:
    """A page of the federation's console."""
    return _guard(permission, post, methods, _anywhere)


def signed_in_view(*, methods: Sequence[str] = ()) -> Callable[[View[R, P]], View[R, P]]:
    """A page for whoever is signed in, in any organisation."""
    return _guard(Permission.SIGNED_IN, None, methods, _anywhere)


def public_view(*, methods: Sequence[str] = ()) -> Callable[[View[R, P]], View[R, P]]:
    """A page for everyone."""
    return _guard(Permission.PUBLIC, None, methods, _anywhere)


def author(request: SignedInRequest) -> Author:
    """Who signs the act: the person, and the AD when one of its members works in a cooperative's book."""
    actor = request.actor
    helping = actor.is_association and request.cooperative is not None
    return Author(actor.person, on_behalf=actor.mandate.association if helping else None)


def list_pages() -> list[Page]:
    """Every address of the site, in the resolver's order.

    A view that names no permission is listed under "" with no role: nobody enters.
    """
    return [_page(prefix, pattern) for prefix, pattern in _walk("/", get_resolver())]


def open_while_enrolling(view: V) -> V:
    """A page for those who must still add a second factor; nothing else opens to them (outermost decorator)."""
    cast("Any", view).enrolling = True
    return view


def _guard(
    permission: Permission, post: Permission | None, methods: Sequence[str], door: Door
) -> Callable[[View[R, P]], View[R, P]]:
    accepted = list(methods) or (["GET", "POST"] if post or permission in _WRITES else ["GET"])
    if "GET" in accepted:
        accepted.append("HEAD")

    def decorate(view: View[R, P]) -> View[R, P]:
        @wraps(view)
        def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in accepted:
                return HttpResponseNotAllowed(accepted)
            asked = post if post and request.method == "POST" else permission
            refusal = _refusal(cast("VisitorRequest", request), asked, door)
            return refusal if refusal is not None else view(request, *args, **kwargs)

        page = cast("Any", guarded)
        page.permission, page.post_permission, page.methods = permission, post or permission, accepted
        return guarded

    return decorate


def _refusal(request: VisitorRequest, asked: Permission, door: Door) -> HttpResponse | None:
    """What is answered instead of the page; None to let in."""
    if request.actor.may(asked):
        return door(request)
    if request.actor.signed_in:
        raise PermissionDenied
    return _to_login(request)


def _to_login(request: VisitorRequest) -> HttpResponse:
    """The login page, which leads back here: to this page, or after a POST to the page of the form."""
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else form_page(request)
    if request.htmx:
        back = safe_path(request.htmx.current_url_abs_path)
        return HttpResponseClientRedirect(_login_path(back))
    if request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(_login_path(back))
    return see_other(_login_path(back))


def _login_path(back: str) -> str:
    return f"{LOGIN}?suite={quote(back)}" if safe_path(back) else LOGIN


def _anywhere(request: VisitorRequest) -> None:
    """Nothing more is asked than the permission."""


def _outside_books(request: VisitorRequest) -> None:
    """Seen from the console no book is open, though the session remembers which one was."""
    request.cooperative = None


def _inside_cooperative(request: VisitorRequest) -> HttpResponse | None:
    """An AD member who has opened no book is led to the list of cooperatives."""
    return see_other("/ad/") if request.cooperative is None else None


def _walk(prefix: str, resolver: URLResolver) -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for pattern in resolver.url_patterns:
        here = prefix + str(pattern.pattern)
        found += _walk(here, pattern) if isinstance(pattern, URLResolver) else [(here, pattern)]
    return found


def _page(pattern: str, entry: URLPattern) -> Page:
    view: Any = entry.callback
    permission: Permission | None = getattr(view, "permission", None)
    granted = [role.value for role in Role if permission is not None and allowed(role, permission)]
    return {
        "pattern": pattern,
        "name": entry.name or "",
        "methods": list(getattr(view, "methods", [])),
        "permission": str(permission or ""),
        "post_permission": str(getattr(view, "post_permission", "")),
        "roles": granted,
    }
