"""Guides 000 and 001: the compte-rendu financier typed as totals, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import YearMode
from retkoop.ledger.services import openings
from retkoop.yearend.services.past_reports import PastRow, type_past_report
from tests.browser.school import SCHOOL_DAY
from tests.browser.teacher import Teacher
from tests.browser.test_axe import defects

pytestmark = pytest.mark.browser
BOXES = (
    ("6070", "420"), ("6168", "15"), ("6180", "2 000 + 105,40"), ("6281", "150"), ("6500", "9,50"), ("6800", "180,10"),
    ("7070", "600"), ("7080", "1 200"), ("7410", "300 + 200"), ("7560", "980"), ("512 Banque", "2 205"), ("530", "45"),
    ("512 Solde", "2 290"),
)  # fmt: skip


def elsewhere(cooperative: Cooperative, author: Author) -> None:
    """Totals only since 2025-2026; the AD typed the report of the year before: 1 850,00."""
    openings.open_first_year(
        cooperative=cooperative, first=SchoolYear(2025), today=SCHOOL_DAY, author=author, mode=YearMode.TOTALS
    )
    figures = {"brought_forward": 180_000, "family_contributions": 5_000, "bank": 185_000}
    type_past_report(row=PastRow(cooperative, 2024, figures), author=Author(None, cooperative.association))


def box(teacher: Teacher, code: str) -> str:
    """The whole label that begins with those words."""
    return teacher.page.locator("label", has_text=code).first.inner_text().strip()


def fill(teacher: Teacher) -> None:
    for code, text in BOXES:
        teacher.type(box(teacher, code), text)
    teacher.type("Libellé, ligne 1", "Bus du musée")
    teacher.type("Montant, ligne 1", "-110")
    teacher.type("Libellé, ligne 2", "Dernières familles")
    teacher.type("Montant, ligne 2", "+25")
    for piece, count in (("Billet de 20\u00a0€", "1"), ("Billet de 10\u00a0€", "2"), ("Billet de 5\u00a0€", "1")):
        teacher.type(piece, count)
    for number, (kind, name, amount) in enumerate((("Mairie", "Mairie", "300"), ("Conseil dép", "Département", "200")), 1):
        listed = teacher.field(f"Organisme, subvention {number}")
        listed.select_option(
            label=next(words for words in listed.locator("option").all_inner_texts() if words.startswith(kind))
        )
        teacher.type(f"Nom, subvention {number}", name)
        teacher.type(f"Montant, subvention {number}", amount)


def states(teacher: Teacher) -> dict[str, str]:
    found = teacher.page.locator("[data-control]")
    return {each.get_attribute("data-control") or "": each.get_attribute("data-state") or "" for each in found.all()}


@pytest.mark.smoke
def test_the_totals_are_typed_and_every_control_says_bravo(school, come, script):
    teacher = come(school.cooperative(elsewhere), script=script)
    teacher.open("/accueil/")
    teacher.follow("Le Compte-Rendu 2026", inside=teacher.page.locator("main"))
    teacher.follow("Finances (CRF)", inside=teacher.page.locator("main ol").last)
    teacher.sees_title("Compte-rendu financier (CRF) 2025-2026")
    fill(teacher)
    teacher.press("Réactualiser les totaux")
    whole = teacher.page.locator("[data-control=E7]")
    expect(whole).to_have_attribute("data-state", "ok")
    teacher.sees("Le Compte-Rendu-Financier 2025-2026 semble correct")
    assert states(teacher) == dict.fromkeys(("E1", "E2", "E6", "E3", "E4", "E5", "E7"), "ok")
    teacher.sees("= 2\u202f105,40")
    teacher.sees("facture à payer")
    teacher.type(box(teacher, "530"), "40")
    teacher.field(box(teacher, "530")).press("Enter")
    expect(teacher.page.locator("[data-control=E4]")).to_have_attribute("data-state", "ko")
    teacher.sees("soit 5,00\u00a0€ de plus que le compte 530")
    teacher.type(box(teacher, "530"), "45")
    teacher.press("Passer à la suite")
    teacher.page.wait_for_url("**/compte-rendu/quitus/**")
    teacher.open("/compte-rendu/crf/")
    assert states(teacher)["E7"] == "ok"


def test_what_is_typed_is_kept_without_any_button_and_a_transfer_is_named(school, come):
    teacher = come(school.cooperative(elsewhere))
    teacher.open("/compte-rendu/crf/")
    teacher.type(box(teacher, "512 Banque"), "1 800")
    teacher.field(box(teacher, "512 Banque")).press("Tab")
    expect(teacher.page.locator("[data-saved=yes]")).to_be_visible()
    teacher.type(box(teacher, "6700"), "-50")
    teacher.field(box(teacher, "6700")).press("Tab")
    teacher.sees("compris comme 50,00\u00a0€ versés à une autre coopérative")
    teacher.type("Nom de l’autre coopérative", "École du Phare")
    teacher.field("Nom de l’autre coopérative").press("Tab")
    expect(teacher.page.locator("[data-saved=yes]")).to_be_visible()
    teacher.open("/compte-rendu/crf/")
    expect(teacher.field("Nom de l’autre coopérative")).to_have_value("École du Phare")
    assert states(teacher)["E2"] == "ok"


def test_the_form_of_the_totals_has_no_defect(school, come):
    teacher = come(school.cooperative(elsewhere))
    teacher.open("/compte-rendu/crf/")
    assert defects(teacher) == []
