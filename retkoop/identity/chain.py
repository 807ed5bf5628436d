"""The audit chain of a cooperative, read again from its first event: what `retkoop check-books` proves.

An erased payload (null) leaves the chain whole: the hash covers its digest.
"""

from collections.abc import Iterator

from retkoop.core import canonical
from retkoop.identity.audit import event_hash
from retkoop.identity.models import AuditEvent, BookHead, Cooperative


def broken_links(cooperative: Cooperative) -> Iterator[str]:
    """What does not hold, in English for the operator; nothing when the chain is whole."""
    tip, expected = "", 0
    for event in AuditEvent.objects.filter(cooperative=cooperative).order_by("seq").iterator(chunk_size=500):
        expected += 1
        if event.seq != expected:
            yield f"event {expected} is missing, {event.seq} follows"
            expected = event.seq
        if event.prev != tip:
            yield f"event {event.seq} does not follow the one before"
        if event.payload is not None and canonical.sha256(event.payload) != event.payload_sha:
            yield f"event {event.seq} does not hold the payload that was written"
        if event_hash(event) != event.hash:
            yield f"event {event.seq} has been altered"
        tip = event.hash
    head = BookHead.objects.filter(cooperative=cooperative).first()
    if (head.seq, head.hash) != (expected, tip) if head else expected:
        yield f"the head of the book is not its event {expected}"
