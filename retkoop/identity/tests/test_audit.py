"""The chain of a book: what it tells, and how a tampered one is found."""

import dataclasses
import datetime as dt

import pytest

from retkoop.identity import services
from retkoop.identity.audit import Act, Author, Operation, Replay, act, broken_links, general_act, verify_chain
from retkoop.identity.models import AuditEvent, BookHead
from retkoop.identity.tests.cast import author

pytestmark = pytest.mark.django_db


def note(cooperative, person, label, **more):
    with act(cooperative, author(person), "note", **more) as done:
        done.about("note", 1)
        done.payload = {"label": label}


@pytest.fixture
def chain(cast):
    """Cooperative A's events after five notes, and the tip that its head keeps."""
    for n in range(5):
        note(cast.cooperative_a, cast.mandataire_a, f"note {n}")
    head = BookHead.objects.get(cooperative=cast.cooperative_a)
    return list(cast.cooperative_a.events.order_by("seq")), (head.seq, head.hash)


def test_a_book_made_by_the_services_has_a_whole_chain(cast, chain):
    events, tip = chain
    assert broken_links(events, tip) == []
    assert [verify_chain(each) for each in (cast.cooperative_a, cast.cooperative_b, cast.cooperative_c)] == [[]] * 3
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[0].verb == "create_cooperative"


CHANGES = {
    "reason": "une autre raison",
    "verb": "other",
    "actor_id": 1,
    "on_behalf_id": 1,
    "at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    "subject_id": 2,
    "payload_sha": "0" * 64,
    "hash": "0" * 64,
    "cooperative_id": 2,
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_edited_event_is_found(chain, name):
    events, tip = chain
    assert getattr(events[4], name) != CHANGES[name]
    setattr(events[4], name, CHANGES[name])
    assert "event 5: the event was changed" in broken_links(events, tip)


def test_an_edited_payload_is_found(chain):
    events, tip = chain
    events[7].payload = events[7].payload.replace("note", "nota")
    assert broken_links(events, tip) == ["event 8: the payload was changed"]


def test_an_erased_payload_keeps_the_chain_whole(chain):
    events, tip = chain
    events[4].payload = None
    assert broken_links(events, tip) == []


def test_a_deleted_event_is_found(chain):
    events, tip = chain
    del events[3]
    assert broken_links(events, tip) == ["event 4 expected, 5 found", "event 5 does not follow the one before it"]


def test_two_swapped_events_are_found(chain):
    events, tip = chain
    events[3], events[4] = events[4], events[3]
    assert broken_links(events, tip)[0] == "event 4 expected, 5 found"


def test_a_truncated_tail_is_found(chain):
    events, tip = chain
    assert broken_links(events[:-2], tip) == [f"the chain ends at event {tip[0] - 2}, its head says {tip[0]}"]
    assert broken_links([], tip) == [f"the chain ends at event 0, its head says {tip[0]}"]


def test_a_head_that_was_moved_is_found(cast, chain):
    BookHead.objects.filter(cooperative=cast.cooperative_a).update(hash="0" * 64)
    assert verify_chain(cast.cooperative_a) == [f"the chain ends at event {chain[1][0]}, its head says {chain[1][0]}"]


def test_books_do_not_share_a_chain(cast, chain):
    before = verify_chain(cast.cooperative_b), cast.cooperative_b.events.count()
    note(cast.cooperative_a, cast.mandataire_a, "encore")
    assert (verify_chain(cast.cooperative_b), cast.cooperative_b.events.count()) == before


def test_a_failed_act_leaves_nothing_and_keeps_its_key(cast):
    key = Operation("0123456789abcdef", "digest")
    with pytest.raises(ZeroDivisionError), act(cast.cooperative_a, author(cast.mandataire_a), "note", operation=key):
        raise ZeroDivisionError
    assert AuditEvent.objects.filter(verb="note").count() == 0
    note(cast.cooperative_a, cast.mandataire_a, "pain", operation=key)
    with pytest.raises(Replay) as replay:
        note(cast.cooperative_a, cast.mandataire_a, "pain", operation=key)
    assert (replay.value.subject_id, AuditEvent.objects.filter(verb="note").count()) == (1, 1)
    assert verify_chain(cast.cooperative_a) == []


def test_an_act_outside_any_book_is_told_outside_any_chain(cast):
    with general_act(Author(cast.ad_accountant), "note") as done:
        assert done == Act()
    event = AuditEvent.objects.get(verb="note")
    assert (event.cooperative, event.seq, event.prev) == (None, 0, "")


def test_what_the_services_do_is_signed(cast):
    mandate = cast.reader_a.mandates.get()
    signer = dataclasses.replace(author(cast.ad_accountant), on_behalf=cast.ad_085)
    services.end_mandate(mandate=mandate, author=signer, reason="départ")
    event = cast.cooperative_a.events.latest("seq")
    told = (event.verb, event.actor, event.on_behalf, event.subject_type, event.subject_id, event.reason)
    assert told == ("end_mandate", cast.ad_accountant, cast.ad_085, "mandate", mandate.pk, "départ")
