"""The CRA's answers: what counts as one, what is proposed, what is missing, who may write and when."""

import datetime as dt

import pytest

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.audit import Author, Operation
from retkoop.identity.models import AuditEvent
from retkoop.ledger.models import Attachment, FiscalYear
from retkoop.ledger.queries.years import next_of
from retkoop.ledger.tests.worked import TODAY, make_worked
from retkoop.yearend.models import ActivityReport, Report, ReportRules, ReportState
from retkoop.yearend.queries.activity import counted, cra_opens_on, progress_of
from retkoop.yearend.services.activity import save_answers
from retkoop.yearend.services.questionnaires import load_questionnaire, load_shipped
from retkoop.yearend.tests.questions import NOBODY, other_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(cast):
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, Author(cast.mandataire_a))


@pytest.fixture
def year(worked):
    load_questionnaire(raw=other_file(), author=NOBODY)
    return worked.year


def save(year, values, *, validate=False, **more):
    author = Author(year.cooperative.mandates.get(ends__isnull=True, role="mandataire").person)
    return save_answers(year=year, page=1, values=values, author=author, validate=validate, **more)


def keys(asked):
    return [question.key for question in asked]


def test_nothing_is_begun_by_looking(year):
    progress = progress_of(year)
    assert (progress.begun, progress.complete, keys(progress.missing)) == (False, False, ["garden"])
    assert Report.objects.count() == 0


def test_an_unticked_box_is_unanswered_until_its_page_is_validated_then_it_means_no(year):
    save(year, {"garden": False})
    assert keys(progress_of(year).unanswered) == ["garden"]
    save(year, {"garden": False}, validate=True)
    progress = progress_of(year)
    assert (progress.answers, progress.unanswered, progress.complete) == ({"garden": False}, (), True)


def test_an_answer_shows_the_questions_that_hang_on_it_and_hides_them_again(year):
    save(year, {"garden": True})
    assert keys(progress_of(year).shown) == ["garden", "garden_beds", "grows"]
    save(year, {"garden": True, "garden_beds": 4})
    assert keys(progress_of(year).shown) == ["garden", "garden_beds", "garden_name", "grows"]
    save(year, {"garden": False, "garden_beds": 4})
    assert keys(progress_of(year).shown) == ["garden"]


def test_what_was_typed_in_a_hidden_question_is_kept_but_never_an_answer(year):
    save(year, {"garden": True, "garden_beds": 4})
    save(year, {"garden": False, "garden_beds": 4}, validate=True)
    progress = progress_of(year)
    assert (progress.values["garden_beds"], progress.answers) == (4, {"garden": False})


def test_several_choices_left_empty_are_none_once_validated(year):
    save(year, {"garden": True, "grows": []})
    assert "grows" in keys(progress_of(year).unanswered)
    save(year, {"garden": True, "grows": []}, validate=True)
    assert progress_of(year).answers["grows"] == []


def test_only_a_required_question_is_missing(year):
    save(year, {"garden": True, "garden_beds": None}, validate=True)
    progress = progress_of(year)
    assert (keys(progress.unanswered), progress.missing, progress.complete) == (["garden_beds", "grows"], (), True)


def test_a_value_that_does_not_fit_is_no_answer(year):
    save(year, {"garden": True, "garden_beds": "beaucoup"}, validate=True)
    assert "garden_beds" in keys(progress_of(year).unanswered)


def test_last_years_answer_is_proposed_marked_and_unanswered_until_confirmed(year, cast):
    save(year, {"garden": True, "garden_beds": 4, "garden_name": "Le Clos"}, validate=True)
    after = next_of(year)
    assert after is not None
    with travel(dt.date(2026, 6, 1)):
        save(after, {"garden": True})
        progress = progress_of(after)
        assert (progress.values["garden_beds"], progress.marks) == (4, {"garden_beds": "carried"})
        assert keys(progress.unanswered) == ["garden_beds", "garden_name", "grows"]
        save(after, {"garden": True, "garden_beds": 4, "garden_name": None})
        assert progress_of(after).marks == {"garden_beds": "carried"}
        save(after, {"garden": True, "garden_beds": 4}, validate=True)
        progress = progress_of(after)
        assert (progress.marks, progress.answers["garden_beds"]) == ({}, 4)


