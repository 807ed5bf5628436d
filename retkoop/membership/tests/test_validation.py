"""The AD's steps: validated, given back, paid in each way, told to the books, résiliée; each refused when it cannot be."""

import datetime as dt
import logging

import pytest
from django.db import DatabaseError, connection
from django_tasks_db.models import DBTaskResult

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.audit import Author, verify_chain
from retkoop.ledger import chart
from retkoop.ledger.models import MembershipCall, Proposal, ProposalState
from retkoop.membership.models import Engagement, Resignation, Sheet, SheetState
from retkoop.membership.queries.adhesions import Declared, StandingState
from retkoop.membership.queries.campaign import campaign_of, untold_sheets
from retkoop.membership.services.resignations import cancel_resignation, resign
from retkoop.membership.services.validation import Payment, return_sheet, tell_the_untold, validate_sheet, validate_sheets
from retkoop.membership.tests.adhesion_desk import FIRST, TODAY
from retkoop.membership.tests.campaign_desk import PAID_ON, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast):
    chart.load()
    with travel(TODAY):
        yield make_campaign(cast)


def mails():
    return [task.args_kwargs["kwargs"]["subject"] for task in DBTaskResult.objects.order_by("enqueued_at")]


def test_a_validated_adhesion_tells_the_mandataires_and_the_books(desk):
    sheet = desk.validate(desk.send(desk.a, review_copies=1))
    assert (sheet.state, sheet.validated_by, desk.a.standing().final) == (SheetState.VALIDATED, desk.cast.ad_accountant, True)
    assert mails()[-1] == "Adhésion 2025-2026 validée : 085-099"
    call = MembershipCall.objects.get()
    assert (call.cooperative, call.first, call.on, call.membership_cents, call.insurance_cents, call.review_cents) == (
        sheet.cooperative, FIRST, TODAY, 55 * 205, 55 * 25, 3_300,
    )  # fmt: skip
    assert Proposal.objects.get().payload["lines"] == [
        ["occe_dues", 11_275],
        ["insurance", 1_375],
        ["other_charges", 3_300],
    ]
    assert verify_chain(sheet.cooperative) == []


