"""The AD's list of its cooperatives' reports: what waits first, the same cost for one as for eight hundred."""

import datetime as dt
import time

import pytest

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association, BookHead, Cooperative
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import Report, ReportState
from retkoop.yearend.queries.review import neighbours_of, reports_of, waiting_reports

pytestmark = pytest.mark.django_db
YEAR = SchoolYear(2025)
START = dt.datetime(2026, 9, 2, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def autumn():
    with travel(dt.date(2026, 10, 6)):
        yield


def cooperatives(association, numbers, states=()):
    """Cooperatives with a year each, and a report in the state of the same rank; submitted in that order."""
    rows = Cooperative.objects.bulk_create(
        Cooperative(association=association, number=f"{number:03d}", name="École", created_on=dt.date(2020, 9, 1))
        for number in numbers
    )
    BookHead.objects.bulk_create(BookHead(cooperative=row) for row in rows)
    years = FiscalYear.objects.bulk_create(FiscalYear(cooperative=row, start=YEAR.start, end=YEAR.end) for row in rows)
    return Report.objects.bulk_create(
        Report(
            cooperative=row, year=year, state=state, started_at=START, submitted_at=START + dt.timedelta(hours=rank),
            validated_at=START, balanced=state == ReportState.IN_PROGRESS and rank % 2 == 1,
        )
        for rank, (row, year, state) in enumerate(zip(rows, years, states, strict=False))
    )  # fmt: skip


def association():
    return Association.objects.get(code="085")


def test_what_waits_comes_first_the_oldest_of_it_first_then_the_others_by_number(cast):
    states = [
        ReportState.VALIDATED, ReportState.IN_PROGRESS, ReportState.SUBMITTED, ReportState.IN_PROGRESS,
        ReportState.IN_REVIEW, ReportState.SUBMITTED, ReportState.RETURNED, ReportState.ARCHIVED,
    ]  # fmt: skip
    cooperatives(association(), range(300, 308), states)
    assert [(row.identifier[-3:], row.state) for row in reports_of(association(), YEAR)] == [
        ("302", "submitted"),
        ("305", "submitted"),
        ("304", "in_review"),
        ("306", "returned"),
        ("301", "balanced"),
        ("303", "balanced"),
        ("099", "not_started"),
        ("101", "not_started"),
        ("300", "validated"),
        ("307", "archived"),
    ]
    assert waiting_reports(association()) == 3


def test_a_report_in_progress_is_balanced_when_its_controls_were_right(cast):
    cooperatives(association(), (300, 301), [ReportState.IN_PROGRESS] * 2)
    states = {row.identifier[-3:]: row.words for row in reports_of(association(), YEAR)}
    assert (states["300"], states["301"]) == ("en cours", "équilibré")


def test_a_cooperative_made_after_the_year_is_not_asked_for_its_report(cast):
    Cooperative.objects.filter(number="101").update(created_on=dt.date(2026, 9, 10))
    assert [row.identifier for row in reports_of(association(), YEAR)] == ["085-099"]


def test_the_next_and_the_one_before_are_those_that_wait(cast):
    states = [ReportState.SUBMITTED, ReportState.VALIDATED, ReportState.IN_REVIEW, ReportState.SUBMITTED]
    first, validated, second, third = cooperatives(association(), range(300, 304), states)
    told = [neighbours_of(Report.objects.get(pk=each.pk)) for each in (first, second, third)]
    assert [(each.before, each.after, each.rank, each.count) for each in told] == [
        (None, second.pk, 1, 3),
        (first.pk, third.pk, 2, 3),
        (second.pk, None, 3, 3),
    ]
    assert neighbours_of(Report.objects.get(pk=validated.pk)).count == 4


def test_an_ad_sees_its_own_reports_and_no_other_s(cast):
    cooperatives(Association.objects.get(code="038"), (300,), [ReportState.SUBMITTED])
    page = signed_in(cast.ad_reader).get("/ad/comptes-rendus/")
    assert [row.identifier for row in page.context["page"].object_list] == ["085-099", "085-101"]
    assert signed_in(cast.mandataire_a).get("/ad/comptes-rendus/").status_code == 403
    assert signed_in(cast.federation_person).get("/ad/comptes-rendus/").status_code == 403


def test_the_list_is_filtered_by_state_and_by_year(cast):
    cooperatives(association(), (300, 301), [ReportState.SUBMITTED, ReportState.VALIDATED])
    browser = signed_in(cast.ad_reader)

    def shown(query):
        return [row.identifier[-3:] for row in browser.get(f"/ad/comptes-rendus/?{query}").context["page"].object_list]

    assert shown("etat=validated") == ["301"]
    assert shown("annee=2025-2026&etat=not_started") == ["099", "101"]
    assert shown("annee=2024-2025") == ["099", "101", "300", "301"]
    assert shown("etat=inconnu") == ["300", "099", "101", "301"]
    assert [browser.get(f"/ad/comptes-rendus/?annee={bad}").status_code for bad in ("2030-2031", "hier", "1200-1201")] == [
        404
    ] * 3


def test_the_list_costs_the_same_queries_for_one_three_and_three_hundred(cast, django_assert_num_queries):
    browser = signed_in(cast.ad_reader)
    Cooperative.objects.filter(number__in=("099", "101")).update(created_on=dt.date(2027, 1, 1))
    for numbers in (range(300, 301), range(301, 303), range(303, 600)):
        cooperatives(association(), numbers, [ReportState.SUBMITTED] * len(numbers))
        with django_assert_num_queries(4):  # the session, the mandate, the list, the requests that wait
            browser.get("/ad/comptes-rendus/")


def test_eight_hundred_reports_are_listed_in_a_tenth_of_a_second(cast):
    cooperatives(association(), range(102, 901), list(ReportState) * 140)
    browser = signed_in(cast.ad_reader)
    browser.get("/ad/comptes-rendus/")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        page = browser.get("/ad/comptes-rendus/")
        times.append(time.perf_counter() - began)
    assert (page.context["total"], len(page.context["page"].object_list)) == (801, 100)
    assert min(times) < 0.1
