"""Guides 003 and 004 in the cahier: verification, pointage, changing, cancelling, sorting, printing, exporting."""

import csv
import io
from functools import partial

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.browser.school import running_year
from tests.browser.teacher import euros

pytestmark = pytest.mark.browser
VALIDATE = "Valider et calculer cette opération comptable"
THREE = partial(running_year, entries=3)


def row(teacher, words):
    """The line of the cahier that says so."""
    return teacher.page.locator("table.cahier tbody tr").filter(has_text=words)


def test_the_cahier_begins_with_the_report_and_shows_every_entry(school, come, script):
    teacher = come(school.cooperative(THREE), script=script)
    teacher.open("/accueil/")
    teacher.follow("Visualisation classique")
    teacher.sees_title("Cahier de comptabilité")
    first = teacher.page.locator("table.cahier tbody tr").first
    expect(first).to_contain_text("Report à nouveau de l’année précédente")
    assert set(first.locator("[data-cents]").evaluate_all("all => all.map((each) => each.dataset.cents)")) == {"185000", "4500"}
    for index in (1, 2, 3):
        expect(row(teacher, f"Bus n° {index}")).to_have_count(1)
    teacher.follow("Sortir du cahier et retourner au sommaire")
    assert teacher.page.url == f"{school.url}/accueil/"


@pytest.mark.smoke
def test_a_click_on_the_symbol_of_column_h_points_and_a_second_one_undoes_it(school, come, script):
    teacher = come(school.cooperative(THREE), script=script)
    teacher.open("/cahier/")
    assert teacher.cents("#solde-pointe") == 185_000
    teacher.press("À pointer", inside=row(teacher, "Bus n° 2"))
    if not script:
        teacher.sees_title("Pointer cette ligne")
        teacher.press("Confirmation")
        teacher.sees_title("Cahier de comptabilité")
    expect(row(teacher, "Bus n° 2").get_by_role("button", name="Pointée au")).to_be_visible()
    expect(teacher.page.locator("#solde-pointe")).to_have_attribute("data-cents", "170000")
    expect(teacher.page.locator("table.cahier").get_by_role("button", name="Pointée au")).to_have_count(1)
    teacher.press("Pointée au", inside=row(teacher, "Bus n° 2"))
    if not script:
        teacher.sees_title("Dépointer cette ligne")
        teacher.press("Confirmation")
    expect(row(teacher, "Bus n° 2").get_by_role("button", name="À pointer")).to_be_visible()
    expect(teacher.page.locator("#solde-pointe")).to_have_attribute("data-cents", "185000")


def test_one_sorts_as_one_likes_and_the_report_stays_first(school, come, script):
    teacher = come(school.cooperative(THREE), script=script)
    teacher.open("/cahier/")
    teacher.follow("Libellé", inside=teacher.page.locator("table.cahier thead"))
    expect(teacher.page.locator("th[aria-sort=ascending]")).to_contain_text("Libellé")
    teacher.follow("Libellé", inside=teacher.page.locator("table.cahier thead"))
    expect(teacher.page.locator("th[aria-sort=descending]")).to_contain_text("Libellé")
    lines = teacher.page.locator("table.cahier tbody tr")
    expect(lines.nth(0)).to_contain_text("Report à nouveau")
    expect(lines.nth(1)).to_contain_text("Bus n° 3")


def test_an_entry_is_changed_in_portrait_then_cancelled_and_brought_back(school, come, script):
    teacher = come(school.cooperative(partial(running_year, entries=1)), script=script)
    teacher.open("/cahier/")
    teacher.follow("Modifier en portrait")
    teacher.sees_title("Modifier en portrait")
    teacher.type("Libellé", "Bus pour le musée")
    teacher.type("Sortie banque", "160")
    teacher.type("6180 Charges des activités éducatives", "160")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée : « Bus pour le musée »")
    teacher.follow("Retour au cahier de comptabilité")
    teacher.sees("Bus pour le musée")
    assert teacher.cents("#solde-banque") == 169_000
    teacher.follow("Supprimer", inside=row(teacher, "Bus pour le musée"))
    teacher.sees_title("Supprimer cette écriture ?")
    teacher.press("Confirmer la suppression")
    teacher.sees("Cette écriture est supprimée.")
    teacher.press("Annuler la suppression")
    teacher.sees("Bus pour le musée")
    teacher.follow("Revenir au sommaire")
    assert teacher.cents("#solde-banque") == 169_000


def test_the_printable_version_is_a_pdf_of_every_line(school, come, script):
    teacher = come(school.cooperative(THREE), script=script)
    teacher.open("/cahier/")
    pages = pypdfium2.PdfDocument(teacher.read("Version imprimable"))
    text = " ".join(page.get_textpage().get_text_range() for page in pages).replace("\u202f", " ").replace("\xa0", " ")
    assert pages[0].get_width() > pages[0].get_height()
    for words in ("Report à nouveau", "Bus n° 1", "Bus n° 3", "150,00", "1 400,00"):
        assert words in text


def test_the_exportation_opens_in_a_french_spreadsheet(school, come, script):
    teacher = come(school.cooperative(THREE), script=script)
    teacher.open("/cahier/")
    text = teacher.download("Exportation").path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [cell for line in rows for cell in line if cell.startswith("Bus")] == ["Bus n° 1", "Bus n° 2", "Bus n° 3"]
    assert sum(cell == "150,00" for line in rows for cell in line) >= 6
    assert euros(15_000) not in text


def test_a_receipt_is_chosen_sent_and_found_again_from_the_cahier(school, come, script, tmp_path):
    from tests.browser.books import picture

    proof = tmp_path / "facture du bus.jpg"
    proof.write_bytes(picture())
    teacher = come(school.cooperative(partial(running_year, entries=1)), script=script)
    teacher.open("/cahier/")
    teacher.follow("manquant", inside=row(teacher, "Bus n° 1"))
    teacher.drop("Photo ou PDF du justificatif", proof)
    if not script:
        teacher.press("Envoyer l’image")
    expect(teacher.page.locator("main")).to_contain_text("facture du bus.jpg", timeout=20_000)
    teacher.sees("Conservez l’original 10 ans.")
    teacher.follow("Retour au cahier de comptabilité")
    expect(row(teacher, "Bus n° 1").get_by_role("link", name="joint")).to_be_visible()
