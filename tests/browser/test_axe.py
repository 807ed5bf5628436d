"""Every page that the site lists, for every role, at three widths: no accessibility violation, nothing wider than the screen.

The addresses come from `list_pages()`; an address whose parameter has no
example in `books.examples` fails here, so that no new page is forgotten.
"""

import datetime as dt
import os
import re
from itertools import cycle
from urllib.parse import quote

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error

from retkoop.identity.access import list_pages
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative, Role
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.services import treasuries
from retkoop.ledger.services.entries import record_entry
from tests.browser.books import examples, full_book
from tests.browser.school import Account, School, running_year
from tests.browser.teacher import Teacher

pytestmark = pytest.mark.browser
HEIGHTS = {320: 640, 768: 1024, 1280: 900}
PROVE = os.environ.get("RETKOOP_PROVE") == "1"
# What a rule of axe's sees at 768 it sees at 320 or at 1280, and colours take most of its time: each page shows them
# at one of the two, in turn. The long proof looks at everything at every width; nothing is ever wider than the screen.
READ = {320, 1280}
COLOURED = cycle((320, 1280))
# Pages of whoever is signed in (their account) are the same for everyone: looked at once, for each role in the long proof.
ACCOUNT_TOO = ("signed_in",) if PROVE else ()
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
FILES = (".pdf", ".csv", ".xlsx", ".ics", ".png", ".jpg", "/original", "/copie", "/suggestion/")
ELSEWHERE = {"import-confirm"}  # follows a file just read: test_real_year.py stops there
WIDEST = """(width) => Array.from(document.querySelectorAll("body *")).map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.width && box.right > width + 1 && !each.closest(".table-scroll, .ledger-scroll, .chips-row"))
  .slice(0, 3).map(([each, box]) => each.outerHTML.slice(0, 120) + " → " + Math.round(box.right)).join(" | ")"""
SETTLED = """(width) => new Promise((done) => {
  const styled = () => Array.from(document.querySelectorAll("link[rel=stylesheet]")).every((link) => link.sheet);
  const painted = () => requestAnimationFrame(() => requestAnimationFrame(done));
  const sized = () => innerWidth === width && matchMedia(`(max-width: ${width}px)`).matches
    && document.documentElement.clientWidth === width;
  const look = () => sized() && styled() ? painted() : setTimeout(look, 10);
  look();
})"""
SHOWN = """() => {
  const sheet = new CSSStyleSheet();  // rows out of sight have no size yet: axe would take them for overlapping
  sheet.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets.push(sheet);
}"""
RUN = """(colours) => axe.run(document, {
    resultTypes: ["violations"], preload: false, rules: {"color-contrast": {enabled: colours}},
  }).then((found) => found.violations.map((each) => each.id + " "
  + each.nodes.slice(0, 2).map((node) => node.html.slice(0, 140)
  + [...node.any, ...node.all].map((why) => " (" + why.message + ")").join("")).join(" | ")))"""


@pytest.fixture(scope="session")
def rich(school) -> Account:
    """A cooperative in whose books everything exists."""
    return school.cooperative(full_book)


@pytest.fixture(scope="session")
def known(school, rich) -> dict[str, object]:
    return school.hand.run(examples, rich.cooperative)


def addresses(role: str, known: dict[str, object], permissions: tuple[str, ...]) -> list[str]:
    """Every page that the role may open with one of these permissions, files left out."""
    found = []
    for page in list_pages():
        granted = role in page["roles"] and page["permission"].startswith(permissions)
        if "GET" not in page["methods"] or page["name"] in ELSEWHERE or not granted:
            continue
        name = page["name"]

        def value(match: re.Match[str], name: str = name) -> str:
            given = known.get(f"{name}.{match[1]}", known.get(match[1]))
            assert given is not None, f"no example for {match[1]} of {name}"
            return quote(str(given))

        path = PARAMETER.sub(value, page["pattern"])
        if not path.endswith(FILES):
            found.append(path)
    return found


def defects(teacher: Teacher, widths: tuple[int, ...] = (320, 768, 1280)) -> list[str]:
    """What is wrong with the page in view: axe's findings and sideways scroll."""
    found = []
    page, coloured = teacher.page, next(COLOURED)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(SHOWN)
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.evaluate(SETTLED, width)
        if page.evaluate("() => document.scrollingElement.scrollWidth") > width:
            found.append(f"{width} px, too wide: {page.evaluate(WIDEST, width)}")
        if PROVE or width in READ:
            found += [f"{width} px: {each}" for each in page.evaluate(RUN, PROVE or width == coloured)]
    return found


