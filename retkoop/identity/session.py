"""The server-side session: who signed in and how, when they were last seen, which book an AD has opened.

It holds the mandate's id, a digest of the password (a changed password ends
every other session), whether a second factor was shown, when the password was
last typed, and the time of the last request, rewritten every five minutes at
most so that an ordinary page writes nothing. Between the password and the
second factor it is a half-session: five minutes, and nothing in it but the
mandate that waits; it opens no page. A session dies with its mandate; who signs in again
under an ended one reads the years served, and that session says `former` from
its first moment.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from retkoop.core import clock
from retkoop.identity import devices
from retkoop.identity.models import Association, Cooperative, Federation, Mandate
from retkoop.identity.queries import is_live, live_mandate, opened_cooperative, served_mandate
from retkoop.identity.requests import Actor, Nobody
from retkoop.identity.services.sessions import begin_session, close_session, rename_session, see_session

_MANDATE, _AUTH, _SEEN, _OPENED = "mandate", "auth", "seen", "cooperative"
_SECOND, _PROVED, _HALF = "second", "proved", "half"
_FORMER = "former"
_REWRITE_SECONDS = 5 * 60
HALF_SECONDS = 5 * 60
FRESH_SECONDS = 10 * 60
_NOBODY = Nobody()


@dataclass(frozen=True)
class Visit:
    """What the middleware puts on the request; `enrolling`: only the pages that add a second factor open."""

    actor: Actor | Nobody = _NOBODY
    cooperative: Cooperative | None = None
    association: Association | None = None
    federation: Federation | None = None
    enrolling: bool = False


@dataclass(frozen=True)
class Half:
    """A right password that waits for its second factor: `account` as typed, `back` the page asked for."""

    mandate: Mandate
    several: bool
    account: str
    back: str


def sign_in(request: HttpRequest, mandate: Mandate, *, second: bool = False) -> None:
    """Begin a session under a mandate: new session key, new CSRF token, nothing kept of a former visitor.

    `second`: a second factor was shown too.
    """
    sign_out(request)
    _write(request.session, mandate)
    request.session[_SECOND], request.session[_PROVED] = second, _seconds()
    request.session.create()
    begin_session(mandate=mandate, key=_key(request), agent=devices.words(request))
    rotate_token(request)


def begin_half(request: HttpRequest, half: Half) -> None:
    """The password was right and a second factor is asked: new session key, no right at all."""
    sign_out(request)
    request.session[_HALF] = {
        "mandate": half.mandate.pk,
        "auth": half.mandate.person.get_session_auth_hash(),
        "at": _seconds(),
        "several": half.several,
        "account": half.account,
        "back": half.back,
    }
    rotate_token(request)


def half(request: HttpRequest) -> Half | None:
    """The half-session, while it is younger than five minutes and its password and mandate still stand."""
    kept = request.session.get(_HALF)
    if kept is None:
        return None
    young = 0 <= _seconds() - kept["at"] < HALF_SECONDS
    mandate = (live_mandate(kept["mandate"]) or served_mandate(kept["mandate"])) if young else None
    if mandate is None or not constant_time_compare(kept["auth"], mandate.person.get_session_auth_hash()):
        request.session.flush()
        return None
    return Half(mandate, kept["several"], kept["account"], kept["back"])


def switch(request: HttpRequest, mandate: Mandate) -> None:
    """Go on under another mandate of the same person: new session key."""
    request.session.pop(_OPENED, None)
    _write(request.session, mandate)
    _change_key(request, mandate)


def renew(request: HttpRequest, mandate: Mandate) -> None:
    """After a change of one's own password: this session goes on under a new key, all the others are dead."""
    request.session[_AUTH] = mandate.person.get_session_auth_hash()
    prove(request, mandate)


def prove(request: HttpRequest, mandate: Mandate) -> None:
    """The password was typed again just now: new session key."""
    request.session[_PROVED] = _seconds()
    _change_key(request, mandate)


def is_fresh(request: HttpRequest) -> bool:
    """Was the password typed in this session within the last ten minutes?"""
    return 0 <= _seconds() - int(request.session.get(_PROVED, 0)) < FRESH_SECONDS


def is_second(request: HttpRequest) -> bool:
    """Was a second factor shown in this session?"""
    return bool(request.session.get(_SECOND))


def raise_to_second(request: HttpRequest, mandate: Mandate) -> None:
    """The person has just confirmed their first factor here: new session key."""
    request.session[_SECOND] = True
    _change_key(request, mandate)


def lower_from_second(request: HttpRequest) -> None:
    """The person has removed their last factor."""
    request.session[_SECOND] = False


def sign_out(request: HttpRequest) -> None:
    """End the session, here and in the database."""
    if request.session.get(_MANDATE) is not None:
        close_session(key=_key(request))
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
    known = served_mandate if session.get(_FORMER) else live_mandate
    mandate = None if _idle(session) else known(mandate_id)
    if mandate is None or not constant_time_compare(session.get(_AUTH, ""), mandate.person.get_session_auth_hash()):
        sign_out(request)
        return Visit()
    _touch(request)
    return _visit_of(session, mandate)


def must_enrol(session: SessionBase, mandate: Mandate) -> bool:
    """Does this session need a second factor that it has not shown? Those who act for an AD or the federation do."""
    return settings.SECOND_FACTOR_COMPULSORY and mandate.cooperative_id is None and not session.get(_SECOND)


def _visit_of(session: SessionBase, mandate: Mandate) -> Visit:
    actor = Actor(mandate.person, mandate, former=bool(session.get(_FORMER)))
    if mandate.cooperative is not None:
        return Visit(actor, mandate.cooperative, mandate.cooperative.association)
    if mandate.association is not None:
        opened = session.get(_OPENED)
        cooperative = opened_cooperative(mandate.association, opened) if opened is not None else None
        return Visit(actor, cooperative, mandate.association, enrolling=must_enrol(session, mandate))
    return Visit(actor, federation=mandate.federation, enrolling=must_enrol(session, mandate))


def _write(session: SessionBase, mandate: Mandate) -> None:
    session[_MANDATE] = mandate.pk
    session[_AUTH] = mandate.person.get_session_auth_hash()
    session[_SEEN] = _seconds()
    session[_FORMER] = not is_live(mandate)


def _seconds() -> int:
    return int(clock.now().timestamp())


def _idle(session: SessionBase) -> bool:
    return _seconds() - int(session.get(_SEEN, 0)) > settings.IDLE_MINUTES * 60


def _touch(request: HttpRequest) -> None:
    """A clock that went back (a demo at midnight) counts as a visit too."""
    if not 0 <= _seconds() - int(request.session.get(_SEEN, 0)) < _REWRITE_SECONDS:
        request.session[_SEEN] = _seconds()
        see_session(key=_key(request))


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _change_key(request: HttpRequest, mandate: Mandate) -> None:
    old = _key(request)
    request.session.cycle_key()
    rename_session(old=old, new=_key(request), mandate=mandate)