def test_a_proposed_answer_that_is_emptied_is_not_proposed_again(year):
    save(year, {"garden": True, "garden_beds": 4}, validate=True)
    after = next_of(year)
    assert after is not None
    with travel(dt.date(2026, 6, 1)):
        save(after, {"garden": True, "garden_beds": None})
        progress = progress_of(after)
    assert (progress.values["garden_beds"], progress.marks) == (None, {})


def test_the_system_counts_what_it_knows(worked, cast):
    load_shipped()
    counts = counted(worked.year)
    assert counts == {
        "actions": 1, "advances": 0, "cash_counts": 1, "entries": 12, "grants": 2, "inventory": 1, "receipts": 0,
    }  # fmt: skip
    progress = progress_of(worked.year)
    assert {key: progress.values[key] for key in progress.marks} == {
        "actions_count": 1, "class_advances_count": 0, "inventory_book": True, "public_grants": True, "receipts_filed": 0,
    }  # fmt: skip
    assert set(progress.marks.values()) == {"counted"}
    entry = worked.entries["bus"]
    Attachment.objects.create(cooperative=cast.cooperative_a, entry=entry, sha256="5" * 64, added_at=clock.now())
    assert progress_of(worked.year).values["receipts_filed"] == 1


def test_a_year_of_totals_only_counts_no_entries(year):
    load_questionnaire(raw=other_file(version=3, from_year="2015-2016"), author=NOBODY)
    load_shipped()
    FiscalYear.objects.filter(pk=year.pk).update(mode="totals")
    year.refresh_from_db()
    assert progress_of(year).marks == {}


def test_the_cra_opens_on_the_ads_date_and_not_before(year, cast):
    assert cra_opens_on(year, ReportRules()) == dt.date(2025, 6, 1)
    assert cra_opens_on(year, ReportRules(cra_opens_month=10, cra_opens_day=15)) == dt.date(2024, 10, 15)
    assert cra_opens_on(year, ReportRules(cra_opens_month=6, cra_opens_day=31)) == dt.date(2025, 6, 30)
    ReportRules.objects.create(association=cast.ad_085, cra_opens_month=7, cra_opens_day=4)
    with travel(dt.date(2025, 7, 3)), pytest.raises(Refusal, match=r"s’ouvre le 4 juillet 2025"):
        save(year, {"garden": True})
    assert (Report.objects.count(), ActivityReport.objects.count()) == (0, 0)
    with travel(dt.date(2025, 7, 4)):
        assert save(year, {"garden": True}).version == 1


def test_answers_stay_until_validation_and_not_after(year):
    save(year, {"garden": True}, validate=True)
    for state in set(ReportState) - {ReportState.IN_PROGRESS, ReportState.RETURNED}:
        Report.objects.update(state=state)
        with pytest.raises(Refusal):
            save(year, {"garden": False})
    Report.objects.update(state=ReportState.RETURNED)
    save(year, {"garden": False})
    assert progress_of(year).values["garden"] is False


def test_a_frozen_report_keeps_the_questions_that_it_answered(year):
    save(year, {"garden": False}, validate=True)
    load_questionnaire(raw=other_file(version=7, official=False), author=NOBODY)
    assert not progress_of(year).form.official
    Report.objects.update(state=ReportState.VALIDATED)
    assert (progress_of(year).form.official, progress_of(year).answers) == (True, {"garden": False})


def test_a_stale_version_is_refused_but_not_the_page_that_has_just_saved_itself(year):
    sheet = "0" * 24
    first = save(year, {"garden": True}, version=0, operation=Operation(f"{sheet}-{'a' * 15}", "a"))
    whole = save(year, {"garden": True}, version=0, operation=Operation(sheet + "0" * 8, "b"), validate=True)
    assert (first.version, whole.version) == (1, 2)
    with pytest.raises(StaleVersion):
        save(year, {"garden": False}, version=0, operation=Operation("1" * 32, "c"))
    assert progress_of(year).values["garden"] is True


def test_each_act_is_told_once_with_what_it_changed(year):
    operation = Operation("2" * 32, "d")
    for _ in range(2):
        save(year, {"garden": True, "garden_beds": 4}, operation=operation)
    events = AuditEvent.objects.filter(verb="cra.saved")
    assert [event.payload for event in events] == [
        '{"answers":{"garden":true,"garden_beds":4},"page":1,"version":1,"year":"2024-2025"}'
    ]