@pytest.mark.parametrize(
    ("facts", "proposed", "words"),
    [
        ({"way": "debit", "on": PAID_ON}, ("2025-10-03", "debit"), "prélèvement"),
        ({"way": "cheque", "on": PAID_ON, "reference": "4000117"}, ("2025-10-03", "cheque"), "chèque"),
        ({"way": "transfer"}, ("2025-10-06", "transfer"), "virement"),
        ({"payer": "town_hall", "payer_name": "Mairie de Challans"}, None, "la mairie (Mairie de Challans)"),
        ({"payer": "parents", "payer_name": "Amicale", "way": "cheque"}, None, "l’association de parents (Amicale), chèque"),
    ],
)
def test_each_way_of_paying_reaches_the_list_and_the_books(desk, facts, proposed, words):
    before = desk.pay(desk.send(desk.a), **facts)
    desk.validate(before)
    after = desk.validate(desk.send(desk.b))
    desk.pay(after, **facts)
    told = [row.payload for row in Proposal.objects.filter(state=ProposalState.OPEN)]
    assert [(said["date"], said["means"]) for said in told] == ([proposed] * 2 if proposed else [])
    assert [row.paid for row in campaign_of(desk.association, FIRST, TODAY).rows] == [words, words]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"payer": "town_hall"}, "payer_name"),
        ({"payer": "nobody"}, "payer"),
        ({"way": "gold"}, "way"),
        ({"on": PAID_ON}, "way"),
        ({"way": "debit", "on": dt.date(2025, 10, 7)}, "on"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_beside_its_field(desk, facts, field):
    sheet = desk.send(desk.a)
    with pytest.raises(Refusal) as refusal:
        desk.pay(sheet, **facts)
    assert refusal.value.field == field
    assert desk.again(sheet).payment == ""


def test_what_is_not_sent_is_neither_validated_nor_paid(desk):
    sheet = desk.again(desk.a.fill())
    for step in (lambda: desk.validate(sheet), lambda: desk.pay(sheet, way="debit")):
        with pytest.raises(Refusal):
            step()
    sent = desk.again(desk.a.send(sheet))
    with pytest.raises(StaleVersion):
        validate_sheet(sheet=sent, author=desk.ad, version=sent.adhesion.version - 1)
    with pytest.raises(Refusal):
        validate_sheet(sheet=sent, author=Author(desk.cast.other_ad, on_behalf=desk.cast.ad_038))
    with pytest.raises(Refusal):
        validate_sheet(sheet=sent, author=desk.a.author)
    desk.validate(sent)
    with pytest.raises(Refusal, match="déjà validée"):
        desk.validate(sent)
    assert MembershipCall.objects.count() == 1


def test_several_are_validated_each_alone_and_what_cannot_be_is_named(desk):
    sent = [desk.send(desk.b), desk.send(desk.a, engaged=False), desk.send(desk.another("102"))]
    desk.validate(sent[2])
    done, refused = validate_sheets(
        association=desk.association, sheets=sent, author=desk.ad, payment=Payment(way="debit", on=PAID_ON)
    )
    assert [sheet.cooperative.number for sheet in done] == ["099", "101"]
    assert [(each.sheet.cooperative.number, each.message) for each in refused] == [("102", "Cette adhésion est déjà validée.")]
    rows = {row.identifier: row for row in campaign_of(desk.association, FIRST, TODAY).rows}
    assert [(row.state, row.unengaged, row.paid_on) for row in (rows["085-099"], rows["085-101"], rows["085-102"])] == [
        (StandingState.VALIDATED, True, PAID_ON),
        (StandingState.VALIDATED, False, PAID_ON),
        (StandingState.VALIDATED, False, None),
    ]
    assert desk.a.standing().final is False


def test_a_sheet_given_back_is_filled_in_again_with_its_reason(desk):
    sheet = desk.send(desk.a)
    with pytest.raises(Refusal):
        return_sheet(sheet=sheet, reason=" ", author=desk.ad, version=sheet.adhesion.version)
    return_sheet(sheet=sheet, reason="Le CM2 manque", author=desk.ad, version=sheet.adhesion.version)
    back = desk.again(sheet)
    assert (back.state, back.membership_cents, back.tariff, back.rows.count()) == (SheetState.FILLING, 0, "", 3)
    assert mails()[-1] == "Adhésion 2025-2026 à corriger : 085-099"
    desk.validate(desk.again(desk.a.send(back)))


def test_an_amendment_is_validated_apart_and_only_its_difference_is_called(desk):
    desk.validate(desk.send(desk.a))
    fewer = (Declared("CP", 20, 1), Declared("CE1-CE2", 26, 1, 1))
    sheet = desk.validate(desk.amend(desk.a, fewer))
    assert (sheet.number, sheet.pupils, sheet.total_cents) == (2, 46, -6 * 230)
    second = Proposal.objects.latest("pk").payload
    assert (second["label"], second["direction"], second["lines"]) == (
        "Remboursement d’adhésion 2025-2026", "in", [["occe_dues", -1_230], ["insurance", -150]],
    )  # fmt: skip
    assert Proposal.objects.count() == 2


def test_books_that_were_not_told_are_told_by_the_next_round(desk, caplog):
    def out_of_reach(execute, sql, params, many, context):
        if "ledger_membershipcall" in sql and sql.startswith("INSERT"):
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    with caplog.at_level(logging.CRITICAL), connection.execute_wrapper(out_of_reach):
        sheet = desk.validate(desk.send(desk.a))
    assert (sheet.state, MembershipCall.objects.count(), untold_sheets(desk.association)) == (SheetState.VALIDATED, 0, [sheet])
    tell_the_untold(desk.association)
    tell_the_untold(desk.association)
    assert (MembershipCall.objects.count(), untold_sheets(desk.association)) == (1, [])


def leave(desk, written_on, first=FIRST):
    return resign(cooperative=desk.a.cooperative, first=first, written_on=written_on, received_on=written_on, author=desk.ad)


def test_a_resignation_in_time_ends_the_adhesion_and_may_be_taken_back(desk):
    row = leave(desk, dt.date(2025, 10, 1))
    assert desk.a.standing().state == StandingState.RESIGNED
    assert campaign_of(desk.association, FIRST, TODAY).counts[0] == ("not_begun", "non commencée", 1)
    with pytest.raises(Refusal):
        leave(desk, dt.date(2025, 10, 2))
    with pytest.raises(Refusal):
        desk.a.fill()
    cancel_resignation(resignation=row, author=desk.ad)
    with pytest.raises(Refusal):
        cancel_resignation(resignation=row, author=desk.ad)
    assert desk.a.standing().state == StandingState.NOT_BEGUN
    assert (Resignation.objects.count(), Engagement.objects.count()) == (1, 0)


def test_a_late_resignation_leaves_the_cotisation_due(desk):
    with travel(dt.date(2025, 11, 20)):
        with pytest.raises(Refusal, match="la cotisation 2025-2026 reste due"):
            leave(desk, dt.date(2025, 11, 2))
        leave(desk, dt.date(2025, 11, 2), first=FIRST + 1)
        assert desk.a.standing().state == StandingState.NOT_BEGUN


def test_who_has_sent_or_is_validated_cannot_leave_that_year(desk):
    sheet = desk.send(desk.a)
    with pytest.raises(Refusal, match="rendez-la d’abord"):
        leave(desk, dt.date(2025, 10, 1))
    desk.validate(sheet)
    with pytest.raises(Refusal, match="la cotisation reste due"):
        leave(desk, dt.date(2025, 10, 1))
    assert Sheet.objects.get().state == SheetState.VALIDATED


def test_after_the_deadline_who_has_not_come_back_is_shown_as_not_renewed(desk):
    desk.validate(desk.send(desk.a))
    late = dt.date(2026, 12, 1)
    with travel(late):
        make_next = desk.a.tariff
        make_next.pk, make_next.first, make_next.deadline = None, FIRST + 1, dt.date(2026, 11, 10)
        make_next.save()
        states = {row.identifier: row.words for row in campaign_of(desk.association, FIRST + 1, late).rows}
    assert states == {"085-099": "non renouvelée", "085-101": "non commencée"}
