"""The second factor: added by its owner alone, asked after the right password, and never twice the same proof."""

import datetime as dt
import re

import pyotp
import pytest
from django.test import Client

from retkoop.core import clock
from retkoop.identity import services, totp
from retkoop.identity.models import AuditEvent, OpenSession, RecoveryCode, SecondFactor
from retkoop.identity.services.throttle import Throttled, factor_keys
from retkoop.identity.tests.cast import PASSWORD, signed_in
from retkoop.identity.tests.letters import letters
from retkoop.identity.tests.second import add_application
from retkoop.identity.tests.soft_key import SoftKey

pytestmark = pytest.mark.django_db
CONTROL, HOME = "/connexion/controle/", "/compte/securite/"
ORIGIN = "http://testserver"
KEY = "0123456789abcdef"


def op(number):
    return {"operation_key": f"{KEY}{number:08d}"}


def log_in(client, identifier="085-099", password=PASSWORD, **more):
    return client.post("/connexion/", {"identifiant": identifier, "mot_de_passe": password, **more})


def options_of(response):
    return response.context["options"]


def who(client):
    response = client.get("/compte/")
    return response.context["person"] if response.status_code == 200 else None


def test_an_application_is_added_by_its_first_code_and_ten_codes_are_shown_once(cast):
    client = signed_in(cast.mandataire_a)
    assert client.post(f"{HOME}application/preparer/", op(1))["Location"] == f"{HOME}application/"
    page = client.get(f"{HOME}application/").content.decode()
    (secret,) = re.findall(r"<code>([A-Z2-7]+)</code>", page.replace(" ", ""))
    image = client.get(f"{HOME}application/image.svg")
    assert (image["Content-Type"], image.content[:5]) == ("image/svg+xml", b"<?xml")
    assert b"style" not in image.content
    refused = client.post(f"{HOME}application/", {"code_secret": "000 000", **op(2)})
    assert (refused.status_code, SecondFactor.objects.get().confirmed_at) == (422, None)
    before = client.cookies["sessionid"].value
    response = client.post(f"{HOME}application/", {"code_secret": pyotp.TOTP(secret).now(), **op(3)})
    assert (response.status_code, response["Location"]) == (303, f"{HOME}codes/")
    assert client.cookies["sessionid"].value != before
    shown = client.get(f"{HOME}codes/").context["codes"]
    assert (len(set(shown)), RecoveryCode.objects.count()) == (10, 10)
    assert secret not in SecondFactor.objects.get().secret
    assert client.get(f"{HOME}application/")["Location"] == HOME
    (letter,) = letters()
    assert (letter.to, "Application de codes" in letter.text) == ("anne@exemple.fr", True)
    assert [e.actor for e in AuditEvent.objects.filter(verb="add_second_factor")] == [cast.mandataire_a]
    assert not any(secret in (e.payload or "") for e in AuditEvent.objects.all())


def test_after_the_right_password_no_page_opens_before_the_second_factor(cast, client):
    application, _ = add_application(cast.mandataire_a)
    response = log_in(client, suite="/cahier/")
    assert (response.status_code, response["Location"]) == (303, CONTROL)
    half = client.cookies["sessionid"].value
    for page in ("/accueil/", "/compte/", HOME, "/compte/sessions/"):
        assert client.get(page)["Location"].startswith("/connexion/"), page
    assert OpenSession.objects.filter(person=cast.mandataire_a).count() == 0
    response = client.post(CONTROL, {"code_secret": f"{application.now()[:3]} {application.now()[3:]}"})
    assert (response.status_code, response["Location"]) == (303, "/cahier/")
    assert client.cookies["sessionid"].value != half
    assert who(client) == cast.mandataire_a
    again = Client()
    again.cookies["sessionid"] = half
    assert again.get("/compte/").status_code == 302


def test_a_wrong_password_says_nothing_of_the_second_factor(cast, client):
    without = log_in(client, "085-101", "ce n’est pas le bon").content
    add_application(cast.mandataire_b)
    told = log_in(Client(), "085-101", "ce n’est pas le bon").content
    assert re.sub(rb'value="\w{64}"', b"", told) == re.sub(rb'value="\w{64}"', b"", without)
    assert Client().get(CONTROL)["Location"] == "/connexion/"


def test_a_code_never_serves_twice_even_in_two_browsers(cast, client):
    application, _ = add_application(cast.mandataire_a)
    code = application.now()
    for browser, status in ((client, 303), (Client(), 422)):
        log_in(browser)
        assert browser.post(CONTROL, {"code_secret": code}).status_code == status
    earlier = application.at(clock.machine() - dt.timedelta(seconds=30))
    other = Client()
    log_in(other)
    assert other.post(CONTROL, {"code_secret": earlier}).status_code == 422


