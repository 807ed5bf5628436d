"""The cooperative's acts on its adhésion: filling in, engaging, sending, taking back, amending."""

import datetime as dt
import json

import pytest
from django_tasks_db.models import DBTaskResult

from retkoop.core import canonical, clock
from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.audit import Author, Operation, OperationConflict, verify_chain
from retkoop.identity.models import AuditEvent, Mandate, Role
from retkoop.membership.amounts import Prices
from retkoop.membership.models import Engagement, Resignation, SchoolClass, Sheet, Tariff
from retkoop.membership.queries.adhesions import OTHERS, Declared, offered_years, opening_of, rows_of
from retkoop.membership.services.adhesions import (
    engage,
    send_sheet,
    start_adhesion,
    start_amendment,
    take_back_sheet,
    withdraw_amendment,
)
from retkoop.membership.tests.adhesion_desk import FIRST, ROWS, TEXT, TODAY, make_adhesion_desk, make_tariff

HEADS = 24 + 26 + 2 + 1 + 2


@pytest.fixture
def desk(cast):
    with travel(TODAY):
        yield make_adhesion_desk(cast.cooperative_a, cast.mandataire_a)


def resign(desk, first: int) -> Resignation:
    day = dt.date(2025, 9, 30)
    return Resignation.objects.create(
        cooperative=desk.cooperative, first=first, written_on=day, received_on=day, recorded_at=clock.now()
    )


def test_an_adhesion_is_filled_in_engaged_to_sent_and_validated(desk):
    assert desk.standing().state == "not_begun"
    sheet = desk.fill()
    assert (desk.standing().state, desk.standing().total_cents) == ("filling", 0)
    desk.engage()
    sent = desk.send(sheet)
    assert (sent.pupils, sent.adults) == (50, 5)
    assert (sent.membership_cents, sent.insurance_cents, sent.review_cents) == (HEADS * 205, HEADS * 25, 0)
    assert (sent.federal_cents, json.loads(sent.tariff)) == (HEADS * 119, Prices.of(desk.tariff).dump())
    assert (desk.standing().state, desk.standing().final, desk.standing().total_cents) == ("sent", False, HEADS * 230)
    Sheet.objects.filter(pk=sent.pk).update(state="validated")
    assert (desk.standing().state, desk.standing().final) == ("validated", True)
    assert verify_chain(desk.cooperative) == []


def test_without_the_engagement_a_validated_adhesion_is_not_final(desk):
    desk.validated()
    assert (desk.standing().state, desk.standing().final) == ("validated", False)
    desk.engage()
    assert desk.standing().final


def test_standing_costs_three_queries_whatever_is_there(desk, django_assert_num_queries):
    with django_assert_num_queries(2):
        desk.standing()
    desk.validated()
    desk.engage()
    with django_assert_num_queries(3):
        assert desk.standing().engagement.person.full_name == "Anne Maret"
    Tariff.objects.all().delete()
    with django_assert_num_queries(4):  # never so in a house where a tariff that served stays
        desk.standing()


def test_the_table_opens_with_last_years_rows_the_classes_of_today_and_no_removed_class(desk):
    gone, cp = desk.school_class("CM2"), desk.school_class("CP", 2)
    with travel(dt.date(2024, 10, 1)):
        last = make_adhesion_desk(desk.cooperative, desk.person, 2024)
        rows = (Declared("CM2", 20, 1, class_id=gone.pk), Declared("CP", 24, 1, class_id=cp.pk), Declared(OTHERS, adults=3))
        last.validated(last.fill(rows, first=2024, review_copies=2))
    SchoolClass.objects.filter(pk=gone.pk).update(removed_at=clock.now())
    SchoolClass.objects.filter(pk=cp.pk).update(name="CP, Mme Roux")
    new = desk.school_class("CE1", 3)
    opening = opening_of(desk.cooperative, FIRST, None)
    assert opening.rows == (
        Declared("CP, Mme Roux", 24, 1, class_id=cp.pk), Declared("CE1", class_id=new.pk), Declared(OTHERS, adults=3),
    )  # fmt: skip
    assert (opening.source, opening.review_copies) == ("last_year", 2)
    begun = start_adhesion(cooperative=desk.cooperative, first=FIRST, author=desk.author)
    assert rows_of(begun) == opening.rows
    assert opening_of(desk.cooperative, FIRST, begun).source == "sheet"
    assert start_adhesion(cooperative=desk.cooperative, first=FIRST, author=desk.author).pk == begun.pk


def test_without_last_year_the_table_opens_with_the_schools_classes(desk):
    assert opening_of(desk.cooperative, FIRST, None).source == ""
    cp = desk.school_class("CP")
    assert opening_of(desk.cooperative, FIRST, None).rows == (Declared("CP", class_id=cp.pk),)


