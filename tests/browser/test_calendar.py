"""Guide 002’s year: what awaits is read on home, the whole on its page and as a file; the AD moves a date and takes it back."""

from functools import partial

import pytest

from retkoop.identity.models import Role
from tests.browser.school import running_year

pytestmark = pytest.mark.browser


def test_the_year_is_read_from_home_and_moved_by_the_ad(school, come, script):
    account = school.cooperative(partial(running_year, first=2025))
    teacher = come(account, script=script)
    teacher.open("/accueil/")
    teacher.sees("Ce qui vous attend")
    main = teacher.page.locator("main")
    teacher.follow("Tout le calendrier", inside=main)
    teacher.sees_title("Calendrier")
    teacher.sees("Pointer les opérations du relevé bancaire d’octobre")
    assert teacher.read("Pour votre agenda (.ics)").startswith(b"BEGIN:VCALENDAR\r\n")
    office = come(school.staff(Role.AD_ACCOUNTANT), script=script)
    office.open("/ad/reglages/")
    office.follow("Calendrier et rappels", inside=office.page.locator("main"))
    report = office.page.locator("section[data-step=report]")
    report.get_by_label("Date").fill("10 novembre")
    office.press("Enregistrer le calendrier")
    office.sees("Votre calendrier est enregistré.")
    teacher.open("/calendrier/")
    assert "10/11" in teacher.page.locator("[data-step^='report:']").inner_text()
    office.press("Revenir à la date nationale", inside=office.page.locator("section[data-step=report]"))
    office.sees("Votre calendrier est enregistré.")
    teacher.open("/calendrier/")
    assert "30/09" in teacher.page.locator("[data-step^='report:']").inner_text()
