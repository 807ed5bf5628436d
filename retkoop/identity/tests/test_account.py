"""`/compte/`: one's own password, address and preference."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from retkoop.core import clock
from retkoop.identity.models import AuditEvent, Person
from retkoop.identity.tests.cast import PASSWORD, signed_in
from retkoop.identity.tests.letters import letters

pytestmark = pytest.mark.django_db
NEW = "quatre mots sans aucun lien"


def change(browser, old=PASSWORD, new=NEW, key=""):
    form = {"operation_key": key or uuid.uuid4().hex, "old_password": old, "new_password": new}
    return browser.post("/compte/mot-de-passe/", form)


def ask_email(browser, email, password=PASSWORD):
    form = {"operation_key": uuid.uuid4().hex, "email": email, "email_password": password}
    return browser.post("/compte/adresse/", form)


def test_the_page_names_the_person_and_their_mandates(cast):
    page = signed_in(cast.mandataire_a).get("/compte/").content.decode()
    assert "Anne Maret" in page
    assert "085-099 École des Marais, Challans (mandataire), depuis le 1er septembre 2020" in page


def test_a_changed_password_keeps_this_session_and_ends_the_others(cast):
    here, elsewhere = signed_in(cast.mandataire_a), signed_in(cast.mandataire_a)
    assert change(here).status_code == 303
    assert [here.get("/compte/").status_code, elsewhere.get("/compte/").status_code] == [200, 302]
    assert Person.objects.get(pk=cast.mandataire_a.pk).check_password(NEW)


def test_a_double_click_changes_the_password_once(cast):
    browser = signed_in(cast.mandataire_a)
    assert [change(browser, key="0123456789abcdef").status_code for _ in range(2)] == [303, 303]
    assert AuditEvent.objects.filter(verb="change_password").count() == 1


def test_the_old_password_is_asked_and_cannot_be_guessed_at_leisure(cast, monkeypatch):
    browser, wrong = signed_in(cast.mandataire_a), ["Ce n’est pas votre mot de passe actuel."]
    first = clock.now()
    instants = [*[first] * 6, first + dt.timedelta(seconds=1)]  # the machine's own pace decides nothing
    answers = []
    for instant in instants:
        monkeypatch.setattr(clock, "now", lambda instant=instant: instant)
        answers.append(change(browser, old="au hasard"))
    assert [answer.status_code for answer in answers] == [422] * 7
    errors = [answer.context["password_form"].errors["old_password"] for answer in answers]
    assert errors == [*[wrong] * 5, ["Trop d’essais\u202f: attendez 1 s, puis réessayez."], wrong]
    assert "au hasard" not in answers[0].content.decode()


def test_a_weak_new_password_is_refused_beside_its_field(cast):
    answer = change(signed_in(cast.mandataire_a), new="court")
    assert (answer.status_code, list(answer.context["password_form"].errors)) == (422, ["new_password"])


def test_an_address_changes_when_its_link_is_followed_and_the_old_one_is_told(cast):
    browser = signed_in(cast.mandataire_a)
    assert ask_email(browser, " Anne.Maret@Exemple.FR ").status_code == 303
    (letter,) = letters()
    assert letter.to == "anne.maret@exemple.fr"
    path = letter.link.removeprefix("http://127.0.0.1:8000")
    page = Client().get(path)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "strict-origin")
    assert Person.objects.get(pk=cast.mandataire_a.pk).email == "anne@exemple.fr"
    assert Client().post(path).status_code == 303
    assert Person.objects.get(pk=cast.mandataire_a.pk).email == "anne.maret@exemple.fr"
    assert [letter.to for letter in letters()] == ["anne.maret@exemple.fr", "anne@exemple.fr"]
    assert [Client().get(path).status_code, Client().post(path).status_code] == [404, 404]


def test_an_address_of_somebody_else_is_answered_the_same_and_gets_no_letter(cast):
    browser = signed_in(cast.mandataire_a)
    free, taken = ask_email(browser, "libre@exemple.fr"), ask_email(browser, "bruno@exemple.fr")
    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    assert [letter.to for letter in letters()] == ["libre@exemple.fr"]


@pytest.mark.parametrize("email", ["", "anne", "anne@", "a@b.fr, c@d.fr"])
def test_an_unreadable_address_is_refused_beside_its_field(cast, email):
    answer = ask_email(signed_in(cast.mandataire_a), email)
    assert (answer.status_code, list(answer.context["email_form"].errors)) == (422, ["email"])


def test_an_address_needs_the_password(cast):
    answer = ask_email(signed_in(cast.mandataire_a), "libre@exemple.fr", "au hasard")
    assert (answer.status_code, list(answer.context["email_form"].errors)) == (422, ["email_password"])
    assert letters() == []


def test_a_forged_confirmation_is_refused(cast):
    assert Client().get("/compte/adresse/nimporte:quoi/").status_code == 404


def test_the_preference_for_the_full_form_is_kept(cast):
    browser = signed_in(cast.mandataire_a)

    def prefer(**form):
        browser.post("/compte/preference/", {"operation_key": uuid.uuid4().hex, **form})
        return Person.objects.get(pk=cast.mandataire_a.pk).full_form

    assert [prefer(formulaire_complet="oui"), prefer()] == [True, False]
