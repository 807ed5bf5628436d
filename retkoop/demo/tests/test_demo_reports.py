"""The yearly reports of the demo: one in each state, as docs/demo.md says, whatever the day."""

import re
from pathlib import Path

import pytest

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.demo import adhesions, reports
from retkoop.demo.build import build
from retkoop.identity.models import Association
from retkoop.ledger.invariants import check
from retkoop.ledger.queries.years import opening_of
from retkoop.membership.queries.adhesions import standing_of
from retkoop.yearend.models import ReportState, ValidatedReport
from retkoop.yearend.queries.review import reports_of
from tests.demo_plugin import NOVEMBER, SEPTEMBER

DOCUMENT = Path(__file__).parents[3] / "docs" / "demo.md"
WORDS = {
    ReportState.SUBMITTED: "is handed in",
    ReportState.IN_REVIEW: "is under review",
    ReportState.RETURNED: "came back to be mended",
    ReportState.VALIDATED: "is validated:",
    ReportState.ARCHIVED: "is validated and archived",
    ReportState.IN_PROGRESS: "has begun",
}
FEW = ("085-110", "085-123", "085-130", "085-142")


def test_the_document_tells_each_report_of_last_year():
    told: dict[str, str] = {}
    for names, words in re.findall(r"^\| (`085-1[^|]*) \| (last year’s[^|]*|last year's[^|]*) \|$", DOCUMENT.read_text(), re.M):
        state = next(state for state, begins in WORDS.items() if f"report {begins}" in words)
        told |= dict.fromkeys(re.findall(r"`([\d-]+)`", names), state)
    assert told == reports.LAST_YEAR


@pytest.mark.parametrize("day", [SEPTEMBER, pytest.param(NOVEMBER, marks=pytest.mark.once)], ids=str)
def test_the_earlier_years_of_the_first_cooperative_are_validated(demo_on, day):
    demo_on(day)
    *earlier, _, _ = Association.objects.get(code="085").cooperatives.get(number="099").years.order_by("start")
    for year in earlier:
        frozen = ValidatedReport.objects.get(report__year=year, superseded_at__isnull=True)
        following = year.cooperative.years.get(start__year=year.end.year)
        assert (year.sealed, opening_of(following).total_cents) == (True, frozen.closing_cents)


@pytest.mark.once
@pytest.mark.django_db
def test_last_year_s_reports_are_in_their_states_on_the_first_of_september_too():
    with travel(SEPTEMBER):
        build(only=FEW)
        association = Association.objects.get(code="085")
        rows = reports_of(association, SchoolYear(SEPTEMBER.year - 1))
        assert {row.identifier: row.state for row in rows} == {name: reports.LAST_YEAR[name] for name in FEW}
        for cooperative in association.cooperatives.all():
            assert list(check(cooperative)) == []
        now = {each.identifier: standing_of(each, SEPTEMBER.year) for each in association.cooperatives.all()}
        assert {name: (here.words, len(here.sheets)) for name, here in now.items()} == {
            "085-110": ("validée", 2), "085-123": ("non commencée", 0), "085-130": ("validée", 1),
            "085-142": ("non commencée", 0),
        }  # fmt: skip


def test_the_document_tells_where_each_adhesion_stands():
    table = DOCUMENT.read_text().partition("## Adhésions")[2].partition("## Sums")[0]
    assert re.findall(r"^\| `([\d-]+)` \|", table, re.M) == list(adhesions.THIS_YEAR)


def test_last_years_adhesion_is_what_the_books_of_last_year_hold(demo_on):
    demo_on(SEPTEMBER)
    for number, state in (("099", "filling"), ("101", "sent")):
        cooperative = Association.objects.get(code="085").cooperatives.get(number=number)
        ended = cooperative.years.get(start__year=SEPTEMBER.year - 1)
        assert standing_of(cooperative, SEPTEMBER.year).state == state
        assert standing_of(cooperative, SEPTEMBER.year - 1).final
        called = cooperative.membership_calls.get(first=SEPTEMBER.year - 1)
        held = {row.account.key: row.debit - row.credit for row in cooperative.balances.filter(year=ended)}
        assert called.membership_cents == held["occe_dues"]
        assert held["insurance"] - 25 < called.insurance_cents <= held["insurance"]