def walk(teacher: Teacher, paths: list[str], widths: tuple[int, ...] = (320, 768, 1280)) -> list[str]:
    """The defects of all pages, each with its page."""
    found: list[str] = []
    for path in paths:
        try:
            answer = teacher.page.goto(teacher.url + path, wait_until="load")
        except Error as error:
            found.append(f"{path} {str(error).splitlines()[0]}")
            continue
        assert answer is not None
        seen = [str(answer.status)] if answer.status >= 400 else defects(teacher, widths)
        found += [f"{path} {each}" for each in seen]
    return found


def test_no_page_of_a_mandataire_has_a_defect(come, rich, known):
    paths = addresses("mandataire", known, ("book", "signed_in"))
    assert walk(come(rich), paths) == []


def test_no_page_of_an_empty_cooperative_has_a_defect(school, come):
    paths = [page["pattern"] for page in list_pages() if page["permission"] == "book.read" or page["name"] == "entry-new"]
    paths = [path for path in paths if "<" not in path and not path.endswith(FILES)]
    assert walk(come(school.cooperative()), paths, (320, 1280)) == []


def test_no_page_of_a_closed_year_has_a_defect(come, rich):
    paths = ["/accueil/", "/cahier/", "/cloture/", "/pointage/", "/caisse/", "/subventions/", "/bilan/", "/actions/"]
    assert walk(come(rich), [f"{path}?annee=2024-2025" for path in paths], (320, 1280)) == []


def test_no_page_of_an_ad_has_a_defect(school, come, rich, known):
    teacher = come(school.staff(Role.AD_ACCOUNTANT))
    found = walk(teacher, addresses("ad_accountant", known, ("ad", *ACCOUNT_TOO)))
    teacher.open("/ad/")
    teacher.press("Ouvrir", inside=teacher.page.locator("tr, li").filter(has_text=rich.identifier).last)
    teacher.page.wait_for_url("**/accueil/")
    paths = ["/accueil/", "/cahier/", "/ecritures/nouvelle/", "/cloture/?annee=2024-2025", "/pointage/", "/ouverture/"]
    assert found + walk(teacher, paths, (320, 1280)) == []


def test_no_page_of_the_federation_has_a_defect(school, come, known):
    teacher = come(school.staff(Role.FEDERATION))
    assert walk(teacher, addresses("federation", known, ("federation", *ACCOUNT_TOO))) == []


def test_no_public_page_has_a_defect(come, known):
    paths = [path for path in addresses("mandataire", known, ("public",)) if not path.startswith("/compte/adresse")]
    chapters = [path for path in paths if path != "/debut.php"]
    assert walk(come(), chapters) == []


def very_rich(cooperative: Cooperative, author: Author) -> None:
    """Three accounts with a hundred million euros on each, last year and this year."""
    running_year(cooperative, author, first=2025)
    postal = treasuries.open_treasury(
        cooperative=cooperative, account="postal_bank", label="La Banque Postale, livret des projets",
        opened=dt.date(2025, 9, 1), author=author,
    )  # fmt: skip
    for year in cooperative.years.order_by("start"):
        for treasury in (*cooperative.treasuries.exclude(pk=postal.pk), postal):
            cents = 9_999_999_999
            lines = (Line(treasury.account.key, cents, treasury.pk), Line("family_contributions", -cents))
            record_entry(year=year, content=EntryContent(year.start, "Un legs", lines), author=author)


def test_the_bilan_fits_a_phone_whatever_the_amounts(school, come):
    teacher = come(school.cooperative(very_rich))
    assert walk(teacher, ["/bilan/?annee=2026-2027", "/bilan/?annee=2025-2026"], (320, 1280)) == []
    assert teacher.page.locator('[data-cents="9999999999"]').count() > 0


def test_no_refused_form_has_a_defect(school: School, come):
    teacher = come(school.cooperative(running_year))
    found: list[str] = []
    for path, button in (
        ("/ecritures/nouvelle/?je=complet", "Valider et calculer cette opération comptable"),
        ("/ecritures/nouvelle/?je=paye", "Valider et calculer cette opération comptable"),
        ("/subventions/", "Enregistrer cette subvention"),
        ("/inventaire/", "Inscrire cet objet"),
        ("/caisse/", "Enregistrer l’arrêté de caisse"),
        ("/pointage/", "Ouvrir ce relevé"),
        ("/compte/", "Changer"),
    ):
        teacher.open(path)
        teacher.page.evaluate("() => document.querySelectorAll('form').forEach((form) => { form.noValidate = true })")
        with teacher.page.expect_navigation():
            teacher.press(button, inside=teacher.page.locator("main"))
        found += [f"{path} {each}" for each in defects(teacher, (320, 1280))]
    assert found == []
