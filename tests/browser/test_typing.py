"""What `core/js/app.js` promises: nothing typed is lost, one press is enough, the cahier is found where it was left.

The pages are made here, a form and what follows it, so that each fate of a
form (saved, refused, session lost) is played without a server.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

SITE = "http://localhost:9"
SCRIPT = (Path(__file__).parents[2] / "retkoop/core/static/core/js/app.js").read_text()
FORM = """<form method="post" action="/{fate}/" data-keep="ecriture">{error}
<input type="hidden" name="operation_key" value="k1"><input type="hidden" name="version" value="{version}">
<label>Libellé <input name="label" value="{label}"></label>
<label>Sortie banque <input name="out"></label>
<label>Pointée <input type="checkbox" name="pointed" value="1"></label>
<label>Mot de passe <input type="password" name="secret"></label>
<button type="submit">Valider</button></form>"""
FOUND = "Nous avons retrouvé ce que vous étiez en train d’écrire."


class Site:
    """The pages, and what was posted; `person` is who is signed in, empty when the session is lost."""

    def __init__(self, page: Page) -> None:
        self.person, self.fate, self.version, self.posts = "7", "saved", "", 0
        page.route(f"{SITE}/**", self._answer)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path == "/app.js":
            route.fulfill(content_type="text/javascript", body=SCRIPT)
            return
        self.posts += route.request.method == "POST"
        status, body = 200, "<h1>Sommaire</h1>"
        if path == "/form/":
            body = FORM.format(fate=self.fate, version=self.version, label="", error="")
        elif path == "/refused/":
            error = '<div class="error-summary" tabindex="-1">Il reste un point à revoir</div>'
            status, body = 422, FORM.format(fate=self.fate, version=self.version, label="Bus", error=error)
        elif path.startswith("/cahier/"):
            body = '<div data-keep-scroll class="tall"></div>' + "<p>ligne</p>" * 300
        elif path.startswith("/entry/"):
            body = '<a data-back-to-book href="/cahier/?annee=2025-2026">Retour au cahier de comptabilité</a>'
        elif path == "/out/":
            body = '<form method="post" action="/gone/" data-logout><button type="submit">Se déconnecter</button></form>'
        elif path == "/stays/":
            route.fulfill(status=204)  # as a download does: the page stays
            return
        signed = "" if path == "/lost/" else f' data-person="{self.person}"'
        page = f'<!doctype html><html lang="fr"><body{signed}>{body}<script src="/app.js"></script></body></html>'
        route.fulfill(status=status, content_type="text/html; charset=utf-8", body=page)

    def type(self, page: Page) -> None:
        """Open the form and begin an entry."""
        page.goto(f"{SITE}/form/")
        page.get_by_label("Libellé").fill("Bus sortie au musée")
        page.get_by_label("Sortie banque").fill("150,00")
        page.get_by_label("Pointée").check()
        page.get_by_label("Mot de passe").fill("secret-secret")


@pytest.fixture
def site(page: Page) -> Site:
    return Site(page)


def _values(page: Page) -> tuple[str, str, bool]:
    label, out = page.get_by_label("Libellé").input_value(), page.get_by_label("Sortie banque").input_value()
    return label, out, page.get_by_label("Pointée").is_checked()


def _kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage)")


def test_what_was_typed_comes_back_after_the_page_was_left_and_says_so(page, site):
    site.type(page)
    page.wait_for_function("localStorage.length === 1")
    page.goto(f"{SITE}/form/")
    expect(page.get_by_role("status")).to_contain_text(FOUND)
    assert _values(page) == ("Bus sortie au musée", "150,00", True)
    assert "secret-secret" not in page.evaluate("JSON.stringify(localStorage)")


def test_the_last_letter_typed_before_leaving_is_kept(page, site):
    site.type(page)
    page.goto(f"{SITE}/form/")
    assert _values(page) == ("Bus sortie au musée", "150,00", True)


def test_what_came_back_can_be_dropped(page, site):
    site.type(page)
    page.wait_for_function("localStorage.length === 1")
    page.goto(f"{SITE}/form/")
    page.get_by_role("button", name="Repartir d’une page propre").click()
    assert (_values(page), _kept(page)) == (("", "", False), [])
    expect(page.get_by_text(FOUND)).to_have_count(0)


def test_a_saved_entry_is_kept_no_longer(page, site):
    site.type(page)
    page.get_by_role("button", name="Valider").click()
    expect(page.locator("h1")).to_have_text("Sommaire")
    assert _kept(page) == []


def test_a_lost_session_loses_nothing(page, site):
    site.fate = "lost"
    site.type(page)
    page.get_by_role("button", name="Valider").click()
    expect(page.locator("h1")).to_have_text("Sommaire")
    page.wait_for_load_state("load")  # its script has seen that nobody is signed in
    page.goto(f"{SITE}/elsewhere/")
    page.goto(f"{SITE}/form/")
    assert _values(page) == ("Bus sortie au musée", "150,00", True)


def test_a_refused_form_shows_what_the_server_sent_back_and_still_keeps_it(page, site):
    site.fate = "refused"
    site.type(page)
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_text("Il reste un point à revoir")).to_be_focused()
    expect(page.get_by_text(FOUND)).to_have_count(0)
    assert page.get_by_label("Libellé").input_value() == "Bus"
    assert _kept(page) == ["retkoop:7:ecriture"]


def test_another_person_never_sees_what_was_typed_and_logout_forgets_it(page, site):
    site.type(page)
    page.wait_for_function("localStorage.length === 1")
    site.person = "8"
    page.goto(f"{SITE}/form/")
    assert _values(page) == ("", "", False)
    site.person = "7"
    page.goto(f"{SITE}/out/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{SITE}/gone/")
    assert _kept(page) == []


def test_what_was_typed_over_an_older_version_is_not_put_back(page, site):
    site.version = "1"
    site.type(page)
    page.wait_for_function("localStorage.length === 1")
    site.version = "2"
    page.goto(f"{SITE}/form/")
    assert (_values(page), _kept(page)) == (("", "", False), [])


def test_a_second_press_sends_nothing(page, site):
    site.fate = "stays"
    site.type(page)
    button = page.get_by_role("button", name="Valider")
    with page.expect_request(f"{SITE}/stays/"):
        button.click()
    expect(button).to_be_disabled()
    button.click(force=True)
    page.wait_for_timeout(200)
    assert site.posts == 1


def test_the_cahier_is_found_where_it_was_left_with_its_sort(page, site):
    page.goto(f"{SITE}/cahier/?annee=2025-2026&tri=-date")
    page.evaluate("window.scrollTo(0, 700)")
    page.goto(f"{SITE}/entry/1/")
    page.get_by_role("link", name="Retour au cahier de comptabilité").click()
    page.wait_for_url(f"{SITE}/cahier/?annee=2025-2026&tri=-date")
    assert page.evaluate("window.scrollY") == 700
