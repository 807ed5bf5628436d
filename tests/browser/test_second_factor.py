"""A passkey added and shown by a real browser, then the same account without JavaScript by a recovery code."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from retkoop.identity.tests.cast import PASSWORD
from tests.browser.school import School
from tests.browser.teacher import Teacher
from tests.browser.test_axe import defects

pytestmark = pytest.mark.browser


def _authenticator(context: BrowserContext, teacher: Teacher) -> None:
    """A passkey holder that always says yes."""
    device = context.new_cdp_session(teacher.page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})


def test_a_passkey_protects_an_account_and_a_recovery_code_replaces_it(browser: Browser, school: School) -> None:
    account, site = school.cooperative(), school.url.replace("127.0.0.1", "localhost")
    desk = browser.new_context(locale="fr-FR")
    teacher = Teacher(desk, site)
    _authenticator(desk, teacher)
    teacher.log_in(account, PASSWORD)
    teacher.open("/compte/securite/")
    teacher.page.get_by_role("button", name="Ajouter une application de codes").click()
    expect(teacher.page.locator("img[width='245']")).to_have_js_property("complete", True)
    assert defects(teacher, (320,)) == []
    teacher.open("/compte/securite/")
    teacher.page.get_by_role("link", name="Ajouter une clé d’accès").click()
    expect(teacher.page.locator("[data-no-passkey]")).to_be_hidden()
    teacher.page.get_by_role("button", name="Enregistrer une clé d’accès").click()
    expect(teacher.page.locator("h1")).to_have_text("Vos codes de secours")
    codes = teacher.page.locator("ol code").all_inner_texts()
    assert len(set(codes)) == 10
    assert defects(teacher, (320,)) == []
    teacher.page.get_by_role("button", name="Se déconnecter").click()
    teacher.log_in(account, PASSWORD)
    expect(teacher.page.locator("h1")).to_have_text("Second contrôle")
    assert defects(teacher, (320,)) == []
    teacher.page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    teacher.page.wait_for_url("**/accueil/**")

    other = browser.new_context(locale="fr-FR", java_script_enabled=False, viewport={"width": 320, "height": 700})
    plain = Teacher(other, site)
    plain.log_in(account, PASSWORD)
    expect(plain.page.get_by_role("button", name="Utiliser ma clé d’accès")).to_be_hidden()
    plain.page.get_by_label("Code", exact=True).fill(codes[0])
    plain.page.get_by_role("button", name="Vérifier le code").click()
    plain.page.wait_for_url("**/accueil/**")
    plain.open("/compte/sessions/")
    expect(plain.page.locator(".fixes > li")).to_have_count(2)
    plain.page.get_by_role("button", name="Déconnecter partout").click()
    expect(plain.page.locator(".fixes > li")).to_have_count(1)
    teacher.page.reload()
    expect(teacher.page.locator("h1")).to_have_text("Se connecter")
    assert teacher.troubles == plain.troubles == []
    desk.close()
    other.close()
