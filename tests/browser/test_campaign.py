"""The AD validates an adhésion; the teacher downloads the attestation and records the proposed entry by one tap."""

import pytest
from playwright.sync_api import expect

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative, Role
from retkoop.ledger.services import openings, treasuries
from retkoop.membership.tests.adhesion_desk import make_adhesion_desk
from tests.browser.school import SCHOOL_DAY
from tests.browser.teacher import euros

pytestmark = pytest.mark.browser
CENTS = 55 * 230


def adhesion_sent(cooperative: Cooperative, author: Author) -> None:
    """A book with its bank, and this year's adhésion engaged to and sent."""
    assert author.person is not None
    year = SchoolYear(2026)
    treasuries.open_treasury(account="bank", label="Banque", cooperative=cooperative, opened=year.start, author=author)
    openings.open_first_year(cooperative=cooperative, first=year, today=SCHOOL_DAY, author=author)
    desk = make_adhesion_desk(cooperative, author.person, 2026)
    sheet = desk.fill(first=2026)
    desk.engage(2026)
    desk.send(sheet)


@pytest.mark.smoke
def test_from_the_ads_list_to_the_attestation_and_the_entry_in_the_book(school, come, script):
    account = school.cooperative(adhesion_sent)
    ad = come(school.staff(Role.AD_ACCOUNTANT), script=script)
    ad.open("/ad/")
    ad.follow("Adhésions", inside=ad.page.locator("main"))
    ad.page.get_by_label(f"Cocher {account.identifier}").check()
    ad.choose("Payées par", "prélèvement")
    ad.type("Encaissées le", "12/10/2026")
    ad.press("Valider les adhésions cochées")
    ad.sees(f"L’adhésion de {account.identifier} est validée.")
    teacher = come(account, script=script)
    teacher.open("/accueil/")
    pink = teacher.page.locator("main .zone-pink .tiles")
    with teacher.page.expect_download() as download:
        pink.get_by_role("link", name="Attestation d’adhésion").click()
    assert download.value.suggested_filename == f"attestation-adhesion-{account.identifier}-2026-2027.pdf"
    teacher.follow("écriture proposée à vérifier", inside=teacher.page.locator("main .todo"))
    teacher.sees("6281 Cotisation OCCE")
    teacher.press("Enregistrer cette écriture")
    teacher.open("/cahier/?annee=2026-2027")
    expect(teacher.page.locator("main")).to_contain_text("Adhésion 2026-2027")
    teacher.open("/accueil/")
    expect(teacher.page.locator("#solde-banque")).to_contain_text(euros(-CENTS))
