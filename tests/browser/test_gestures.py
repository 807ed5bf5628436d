"""How many gestures a usual task takes (docs/design.md), and the same by keyboard alone."""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.school import PASSWORD, running_year
from tests.browser.test_guide_year import finished_year

pytestmark = pytest.mark.browser
VALIDATE = "Valider et calculer cette opération comptable"
FOCUS = """() => {
  const at = document.activeElement, look = getComputedStyle(at), label = at.labels && at.labels[0];
  return {name: (at.getAttribute("aria-label") || (label ? label.textContent : at.textContent)).trim(),
    field: at.name || "", seen: at.matches(":focus-visible") && (look.outlineStyle !== "none" || look.boxShadow !== "none"
      || (label && getComputedStyle(label).outlineStyle !== "none"))};
}"""


def travel_to(page: Page, *, name: str = "", field: str = "", most: int = 90) -> None:
    """Press Tab until the focus is there; it is seen at each step."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        assert at["seen"], f"no visible focus on {at}"
        if (name and at["name"].startswith(name)) or (field and at["field"] == field):
            return
    raise AssertionError(f"Tab never reaches {name or field}")


def test_the_first_entry_of_a_newcomer_takes_twelve_gestures_from_the_login(school, come):
    teacher = come()
    teacher.log_in(school.cooperative(running_year), PASSWORD)
    teacher.follow("Création d’une écriture comptable")
    teacher.follow("J’ai payé…")
    teacher.type("Montant", "150")
    teacher.type("Libellé", "Bus pour le musée")
    teacher.choose("À quoi a-t-il servi ?", "6180 Charges des activités éducatives")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée : « Bus pour le musée »")
    assert teacher.interactions == 9


def test_a_usual_expense_takes_eight_gestures_from_the_home_page(school, come):
    teacher = come(school.cooperative(partial(running_year, entries=1)))
    teacher.open("/accueil/")
    teacher.follow("Création d’une écriture comptable")
    teacher.type("Date", "14/10/2026")
    teacher.type("Libellé", "Bus pour la piscine")
    teacher.tick("suivant du chéquier")
    teacher.type("Sortie banque", "95")
    teacher.type("6180 Charges des activités éducatives", "95")
    teacher.press(VALIDATE)
    teacher.sees("Écriture enregistrée : « Bus pour la piscine »")
    teacher.sees("4000102")
    assert teacher.interactions == 7


def test_ten_lines_are_pointed_in_twelve_gestures_from_the_home_page(school, come):
    teacher = come(school.cooperative(partial(running_year, entries=10)))
    teacher.open("/accueil/")
    teacher.follow("Visualisation classique")
    for index in range(1, 11):
        line = (
            teacher.page.locator("table.cahier tbody tr")
            .filter(has_text=f"D{index}B")
            .or_(
                teacher.page.locator("table.cahier tbody tr").filter(
                    has=teacher.page.get_by_text(f"Bus n° {index}", exact=True)
                )
            )
        )
        teacher.press("À pointer", inside=line)
    expect(teacher.page.get_by_role("button", name="Pointée au")).to_have_count(10)
    assert (teacher.cents("#solde-pointe"), teacher.interactions) == (35_000, 11)


def test_a_whole_statement_takes_six_gestures(school, come):
    teacher = come(school.cooperative(partial(running_year, entries=10)))
    teacher.open("/accueil/")
    teacher.follow("Pointage", inside=teacher.page.locator("main"))
    teacher.type("Date du relevé", "30/09/2026")
    teacher.type("Solde final", "350")
    teacher.press("Ouvrir ce relevé")
    teacher.press("Tout cocher")
    teacher.sees("Bravo !")
    assert teacher.interactions == 5


def test_a_clean_year_is_closed_in_four_gestures(school, come):
    teacher = come(school.cooperative(finished_year))
    teacher.open("/accueil/?annee=2025-2026")
    teacher.follow("Clôture de ce cahier de compta")
    teacher.press("Clôture définitive de ce cahier de compta")
    teacher.sees_title("Cahier 2025-2026 clôturé")
    assert teacher.interactions == 2


def test_an_entry_is_made_by_the_keyboard_alone(school, come):
    teacher = come(school.cooperative(running_year))
    page = teacher.page
    teacher.open("/accueil/")
    travel_to(page, name="Création d’une écriture comptable")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Création d’une écriture comptable")
    for field, text in (("label", "Bus"), ("out_banque", "150"), ("v_activities", "150")):
        travel_to(page, field=field)
        page.keyboard.type(text)
    travel_to(page, name=VALIDATE)
    page.keyboard.press("Enter")
    teacher.sees("Écriture enregistrée : « Bus »")


def test_a_statement_is_pointed_by_the_keyboard_alone(school, come):
    teacher = come(school.cooperative(partial(running_year, entries=3)))
    page = teacher.page
    teacher.open("/pointage/")
    travel_to(page, field="ends_on")
    page.keyboard.type("30/09/2026")
    travel_to(page, field="closing")
    page.keyboard.type("1550")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Relevé du 30 septembre 2026")
    travel_to(page, field="line")
    page.keyboard.press("Space")
    travel_to(page, field="line")
    page.keyboard.press("Space")
    expect(page.locator("#ecart")).to_have_attribute("data-cents", "0")
    travel_to(page, name="Enregistrer le pointage")
    page.keyboard.press("Enter")
    teacher.sees("Bravo !")


def test_a_line_of_the_cahier_is_pointed_by_the_keyboard_alone(school, come):
    teacher = come(school.cooperative(partial(running_year, entries=1)))
    teacher.open("/cahier/")
    travel_to(teacher.page, name="À pointer", most=120)
    teacher.page.keyboard.press("Enter")
    expect(teacher.page.get_by_role("button", name="Pointée au")).to_be_visible()
    assert teacher.cents("#solde-pointe") == 170_000