def test_a_code_is_right_one_step_around_its_own_and_no_more():
    secret = totp.new_secret()
    at = dt.datetime(2026, 11, 21, 12, 0, 10, tzinfo=dt.UTC)
    step = int(at.timestamp()) // 30
    code = pyotp.TOTP(secret).at(at)
    truth = {shift: totp.matching_step(secret, code, at + dt.timedelta(seconds=30 * shift)) for shift in range(-3, 4)}
    assert truth == {-3: None, -2: None, -1: step, 0: step, 1: step, 2: None, 3: None}


def test_a_half_session_lasts_five_minutes_and_dies_with_the_password(cast, client, monkeypatch):
    application, _ = add_application(cast.mandataire_a)
    log_in(client)
    now = clock.machine()
    monkeypatch.setattr(clock, "machine", lambda: now + dt.timedelta(seconds=301))
    assert client.get(CONTROL)["Location"] == "/connexion/"
    monkeypatch.setattr(clock, "machine", lambda: now)
    log_in(client)
    services.set_demo_password(person=cast.mandataire_a, password="une autre phrase de passe")
    assert client.post(CONTROL, {"code_secret": application.at(now)})["Location"] == "/connexion/"


def test_a_recovery_code_serves_once_and_the_person_is_told(cast, client):
    _, codes = add_application(cast.mandataire_a)
    for browser, status in ((client, 303), (Client(), 422)):
        log_in(browser)
        assert browser.post(CONTROL, {"code_secret": codes[0].upper().replace("-", " ")}).status_code == status
    assert "il vous en reste 9" in letters()[-1].text
    assert all(code.replace("-", "") not in row.code_sha for code in codes for row in RecoveryCode.objects.all())


def test_a_recovery_code_of_another_person_opens_nothing(cast, client):
    add_application(cast.mandataire_a)
    _, others = add_application(cast.mandataire_b)
    log_in(client)
    assert client.post(CONTROL, {"code_secret": others[0]}).status_code == 422


def test_guesses_are_slowed_whatever_the_right_password_that_leads_to_them(cast):
    application, _ = add_application(cast.mandataire_a)
    statuses = []
    for _ in range(7):
        browser = Client()
        log_in(browser)
        statuses.append(browser.post(CONTROL, {"code_secret": "123456"}).status_code)
    assert statuses == [422, 422, 422, 422, 422, 429, 429]
    assert browser.post(CONTROL, {"code_secret": application.now()}).status_code == 429


def test_at_most_forty_two_codes_an_hour_are_evaluated(cast, monkeypatch):
    start, evaluated = clock.machine(), 0
    for second in range(0, 3600, 5):
        monkeypatch.setattr(clock, "machine", lambda second=second: start + dt.timedelta(seconds=second))
        try:
            services.throttle.charge(factor_keys(cast.mandataire_a.pk, f"192.0.2.{second % 250}"))
        except Throttled:
            continue
        evaluated += 1
    assert evaluated <= 42


def test_an_act_asks_for_the_password_again_ten_minutes_later_in_a_new_session(cast, monkeypatch):
    client = signed_in(cast.mandataire_a)
    now = clock.machine()
    monkeypatch.setattr(clock, "machine", lambda: now + dt.timedelta(minutes=11))
    response = client.post(f"{HOME}application/preparer/", op(1))
    assert response["Location"] == f"/compte/confirmer/?suite={HOME}"
    assert SecondFactor.objects.count() == 0
    page = "/compte/confirmer/"
    assert client.post(page, {"mot_de_passe": "un autre", "suite": HOME}).status_code == 422
    before = client.cookies["sessionid"].value
    assert client.post(page, {"mot_de_passe": PASSWORD, "suite": HOME})["Location"] == HOME
    assert client.cookies["sessionid"].value != before
    assert client.post(f"{HOME}application/preparer/", op(2))["Location"] == f"{HOME}application/"


def test_a_session_older_than_the_first_factor_ends_with_it_and_cannot_add_its_own(cast):
    old, other = signed_in(cast.mandataire_a), signed_in(cast.mandataire_a)
    add_application(cast.mandataire_a)
    assert [client.get("/compte/").status_code for client in (old, other)] == [302, 302]
    late = signed_in(cast.mandataire_a)  # a session that has shown no factor
    assert late.get(f"{HOME}cle/")["Location"].startswith("/connexion/")
    assert late.get("/compte/").status_code == 302


