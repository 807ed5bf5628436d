"""From a gap to « Bravo ! » along the gap solver's link, in three gestures: the search, the link, the confirmation."""

from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.school import running_year

pytestmark = pytest.mark.browser


def gap_is(teacher, cents: int) -> None:
    expect(teacher.page.locator("#ecart")).to_have_attribute("data-cents", str(cents))


def test_a_cheque_ticked_too_soon_is_found_and_taken_back_from_its_hypothesis(school, come, script):
    teacher = come(school.cooperative(partial(running_year, entries=3)), script=script)
    teacher.open("/pointage/")
    teacher.type("Solde final", "1 400")
    teacher.press("Ouvrir ce relevé")
    teacher.press("Tout cocher")
    gap_is(teacher, 0)
    teacher.press("Corriger ce relevé", inside=_mended(teacher, "1 550"))
    gap_is(teacher, 15_000)
    teacher.follow("Chercher d’où vient l’écart")
    first = teacher.page.locator("[data-hypothesis]").first
    expect(first).to_have_attribute("data-hypothesis", "line-not-on-statement")
    teacher.follow("Dépointer cette ligne", inside=first.locator("p").first)
    teacher.press("Confirmation")
    teacher.open("/pointage/")
    teacher.sees("Bravo !")


def _mended(teacher, balance: str):
    """The fold « Corriger la date ou le solde », with another balance typed."""
    fold = teacher.page.locator("details", has_text="Corriger la date ou le solde")
    fold.locator("summary").click()
    fold.get_by_label("Solde final").fill(balance)
    return fold
