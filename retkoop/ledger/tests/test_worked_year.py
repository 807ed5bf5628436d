"""The worked year of reference: the same figures, to the cent, on the screen, in the PDF, the CSV and the workbook."""

import io
import re

import openpyxl
import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.controls import controls
from retkoop.ledger.queries.bilan import bilan_of
from retkoop.ledger.services import follow
from retkoop.ledger.services.closing import close_year
from retkoop.ledger.tests.test_cash_pages import text_of
from retkoop.ledger.tests.worked import TODAY, make_worked

pytestmark = pytest.mark.django_db
CHARGES = {"6070": 42_000, "6168": 1_500, "6180": 210_540, "6281": 15_000, "6500": 950, "6700": 0, "6800": 18_010}
INCOMES = {"7070": 60_000, "7080": 120_000, "7410": 50_000, "7560": 98_000}
FIGURES = {
    "resale_purchases": 42_000,
    "insurance": 1_500,
    "activities": 210_540,
    "occe_dues": 15_000,
    "other_charges": 950,
    "exceptional_charges": 0,
    "durable_goods": 18_010,
    "charges": 288_000,
    "result-excédent": 40_000,
    "resale_sales": 60_000,
    "activity_income": 120_000,
    "public_grants": 50_000,
    "family_contributions": 98_000,
    "incomes": 328_000,
    "total": 328_000,
    "banque": 220_500,
    "caisse": 4_500,
    "assets": 225_000,
    "brought_forward": 185_000,
    "result": 40_000,
    "liabilities": 225_000,
}


@pytest.fixture
def worked(cast):
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, author(cast.mandataire_a))


@pytest.fixture
def client(cast, worked):
    return signed_in(cast.mandataire_a)


def page_of(client, year="2024-2025"):
    return client.get(f"/bilan/?annee={year}").content.decode()


def shown(page):
    """Cents by the name of the figure, as the screen has them."""
    rows = re.findall(r'data-figure="([^"]+)">.*?data-cents="(-?\d+)"', page, re.S)
    return {name: int(cents) for name, cents in rows}


def test_every_figure_stands_on_the_screen_to_the_cent(client):
    found = shown(page_of(client))
    assert {name: found[name] for name in FIGURES} == FIGURES
    assert {name for name, cents in found.items() if cents} - set(FIGURES) == set()


def test_every_control_says_bravo(client, worked):
    page = page_of(client)
    assert re.findall(r'data-control="(E\d)" data-state="(\w+)"', page) == [(name, "ok") for name in ("E1", "E2", "E4", "E5")]
    assert page.count("Bravo") == 3
    verdicts = {control.id: control.message for control in controls(bilan_of(worked.year))}
    assert verdicts["E1"].replace("\u202f", " ").replace("\u00a0", " ") == (
        "Produits 3 280,00 € − charges 2 880,00 € : excédent de 400,00 €."
    )
    for path in ("/caisse/", "/subventions/"):
        assert "Bravo" in client.get(f"{path}?annee=2024-2025").content.decode()


def test_every_figure_opens_its_lines(client):
    page = page_of(client)
    for code, cents in (CHARGES | INCOMES).items():
        link = f'<a href="/cahier/?annee=2024-2025&amp;compte={code}">'
        assert (link in page) == bool(cents)


def test_the_csv_and_the_workbook_hold_the_screen_s_figures(client):
    lines = client.get("/bilan/bilan.csv?annee=2024-2025").content.decode("utf-8-sig").splitlines()
    by_code = {cells[2]: cells[4] for cells in (line.split(";") for line in lines) if cells[2]}
    assert {code: by_code[code] for code in ("6180", "7560", "512", "530")} == {
        "6180": "2105,40",
        "7560": "980,00",
        "512": "2205,00",
        "530": "45,00",
    }
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/bilan/bilan.xlsx?annee=2024-2025").content)).active
    rows = {row[3].value: row[4].value for row in sheet.iter_rows(min_row=5)}
    assert {label: rows[label] for label in ("Total charges", "Total produits", "Report à nouveau", "Total actif")} == {
        "Total charges": 2880,
        "Total produits": 3280,
        "Report à nouveau": 1850,
        "Total actif": 2250,
    }


def test_the_pdf_holds_them_too(client):
    text = text_of(client.get("/bilan/bilan.pdf?annee=2024-2025").content)
    for part in (
        "Compte de fonctionnement", "2 105,40", "2 880,00", "3 280,00", "Résultat", "400,00",
        "2 205,00", "45,00", "1 850,00", "2 250,00", "Bravo", "École des Marais", "085-099", "2024-2025",
    ):  # fmt: skip
        assert part in text


def test_the_next_year_shows_the_provisional_forward_until_closing_fixes_it(client, worked):
    page = page_of(client, "2025-2026")
    assert shown(page)["brought_forward"] == 225_000
    assert "provisoire" in page
    assert page.count('data-cents="288000"') == 1  # last year's charges, beside
    close_year(year=worked.year, author=worked.author)
    page = page_of(client, "2025-2026")
    assert shown(page)["brought_forward"] == 225_000
    assert "provisoire" not in page


def test_a_failed_control_says_by_how_much_where_to_mend_it_and_whom_to_call(client, worked, cast):
    for grant in worked.year.grants.all()[:1]:
        follow.remove_grant(grant=grant, author=worked.author)
    page = page_of(client)
    assert 'data-control="E5" data-state="ko"' in page
    assert 'data-cents="30000">' in page
    assert 'href="/subventions/?annee=2024-2025"' in page
    assert "02 00 00 00 85" in page


def test_a_deficit_stands_under_the_incomes(client, worked):
    worked.record(TODAY.replace(year=2025, month=8, day=20), "Matériel", -50_000, activities=50_000)
    found = shown(page_of(client))
    assert (found["result-déficit"], found["total"], found["result"]) == (10_000, 338_000, -10_000)
    assert "result-excédent" not in found


def test_another_cooperative_sees_its_own_empty_bilan(client, cast):
    page = signed_in(cast.mandataire_b).get("/bilan/").content.decode()
    assert set(shown(page).values()) == {0}


def test_more_entries_cost_no_more_queries(client, worked, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(80) as seen:
            page_of(client)
        return len(seen)

    short = queries()
    for _ in range(3):
        worked.record(TODAY.replace(month=8, day=20), "Feutres", -500, activities=500)
    assert queries() == short
