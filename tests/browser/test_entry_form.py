"""The entry form in a real browser: amounts as the server reads them, nothing lost between ways of telling, few gestures."""

import pytest
from playwright.sync_api import expect

from retkoop.core.money import AmountError, parse_euros
from tests.browser.school import PASSWORD, running_year

pytestmark = pytest.mark.browser
NEW = "/ecritures/nouvelle/"
VALIDATE = "Valider et calculer cette opération comptable"
TYPED = (
    "12,5", "12.50", "1 234,56", "1\u202f234,56", "1\u00a0234", "1.234,56", "1,234.56", "12 €", "€ 12", "12 euros", "0,07",
    ",5", "007", "1'234,50", "12,345", "1.000", "1,000", "douze", "1 23,4", "12,5,6", "--5", "1 000 000 000,01",
)  # fmt: skip


def cents_of(text):
    """What the server reads, or « » when it refuses."""
    try:
        return str(parse_euros(text))
    except AmountError:
        return ""


def test_the_script_reads_amounts_as_the_server_does(school, come):
    teacher = come(school.cooperative(running_year))
    teacher.open(NEW)
    field, rest = teacher.field("Entrée banque"), teacher.page.locator("#reste-a-ventiler")
    read = {}
    for text in TYPED:
        field.fill(text)
        read[text] = rest.get_attribute("data-cents")
    assert read == {text: cents_of(text) for text in TYPED}


def test_a_usual_expense_takes_at_most_eight_gestures_from_home(school, come):
    teacher = come(school.cooperative(running_year))
    teacher.open("/accueil/")
    teacher.follow("Création d’une écriture comptable")
    teacher.follow("J’ai payé…")
    expect(teacher.page.locator("#id_amount")).to_be_visible()
    teacher.type("Montant", "12,50")
    teacher.type("Libellé", "Bus pour le zoo")
    teacher.choose("À quoi a-t-il servi ?", "6180 Charges des activités éducatives")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée")
    assert teacher.interactions <= 8


def test_a_newcomer_enters_a_first_expense_in_at_most_twelve_gestures_from_the_login(school, come, script):
    account = school.cooperative(running_year)
    teacher = come(script=script)
    teacher.log_in(account, PASSWORD)
    teacher.follow("Création d’une écriture comptable")
    teacher.follow("J’ai reçu…")
    teacher.type("Montant", "30")
    teacher.page.locator("label", has_text="Caisse").first.click()
    teacher.type("Libellé", "Vente de gâteaux")
    teacher.choose("D’où vient cet argent ?", "7080 Produits des activités éducatives")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée")
    assert teacher.interactions + 1 <= 12


def test_another_way_of_telling_keeps_what_is_typed_without_leaving_the_page(school, come):
    teacher = come(school.cooperative(running_year))
    teacher.open(NEW)
    teacher.page.evaluate("window.stayed = true")
    teacher.type("Libellé", "Bus pour le zoo")
    teacher.type("Sortie banque", "12,50")
    teacher.follow("J’ai payé…")
    expect(teacher.page.locator("#id_amount")).to_have_value("12,50")
    expect(teacher.page.locator("#id_label")).to_have_value("Bus pour le zoo")
    teacher.follow("Formulaire complet")
    expect(teacher.page.locator("#id_out_banque")).to_have_value("12,50")
    assert teacher.page.evaluate("window.stayed") is True


def test_warnings_and_balances_come_while_one_types_and_one_tick_accepts(school, come):
    teacher = come(school.cooperative(running_year))
    teacher.open(NEW)
    bank = teacher.page.locator("[data-balance=banque]")
    before = int(bank.get_attribute("data-cents") or "")
    teacher.type("Libellé", "Classe de neige")
    teacher.type("Sortie banque", "5000")
    assert int(bank.get_attribute("data-cents") or "") == before - 500_000
    teacher.type("6180 Charges des activités éducatives", "5 000,00")
    teacher.field("Libellé").press("Tab")
    expect(teacher.page.locator("[data-warning=bank-overdrawn]")).to_be_visible()
    expect(teacher.page.locator("#reste-a-ventiler")).to_have_attribute("data-cents", "0")
    teacher.tick("J’ai vérifié, enregistrer quand même")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée")
    teacher.sees("Avertissement vérifié")


def test_the_account_learnt_from_the_label_is_proposed_and_waits_for_a_click(school, come):
    teacher = come(school.cooperative(running_year))
    for _ in range(3):
        teacher.open(f"{NEW}?je=paye")
        teacher.type("Montant", "10")
        teacher.type("Libellé", "Bus scolaire")
        teacher.choose("À quoi a-t-il servi ?", "6180 Charges des activités éducatives")
        teacher.press(VALIDATE)
        if teacher.page.locator("[data-warning]").count():
            teacher.tick("J’ai vérifié, enregistrer quand même")
            teacher.press(VALIDATE)
        teacher.sees("Écriture enregistrée")
    teacher.open(NEW)
    teacher.type("Sortie banque", "33")
    teacher.type("Libellé", "Bus pour la ferme")
    chip = teacher.page.locator("[data-apply=activities]")
    expect(chip).to_contain_text("6180 Charges des activités éducatives (sûr à")
    expect(teacher.page.locator("#id_v_activities")).to_have_value("")
    chip.click()
    expect(teacher.page.locator("#id_v_activities")).to_have_value("33,00")
    expect(teacher.page.locator("#reste-a-ventiler")).to_have_attribute("data-cents", "0")


def test_a_deposit_of_cheques_adds_up_while_one_types(school, come):
    teacher = come(school.cooperative(running_year))
    teacher.open("/ecritures/remise/")
    teacher.press("Ajouter des lignes")
    expect(teacher.page.locator("#id_cheque_10")).to_be_visible()
    for rank, text in ((1, "12"), (7, "15,50")):
        teacher.type(f"Montant {rank}", text)
    expect(teacher.page.locator("[data-slips-total]")).to_have_attribute("data-cents", "2750")
    teacher.choose("D’où vient cet argent ?", "7070 Ventes de produits pour cession")
    teacher.press(VALIDATE)
    teacher.sees("Remise de chèques")
    teacher.sees("27,50")


@pytest.mark.parametrize(
    "path", [NEW, f"{NEW}?je=paye", f"{NEW}?je=coop", f"{NEW}?je=depot", "/ecritures/remise/", "/aide/ventilation/"]
)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(school, come, path):
    teacher = come(school.cooperative(running_year), width=320, height=700)
    teacher.open(path)
    assert teacher.page.evaluate("document.documentElement.scrollWidth") == 320


def test_an_entry_is_made_with_the_keyboard_alone(school, come):
    teacher = come(school.cooperative(running_year))
    teacher.open(f"{NEW}?je=paye")
    page = teacher.page
    page.locator("#id_amount").focus()
    page.keyboard.type("8")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "id_label":
            break
    page.keyboard.type("Timbres")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "id_account":
            break
    page.keyboard.type("6500")
    page.keyboard.press("Enter")
    for _ in range(30):
        if "Valider" in page.evaluate("document.activeElement.textContent"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    teacher.sees("Écriture enregistrée")
    teacher.sees("6500 Autres charges courantes")
