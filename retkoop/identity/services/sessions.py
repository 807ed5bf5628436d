"""The sessions that a person has open: noted when they begin, listed, ended one by one or together.

Only the SHA-256 of a session's key is kept; the session table is keyed by its
beginning, so that ending a session from afar is the deletion of its row, and
takes effect on that browser's very next request.
"""

import datetime as dt

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from retkoop.core import canonical, clock
from retkoop.core.locks import writer_turn
from retkoop.identity.audit import Author, Operation, general_act
from retkoop.identity.models import Mandate, OpenSession, Person
from retkoop.identity.sessions import stored_key

_KEPT = dt.timedelta(days=30)


def begin_session(*, mandate: Mandate, key: str, agent: str) -> None:
    """A browser has just signed in under `key`; `agent`: a few plain words (« Firefox, Windows »)."""
    now = clock.now()
    with writer_turn(), transaction.atomic():
        OpenSession.objects.create(
            person=mandate.person,
            mandate=mandate,
            key_sha=canonical.sha256(key),
            agent=agent[:80],
            began_at=now,
            seen_at=now,
        )


def rename_session(*, old: str, new: str, mandate: Mandate) -> None:
    """The session goes on under another key, or another mandate of the same person."""
    with writer_turn(), transaction.atomic():
        OpenSession.objects.filter(key_sha=canonical.sha256(old)).update(
            key_sha=canonical.sha256(new), mandate=mandate, seen_at=clock.now()
        )


def see_session(*, key: str) -> None:
    """The session was used just now; written with the session itself, every five minutes at most."""
    with writer_turn(), transaction.atomic():
        OpenSession.objects.filter(key_sha=canonical.sha256(key)).update(seen_at=clock.now())


def close_session(*, key: str) -> None:
    """The browser signed out, or its session is no longer right."""
    with writer_turn(), transaction.atomic():
        OpenSession.objects.filter(key_sha=canonical.sha256(key), ended_at=None).update(ended_at=clock.now())


def end_sessions(*, person: Person, keep: str = "", only: int | None = None) -> int:
    """End a person's sessions, but the one of the key `keep`, or the row `only` alone; how many ended.

    For services, inside their own act.
    """
    going: QuerySet[OpenSession] = OpenSession.objects.filter(~Q(key_sha=canonical.sha256(keep)), person=person, ended_at=None)
    if only is not None:
        going = going.filter(pk=only)
    digests = list(going.values_list("key_sha", flat=True))
    Session.objects.filter(session_key__in=[digest[: len(stored_key(""))] for digest in digests]).delete()
    return going.update(ended_at=clock.now())


def disconnect(*, person: Person, session_id: int, operation: Operation | None = None) -> None:
    """« Déconnecter » one of one's own sessions; somebody else's, or one that has ended, is left as it is."""
    with general_act(Author(person), "end_session", operation=operation) as done:
        done.about("person", person.pk)
        done.payload = {"ended": end_sessions(person=person, only=session_id)}


def disconnect_everywhere(*, person: Person, keep: str, operation: Operation | None = None) -> None:
    """« Déconnecter partout »: every session of the person but the one in hand (`keep`, its key)."""
    with general_act(Author(person), "end_all_sessions", operation=operation) as done:
        done.about("person", person.pk)
        done.payload = {"ended": end_sessions(person=person, keep=keep)}


def forget_ended_sessions() -> int:
    """Drop what was noted of sessions ended or unused for thirty days (daily job); how many."""
    old = clock.now() - _KEPT
    with writer_turn(), transaction.atomic():
        dropped, _ = OpenSession.objects.filter(seen_at__lt=old).delete()
    return dropped
