"""The school year of guide 002: its steps, their dates, an AD's own, and how each is known to be done."""

import datetime as dt

import pytest

from retkoop.agenda.conditions import CONDITIONS, Done, Facts, YearFacts
from retkoop.agenda.queries import agenda_of, agendas_of
from retkoop.agenda.tests.tariffs import make_tariff
from retkoop.agenda.year import Choice, planned, steps
from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.identity.models import Mandate, Person
from retkoop.identity.services import create_cooperative
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.services.pointing import set_tick
from retkoop.ledger.tests.books import make_desk
from retkoop.membership.models import Adhesion, Engagement, Resignation, SchoolCard, Sheet
from retkoop.yearend.models import ActivityReport, Questionnaire, Report

KEPT = YearFacts(exists=True, books=True)


def of(key, first=2026, **own):
    """The planned steps of that key."""
    return [each for each in planned(first, own) if each.step.key == key]


def test_the_dates_of_the_federation_in_the_order_of_the_year():
    told = [(each.key, each.begins.isoformat(), each.due.isoformat(), each.about) for each in planned(2026)]
    assert told[:7] == [
        ("cash_count:2026", "2026-08-31", "2026-09-15", 2025),
        ("mandataire:2026", "2026-09-01", "2026-09-30", 2026),
        ("identity:2026", "2026-09-01", "2026-09-30", 2026),
        ("summer:2026", "2026-09-01", "2026-09-30", 2025),
        ("adhesion:2026", "2026-09-01", "2026-09-30", 2026),
        ("report:2026", "2026-09-01", "2026-09-30", 2025),
        ("point:2026-09", "2026-09-30", "2026-10-10", 2026),
    ]
    assert [each[2] for each in told[-4:]] == ["2027-06-30", "2027-06-30", "2027-07-10", "2027-08-31"]
    assert [each.title for each in of("point")][1:3] == [
        "Pointer les opérations du relevé bancaire d’octobre",
        "Pointer les opérations du relevé bancaire de novembre",
    ]


def test_every_condition_of_the_file_exists_and_each_is_used():
    assert {step.known for step in steps() if step.known} == set(CONDITIONS)


def test_an_ad_moves_a_date_before_its_window_into_the_next_calendar_year_or_off():
    (late,) = of("adhesion", adhesion=Choice(11, 10))
    assert (late.begins, late.due) == (dt.date(2026, 9, 1), dt.date(2026, 11, 10))
    (early,) = of("june_books", june_books=Choice(5, 20))
    assert (early.begins, early.due) == (dt.date(2027, 4, 20), dt.date(2027, 5, 20))
    assert of("point", point=Choice(0, 5))[5].due == dt.date(2027, 3, 5)
    assert of("council", council=Choice(11, 15, off=True)) == []


def test_a_date_that_the_tariff_sets_wins():
    found = planned(2026, {"adhesion": Choice(11, 10)}, {"adhesion": dt.date(2026, 10, 15)})
    assert next(each.due for each in found if each.step.key == "adhesion") == dt.date(2026, 10, 15)


YES, NO, NOT = Done.YES, Done.NO, Done.NOT_CONCERNED


@pytest.mark.parametrize(
    ("key", "facts", "answer"),
    [
        ("report", Facts(), NOT),
        ("report", Facts(years={2025: KEPT}), NO),
        ("report", Facts(years={2025: YearFacts(exists=True, sent=True)}), YES),
        ("cash_count", Facts(years={2025: KEPT}), NOT),
        ("cash_count", Facts(years={2025: YearFacts(exists=True, books=True, cash=True)}), NO),
        ("cash_count", Facts(years={2025: YearFacts(exists=True, books=True, cash=True, counted=True)}), YES),
        ("cash_count", Facts(years={2025: YearFacts(exists=True, cash=True)}), NOT),  # totals only
        ("identity", Facts(), NO),
        ("identity", Facts(confirmed_on=dt.date(2026, 8, 31)), NO),
        ("identity", Facts(confirmed_on=dt.date(2026, 9, 1)), YES),
        ("summer", Facts(years={2025: KEPT}), YES),
        ("summer", Facts(years={2025: KEPT}, unticked=dt.date(2026, 8, 20)), NO),
        ("summer", Facts(years={2025: KEPT}, unticked=dt.date(2026, 9, 1)), YES),
        ("summer", Facts(years={2025: KEPT}, unticked=dt.date(2025, 3, 1), pointed=dt.date(2026, 8, 28)), YES),
        ("summer", Facts(years={2025: YearFacts(exists=True, books=True, drafts=True)}), NO),
        ("summer", Facts(years={2025: YearFacts(exists=True, books=True, drafts=True, closed=True)}), YES),
        ("adhesion", Facts(), Done.NOT_YET),
        ("adhesion", Facts(tariff=True), NO),
        ("adhesion", Facts(tariff=True, adhesion_sent=True), NO),
        ("adhesion", Facts(tariff=True, engaged=True), NO),
        ("adhesion", Facts(adhesion_sent=True, engaged=True), YES),
        ("adhesion", Facts(resigned=True), NOT),
        ("june_books", Facts(years={2026: KEPT}, proposals=True), NO),
        ("june_books", Facts(years={2026: KEPT}, unticked=dt.date(2027, 6, 2)), YES),
        ("june_cra", Facts(years={2026: YearFacts(exists=True, pages=frozenset({"1"}))}), NO),
        ("june_cra", Facts(years={2026: YearFacts(exists=True, pages=frozenset({"1", "2"}))}), YES),
    ],
)
def test_a_step_is_done_when_the_other_rooms_say_so(key, facts, answer):
    (step,) = of(key)
    assert CONDITIONS[step.step.known](facts, step) is answer