def test_a_class_that_was_typed_becomes_a_class_of_the_school_on_sending(desk):
    desk.school_class("CP")
    sheet = desk.send()
    assert [each.name for each in desk.cooperative.classes.all()] == ["CP", "CE1-CE2"]
    assert [row.school_class.name if row.school_class else None for row in sheet.rows.all()] == ["CP", "CE1-CE2", None]


def test_what_cannot_be_declared_is_refused(desk, cast):
    foreign = SchoolClass.objects.create(cooperative=cast.cooperative_b, name="CP")
    for rows in (
        (Declared(" ", 3),), (Declared("CP", 3), Declared("cp", 4)), (Declared("CP", -1),), (Declared("CP", 2_001),),
        (Declared("CP", 3, class_id=foreign.pk),), tuple(Declared(f"C{n}") for n in range(81)),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            desk.fill(rows)
    Tariff.objects.update(review_cents=0, supplement=False)
    for more, field in (({"supplement_cents": 1}, "supplement"), ({"review_copies": 1}, "review_copies")):
        with pytest.raises(Refusal) as refused:
            desk.fill(**more)
        assert refused.value.field == field
    assert Sheet.objects.count() == 0


def test_nothing_is_begun_without_a_tariff_after_a_resiliation_or_once_the_year_is_over(desk):
    with pytest.raises(Refusal, match="tarif"):
        desk.fill(first=2026)
    with travel(dt.date(2026, 9, 1)), pytest.raises(Refusal, match="terminée"):
        desk.fill()
    left = resign(desk, FIRST)
    assert desk.standing().state == "resigned"
    with pytest.raises(Refusal, match="résilié"):
        desk.fill()
    Resignation.objects.filter(pk=left.pk).update(cancelled_at=clock.now())
    desk.fill()


def test_a_resiliation_ends_a_validated_year_and_holds_until_the_cooperative_joins_again(desk):
    desk.validated()
    resign(desk, 2024)
    assert desk.standing().state == "validated"
    resign(desk, FIRST)
    assert desk.standing().state == "resigned"
    make_tariff(desk.cooperative.association, FIRST + 3)
    assert desk.standing(FIRST + 3).state == "resigned"


def test_after_the_deadline_an_adhesion_that_is_not_begun_is_not_renewed(desk):
    with travel(dt.date(2024, 10, 1)):
        last = make_adhesion_desk(desk.cooperative, desk.person, 2024)
        last.validated(last.fill(first=2024))
    with travel(dt.date(2025, 11, 10)):
        assert (desk.standing().state, desk.standing().late) == ("not_begun", False)
    with travel(dt.date(2025, 11, 11)):
        assert (desk.standing().state, desk.standing().late) == ("not_renewed", True)
        desk.fill()
        assert desk.standing().state == "filling"
    assert desk.standing(2026).state == "no_tariff"


def test_nobody_declared_cannot_be_sent(desk):
    with pytest.raises(Refusal, match="Personne"):
        desk.send(desk.fill((Declared("CP", 24, 1, member=False),)))


def test_a_sent_sheet_is_taken_back_then_changed_until_the_ad_validates(desk):
    sent = desk.send()
    with pytest.raises(Refusal, match="transmise"):
        desk.fill()
    with pytest.raises(Refusal, match="transmise"):
        desk.send(sent)
    back = take_back_sheet(sheet=sent, author=desk.author)
    assert (back.state, back.total_cents, back.tariff, back.sent_at) == ("filling", 0, "", None)
    validated = desk.validated(desk.fill((Declared("CP", 10, 1),)))
    for refused in (lambda: take_back_sheet(sheet=validated, author=desk.author), desk.fill, lambda: desk.send(validated)):
        with pytest.raises(Refusal):
            refused()


def test_an_amendment_declares_the_whole_and_is_worth_the_difference(desk):
    first = desk.validated(desk.fill(supplement_cents=500))
    second = start_amendment(cooperative=desk.cooperative, first=FIRST, author=desk.author)
    assert (second.number, second.supplement_cents) == (2, 500)
    assert [row.pupils for row in rows_of(second)] == [24, 26, 0]
    with pytest.raises(Refusal):
        start_amendment(cooperative=desk.cooperative, first=FIRST, author=desk.author)
    Tariff.objects.update(pupil_cents=999)  # the amendment keeps the prices of the adhésion
    desk.fill((*rows_of(second), Declared("CM1", 10, 1)), supplement_cents=500)
    sent = desk.validated(Sheet.objects.get(pk=second.pk))
    assert (sent.pupils, sent.adults, sent.membership_cents, sent.insurance_cents) == (60, 6, 11 * 205, 11 * 25)
    assert (sent.federal_cents, desk.standing().total_cents) == (11 * 119, (HEADS + 11) * 230 + 500)
    first.refresh_from_db()
    assert (first.membership_cents, first.rows.count()) == (HEADS * 205 + 500, 3)


def test_an_amendment_may_be_given_up_and_its_number_is_not_given_again(desk):
    desk.validated()
    second = start_amendment(cooperative=desk.cooperative, first=FIRST, author=desk.author)
    withdraw_amendment(sheet=second, author=desk.author)
    assert desk.standing().open_sheet is None
    assert start_amendment(cooperative=desk.cooperative, first=FIRST, author=desk.author).number == 3
    with pytest.raises(Refusal):
        withdraw_amendment(sheet=second, author=desk.author)


def test_the_engagement_keeps_the_text_that_was_read_and_its_digest(desk):
    desk.fill()
    made = desk.engage()
    assert (made.person_id, made.text, made.text_sha) == (desk.person.pk, TEXT, canonical.sha256(TEXT))
    with pytest.raises(Refusal, match="déjà"):
        desk.engage()
    Tariff.objects.update(engagement="Un autre texte.")
    assert Engagement.objects.get().text == TEXT


def test_a_text_changed_since_it_was_shown_is_not_engaged_to(desk):
    desk.fill()
    with pytest.raises(StaleVersion):
        engage(
            cooperative=desk.cooperative, first=FIRST, mandate=desk.mandate, author=desk.author,
            text_sha=canonical.sha256("avant"),
        )  # fmt: skip


def test_only_a_live_mandataire_of_the_cooperative_engages_and_in_their_own_name(desk, cast):
    desk.fill()
    helping = Author(cast.ad_accountant, cast.ad_085)
    other = Mandate.objects.get(person=cast.mandataire_b)
    cosigner = Mandate.objects.create(
        person=cast.reader_a, role=Role.COSIGNER, cooperative=desk.cooperative, starts=dt.date(2025, 9, 1)
    )
    ended = Mandate.objects.get(person=cast.former_mandataire_a)
    for mandate, author in (
        (other, Author(cast.mandataire_b)), (cosigner, Author(cast.reader_a)), (ended, Author(cast.former_mandataire_a)),
        (desk.mandate, helping), (desk.mandate, Author(cast.mandataire_b)), (desk.mandate, Author(None)),
    ):  # fmt: skip
        with pytest.raises(Refusal, match="Seul"):
            engage(cooperative=desk.cooperative, first=FIRST, mandate=mandate, author=author)
    assert Engagement.objects.count() == 0


def test_nobody_engages_before_the_adhesion_has_begun(desk):
    with pytest.raises(Refusal, match="tableau"):
        desk.engage()


def test_a_stale_version_another_total_and_a_reused_key_write_nothing(desk):
    sheet = desk.fill(version=0)
    for stale in (
        lambda: desk.fill(version=0),
        lambda: send_sheet(sheet=sheet, author=desk.author, version=1),
        lambda: send_sheet(sheet=sheet, author=desk.author, expected_cents=1),
    ):
        with pytest.raises(StaleVersion):
            stale()
    key = Operation("k" * 16, "digest")
    sent = send_sheet(sheet=sheet, author=desk.author, operation=key)
    events = AuditEvent.objects.count()
    assert send_sheet(sheet=sheet, author=desk.author, operation=key).pk == sent.pk
    with pytest.raises(OperationConflict):
        send_sheet(sheet=sheet, author=desk.author, operation=Operation("k" * 16, "other"))
    assert AuditEvent.objects.count() == events


def test_the_ad_is_told_by_mail_of_what_was_sent(desk):
    desk.send()
    (mail,) = [job.args_kwargs["kwargs"] for job in DBTaskResult.objects.all()]
    assert mail["to"] == desk.cooperative.association.email
    assert mail["subject"] == "Adhésion 2025-2026 : 085-099 École des Marais"
    assert "pas encore engagé" in mail["text"]


def test_an_ad_member_fills_in_and_sends_in_its_own_name(desk, cast):
    desk.fill()
    sent = send_sheet(sheet=desk.standing().open_sheet, author=Author(cast.ad_accountant, cast.ad_085))
    event = AuditEvent.objects.get(verb="adhesion.sent")
    assert (event.actor_id, event.on_behalf_id, sent.sent_by_id) == (
        cast.ad_accountant.pk,
        cast.ad_085.pk,
        cast.ad_accountant.pk,
    )


def test_from_june_the_coming_year_is_offered_once_it_has_a_tariff(desk):
    make_tariff(desk.cooperative.association, FIRST + 1)
    with travel(dt.date(2026, 5, 31)):
        assert offered_years(desk.cooperative) == [FIRST]
    with travel(dt.date(2026, 6, 1)):
        assert offered_years(desk.cooperative) == [FIRST, FIRST + 1]


def test_the_rows_of_the_desk_are_what_the_examples_count():
    assert sum(row.pupils + row.teachers + row.adults for row in ROWS) == HEADS
