"""What the gap solver says of a real book: each slip made on the screens' own services, and where its link leads."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.queries.evidence import evidence_of, hypotheses_at
from retkoop.ledger.services import follow, openings, treasuries
from retkoop.ledger.services.entries import record_entry
from retkoop.ledger.services.openings import OpeningContent
from retkoop.ledger.services.pointing import save_statement, set_tick
from retkoop.ledger.solver import solve
from retkoop.ledger.tests.books import START, Desk

pytestmark = pytest.mark.django_db
MARCH = dt.date(2025, 3, 31)
LAST_DAY = dt.date(2025, 8, 31)


@pytest.fixture
def desk(cast):
    with travel(dt.date(2025, 9, 15)):
        chart.load()
        a, teacher = cast.cooperative_a, Author(cast.mandataire_a)
        bank, cash = (
            treasuries.open_treasury(cooperative=a, account=key, label=label, opened=START, author=teacher)
            for key, label in (("bank", "Banque"), ("cash", "Caisse"))
        )
        openings.create_year(a, SchoolYear(2024))
        year, following = openings.ensure_years(a, dt.date(2025, 9, 15), teacher)
        contents = [OpeningContent(bank, 100_000), OpeningContent(cash, 5_000)]
        openings.type_opening(year=year, on=START, contents=contents, author=teacher)
        yield Desk(a, bank, cash, year, following, teacher, Author(cast.ad_accountant, cast.ad_085))


@pytest.fixture
def client_of(desk, cast, mandataire_a):
    return signed_in(mandataire_a)


def tick(desk: Desk, entry, on=MARCH):
    set_tick(posting=desk.bank_line(entry), ticked=True, on=on, author=desk.teacher)


def statement(desk: Desk, cents, on=MARCH):
    return save_statement(treasury=desk.bank, ends_on=on, closing_cents=cents, author=desk.teacher)


def best(desk: Desk):
    found = solve(evidence_of(desk.year))
    return found[0] if found else None


def test_a_book_that_agrees_has_no_hypothesis(desk):
    tick(desk, desk.pay(12_345))
    statement(desk, 87_655)
    assert solve(evidence_of(desk.year)) == []


def test_a_line_that_equals_the_gap_is_to_be_ticked(desk):
    entry = desk.pay(12_345)
    statement(desk, 87_655)
    found = best(desk)
    assert (found.kind, found.entry_id, found.cents) == ("line-not-ticked", entry.pk, -12_345)
    assert found.path == f"/pointage/ligne/{desk.bank_line(entry).pk}/?releve=2025-03-31"


def test_a_ticked_cheque_that_the_statement_does_not_show(desk):
    entry = desk.pay(12_345, cheque="1234", means="cheque", day=dt.date(2025, 3, 20))
    tick(desk, entry)
    statement(desk, 100_000)
    found = best(desk)
    assert (found.kind, found.entry_id) == ("line-not-on-statement", entry.pk)
    assert "chèque 1234" in found.sentence


def test_an_expense_written_as_an_income_is_twice_the_gap(desk):
    lines = (Line("bank", 4_210, desk.bank.pk), Line("activities", -4_210))
    entry = record_entry(year=desk.year, content=EntryContent(dt.date(2025, 3, 2), "Bus", lines), author=desk.teacher)
    tick(desk, entry)
    statement(desk, 95_790)
    found = best(desk)
    assert (found.kind, found.entry_id, found.cents) == ("wrong-side", entry.pk, -8_420)
    assert found.path == f"/ecritures/{entry.pk}/modifier/?in_banque=&out_banque=42%2C10&v_activities=42%2C10"


def test_swapped_digits_make_a_gap_that_nine_divides(desk):
    entry = desk.pay(5_487)
    tick(desk, entry)
    statement(desk, 100_000 - 5_847)
    found = best(desk)
    assert (found.kind, found.entry_id, found.cents % 9) == ("swapped-digits", entry.pk, 0)
    assert found.path.endswith("in_banque=&out_banque=58%2C47&v_activities=58%2C47")


def test_a_gap_is_looked_for_in_the_month_in_which_it_was_born(desk):
    for month in (2, 3, 4):
        tick(desk, desk.pay(5_487, day=dt.date(2025, month, 2)), dt.date(2025, month, 28))
    statement(desk, 94_513, dt.date(2025, 2, 28))
    statement(desk, 94_513 - 5_847, dt.date(2025, 3, 28))
    statement(desk, 94_513 - 5_847 - 5_487, dt.date(2025, 4, 28))
    found = best(desk)
    assert (found.kind, "du 02/03/2025" in found.sentence, found.also) == ("swapped-digits", True, ())


def test_the_same_expense_written_twice(desk):
    for day in (3, 4):
        tick(desk, desk.pay(8_812, "Livres", dt.date(2025, 3, day)))
    statement(desk, 91_188)
    found = best(desk)
    assert (found.kind, found.path.endswith("/supprimer/")) == ("twin-entry", True)


def test_an_expense_paid_in_cash_but_written_at_the_bank(desk):
    entry = desk.pay(1_230, "Graines")
    follow.count_cash(
        year=desk.year,
        treasury=desk.cash,
        on=LAST_DAY,
        pieces={2_000: 1, 1_000: 1, 500: 1, 200: 1, 50: 1, 20: 1},
        author=desk.teacher,
    )
    found = best(desk)
    assert (found.kind, found.control, found.entry_id) == ("wrong-treasury", "E4", entry.pk)
    assert found.path == f"/ecritures/{entry.pk}/modifier/?in_banque=&out_banque=&out_caisse=12%2C30&v_activities=12%2C30"


def test_a_deposit_written_as_an_income_is_a_transfer_by_half(desk):
    entry = desk.receive(3_000, "Dépôt d’espèces")
    tick(desk, entry)
    statement(desk, 103_000)
    follow.count_cash(year=desk.year, treasury=desk.cash, on=LAST_DAY, pieces={2_000: 1}, author=desk.teacher)
    found = best(desk)
    assert (found.kind, found.entry_id) == ("one-sided-transfer", entry.pk)
    assert found.path == f"/ecritures/{entry.pk}/modifier/?v_family_contributions=&out_caisse=30%2C00"


def test_a_subsidy_without_detail(desk):
    lines = (Line("bank", 30_000, desk.bank.pk), Line("public_grants", -30_000))
    entry = record_entry(year=desk.year, content=EntryContent(dt.date(2025, 3, 2), "Mairie", lines), author=desk.teacher)
    found = best(desk)
    assert (found.kind, found.control, found.path) == ("grant-detail", "E5", f"/subventions/?ecriture={entry.pk}")


def test_an_entry_dated_a_year_too_late_is_found_in_the_next_book(desk):
    day = dt.date(2026, 3, 12)
    lines = (Line("bank", -7_777, desk.bank.pk), Line("activities", 7_777))
    entry = record_entry(year=desk.following, content=EntryContent(day, "Musée", lines), author=desk.teacher)
    statement(desk, 92_223)
    found = best(desk)
    assert (found.kind, found.entry_id) == ("other-year", entry.pk)


def test_an_opening_that_is_not_the_closing_of_the_year_before(desk):
    found = solve(evidence_of(desk.year, before_cents=109_500))
    assert [(one.kind, one.control, one.cents) for one in found] == [("wrong-opening", "E6", 4_500)]


def test_a_line_ticked_a_month_too_soon_is_told_on_that_month_only(desk):
    entry = desk.pay(6_400, cheque="88", day=dt.date(2025, 3, 28))
    tick(desk, entry)
    march = statement(desk, 100_000)
    statement(desk, 93_600, on=dt.date(2025, 4, 30))
    assert solve(evidence_of(desk.year)) == []
    found = hypotheses_at(march, desk.year)[0]
    assert (found.kind, found.entry_id) == ("ticked-elsewhere", entry.pk)


def test_as_many_queries_for_thirty_lines_as_for_three(desk):
    counts = []
    for lines in (3, 30):
        for number in range(lines):
            desk.pay(1_000 + number * 7)
        statement(desk, 12_345)
        with CaptureQueriesContext(connection) as seen:
            assert solve(evidence_of(desk.year)) != []
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20


def test_the_statement_shows_hypotheses_when_asked_each_with_its_repair(client_of, desk):
    entry = desk.pay(12_345)
    held = statement(desk, 87_655)
    page = client_of.get(f"/pointage/{held.pk}/").content.decode()
    assert (f"/pointage/{held.pk}/?chercher=1" in page, "data-hypothesis" in page) == (True, False)
    page = client_of.get(f"/pointage/{held.pk}/?chercher=1").content.decode()
    assert page.count("data-hypothesis=") == 2
    link = f"/pointage/ligne/{desk.bank_line(entry).pk}/?releve=2025-03-31"
    assert f'href="{link}"' in page
    assert '<option value="2025-03-31" selected>' in client_of.get(link).content.decode()


def test_the_repair_of_an_amount_is_the_entry_with_it_already_typed(client_of, desk):
    entry = desk.pay(5_487)
    tick(desk, entry)
    statement(desk, 100_000 - 5_847)
    page = client_of.get(best(desk).path).content.decode()
    assert re.search(r'name="out_banque"[^>]*value="58,47"', page)
    assert re.search(r'name="v_activities"[^>]*value="58,47"', page)
    entry.refresh_from_db()
    assert (entry.version, desk.bank_line(entry).cents) == (1, -5_487)


def test_the_cash_page_shows_what_may_explain_its_gap(client_of, desk):
    entry = desk.pay(1_230, "Graines")
    pieces = {2_000: 1, 1_000: 1, 500: 1, 200: 1, 50: 1, 20: 1}
    follow.count_cash(year=desk.year, treasury=desk.cash, on=LAST_DAY, pieces=pieces, author=desk.teacher)
    page = client_of.get("/caisse/?annee=2024-2025").content.decode()
    assert 'data-hypothesis="wrong-treasury"' in page
    link = f"/ecritures/{entry.pk}/modifier/?in_banque=&amp;out_banque=&amp;out_caisse=12%2C30&amp;v_activities=12%2C30"
    assert f'href="{link}"' in page


def test_the_cash_page_shows_nothing_when_the_count_agrees(client_of, desk):
    follow.count_cash(year=desk.year, treasury=desk.cash, on=LAST_DAY, pieces={5_000: 1}, author=desk.teacher)
    assert "data-hypothesis" not in client_of.get("/caisse/?annee=2024-2025").content.decode()
