"""Guides 003 and 004, from the first login to the message of a recorded entry, in their words."""

from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.school import PASSWORD, running_year
from tests.browser.teacher import euros

pytestmark = pytest.mark.browser
VALIDATE = "Valider et calculer cette opération comptable"
ANOTHER = "Création d’une nouvelle écriture comptable"


@pytest.mark.smoke
def test_one_logs_in_with_the_identifier_and_password_given_by_the_ad(school, come, script):
    account = school.cooperative(running_year)
    teacher = come(script=script)
    teacher.open("/debut.php")
    assert teacher.page.url == f"{school.url}/connexion/"
    teacher.log_in(account, PASSWORD)
    assert teacher.page.url == f"{school.url}/accueil/"
    assert (teacher.cents("#solde-banque"), teacher.cents("#solde-caisse"), teacher.cents("#solde-pointe")) == (
        185_000, 4_500, 185_000,
    )  # fmt: skip


def test_the_home_page_has_the_entries_of_the_guides(school, come, script):
    teacher = come(school.cooperative(partial(running_year, first=2025)), script=script)
    teacher.open("/accueil/")
    main = teacher.page.locator("main")
    for words in (
        "Création d’une écriture comptable en portrait, A4, format écran",
        "Visualisation classique",
        "Pointage",
        "Arrêté de caisse",
        "Subventions",
        "Le Compte-Rendu 2026",
        "Adhésion",
        "Identité de la coop",
        "Changement pour le compte bancaire",
        "Archives",
    ):
        expect(main.get_by_role("link", name=words).first).to_be_visible()


@pytest.mark.smoke
def test_the_contribution_of_the_families_goes_through_the_seven_zones(school, come, script):
    teacher = come(school.cooperative(running_year), script=script)
    teacher.open("/accueil/")
    teacher.follow("Création d’une écriture comptable")
    teacher.type("N° de pièce", "R1")
    teacher.type("Date", "12/10/2026")
    teacher.type("Libellé", "Participation des familles")
    teacher.choose("Moyen de paiement", "Virement")
    teacher.type("Action", "Sortie au musée")
    teacher.type("Entrée banque", "250")
    teacher.tick("Déjà passée sur le relevé (pointer)")
    teacher.type("7560 Participation volontaire des familles", "250 €")
    if script:
        expect(teacher.page.locator("#reste-a-ventiler")).to_have_attribute("data-cents", "0")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée : « Participation des familles » du 12 octobre 2026")
    teacher.sees(euros(25_000))
    teacher.sees("7560 Participation volontaire des familles")
    teacher.sees("Sortie au musée")
    teacher.follow(ANOTHER)
    assert teacher.field("N° de pièce").input_value() == "R2"
    teacher.open("/accueil/")
    assert (teacher.cents("#solde-banque"), teacher.cents("#solde-pointe")) == (210_000, 210_000)


def test_the_dues_are_split_over_membership_insurance_and_review(school, come, script):
    teacher = come(school.cooperative(running_year), script=script)
    teacher.open("/accueil/")
    teacher.follow("Création d’une écriture comptable")
    teacher.type("Date", "1/10/26")
    teacher.type("Libellé", "Cotisation à l’OCCE")
    teacher.type("N° de chèque", "4000101")
    teacher.type("Sortie banque", "174,50")
    teacher.type("6281 Cotisation OCCE", "150")
    teacher.type("6168 Assurances", "15,00 €")
    if script:
        expect(teacher.page.locator("#reste-a-ventiler")).to_have_attribute("data-cents", "950")
    teacher.press(VALIDATE)
    teacher.sees("Il manque")
    teacher.sees(euros(950))
    assert teacher.field("N° de chèque").input_value() == "4000101"
    teacher.type("6500 Autres charges courantes", "9.50")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée : « Cotisation à l’OCCE »")
    for cents in (15_000, 1_500, 950):
        teacher.sees(euros(cents))


@pytest.mark.parametrize(
    ("way", "leaves", "enters", "bank", "cash"),
    [
        ("Dépôt d’espèces à la banque", "Sortie caisse", "Entrée banque", 187_000, 2_500),
        ("Retrait d’espèces, marché de Noël", "Sortie banque", "Entrée caisse", 183_000, 6_500),
    ],
    ids=["cash-to-bank", "bank-to-cash"],
)
def test_money_between_the_cash_box_and_the_bank_has_no_ventilation(school, come, script, way, leaves, enters, bank, cash):
    teacher = come(school.cooperative(running_year), script=script)
    teacher.open("/accueil/")
    teacher.follow("Création d’une écriture comptable")
    teacher.type("N° de pièce", "12")
    teacher.type("Date", "2 octobre 2026")
    teacher.type("Libellé", way)
    teacher.type(leaves, "20")
    teacher.type(enters, "20,00")
    teacher.press(VALIDATE)
    teacher.sees(f"Écriture enregistrée : « {way} »")
    teacher.sees("il n’y a pas de ventilation")
    teacher.follow("Revenir au sommaire")
    assert (teacher.cents("#solde-banque"), teacher.cents("#solde-caisse")) == (bank, cash)
