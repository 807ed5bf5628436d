"""The pointage in a browser: few gestures, the keyboard alone, interrupted and resumed; the cahier keeps its place."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.school import running_year

pytestmark = pytest.mark.browser
TEN = partial(running_year, entries=10)


def symbols(teacher, name: str):
    """The symbols of column H."""
    return teacher.page.locator("table.cahier").get_by_role("button", name=name)


def test_ten_lines_are_pointed_in_twelve_gestures_from_home(school, come):
    teacher = come(school.cooperative(TEN))
    teacher.open("/accueil/")
    teacher.follow("Visualisation classique")
    teacher.page.wait_for_load_state("load")  # before its script, a symbol leads to « Confirmation »
    for left in range(10, 0, -1):
        expect(symbols(teacher, "À pointer")).to_have_count(left)
        teacher.press("À pointer", inside=teacher.page.locator("table.cahier"))
    expect(symbols(teacher, "Pointée au")).to_have_count(10)
    expect(teacher.page.locator("#solde-pointe")).to_have_attribute("data-cents", "35000")
    expect(teacher.page.locator("#a-pointer")).to_have_text("0 à pointer")
    assert teacher.interactions <= 12


def test_a_month_is_pointed_at_once_with_or_without_scripts(school, come, script):
    teacher = come(school.cooperative(TEN), script=script)
    teacher.open("/accueil/")
    teacher.follow("Pointage", inside=teacher.page.locator("main"))
    teacher.type("Solde final", "350")
    teacher.press("Ouvrir ce relevé")
    teacher.press("Tout cocher")
    teacher.sees("Bravo !")
    assert teacher.cents("#ecart") == 0
    assert teacher.interactions <= 12


def test_the_keyboard_alone_travels_points_and_opens(school, come):
    teacher = come(school.cooperative(partial(running_year, entries=3)))
    teacher.open("/cahier/")
    keys = teacher.page.keyboard
    teacher.page.get_by_role("region", name="Lignes du cahier").focus()
    keys.press("ArrowDown")
    expect(teacher.page.locator("#report")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    row = teacher.page.locator("tbody tr", has_text="Bus n° 2")
    expect(row).to_be_focused()
    keys.press("p")
    expect(row.get_by_role("button", name="Pointée au")).to_be_visible()
    expect(teacher.page.locator("#solde-pointe")).to_have_attribute("data-cents", "170000")
    keys.press("ArrowUp")
    keys.press("Enter")
    teacher.page.wait_for_url(re.compile(r"/ecritures/\d+/"))


def test_a_statement_is_interrupted_and_resumed_and_the_difference_is_live(school, come):
    teacher = come(school.cooperative(TEN))
    teacher.open("/pointage/")
    teacher.type("Solde final", "1 550")
    teacher.press("Ouvrir ce relevé")
    teacher.sees_title("Relevé du 30 septembre 2026")
    box = teacher.page.get_by_label("Bus n° 2", exact=True)
    box.focus()
    with teacher.page.expect_response(re.compile(r"/ligne/\d+/$")):
        teacher.page.keyboard.press("Space")
    expect(teacher.page.locator("#ecart")).to_have_attribute("data-cents", "-15000")
    teacher.sees("juste l’écart")
    teacher.page.reload()
    expect(teacher.page.get_by_label("Bus n° 2", exact=True)).to_be_checked()
    assert teacher.cents("#ecart") == -15_000
    teacher.page.get_by_label("Bus n° 2", exact=True).focus()
    teacher.page.keyboard.press("ArrowDown")
    expect(teacher.page.get_by_label("Bus n° 3", exact=True)).to_be_focused()
    teacher.page.keyboard.press("Space")
    expect(teacher.page.locator("#etat [data-control=pointage]")).to_have_attribute("data-state", "ok")
    assert teacher.cents("#ecart") == 0


def test_the_search_follows_the_typing_and_the_way_back_keeps_it(school, come):
    teacher = come(school.cooperative(TEN))
    teacher.open("/cahier/")
    teacher.page.get_by_role("searchbox").press_sequentially("4000110")
    rows = teacher.page.locator("tbody tr[id^=e]")
    expect(rows).to_have_count(1)
    teacher.follow("Libellé", inside=teacher.page.locator("thead"))
    expect(teacher.page).to_have_url(f"{school.url}/cahier/?q=4000110&tri=libelle")
    teacher.follow("Bus n° 10", inside=rows.first)
    teacher.follow("Retour au cahier de comptabilité")
    expect(teacher.page).to_have_url(f"{school.url}/cahier/?q=4000110&tri=libelle")
    expect(rows).to_have_count(1)
    expect(teacher.page.get_by_role("searchbox")).to_have_value("4000110")


def test_back_undoes_a_sort(school, come):
    teacher = come(school.cooperative(TEN))
    teacher.open("/cahier/")
    teacher.follow("Libellé", inside=teacher.page.locator("thead"))
    expect(teacher.page.locator("th[aria-sort]")).to_contain_text("Libellé")
    teacher.page.go_back()
    expect(teacher.page.locator("th[aria-sort]")).to_contain_text("Date")


def test_the_way_back_keeps_the_place_in_the_table(school, come):
    teacher = come(school.cooperative(partial(running_year, entries=30)), height=500)
    teacher.open("/cahier/")
    teacher.follow("Libellé", inside=teacher.page.locator("thead"))
    expect(teacher.page.locator("th[aria-sort]")).to_contain_text("Libellé")
    last = teacher.page.locator("tbody tr", has_text="Bus n° 9")
    last.scroll_into_view_if_needed()
    region = teacher.page.get_by_role("region", name="Lignes du cahier")
    before = region.evaluate("each => each.scrollTop")
    assert before > 0
    teacher.follow("Bus n° 9", inside=last)
    teacher.follow("Retour au cahier de comptabilité")
    expect(last).to_be_in_viewport()
    assert abs(region.evaluate("each => each.scrollTop") - before) <= 40