def test_a_month_is_pointed_when_nothing_of_it_waits_or_a_later_statement_was_ticked():
    october = of("point")[1]
    told = [
        Facts(years={2026: KEPT}, unticked=dt.date(2026, 10, 31)),
        Facts(years={2026: KEPT}, unticked=dt.date(2026, 11, 1)),
        Facts(years={2026: KEPT}, unticked=dt.date(2026, 9, 2), pointed=dt.date(2026, 10, 24)),
        Facts(years={2026: KEPT}, unticked=dt.date(2026, 9, 2), pointed=dt.date(2026, 10, 25)),
    ]
    assert [CONDITIONS["month_pointed"](facts, october) for facts in told] == [NO, YES, NO, YES]


def states(cooperative):
    """The state of each step that concerns the cooperative today."""
    return {item.key: item.state for item in agenda_of(cooperative).items}


@pytest.mark.django_db
def test_the_year_of_a_cooperative_is_read_from_its_book_and_from_nothing_else():
    desk = make_desk(today=dt.date(2025, 9, 15))
    cooperative = desk.cooperative
    make_tariff(cooperative.association, 2025)
    with travel(dt.date(2025, 9, 20)):
        entry = desk.pay(1_000, day=dt.date(2025, 3, 1))
        before = states(cooperative)
        assert [before[f"{key}:2025"] for key in ("summer", "report", "adhesion", "identity", "june_cra")] == [
            "now", "now", "now", "now", "later",
        ]  # fmt: skip
        set_tick(posting=desk.bank_line(entry), ticked=True, on=dt.date(2025, 3, 31), author=desk.teacher)
        _membership(cooperative)
        after = states(cooperative)
        assert [after[f"{key}:2025"] for key in ("summer", "report", "adhesion", "identity")] == ["done", "now", "done", "done"]
    with travel(dt.date(2025, 10, 1)):
        late = states(cooperative)
        assert (late["report:2025"], late["mandataire:2025"], late["point:2025-09"]) == ("late", "past", "done")
        Report.objects.create(cooperative=cooperative, year=desk.year, state="submitted", started_at=clock.now())
        assert states(cooperative)["report:2025"] == "done"


def _membership(cooperative):
    adhesion = Adhesion.objects.create(cooperative=cooperative, first=2025, started_at=clock.now())
    Sheet.objects.create(cooperative=cooperative, adhesion=adhesion, number=1, state="sent")
    person = _mandataire(cooperative)
    mandate = person.mandates.get()
    Engagement.objects.create(
        cooperative=cooperative, first=2025, person=person, mandate=mandate, at=clock.now(), text="Je m’engage", text_sha="0"
    )
    SchoolCard.objects.create(cooperative=cooperative, confirmed_at=clock.now())


def _mandataire(cooperative):
    person = Person.objects.create(full_name="Anne Maret", email="anne@exemple.fr", created_at=clock.now())
    Mandate.objects.create(person=person, role="mandataire", cooperative=cooperative, starts=dt.date(2020, 9, 1))
    return person


@pytest.mark.django_db
def test_the_questionnaire_of_june_and_a_resignation_are_read_too():
    desk = make_desk(today=dt.date(2025, 9, 15))
    with travel(dt.date(2026, 6, 10)):
        assert states(desk.cooperative)["june_cra:2025"] == "now"
        report = Report.objects.create(cooperative=desk.cooperative, year=desk.following, started_at=clock.now())
        asked = Questionnaire.objects.create(first=2025, version=9, definition={}, digest="0", loaded_at=clock.now())
        ActivityReport.objects.create(
            cooperative=desk.cooperative, report=report, questionnaire=asked, pages={"1": "x", "2": "x"}
        )
        assert states(desk.cooperative)["june_cra:2025"] == "done"
        Resignation.objects.create(
            cooperative=desk.cooperative, first=2025, written_on=dt.date(2025, 10, 1), received_on=dt.date(2025, 10, 2),
            recorded_at=clock.now(),
        )  # fmt: skip
        assert "adhesion:2025" not in states(desk.cooperative)


@pytest.mark.django_db
def test_the_date_of_the_adhesion_is_that_of_the_tariff_and_a_new_cooperative_has_no_last_year(cast):
    with travel(dt.date(2026, 9, 20)):
        new = create_cooperative(
            association=cast.ad_085, number="300", name="École neuve", town="", created_on=dt.date(2026, 9, 1)
        )
        assert sorted(key for key in states(new) if key.startswith(("summer", "report", "cash"))) == []
        assert states(new)["adhesion:2026"] == "later"
        make_tariff(cast.ad_085, 2026, deadline=dt.date(2026, 11, 10))
        due = {item.key: item.due for item in agenda_of(new).items}
        assert due["adhesion:2026"] == dt.date(2026, 11, 10)


@pytest.mark.django_db
def test_a_year_that_nobody_has_opened_yet_still_has_its_dates():
    desk = make_desk(today=dt.date(2025, 9, 15))
    with travel(dt.date(2026, 10, 20)):
        assert FiscalYear.objects.filter(cooperative=desk.cooperative, end__year=2027).exists() is False
        found = states(desk.cooperative)
        assert (found["report:2026"], found["point:2026-09"]) == ("late", "done")


@pytest.mark.django_db
def test_three_cooperatives_ask_no_more_than_one(cast, django_assert_num_queries):
    three = [cast.cooperative_a, cast.cooperative_b, cast.cooperative_c]
    with django_assert_num_queries(3):
        agendas_of(three[:1], dt.date(2026, 9, 20))
    with django_assert_num_queries(3):
        found = agendas_of(three, dt.date(2026, 9, 20))
    assert sorted(found) == sorted(each.pk for each in three)
