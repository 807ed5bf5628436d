"""Guide 004: adhésion, engagement du mandataire, from the pink zone to the AD, with and without JavaScript."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger.services import openings
from retkoop.membership.queries.adhesions import OTHERS, Declared
from retkoop.membership.tests.adhesion_desk import TEXT, make_adhesion_desk
from tests.browser.school import SCHOOL_DAY
from tests.browser.teacher import Teacher, euros

pytestmark = pytest.mark.browser


def joined_last_year(cooperative: Cooperative, author: Author) -> None:
    """Two classes and two other adults, validated last year; this year's tariff is known."""
    assert author.person is not None
    openings.open_first_year(cooperative=cooperative, first=SchoolYear(2025), today=SCHOOL_DAY, author=author)
    with travel(dt.date(2025, 10, 1)):
        last = make_adhesion_desk(cooperative, author.person, 2025)
        rows = (Declared("CP", 24, 1), Declared("CE1-CE2", 26, 1), Declared(OTHERS, adults=2))
        last.validated(last.fill(rows, first=2025))
    make_adhesion_desk(cooperative, author.person, 2026)


def total(teacher: Teacher, heads: int) -> None:
    expect(teacher.page.locator("[data-part=total] .amount")).to_have_text(euros(heads * 230))


@pytest.mark.smoke
def test_the_adhesion_is_filled_in_engaged_to_and_sent(school, come, script):
    teacher = come(school.cooperative(joined_last_year), script=script)
    teacher.open("/accueil/")
    teacher.follow("Adhésion", inside=teacher.page.locator("main .zone-pink .tiles"))
    teacher.sees("Ce sont les effectifs de l’année passée")
    expect(teacher.field("Élèves, CP")).to_have_value("24")
    total(teacher, 54)
    teacher.type("Élèves, CP", "20")
    teacher.page.get_by_label("CE1-CE2 adhère").uncheck()
    if script:
        total(teacher, 23)
        teacher.sees("Enregistré au fur et à mesure")
    teacher.press("Mettre à jour ces informations")
    teacher.sees("Vos effectifs sont enregistrés")
    teacher.sees("ses effectifs ne comptent pas")
    total(teacher, 23)
    teacher.press("Ajouter des classes")
    teacher.type("Nom de la classe, ligne 3", "CM1, Mme Roux")
    teacher.type("Élèves, ligne 3", "27")
    teacher.press("Passer à l’engagement du mandataire")
    teacher.sees("Serez-vous mandataire de la coopérative")
    teacher.press("Mettre à jour ces informations")
    teacher.sees("pour lire le texte et vous engager")
    teacher.tick("Oui")
    teacher.press("Mettre à jour ces informations")
    teacher.sees(TEXT)
    teacher.press("Je m’engage à être mandataire")
    teacher.sees("Votre engagement de mandataire pour 2026-2027 est enregistré.")
    teacher.follow("Passer à la suite", inside=teacher.page.locator("main .card"))
    total(teacher, 50)
    teacher.press("Transmettre l’adhésion à l’AD")
    teacher.sees("reçoit directement les informations")
    expect(teacher.page.get_by_role("link", name="Identité de la coop").last).to_have_attribute("href", "/identite/?adhesion=1")
    teacher.open("/accueil/")
    expect(teacher.page.locator("[data-adhesion=sent]")).to_have_text("transmise")


def test_the_table_is_filled_in_with_the_keyboard_alone_on_a_phone(school, come):
    teacher = come(school.cooperative(joined_last_year), width=320)
    teacher.open("/adhesion/")
    keyboard = teacher.page.keyboard
    teacher.field("Élèves, CP").focus()
    keyboard.press("Control+a")
    keyboard.type("30")
    for _ in range(3):
        keyboard.press("Tab")
    expect(teacher.page.get_by_label("CE1-CE2 adhère")).to_be_focused()
    keyboard.press("Space")
    total(teacher, 33)
    expect(teacher.page.locator("#etat-1")).to_contain_text("ne comptent pas")
    expect(teacher.page.get_by_label("CE1-CE2 adhère")).to_be_focused()
    assert teacher.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
