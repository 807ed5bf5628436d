"""The worked year of reference (its figures stand in retkoop/ledger/tests/test_worked_year.py), typed through the screens.

1 805,00 € in the bank and 45,00 € in the box at the start; a cheque of 110,00 €
and a deposit of 25,00 € are not yet on the statement, which shows 2 290,00 €.
"""

import datetime as dt
import io

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import expect

from retkoop.core.schoolyear import SchoolYear
from retkoop.ledger.services import openings, treasuries
from tests.browser.school import SCHOOL_DAY
from tests.browser.teacher import Teacher

pytestmark = pytest.mark.browser
VALIDATE = "Valider et calculer cette opération comptable"
ENTRIES = (
    ("Vente des photos", "Entrée banque", "600", {"7070 Ventes de produits pour cession": "600"}, True),
    ("Kermesse", "Entrée banque", "1 200,00", {"7080 Produits des activités éducatives": "1200"}, True),
    ("Mairie, subvention", "Entrée banque", "300", {"7410 Subventions publiques": "300"}, True),
    ("Département, subvention", "Entrée banque", "200", {"7410 Subventions publiques": "200"}, True),
    ("Participation des familles", "Entrée banque", "955", {"7560 Participation volontaire des familles": "955"}, True),
    ("Familles, dernière remise", "Entrée banque", "25", {"7560 Participation volontaire des familles": "25"}, False),
    ("Photographe", "Sortie banque", "420", {"6070 Achats de produits pour cession": "420"}, True),
    (
        "Adhésion à l’OCCE", "Sortie banque", "174,50",
        {"6281 Cotisation OCCE": "150", "6168 Assurances": "15", "6500 Autres charges courantes": "9,50"}, True,
    ),
    ("Voyage de classe", "Sortie banque", "1.995,40", {"6180 Charges des activités éducatives": "1 995,40"}, True),
    ("Bus", "Sortie banque", "110", {"6180 Charges des activités éducatives": "110"}, False),
    ("Appareil photo", "Sortie banque", "180,1", {"6800 Achats de biens durables": "180,10"}, True),
)  # fmt: skip
FIGURES = {
    "resale_purchases": 42_000, "insurance": 1_500, "activities": 210_540, "occe_dues": 15_000, "other_charges": 950,
    "durable_goods": 18_010, "charges": 288_000, "resale_sales": 60_000, "activity_income": 120_000,
    "public_grants": 50_000, "family_contributions": 98_000, "incomes": 328_000, "result": 40_000,
    "brought_forward": 185_000, "assets": 225_000, "liabilities": 225_000, "banque": 220_500, "caisse": 4_500,
}  # fmt: skip


def opened(cooperative, author):
    """What the cooperative holds on 1 September 2026."""
    year = SchoolYear(2026)
    bank, cash = (
        treasuries.open_treasury(cooperative=cooperative, account=account, label=label, opened=year.start, author=author)
        for account, label in (("bank", "Banque"), ("cash", "Caisse"))
    )
    years = openings.open_first_year(cooperative=cooperative, first=year, today=SCHOOL_DAY, author=author)
    held = [openings.OpeningContent(bank, 180_500, dt.date(2026, 8, 31)), openings.OpeningContent(cash, 4_500)]
    openings.type_opening(year=years[0], on=year.start, contents=held, author=author)


def write(teacher: Teacher, label: str, side: str, amount: str, accounts: dict[str, str], pointed: bool) -> None:
    """One entry by the full form; what it warns of is accepted."""
    teacher.open("/ecritures/nouvelle/?je=complet")
    teacher.type("Date", "5/10/2026")
    teacher.type("Libellé", label)
    teacher.type(side, amount)
    if pointed:
        teacher.tick("Déjà passée sur le relevé (pointer)")
    for account, cents in accounts.items():
        teacher.type(account, cents)
    with teacher.page.expect_navigation():
        teacher.press(VALIDATE)
    if teacher.page.get_by_label("J’ai vérifié, enregistrer quand même").count():
        teacher.tick("J’ai vérifié, enregistrer quand même")
        teacher.press(VALIDATE)
    teacher.sees(f"Écriture enregistrée : « {label} »")


def detail(teacher: Teacher, entry: str, organisation: str) -> None:
    """The line of an entry of 7410 in the page of the public grants."""
    teacher.open("/subventions/")
    teacher.follow("Détailler cette écriture", inside=teacher.page.locator("li").filter(has_text=entry))
    teacher.choose("Organisme", organisation)
    teacher.type("Nom de l’organisme", organisation)
    teacher.type("Objet", "Fresque de la cour")
    teacher.press("Enregistrer cette subvention")
    teacher.sees("Fresque de la cour")


def test_the_worked_year_typed_on_screen_gives_its_figures_everywhere(school, come):
    teacher = come(school.cooperative(opened), script=False)
    for entry in ENTRIES:
        write(teacher, *entry)
    detail(teacher, "Mairie", "Mairie, commune")
    detail(teacher, "Département", "Conseil départemental")
    expect(teacher.page.locator("[data-control=E5]")).to_have_attribute("data-state", "ok")
    teacher.open("/caisse/")
    for words, count in (("Billet de 20\xa0€", "1"), ("Billet de 10\xa0€", "2"), ("Billet de 5\xa0€", "1")):
        teacher.type(words, count)
    teacher.press("Enregistrer l’arrêté de caisse")
    expect(teacher.page.locator("[data-control=E4]")).to_have_attribute("data-state", "ok")
    teacher.open("/cahier/")
    assert [teacher.cents(f"#solde-{name}") for name in ("banque", "caisse", "pointe")] == [220_500, 4_500, 229_000]
    look_at_the_bilan(teacher)


def look_at_the_bilan(teacher: Teacher) -> None:
    """The same figures on the screen, in the CSV, the workbook and the PDF."""
    teacher.open("/bilan/")
    rows = teacher.page.locator("[data-figure]").evaluate_all(
        "all => all.map((row) => [row.dataset.figure, Number(row.querySelector('[data-cents]').dataset.cents)])"
    )
    shown = dict(rows)
    assert {name: shown.get(name) for name in FIGURES} == FIGURES
    states = teacher.page.locator("[data-control]").evaluate_all("all => all.map((e) => [e.dataset.control, e.dataset.state])")
    assert states == [["E1", "ok"], ["E2", "ok"], ["E4", "ok"], ["E5", "ok"]]
    lines = [line.split(";") for line in teacher.read("CSV").decode("utf-8-sig").splitlines()]
    by_code = {cells[2]: cells[4] for cells in lines if len(cells) > 4 and cells[2]}
    expected = {"6180": "2105,40", "6281": "150,00", "7410": "500,00", "7560": "980,00", "512": "2205,00", "530": "45,00"}
    assert {code: by_code[code] for code in expected} == expected
    sheet = openpyxl.load_workbook(io.BytesIO(teacher.read("XLSX"))).active
    assert sheet is not None
    known = {row[3].value: row[4].value for row in sheet.iter_rows(min_row=5)}
    assert [known[words] for words in ("Total charges", "Total produits", "Total actif")] == [2880, 3280, 2250]
    pages = pypdfium2.PdfDocument(teacher.read("Version imprimable"))
    text = " ".join(page.get_textpage().get_text_range() for page in pages).replace("\u202f", " ").replace("\xa0", " ")
    for amount in ("2 105,40", "2 880,00", "3 280,00", "400,00", "2 205,00", "45,00", "1 850,00", "2 250,00"):
        assert amount in text
