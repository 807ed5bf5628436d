"""`/compte-rendu/crf/` from the books: every figure, where it leads, nothing to type, and what it costs."""

import datetime as dt
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Entry, Means, Posting, Statement
from retkoop.ledger.services.follow import count_cash
from retkoop.ledger.services.pointing import save_statement
from retkoop.ledger.tests.books import make_desk
from retkoop.ledger.tests.cahier_desk import Counter
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.models import Report
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.tests.worked import make_reconciled, reconcile

PAGE = "/compte-rendu/crf/"
MOST = 45
BRAVO = ["E2", "E3", "E4", "E5"]


@pytest.fixture
def worked(cast):
    made = make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))
    with travel(TODAY):
        yield made


@pytest.fixture
def teacher(cast, worked):
    return signed_in(cast.mandataire_a)


def shown(client, path=PAGE):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def states(page):
    return dict(re.findall(r'data-control="(E\d)" data-state="(\w+)"', page))


def test_the_worked_year_says_bravo_everywhere_and_offers_nothing_to_type(teacher):
    page = shown(teacher)
    assert states(page) == {"E1": "ok", **dict.fromkeys(BRAVO, "ok"), "E6": "off", "E7": "ok"}
    assert page.count("Bravo\u202f!") == len(BRAVO)
    assert "Le Compte-Rendu-Financier 2024-2025 semble correct" in page
    assert "relevé 2\u202f290,00 \u2212 110,00 + 25,00 = 2\u202f205,00" in page
    assert "<form" not in page[page.index("<main") :]
    assert not Report.objects.exists()


def test_each_figure_opens_its_lines_and_each_line_its_entry(teacher, worked):
    page = shown(teacher)
    for code, cents in (("6180", 210_540), ("7410", 50_000), ("512", 220_500), ("530", 4_500)):
        assert f'data-cents="{cents}"><a href="/cahier/?annee=2024-2025&amp;compte={code}">' in page
        lines = shown(teacher, f"/cahier/?annee=2024-2025&compte={code}")
        assert "Goûters" in lines or code in {"7410", "512"}
    assert f'<a href="/ecritures/{worked.entries["bus"].pk}/">Bus du musée</a>' in page
    assert "facture à payer" in page and "produit à recevoir" in page
    assert '<a href="/caisse/?annee=2024-2025">' in page
    assert re.search(r'<a href="/subventions/\d+/">Mairie de Challans</a>', page)


def test_each_thing_that_is_wrong_says_where_to_mend_it(teacher, worked):
    worked.record(dt.date(2025, 6, 30), "Espèces oubliées", box=500, activity_income=-500)
    page = shown(teacher)
    assert states(page) == {"E1": "ok", "E2": "ok", "E3": "ok", "E4": "ko", "E5": "ok", "E6": "off", "E7": "ko"}
    assert "soit 5,00\u00a0€ de moins que le compte 530 (50,00\u00a0€)" in page
    assert '<a href="/caisse/?annee=2024-2025">Aller le corriger</a>' in page


def test_a_movement_after_the_count_asks_to_count_on_31_august(teacher, worked):
    count = count_cash(year=worked.year, treasury=worked.box, on=dt.date(2025, 6, 30), pieces={500: 9}, author=worked.author)
    worked.year.cash_counts.exclude(pk=count.pk).update(cancelled_at=dt.datetime(2025, 9, 1, tzinfo=dt.UTC))
    assert figures_of(worked.year).cash.on == "2025-06-30"
    worked.record(dt.date(2025, 7, 1), "Timbres", box=-100, activities=100)
    assert "Comptez la caisse au 31 août 2025" in shown(teacher)


def test_july_s_statement_stands_only_if_nothing_moved_in_august(worked):
    Posting.objects.update(statement=None)
    Statement.objects.all().delete()
    reconcile(worked, dt.date(2025, 7, 31), 229_000)
    (bank,) = figures_of(worked.year).banks
    assert (bank.statement_cents, bank.statement_on) == (229_000, "2025-07-31")
    unpaid = worked.record(dt.date(2025, 8, 29), "Facture du photographe", bank=-3_000, activities=3_000)
    Entry.objects.filter(pk=unpaid.pk).update(means=Means.UNPAID)
    (bank,) = figures_of(worked.year).banks
    assert (bank.statement_on, bank.items[-1].label, bank.reconciled_cents) == ("2025-07-31", "Facture du photographe", 217_500)
    Entry.objects.filter(pk=unpaid.pk).update(means=Means.CHEQUE)
    (bank,) = figures_of(worked.year).banks
    assert (bank.statement_cents, bank.last_statement_on, bank.late) == (None, "2025-07-31", 1)
    save_statement(treasury=worked.bank, ends_on=dt.date(2025, 8, 31), closing_cents=229_000, author=worked.author)
    assert figures_of(worked.year).banks[0].statement_on == "2025-08-31"


def test_a_line_paid_after_31_august_is_still_to_pay_in_the_year(worked):
    late = save_statement(treasury=worked.bank, ends_on=dt.date(2025, 9, 30), closing_cents=None, author=worked.author)
    Posting.objects.filter(entry=worked.entries["bus"], treasury=worked.bank).update(statement=late)
    assert [item.label for item in figures_of(worked.year).banks[0].items] == ["Bus du musée", "Dernières familles"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-90_000, 90_000).filter(bool), st.integers(0, 364), st.booleans()), max_size=12))
def test_the_figures_are_the_sums_of_the_entries_of_any_book(db, moves):
    desk = make_desk(number=f"{500 + Cooperative.objects.count()}")
    with travel(dt.date(2025, 9, 15)):
        written = []
        for cents, day, income in moves:
            when = dt.date(2024, 9, 1) + dt.timedelta(days=day)
            act = desk.receive if income else desk.pay
            written.append((act(cents, day=when), cents, income))
        figures = figures_of(desk.year)
    assert figures.incomes_cents == sum(cents for _, cents, income in written if income)
    assert figures.charges_cents == sum(cents for _, cents, income in written if not income)
    assert figures.assets_cents == figures.result_cents
    assert figures.banks[0].items_cents == figures.assets_cents
    assert sorted(item.cents for item in figures.banks[0].items) == sorted(
        cents if income else -cents for _, cents, income in written
    )


def test_the_page_costs_the_same_statements_in_a_large_book(teacher, worked):
    counts = []
    for number in (1, 40):
        for day in range(number):
            worked.record(dt.date(2025, 1, 1 + day % 28), f"Bus {day}", bank=-100, activities=100)
        with Counter() as counter:
            assert states(shown(teacher))["E7"] == "ok"
        counts.append(counter.count)
    assert counts[0] == counts[1] <= MOST
