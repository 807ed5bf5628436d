"""The AD checks a report: how many gestures, how many pages, and the same by the keyboard."""

import pytest
from playwright.sync_api import Page, expect

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative, Mandate, Role
from retkoop.ledger.services import openings, treasuries
from retkoop.ledger.tests.books import Desk
from retkoop.yearend.tests.reports import ReportDesk
from tests.browser.school import SCHOOL_DAY
from tests.browser.test_axe import defects

pytestmark = pytest.mark.browser


def ready_report(cooperative: Cooperative, author: Author) -> ReportDesk:
    """The year 2025-2026, complete, answered, approved, documented."""
    year = SchoolYear(2025)
    opened = {"cooperative": cooperative, "opened": year.start, "author": author}
    bank = treasuries.open_treasury(account="bank", label="Banque", **opened)
    cash = treasuries.open_treasury(account="cash", label="Caisse", **opened)
    first, second = openings.open_first_year(cooperative=cooperative, first=year, today=SCHOOL_DAY, author=author)
    ad = Author(Mandate.objects.get(role=Role.AD_ACCOUNTANT).person, cooperative.association)
    desk = ReportDesk(Desk(cooperative, bank, cash, first, second, author, ad), author, ad)
    desk.make_ready()
    return desk


def submitted_report(cooperative: Cooperative, author: Author) -> None:
    """The same, handed in."""
    ready_report(cooperative, author).submit()


def alt(page: Page, letter: str) -> None:
    """Alt and a letter, as a keyboard gives them (Playwright's own key presses are not read as access keys)."""
    keys = page.context.new_cdp_session(page)
    key = {"key": letter, "code": f"Key{letter.upper()}", "text": letter, "unmodifiedText": letter}
    keys.send(
        "Input.dispatchKeyEvent", {"type": "keyDown", "modifiers": 1, "windowsVirtualKeyCode": ord(letter.upper()), **key}
    )


@pytest.mark.smoke
def test_a_clean_report_is_checked_in_twelve_gestures_and_three_pages(school, come, script):
    account = school.cooperative(submitted_report)
    ad = come(school.staff(Role.AD_ACCOUNTANT), script=script)
    loads: list[str] = []
    ad.page.on("load", lambda page: loads.append(page.url))
    ad.open("/ad/comptes-rendus/")
    ad.press(f"Contrôler {account.identifier}")
    ad.sees_title(f"{account.identifier} École des Marais, compte-rendu 2025-2026")
    for proof in ad.page.locator("#documents").locator("..").locator("details").all():
        proof.locator("summary").click()
        ad.interactions += 1
        expect(proof.locator("img").first).to_be_visible()
    ad.press("Valider ce compte-rendu")
    ad.sees(f"Le compte-rendu 2025-2026 de {account.identifier} est validé.")
    assert (ad.interactions, len(loads)) == (4, 3)


def test_a_report_is_handed_in_and_taken_back_from_home(school, come, script):
    teacher = come(school.cooperative(ready_report), script=script)
    teacher.open("/accueil/")
    teacher.follow("Le Compte-Rendu 2026", inside=teacher.page.locator("main"))
    teacher.follow("Transmettre à mon AD")
    teacher.sees("Transmettre clôture aussi le cahier 2025-2026.")
    if script:
        assert defects(teacher) == []
    teacher.press("Clôturer le cahier et transmettre")
    teacher.sees("Votre saisie est terminée")
    assert teacher.interactions == 3
    teacher.press("Reprendre ma saisie")
    teacher.sees("Vous avez repris votre saisie")
    expect(teacher.page.get_by_role("link", name="Transmettre à mon AD")).to_be_visible()


def test_the_shortcuts_need_alt_so_that_one_may_write_anywhere(school, come):
    account = school.cooperative(submitted_report)
    ad = come(school.staff(Role.AD_ACCOUNTANT))
    ad.open("/ad/comptes-rendus/")
    ad.press(f"Contrôler {account.identifier}")
    ad.sees_title(f"{account.identifier} École des Marais")
    alt(ad.page, "r")
    field = ad.field("Quoi ? Choisissez, ou écrivez")
    expect(field).to_be_visible()
    assert defects(ad) == []
    field.press_sequentially("vrnpld")
    expect(field).to_have_value("vrnpld")
    alt(ad.page, "v")
    ad.sees(f"Le compte-rendu 2025-2026 de {account.identifier} est validé.")
