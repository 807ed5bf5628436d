"""The server-side session: who signed in, when they were last seen, and which book an AD has opened.

It holds the mandate's id, a digest of the password (a changed password ends
every other session) and the time of the last request, rewritten every five
minutes at most so that an ordinary page writes nothing.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from retkoop.core import clock
from retkoop.identity.models import Association, Cooperative, Federation, Mandate
from retkoop.identity.queries import live_mandate, opened_cooperative
from retkoop.identity.requests import Actor, Nobody

_MANDATE, _AUTH, _SEEN, _OPENED = "mandate", "auth", "seen", "cooperative"
_REWRITE_SECONDS = 5 * 60
_NOBODY = Nobody()


@dataclass(frozen=True)
class Visit:
    """What the middleware puts on the request."""

    actor: Actor | Nobody = _NOBODY
    cooperative: Cooperative | None = None
    association: Association | None = None
    federation: Federation | None = None


def sign_in(request: HttpRequest, mandate: Mandate) -> None:
    """Begin a session under a mandate: new session key, new CSRF token, nothing kept of a former visitor."""
    request.session.flush()
    _write(request.session, mandate)
    rotate_token(request)


def switch(request: HttpRequest, mandate: Mandate) -> None:
    """Go on under another mandate of the same person: new session key."""
    request.session.cycle_key()
    request.session.pop(_OPENED, None)
    _write(request.session, mandate)


def renew(request: HttpRequest, mandate: Mandate) -> None:
    """After a change of one's own password: this session goes on, all the others are dead.

    The key stays, so that the second half of a double click still finds it.
    """
    request.session[_AUTH] = mandate.person.get_session_auth_hash()


def sign_out(request: HttpRequest) -> None:
    """End the session, here and in the database."""
    request.session.flush()


def open_cooperative(request: HttpRequest, cooperative: Cooperative) -> None:
    """An AD member opens a book; the caller has checked that it is one of their AD's."""
    request.session[_OPENED] = cooperative.pk


def leave_cooperative(request: HttpRequest) -> None:
    """The AD member closes the book."""
    request.session.pop(_OPENED, None)


def visit(request: HttpRequest) -> Visit:
    """Who is there, in one query (two when an AD has opened a book); ends a session that is no longer right."""
    session = request.session
    mandate_id = session.get(_MANDATE)
    if mandate_id is None:
        return Visit()
    mandate = None if _idle(session) else live_mandate(mandate_id)
    if mandate is None or not constant_time_compare(session.get(_AUTH, ""), mandate.person.get_session_auth_hash()):
        session.flush()
        return Visit()
    _touch(session)
    return _visit_of(session, mandate)


def _visit_of(session: SessionBase, mandate: Mandate) -> Visit:
    actor = Actor(mandate.person, mandate)
    if mandate.cooperative is not None:
        return Visit(actor, mandate.cooperative, mandate.cooperative.association)
    if mandate.association is not None:
        opened = session.get(_OPENED)
        cooperative = opened_cooperative(mandate.association, opened) if opened is not None else None
        return Visit(actor, cooperative, mandate.association)
    return Visit(actor, federation=mandate.federation)


def _write(session: SessionBase, mandate: Mandate) -> None:
    session[_MANDATE] = mandate.pk
    session[_AUTH] = mandate.person.get_session_auth_hash()
    session[_SEEN] = _seconds()


def _seconds() -> int:
    return int(clock.now().timestamp())


def _idle(session: SessionBase) -> bool:
    return _seconds() - int(session.get(_SEEN, 0)) > settings.IDLE_MINUTES * 60


def _touch(session: SessionBase) -> None:
    """A clock that went back (a demo at midnight) counts as a visit too."""
    if not 0 <= _seconds() - int(session.get(_SEEN, 0)) < _REWRITE_SECONDS:
        session[_SEEN] = _seconds()