def test_a_factor_is_removed_with_the_password_and_its_codes_with_the_last(cast):
    application, _ = add_application(cast.mandataire_a)
    client = Client()
    log_in(client)
    client.post(CONTROL, {"code_secret": application.now()})
    factor = SecondFactor.objects.get()
    form = {"preuve": factor.pk, "mot_de_passe": "un autre"}
    assert client.get(f"{HOME}retirer/?preuve={factor.pk}").status_code == 200
    assert client.post(f"{HOME}retirer/", {**form, **op(1)}).status_code == 422
    assert client.post(f"{HOME}retirer/", {**form, "mot_de_passe": PASSWORD, **op(2)}).status_code == 303
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert "n’est plus une seconde preuve" in letters()[-1].text
    assert log_in(Client())["Location"] == "/accueil/"


def test_nobody_removes_another_persons_factor(cast):
    add_application(cast.mandataire_b)
    factor = SecondFactor.objects.get()
    client = signed_in(cast.mandataire_a)
    form = {"preuve": factor.pk, "mot_de_passe": PASSWORD, **op(1)}
    assert client.get(f"{HOME}retirer/?preuve={factor.pk}")["Location"] == HOME
    assert client.post(f"{HOME}retirer/", form)["Location"] == HOME
    assert SecondFactor.objects.count() == 1


def with_passkey(person):
    """A browser in which the person has added a passkey, and the passkey."""
    client, key = signed_in(person), SoftKey()
    options = options_of(client.get(f"{HOME}cle/"))
    answer = key.create(options, ORIGIN)
    assert client.post(f"{HOME}cle/", {"answer_secret": answer, **op(1)})["Location"] == f"{HOME}codes/"
    return client, key


def test_a_device_added_twice_by_one_form_is_added_once(cast):
    client = signed_in(cast.mandataire_a)
    client.post(f"{HOME}application/preparer/", op(1))
    secret = services.secret_of(SecondFactor.objects.get())
    sent = {"code_secret": pyotp.TOTP(secret).now(), **op(2)}
    answer = {"answer_secret": SoftKey().create(options_of(client.get(f"{HOME}cle/")), ORIGIN), **op(3)}
    for address, form in ((f"{HOME}application/", sent), (f"{HOME}cle/", answer)):
        assert {client.post(address, form).status_code for _ in range(2)} == {303}
        assert client.post(address, {**form, "autre": "1"}).status_code == 409
    assert list(SecondFactor.objects.values_list("kind", flat=True)) == ["totp", "passkey"]


def test_a_passkey_is_added_and_then_opens_the_second_control(cast, client):
    _, key = with_passkey(cast.mandataire_a)
    assert log_in(client)["Location"] == CONTROL
    answer = key.get(options_of(client.get(CONTROL)), ORIGIN)
    assert client.post(CONTROL, {"answer_secret": answer})["Location"] == "/accueil/"
    assert who(client) == cast.mandataire_a


@pytest.mark.parametrize("fault", ["another site", "another key", "an old question", "a copied key", "nonsense"])
def test_a_passkey_answer_with_a_fault_is_refused(cast, client, fault):
    _, key = with_passkey(cast.mandataire_a)
    log_in(client)
    options = options_of(client.get(CONTROL))
    if fault == "another key":
        key = SoftKey(id=key.id)
    if fault == "an old question":
        client.get(CONTROL)
    if fault == "a copied key":
        SecondFactor.objects.update(last_step=5)
    answer = "{}" if fault == "nonsense" else key.get(options, "http://voleur.exemple" if fault == "another site" else ORIGIN)
    assert client.post(CONTROL, {"answer_secret": answer}).status_code == 422
    assert client.get("/compte/").status_code == 302


def test_a_passkey_answer_serves_once(cast, client):
    _, key = with_passkey(cast.mandataire_a)
    log_in(client)
    answer = key.get(options_of(client.get(CONTROL)), ORIGIN)
    assert client.post(CONTROL, {"answer_secret": answer}).status_code == 303
    other = Client()
    log_in(other)
    assert other.post(CONTROL, {"answer_secret": answer}).status_code == 422


def test_a_site_opened_by_its_number_says_that_it_carries_no_passkey(cast):
    client = signed_in(cast.mandataire_a)
    page = client.get(HOME, headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "http://localhost:8000/compte/securite/" in page
    assert f"{HOME}cle/" not in page
    assert client.get(f"{HOME}cle/", headers={"host": "127.0.0.1:8000"})["Location"] == HOME
