"""What the gap solver says of a report: nothing when its controls agree, else the error and the page that mends it."""

from dataclasses import replace

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.ledger.models import Posting
from retkoop.ledger.services.follow import remove_grant
from retkoop.ledger.services.pointing import set_tick
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.controls import controls
from retkoop.yearend.models import ReportRules
from retkoop.yearend.queries.figures import CashDetail, Figures, Line, OpenItem, Treasury, figures_of
from retkoop.yearend.queries.hypotheses import hypotheses_of
from retkoop.yearend.tests.worked import make_reconciled

RULES = ReportRules()
YEAR = "2024-2025"


def said(year, figures):
    return hypotheses_of(year, figures, controls(figures, RULES))


@pytest.fixture
def worked(cast, db):
    with travel(TODAY):
        yield make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))


def test_a_report_in_which_everything_agrees_reads_nothing_more(worked, django_assert_num_queries):
    figures = figures_of(worked.year)
    verdicts = controls(figures, RULES)
    with django_assert_num_queries(0):
        assert hypotheses_of(worked.year, figures, verdicts) == []


def test_a_line_no_longer_ticked_is_named_on_the_report(worked):
    posting = Posting.objects.get(entry=worked.entries["camera"], treasury=worked.bank, until_version__isnull=True)
    set_tick(posting=posting, ticked=False, author=worked.author)
    found = said(worked.year, figures_of(worked.year))[0]
    assert (found.kind, found.control, found.entry_id) == ("line-not-ticked", "E3", worked.entries["camera"].pk)
    assert found.path == f"/pointage/ligne/{posting.pk}/?releve=2025-08-31"


def test_a_subsidy_that_lost_its_detail_is_named_on_the_report(worked):
    remove_grant(grant=worked.year.grants.get(cents=20_000), author=worked.author)
    found = said(worked.year, figures_of(worked.year))[0]
    assert (found.kind, found.control, found.entry_id) == ("grant-detail", "E5", worked.entries["department"].pk)


def typed(**changes) -> Figures:
    """The worked year of reference, typed in totals."""
    bank = Treasury(
        "bank", "512", "Banque", "bank", 220_500, "bank", statement_cents=229_000, statement_on="2025-08-31",
        items=(OpenItem("item:1", "", "Bus", "1234", -11_000), OpenItem("item:2", "", "Familles", "", 2_500)),
    )  # fmt: skip
    figures = Figures(
        year=YEAR,
        mode="totals",
        charges=(Line("activities", "6180", "Activités", 288_000, "2000 + 880"),),
        incomes=(Line("activity_income", "7080", "Produits", 328_000),),
        treasuries=(bank, Treasury("cash", "530", "Caisse", "cash", 4_500)),
        brought_forward_cents=185_000,
        brought_forward_from="past",
        cash=CashDetail({2_000: 1, 1_000: 2, 500: 1}, 4_500, "2025-08-31"),
        grants=(),
        public_grants_cents=0,
    )
    return replace(figures, **changes)


def test_typed_totals_that_agree_have_no_hypothesis():
    assert said(None, typed()) == []


def test_the_statement_s_balance_typed_as_that_of_the_bank_is_told_with_the_right_one():
    bank, box = typed().treasuries
    found = said(None, typed(treasuries=(replace(bank, cents=229_000), box)))[0]
    assert (found.kind, found.where, found.path) == (
        "statement-for-book",
        "id_t_bank",
        "/compte-rendu/crf/?annee=2024-2025#id_t_bank",
    )
    assert "2\u202f205,00" in found.sentence


def test_a_term_added_twice_in_a_box_is_told():
    found = said(None, typed(charges=(Line("activities", "6180", "Activités", 376_000, "2000 + 880 + 880"),)))[0]
    assert (found.kind, found.control, found.where) == ("twin-entry", "E2", "id_v_activities")
