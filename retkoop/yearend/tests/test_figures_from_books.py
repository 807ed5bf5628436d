"""The figures of a year whose book is kept here, to the cent, and what they cost."""

import datetime as dt
from dataclasses import asdict

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.ledger.models import CashCount
from retkoop.ledger.queries.years import years_of
from retkoop.ledger.services.follow import cancel_count
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.models import PastReport
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.reports import report_of, rules_of, year_of_report
from retkoop.yearend.services.reports import ensure_report
from retkoop.yearend.tests.worked import make_reconciled

CHARGES = {"6070": 42_000, "6168": 1_500, "6180": 210_540, "6281": 15_000, "6500": 950, "6800": 18_010}
INCOMES = {"7070": 60_000, "7080": 120_000, "7410": 50_000, "7560": 98_000}


@pytest.fixture
def worked(cast):
    return make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))


def told(lines):
    return {line.code: line.cents for line in lines if line.cents}


def test_the_worked_year_gives_its_figures_to_the_cent(worked):
    figures = figures_of(worked.year)
    assert told(figures.charges) == CHARGES
    assert told(figures.incomes) == INCOMES
    assert (figures.charges_cents, figures.incomes_cents, figures.result_cents) == (288_000, 328_000, 40_000)
    assert {row.code: row.cents for row in figures.treasuries} == {"512": 220_500, "530": 4_500}
    assert (figures.brought_forward_cents, figures.brought_forward_from) == (185_000, "opening")
    assert figures.assets_cents == figures.liabilities_cents == 225_000
    assert (figures.public_grants_cents, figures.grants_cents) == (50_000, 50_000)


def test_unpointed_bank_lines_are_the_open_items_with_the_statement_of_31_august(worked):
    (bank,) = figures_of(worked.year).banks
    assert [(item.label, item.cents, item.on) for item in bank.items] == [
        ("Bus du musée", -11_000, "2025-06-27"),
        ("Dernières familles", 2_500, "2025-06-30"),
    ]
    assert (bank.statement_cents, bank.statement_on) == (229_000, "2025-08-31")
    assert bank.reconciled_cents == bank.cents == 220_500


def test_the_count_of_31_august_details_the_cash_and_a_cancelled_one_does_not(worked):
    cash = figures_of(worked.year).cash
    assert asdict(cash) == {"pieces": {2_000: 1, 1_000: 2, 500: 1}, "counted_cents": 4_500, "on": "2025-08-31"}
    cancel_count(count=CashCount.objects.get(), author=worked.author)
    assert figures_of(worked.year).cash.counted_cents is None


def test_the_report_speaks_of_the_last_year_that_ended_and_else_of_the_running_one(worked):
    years = years_of(worked.year.cooperative)
    assert year_of_report(years, TODAY).slug == "2024-2025"
    assert year_of_report(years[:1], dt.date(2025, 3, 1)).slug == "2024-2025"


def test_a_report_begins_with_the_first_act_and_only_once(worked):
    assert report_of(worked.year) is None
    with travel(TODAY):
        begun = ensure_report(year=worked.year, author=worked.author)
        again = ensure_report(year=worked.year, author=worked.author)
    assert (begun.pk, begun.state, begun.editable) == (again.pk, "in_progress", True)
    assert rules_of(worked.year.cooperative.association).verifiers == 2


def test_a_past_report_typed_by_the_ad_is_what_the_opening_is_compared_with(worked, cast):
    PastReport.objects.create(
        cooperative=worked.year.cooperative, first=2023, figures={}, closing_cents=185_000, typed_at=worked.year.closed_at
        or dt.datetime(2025, 9, 20, tzinfo=dt.UTC),
    )  # fmt: skip
    assert figures_of(worked.year).validated_before_cents == 185_000


def test_the_figures_cost_a_fixed_number_of_queries(worked, django_assert_num_queries):
    figures_of(worked.year)
    with django_assert_num_queries(14):
        figures_of(worked.year)
