"""The adhésion told to the books: proposed already split, recorded by one tap, never twice; refunds and corrections."""

import datetime as dt
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import verify_chain
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Entry, MembershipCall, Proposal, ProposalState
from retkoop.ledger.services.membership import tell_call, withdraw_call
from retkoop.ledger.services.proposals import dismiss_proposal
from retkoop.ledger.tests.worked import TODAY, make_worked

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 9, 12)


@pytest.fixture
def book(cast):
    """Cooperative A's, on 20 September 2025."""
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, author(cast.mandataire_a))


def call(book, membership=12_000, insurance=1_500, review=700, ref="sheet-1", **facts):
    return tell_call(
        cooperative=book.year.cooperative, first=2025, ref=ref, on=DAY, membership_cents=membership,
        insurance_cents=insurance, review_cents=review, **facts,
    )  # fmt: skip


def proposals():
    return list(Proposal.objects.order_by("pk"))


def tap(cast, row):
    return signed_in(cast.mandataire_a).post(f"/propositions/{row.pk}/enregistrer/", {"operation_key": uuid.uuid4().hex})


def lines(entry):
    return dict(entry.postings.filter(until_version=None).values_list("account__key", "cents"))


def test_the_call_is_proposed_split_and_one_tap_records_it(book, cast):
    call(book, means="cheque")
    page = signed_in(cast.mandataire_a).get("/propositions/").content.decode()
    assert [part in page for part in ("6281 Cotisation OCCE", "6168 Assurances", "6500 ", 'data-cents="14200"')] == [True] * 4
    (row,) = proposals()
    assert tap(cast, row).status_code == 303
    entry = Entry.objects.get(label="Adhésion 2025-2026")
    assert (entry.date, entry.means, entry.counterparty) == (DAY, "cheque", "OCCE de la Vendée")
    assert lines(entry) == {"bank": -14_200, "occe_dues": 12_000, "insurance": 1_500, "other_charges": 700}
    assert tap(cast, row).status_code == 422
    cooperative = book.year.cooperative
    assert (list(check(cooperative)), verify_chain(cooperative)) == ([], [])


def test_told_again_it_changes_nothing_and_an_open_proposal_follows_the_call(book):
    call(book)
    seq = book.year.cooperative.events.count()
    call(book)
    assert (len(proposals()), book.year.cooperative.events.count()) == (1, seq)
    call(book, membership=13_000, review=0)
    (row,) = proposals()
    assert (row.payload["cents"], row.payload["lines"]) == (14_500, [["occe_dues", 13_000], ["insurance", 1_500]])
    assert MembershipCall.objects.get().membership_cents == 13_000


def test_what_was_recorded_stays_and_the_difference_is_proposed(book, cast):
    call(book)
    tap(cast, proposals()[0])
    call(book, membership=12_300, insurance=1_600)
    first, second = proposals()
    assert (first.state, first.payload["cents"]) == (ProposalState.TAKEN, 14_200)
    assert (second.payload["label"], second.payload["lines"]) == (
        "Complément d’adhésion 2025-2026",
        [["occe_dues", 300], ["insurance", 100]],
    )
    call(book)
    assert [row.state for row in proposals()] == [ProposalState.TAKEN, ProposalState.DISMISSED]


def test_an_amendment_that_lowers_it_is_a_refund_on_the_same_accounts(book, cast):
    call(book, membership=-600, insurance=-75, review=0, ref="sheet-2", amendment=True)
    page = signed_in(cast.mandataire_a).get("/propositions/").content.decode()
    assert ("vous rend" in page, 'data-cents="-600"' in page) == (True, True)
    tap(cast, proposals()[0])
    entry = Entry.objects.get(label="Remboursement d’adhésion 2025-2026")
    assert lines(entry) == {"bank": 675, "occe_dues": -600, "insurance": -75}
    assert list(check(book.year.cooperative)) == []


def test_nothing_is_proposed_when_someone_else_pays_or_the_sheet_is_withdrawn(book):
    call(book, payer="town_hall", payer_name="Mairie de Challans")
    assert (proposals(), MembershipCall.objects.get().payer_name) == ([], "Mairie de Challans")
    call(book)
    call(book, payer="parents")
    assert [row.state for row in proposals()] == [ProposalState.DISMISSED]
    call(book, ref="sheet-3")
    withdraw_call(cooperative=book.year.cooperative, ref="sheet-3")
    withdraw_call(cooperative=book.year.cooperative, ref="sheet-9")
    assert [(row.state, row.payload["withdrawn"]) for row in proposals()] == [(ProposalState.DISMISSED, True)] * 2
    assert MembershipCall.objects.get(source_ref="sheet-3").withdrawn_at is not None


def test_what_was_put_aside_is_not_proposed_again_and_a_look_alike_is_named(book, cast):
    call(book)
    dismiss_proposal(proposal=proposals()[0], author=book.author)
    call(book, means="transfer")
    assert len(proposals()) == 1
    call(book, ref="sheet-4")
    tap(cast, proposals()[1])
    call(book, ref="sheet-5")
    assert 'data-warning="proposal-alike"' in signed_in(cast.mandataire_a).get("/propositions/").content.decode()
