"""A transfer between two cooperatives: told to the other one, which records its mirror by one tap."""

import datetime as dt
import logging
import re
import uuid

import pytest
from django.db import DatabaseError, connection

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Entry, Proposal, ProposalState
from retkoop.ledger.services import transfers
from retkoop.ledger.services.closing import close_year
from retkoop.ledger.services.entries import amend_entry, cancel_entry, record_entry, restore_entry
from retkoop.ledger.tests.worked import TODAY, make_worked

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 9, 10)


@pytest.fixture
def pair(cast):
    """The books of cooperatives A and B, on 20 September 2025."""
    with travel(TODAY):
        yield (
            make_worked(cast.cooperative_a, author(cast.mandataire_a)),
            make_worked(cast.cooperative_b, author(cast.mandataire_b)),
        )


def content(book, cents, peer="085-101", day=DAY, label="Part du bus"):
    account = "exceptional_charges" if cents < 0 else "exceptional_income"
    return EntryContent(day, label, (Line("bank", cents, book.bank.pk), Line(account, -cents)), counterparty=peer)


def transfer(book, cents, peer="085-101", day=DAY):
    year = book.year if day <= book.year.end else book.year.cooperative.years.get(start=dt.date(2025, 9, 1))
    return record_entry(year=year, content=content(book, cents, peer, day), author=book.author)


def send(client, path, **data):
    return client.post(path, {"operation_key": uuid.uuid4().hex, **data})


def test_the_other_cooperative_is_told_what_crosses_and_nothing_else(pair):
    a, b = pair
    entry = transfer(a, -4_500)
    row = Proposal.objects.get()
    assert (row.cooperative, row.source, row.source_ref) == (
        b.year.cooperative,
        "transfer",
        f"{a.year.cooperative_id}-{entry.pk}",
    )
    assert row.payload == {
        "date": "2025-09-10",
        "cents": 4_500,
        "direction": "in",
        "label": "Part du bus",
        "who": "085-099 École des Marais",
    }


def test_one_tap_records_the_mirror_once_and_echoes_nothing(pair, cast):
    a, b = pair
    entry = transfer(a, -4_500)
    row = Proposal.objects.get()
    client = signed_in(cast.mandataire_b)
    page = client.get("/propositions/").content.decode()
    assert "085-099 École des Marais vous a versé" in page
    assert 'data-cents="4500"' in page
    key = uuid.uuid4().hex
    answers = [send(client, f"/propositions/{row.pk}/enregistrer/", operation_key=key) for _ in range(2)]
    mirror = Entry.objects.get(cooperative=b.year.cooperative, counterparty_cooperative=a.year.cooperative)
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (303, f"/ecritures/{mirror.pk}/?enregistree")
    ] * 2
    lines = mirror.postings.order_by("-cents").values_list("account__key", "cents")
    assert (mirror.date, list(lines)) == (DAY, [("bank", 4_500), ("exceptional_income", -4_500)])
    row.refresh_from_db()
    assert (row.state, row.entry) == (ProposalState.TAKEN, mirror)
    assert Proposal.objects.count() == 1
    again = send(client, f"/propositions/{row.pk}/enregistrer/")
    assert again.status_code == 422
    assert Entry.objects.filter(label__startswith="Virement").count() == 1
    assert [finding for book in pair for finding in check(book.year.cooperative)] == []
    cancel_entry(entry=entry, version=1, author=a.author)
    row.refresh_from_db()
    assert row.state == ProposalState.TAKEN


def test_an_open_proposal_follows_its_entry(pair):
    a, _ = pair
    entry = transfer(a, 2_000)
    assert Proposal.objects.get().payload["direction"] == "out"
    entry = amend_entry(entry=entry, version=1, content=content(a, 2_500), author=a.author)
    assert Proposal.objects.get().payload["cents"] == 2_500
    entry = cancel_entry(entry=entry, version=2, author=a.author)
    assert Proposal.objects.get().state == ProposalState.DISMISSED
    entry = restore_entry(entry=entry, version=3, author=a.author)
    assert Proposal.objects.get().state == ProposalState.OPEN
    amend_entry(entry=entry, version=4, content=content(a, 2_500, peer="038-012"), author=a.author)
    assert Proposal.objects.get().state == ProposalState.DISMISSED


def test_a_side_already_written_is_not_proposed_and_answers_a_waiting_proposal(pair):
    a, b = pair
    transfer(a, -4_500)
    mirror = transfer(b, 4_500, peer="085-099", day=dt.date(2025, 9, 12))
    row = Proposal.objects.get()
    assert (row.state, row.entry) == (ProposalState.TAKEN, mirror)


def test_nobody_is_told_in_a_closed_year_or_without_a_book(pair):
    a, b = pair
    close_year(year=b.year, author=b.author)
    transfer(a, -4_500, day=dt.date(2025, 6, 1))
    transfer(a, -4_500, peer="038-012")
    transfer(a, -4_500, peer="Amicale du quartier")
    transfer(a, -4_500, peer="085-099")
    assert Proposal.objects.count() == 0


def test_a_proposal_is_put_aside_and_taken_up_again(pair, cast):
    a, _ = pair
    transfer(a, -4_500)
    row = Proposal.objects.get()
    client = signed_in(cast.mandataire_b)
    assert send(client, f"/propositions/{row.pk}/ecarter/").status_code == 303
    page = client.get("/propositions/").content.decode()
    assert "Aucune proposition n’attend" in page
    assert "Propositions écartées (1)" in page
    assert send(client, f"/propositions/{row.pk}/enregistrer/").status_code == 422
    assert send(client, f"/propositions/{row.pk}/ecarter/", remettre="1").status_code == 303
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_a_failure_there_never_loses_the_entry(pair, caplog):
    a, _ = pair

    def out_of_reach(execute, sql, params, many, context):
        if "ledger_proposal" in sql and sql.startswith("INSERT"):
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    with caplog.at_level(logging.CRITICAL), connection.execute_wrapper(out_of_reach):
        entry = transfer(a, -4_500)
    assert Entry.objects.get(pk=entry.pk).cancelled_at is None
    assert Proposal.objects.count() == 0
    transfers.tell_other_side(entry)
    transfers.tell_other_side(entry)
    assert Proposal.objects.count() == 1


def test_others_neither_see_nor_answer_a_proposal(pair, cast):
    a, _ = pair
    transfer(a, -4_500)
    pk = Proposal.objects.get().pk
    own = signed_in(cast.mandataire_a)
    assert re.search(r"propositions/\d+", own.get("/propositions/").content.decode()) is None
    assert send(own, f"/propositions/{pk}/enregistrer/").status_code == 404
    assert send(own, f"/propositions/{pk}/ecarter/").content == send(own, "/propositions/999999/ecarter/").content
    assert send(signed_in(cast.reader_a), f"/propositions/{pk}/ecarter/").status_code == 403


def test_more_proposals_cost_no_more_queries(pair, cast, django_assert_max_num_queries):
    a, _ = pair
    client = signed_in(cast.mandataire_b)

    def queries():
        with django_assert_max_num_queries(80) as seen:
            client.get("/propositions/")
        return len(seen)

    transfer(a, -4_500)
    short = queries()
    transfer(a, -1_500)
    transfer(a, -2_500)
    assert queries() == short
