"""Back, Reload, a double click, two tabs, on each form that writes: nothing doubled, nothing lost."""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from retkoop.ledger.models import CashCount, Entry, Grant, InventoryLine, Statement
from tests.browser.school import running_year
from tests.browser.teacher import Teacher
from tests.browser.test_guide_year import with_a_grant

pytestmark = pytest.mark.browser
VALIDATE = "Valider et calculer cette opération comptable"


def entry(teacher: Teacher, label: str = "Bus") -> str:
    """Fill an entry, and say which button sends it."""
    teacher.open("/ecritures/nouvelle/?je=complet")
    teacher.type("Libellé", label)
    teacher.type("Sortie banque", "150")
    teacher.type("6180 Charges des activités éducatives", "150")
    return VALIDATE


def count(teacher: Teacher) -> str:
    teacher.open("/caisse/")
    teacher.type("Billet de 20\xa0€", "2")
    return "Enregistrer l’arrêté de caisse"


def grant(teacher: Teacher) -> str:
    teacher.open("/subventions/")
    teacher.choose("Organisme", "Mairie, commune")
    teacher.type("Nom de l’organisme", "Mairie de Challans")
    teacher.type("Objet", "Fresque")
    teacher.type("Montant", "454")
    teacher.type("Date", "30/09/2026")
    return "Enregistrer cette subvention"


def thing(teacher: Teacher) -> str:
    teacher.open("/inventaire/")
    teacher.type("Objet", "Appareil photo")
    teacher.type("Date d’achat", "05/10/2026")
    teacher.type("Valeur d’achat", "180,10")
    return "Inscrire cet objet"


def statement(teacher: Teacher) -> str:
    teacher.open("/pointage/")
    teacher.type("Date du relevé", "30/09/2026")
    teacher.type("Solde final", "1850")
    return "Ouvrir ce relevé"


FORMS = {
    entry: (Entry, {"number__gt": 0}),
    count: (CashCount, {}),
    grant: (Grant, {}),
    thing: (InventoryLine, {}),
    statement: (Statement, {"ends_on__gt": "2026-09-01"}),
}


def written(school, account, form) -> int:
    """How many rows the form has made."""
    model, only = FORMS[form]
    owner = "treasury__cooperative" if model is Statement else "cooperative"
    return school.hand.run(lambda: model.objects.filter(**{owner: account.cooperative}, **only).count())


def settled(page: Page) -> None:
    page.wait_for_load_state("load")
    expect(page.locator("main")).to_be_visible()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_double_click_writes_once(school, come, script, form):
    account = school.cooperative(with_a_grant if form is grant else running_year)
    before = written(school, account, form)
    teacher = come(account, script=script)
    button = form(teacher)
    teacher.page.get_by_role("button", name=button).dblclick(no_wait_after=True)
    settled(teacher.page)
    teacher.open("/accueil/")
    assert written(school, account, form) == before + 1


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_back_and_again_writes_once_and_reload_writes_nothing(school, come, form):
    account = school.cooperative(with_a_grant if form is grant else running_year)
    before = written(school, account, form)
    teacher = come(account, script=False)
    button = form(teacher)
    form_address = teacher.page.url
    teacher.press(button)
    settled(teacher.page)
    teacher.page.reload()
    assert written(school, account, form) == before + 1
    teacher.page.go_back()
    if teacher.page.url == form_address and teacher.page.get_by_role("button", name=button).count():
        teacher.press(button)
        settled(teacher.page)
    assert written(school, account, form) == before + 1


def test_two_tabs_on_one_entry_lose_nothing(school, come, script):
    account = school.cooperative(partial(running_year, entries=1))
    first, second = come(account, script=script), come(account, script=script)
    for teacher in (first, second):
        teacher.open("/cahier/")
        teacher.follow("Modifier en portrait")
    first.type("Libellé", "Car pour le musée")
    first.press(VALIDATE)
    first.sees("Écriture enregistrée")
    second.type("Libellé", "Bus pour la piscine")
    second.press(VALIDATE)
    second.sees("Cette écriture a changé pendant que vous la modifiiez.")
    second.sees("Car pour le musée")
    assert second.field("Libellé").input_value() == "Bus pour la piscine"
    second.press(VALIDATE)
    second.sees("Écriture enregistrée : « Bus pour la piscine »")
    first.open("/cahier/")
    first.sees("Bus pour la piscine")
    assert written(school, account, entry) == 1


def test_what_was_being_typed_is_found_again_after_a_lost_session(school, come):
    account = school.cooperative(running_year)
    teacher = come(account)
    entry(teacher, "Bus pour la mer")
    while not teacher.page.evaluate("Object.keys(localStorage).length"):
        teacher.page.wait_for_timeout(50)
    teacher.context.clear_cookies(name="sessionid")
    teacher.press(VALIDATE)
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("Se connecter")
    teacher.enter(school.session_key(account))
    teacher.open("/ecritures/nouvelle/?je=complet")
    teacher.sees("Nous avons retrouvé ce que vous étiez en train d’écrire.")
    assert (teacher.field("Libellé").input_value(), teacher.field("Sortie banque").input_value()) == ("Bus pour la mer", "150")
    assert written(school, account, entry) == 0
