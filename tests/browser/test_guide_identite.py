"""Guide 004: « Identité de la coop », then the AD's answer to its IBAN, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from retkoop.identity.models import Role
from tests.browser.school import running_year

pytestmark = pytest.mark.browser
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def test_the_identity_is_put_right_and_the_ad_confirms_its_iban(school, come, script):
    account = school.cooperative(running_year)
    teacher = come(account, script=script)
    teacher.open("/accueil/")
    teacher.follow("Identité de la coop", inside=teacher.page.locator("main .zone-pink"))
    teacher.sees("Cette page n’a jamais été validée")
    teacher.type("Numéro UAI de l’école", "0850123Z")
    teacher.choose("Type d’établissement", "école élémentaire")
    teacher.type("Téléphone", "02.51.00.00.00")
    teacher.choose("Compte en banque", "512 Banque")
    teacher.type("IBAN", IBAN)
    teacher.type("Nom de la classe", "CE1-CE2, Mme Bernard")
    teacher.press("Ajouter des lignes")
    expect(teacher.field("Nom de la classe")).to_have_value("CE1-CE2, Mme Bernard")
    teacher.press("Valider les modifications")
    teacher.sees("la lettre de 0850123 est X, pas Z")
    expect(teacher.field("IBAN")).to_have_value(IBAN)
    teacher.type("Numéro UAI de l’école", "0850123X")
    teacher.press("Valider les modifications")
    teacher.sees("votre AD en est prévenue")
    teacher.sees("FR76 •••• 0189")
    expect(teacher.field("IBAN")).to_have_value("")
    expect(teacher.field("Téléphone")).to_have_value("02 51 00 00 00")
    expect(teacher.field("Nom de la banque")).to_have_value("Credit Agricole Sa")
    teacher.press("Afficher l’IBAN en attente")
    teacher.sees(IBAN)

    helper = come(school.staff(Role.AD_ACCOUNTANT), script=script)
    helper.open(f"/ad/cooperatives/?q={account.identifier}")
    helper.follow("IBAN à confirmer")
    helper.press("Confirmer cet IBAN")
    helper.sees(f"L’IBAN de {account.identifier} est confirmé.")
    helper.press("Vu")
    helper.sees("Aucune modification n’attend d’être vue")
    teacher.open("/identite/")
    teacher.sees("IBAN enregistré")
