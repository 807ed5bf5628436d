"""Receipts on screen: within the form of a new entry, replaced, removed and brought back."""

from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.books import picture
from tests.browser.school import running_year

pytestmark = pytest.mark.browser
VALIDATE = "Valider et calculer cette opération comptable"


@pytest.fixture
def proof(tmp_path):
    """A photo of a ticket."""
    path = tmp_path / "ticket.jpg"
    path.write_bytes(picture())
    return path


@pytest.fixture
def another(tmp_path):
    """Another photo, of another ticket."""
    path = tmp_path / "autre ticket.jpg"
    path.write_bytes(picture() + b"\0")
    return path


def test_the_receipt_is_chosen_in_the_form_of_the_entry(school, come, script, proof):
    teacher = come(school.cooperative(running_year), script=script)
    teacher.open("/ecritures/nouvelle/?je=complet")
    teacher.type("Date", "12/10/2026")
    teacher.type("Libellé", "Bus pour le zoo")
    teacher.type("Sortie banque", "150")
    teacher.type("6180 Charges des activités éducatives", "150")
    teacher.drop("Photo ou PDF du justificatif", proof)
    if not script:
        teacher.press("Envoyer l’image")
        expect(teacher.field("Libellé")).to_have_value("Bus pour le zoo")
    expect(teacher.page.locator(".upload-done")).to_contain_text("ticket.jpg", timeout=20_000)
    teacher.press(VALIDATE)
    expect(teacher.page.locator("#justificatifs")).to_contain_text("ticket.jpg")
    teacher.sees("Conservez l’original 10 ans.")


def test_a_receipt_is_replaced_then_removed_then_brought_back(school, come, script, proof, another):
    teacher = come(school.cooperative(partial(running_year, entries=1)), script=script)
    teacher.open("/cahier/?tri=libelle")
    teacher.follow("manquant")
    teacher.drop("Photo ou PDF du justificatif", proof)
    if not script:
        teacher.press("Envoyer l’image")
    cards = teacher.page.locator("[data-receipt]")
    expect(cards).to_contain_text(["ticket.jpg"], timeout=20_000)
    cards.locator("summary", has_text="Remplacer").click()
    teacher.drop("Le document qui le remplace", another)
    if not script:
        teacher.press("Envoyer l’image", inside=cards)
    expect(cards.locator("h3")).to_have_text(["autre ticket.jpg"], timeout=20_000)
    teacher.press("Retirer", inside=cards)
    expect(cards).to_have_count(0)
    teacher.sees("est retiré de l’écriture")
    teacher.press("Annuler", inside=teacher.page.get_by_role("status").filter(has_text="retiré"))
    expect(cards.locator("h3")).to_have_text(["autre ticket.jpg"])
    teacher.follow("Retour au cahier de comptabilité")
    assert teacher.page.url == f"{school.url}/cahier/?tri=libelle"


def test_a_photo_chosen_before_the_script_has_come_is_sent_all_the_same(school, come, proof):
    teacher = come(school.cooperative(partial(running_year, entries=1)))
    teacher.open("/cahier/")
    manquant = teacher.page.locator("table.cahier tbody").get_by_role("link", name="manquant").get_attribute("href")
    late = []

    def hold(request):
        late.append(request)

    teacher.page.route("**/upload*.js", hold)
    teacher.page.goto(f"{school.url}{manquant}", wait_until="commit")
    teacher.drop("Photo ou PDF du justificatif", proof)
    expect(teacher.page.locator("[data-upload-ready]")).to_have_count(0)
    late[0].continue_()
    expect(teacher.page.locator("[data-receipt]")).to_contain_text(["ticket.jpg"], timeout=20_000)
