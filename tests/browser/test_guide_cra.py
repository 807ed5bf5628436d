"""Guides 000, 001 and 004: the compte-rendu d'activité, from home to the financial report, with and without JavaScript."""

from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.school import running_year
from tests.browser.teacher import Teacher

pytestmark = pytest.mark.browser
ended = partial(running_year, first=2025, entries=2)


def to_the_cra(teacher: Teacher) -> None:
    """From home, as the guides say."""
    teacher.open("/accueil/")
    teacher.follow("Le Compte-Rendu 2026", inside=teacher.page.locator("main"))
    teacher.follow("Activité (CRA)", inside=teacher.page.locator("main ol").last)
    teacher.sees_title("Compte Rendu d’Activité (CRA) 2025-2026")


def settled(teacher: Teacher) -> None:
    """What was typed has been kept in the background."""
    expect(teacher.page.locator("#cra-etat")).to_contain_text("Enregistré à")


@pytest.mark.smoke
def test_the_activity_report_is_filled_in_validated_and_passed_on(school, come, script):
    teacher = come(school.cooperative(ended), script=script)
    to_the_cra(teacher)
    teacher.sees("Fonctionnement de la coopérative scolaire sur l’année")
    teacher.sees("modèle, en attente du questionnaire fédéral")
    teacher.tick("École élémentaire")
    teacher.type("Nombre de classes", "5")
    teacher.type("Nombre d’élèves coopérateurs", "118")
    teacher.tick("Le conseil de coopérative de l’école s’est réuni")
    if script:
        teacher.type("Combien de fois ?", "4")
    teacher.press("Valider les modifications")
    teacher.sees("Vos réponses sont enregistrées")
    if not script:
        teacher.type("Combien de fois ?", "4")
    teacher.press("Passer à la suite")
    teacher.sees("Les projets de l’année")
    teacher.sees("Récapitulatif")
    assert "Bravo" not in teacher.page.locator("main").inner_text()
    teacher.type("Nombre de projets ou d’actions menés dans l’année", "3")
    teacher.tick("Actions de solidarité")
    teacher.press("Valider les modifications")
    teacher.sees("Bravo ! Votre compte-rendu d’activité est complet.".replace(" !", "\u202f!"))
    teacher.press("Passer à la suite")
    teacher.page.wait_for_url("**/compte-rendu/crf/**")
    to_the_cra(teacher)
    expect(teacher.field("Combien de fois ?")).to_have_value("4")


def test_answers_are_kept_as_one_types_and_questions_come_when_called_for(school, come):
    account = school.cooperative(ended)
    teacher = come(account)
    to_the_cra(teacher)
    expect(teacher.page.locator("#cra-school_council_meetings")).to_be_hidden()
    teacher.tick("Le conseil de coopérative de l’école s’est réuni")
    expect(teacher.page.locator("#cra-school_council_meetings")).to_be_visible()
    teacher.type("Combien de fois ?", "6")
    teacher.type("Nombre de classes", "7")
    settled(teacher)
    expect(teacher.page.locator("[name=version]")).not_to_have_value("1")
    teacher.page.wait_for_timeout(1_200)
    again = come(account)
    to_the_cra(again)
    expect(again.field("Combien de fois ?")).to_have_value("6")
    expect(again.field("Nombre de classes")).to_have_value("7")
    teacher.press("Valider les modifications")
    teacher.sees("Vos réponses sont enregistrées")


def test_before_june_the_questions_are_only_read(school, come, script):
    teacher = come(school.cooperative(ended), script=script)
    teacher.open("/compte-rendu/cra/?annee=2026-2027")
    teacher.sees("s’ouvre le 1er juin 2027")
    expect(teacher.page.get_by_role("button", name="Valider les modifications")).to_have_count(0)
    expect(teacher.field("Nombre de classes")).to_be_disabled()
