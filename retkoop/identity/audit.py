"""The audit trail: one event an act, chained per cooperative, in the act's own transaction.

Every writing service opens `act(...)`: it waits for the book's lock, answers a
repeated form with `Replay`, refuses a reused key with `OperationConflict`, and
on leaving writes the event and moves the chain's tip. A failed act leaves
nothing, and does not consume the operation key.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from retkoop.core import canonical, clock, sql
from retkoop.core.locks import writer_turn
from retkoop.identity.models import Association, AuditEvent, BookHead, Cooperative, Person


@dataclass(frozen=True)
class Operation:
    """A form's one-use key (`key`, at most 40 characters) and the digest of what was sent with it."""

    key: str
    digest: str


@dataclass(frozen=True)
class Author:
    """Who acts: the person, and the AD for which an AD member acts inside a cooperative's book."""

    person: Person | None
    on_behalf: Association | None = None


class Replay(Exception):  # noqa: N818
    """The very same form was already carried out; `event` says what it left behind."""

    def __init__(self, event: AuditEvent) -> None:
        super().__init__(event.op_key)
        self.event = event
        self.subject_id = event.subject_id or 0


class OperationConflict(Exception):  # noqa: N818
    """The operation key was already used with another content (HTTP 409)."""


@dataclass
class Act:
    """What the running service says of its act before leaving the block."""

    subject_type: str = ""
    subject_id: int | None = None
    reason: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    further: list[tuple[str, "Act"]] = field(default_factory=list)

    def about(self, subject_type: str, subject_id: int) -> None:
        """Name the row that the act is about."""
        self.subject_type, self.subject_id = subject_type, subject_id

    def also(self, verb: str, subject_type: str, subject_id: int, payload: dict[str, Any], reason: str = "") -> None:
        """Tell a second thing that the same act did, as an event of its own, just before this one's."""
        self.further.append((verb, Act(subject_type, subject_id, reason, payload)))


@contextmanager
def act(
    cooperative: Cooperative,
    author: Author,
    verb: str,
    *,
    operation: Operation | None = None,
    reason: str = "",
) -> Iterator[Act]:
    """One atomic, locked, audited act on a cooperative's book.

    Raises Replay or OperationConflict when the operation key is already known.
    """
    with writer_turn(), transaction.atomic():
        head = _locked_head(cooperative.pk)
        if operation is not None:
            refuse_known(operation, cooperative.pk, author)
        current = Act(reason=reason)
        yield current
        for further_verb, further in current.further:
            head = _append(head, cooperative.pk, author, further_verb, further, None)
        _append(head, cooperative.pk, author, verb, current, operation)


@contextmanager
def general_act(author: Author, verb: str, *, operation: Operation | None = None, reason: str = "") -> Iterator[Act]:
    """As `act`, for what belongs to no book (an AD, a person): outside any chain."""
    with writer_turn(), transaction.atomic():
        if operation is not None:
            refuse_known(operation, None, author)
        current = Act(reason=reason)
        yield current
        _append(None, None, author, verb, current, operation)


def _locked_head(cooperative_id: int) -> tuple[int, str]:
    suffix = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    found = sql.fetch(f"SELECT seq, hash FROM identity_bookhead WHERE cooperative_id = %s{suffix}", [cooperative_id])  # noqa: S608
    if not found:
        BookHead.objects.create(cooperative_id=cooperative_id)
        return 0, ""
    return found[0][0], found[0][1]


def refuse_known(operation: Operation, cooperative_id: int | None, author: Author) -> None:
    """Raises Replay or OperationConflict when the key is known.

    A replay is the same content, by the same person, in the same book; all
    else is a conflict. `act` calls it; a service with a step before its act
    calls it first.
    """
    found = sql.fetch("SELECT id FROM identity_auditevent WHERE op_key = %s", [operation.key])
    if not found:
        return
    known = AuditEvent.objects.get(pk=found[0][0])
    actor_id = author.person.pk if author.person else None
    same = (known.op_digest, known.cooperative_id, known.actor_id)
    if same == (operation.digest, cooperative_id, actor_id):
        raise Replay(known)
    raise OperationConflict(operation.key)


def _append(
    head: tuple[int, str] | None,
    cooperative_id: int | None,
    author: Author,
    verb: str,
    done: Act,
    operation: Operation | None,
) -> tuple[int, str]:
    payload = canonical.dumps(done.payload)
    event = AuditEvent(
        cooperative_id=cooperative_id,
        seq=head[0] + 1 if head else 0,
        at=clock.now(),
        actor_id=author.person.pk if author.person else None,
        on_behalf_id=author.on_behalf.pk if author.on_behalf else None,
        verb=verb,
        subject_type=done.subject_type,
        subject_id=done.subject_id,
        reason=done.reason,
        payload=payload,
        payload_sha=canonical.sha256(payload),
        prev=head[1] if head else "",
        op_key=operation.key if operation else None,
        op_digest=operation.digest if operation else "",
    )
    event.hash = event_hash(event)
    sql.insert([event])
    if head is not None:
        sql.execute(
            "UPDATE identity_bookhead SET seq = %s, hash = %s WHERE cooperative_id = %s",
            [event.seq, event.hash, cooperative_id],
        )
    return event.seq, event.hash


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the previous hash, the event's own facts and its payload's digest."""
    meta = canonical.dumps(
        {
            "cooperative": event.cooperative_id,
            "seq": event.seq,
            "at": event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "actor": event.actor_id,
            "on_behalf": event.on_behalf_id,
            "verb": event.verb,
            "subject": [event.subject_type, event.subject_id],
            "reason": event.reason,
        }
    )
    return canonical.sha256(f"{event.prev}|{meta}|{event.payload_sha}")


def broken_links(events: Iterable[AuditEvent], tip: tuple[int, str]) -> list[str]:
    """What is wrong in a chain: `events` in the order of `seq`, `tip` the (seq, hash) kept beside it.

    Every event is hashed again; an erased payload (null) is allowed, because
    its digest stays. An empty list means that the chain is whole.
    """
    faults = []
    seq, last = 0, ""
    for event in events:
        if event.seq != seq + 1:
            faults.append(f"event {seq + 1} expected, {event.seq} found")
        if event.prev != last:
            faults.append(f"event {event.seq} does not follow the one before it")
        if event.payload is not None and canonical.sha256(event.payload) != event.payload_sha:
            faults.append(f"event {event.seq}: the payload was changed")
        if event_hash(event) != event.hash:
            faults.append(f"event {event.seq}: the event was changed")
        seq, last = event.seq, event.hash
    if (seq, last) != tip:
        faults.append(f"the chain ends at event {seq}, its head says {tip[0]}")
    return faults


def verify_chain(cooperative: Cooperative) -> list[str]:
    """The faults of a cooperative's audit chain; an empty list means none (`retkoop check-books`)."""
    head = BookHead.objects.filter(cooperative=cooperative).first()
    tip = (head.seq, head.hash) if head else (0, "")
    return broken_links(cooperative.events.order_by("seq").iterator(chunk_size=2000), tip)
