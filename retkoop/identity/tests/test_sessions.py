"""Where a person is signed in, how it ends, and whom a second factor keeps waiting."""

import os
import subprocess
import sys

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from retkoop.core import canonical
from retkoop.core.refusal import Refusal
from retkoop.identity import services
from retkoop.identity.models import OpenSession
from retkoop.identity.sessions import stored_key
from retkoop.identity.tests.cast import PASSWORD, signed_in
from retkoop.identity.tests.second import add_application

pytestmark = pytest.mark.django_db
PAGE, HOME = "/compte/sessions/", "/compte/securite/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def op(number):
    return {"operation_key": f"0123456789abcdef{number:08d}"}


def log_in(identifier, agent=FIREFOX):
    client = Client(headers={"user-agent": agent})
    client.post("/connexion/", {"identifiant": identifier, "mot_de_passe": PASSWORD})
    return client


def opens(client, page="/compte/"):
    return client.get(page).status_code == 200


def key_of(client):
    return client.cookies["sessionid"].value


def test_the_list_tells_each_browser_in_plain_words_and_which_one_is_in_hand(cast):
    phone, desk, _ = log_in("085-099", SAFARI), log_in("085-099", EDGE), log_in("085-101")
    page = phone.get(PAGE)
    shown = {each.agent: each.key_sha == page.context["mine"] for each in page.context["sessions"]}
    assert shown == {"Edge, Windows": False, "Safari, iPhone": True}
    assert page.content.decode().count("(cette session)") == 1
    assert opens(desk)


def test_the_database_holds_no_key_that_opens_a_session(cast):
    client = log_in("085-099")
    stored = Session.objects.get().session_key
    assert stored == stored_key(key_of(client))
    thief = Client()
    thief.cookies["sessionid"] = stored
    assert not opens(thief)


def test_a_session_ended_from_afar_is_dead_at_its_very_next_request(cast):
    mine, other, stranger = log_in("085-099"), log_in("085-099"), log_in("085-101")
    row = OpenSession.objects.get(key_sha=canonical.sha256(key_of(other)))
    assert stranger.post(f"{PAGE}fermer/", {"session": row.pk, **op(1)}).status_code == 303
    assert opens(other)
    assert mine.post(f"{PAGE}fermer/", {"session": row.pk, **op(2)}).status_code == 303
    assert [opens(client) for client in (mine, other, stranger)] == [True, False, True]


def test_sign_out_everywhere_leaves_the_session_in_hand_alone(cast):
    mine, *others = (log_in("085-099") for _ in range(3))
    stranger = log_in("085-101")
    assert mine.post(f"{PAGE}partout/", op(1)).status_code == 303
    assert [opens(client) for client in (mine, *others, stranger)] == [True, False, False, True]
    assert len(mine.get(PAGE).context["sessions"]) == 1


def test_a_changed_password_gives_a_new_key_and_ends_the_other_sessions(cast):
    mine, other = log_in("085-099"), log_in("085-099")
    before = key_of(mine)
    form = {"old_password": PASSWORD, "new_password": "quatre mots bien à moi"}
    mine.post("/compte/mot-de-passe/", {**form, **op(1)})
    assert key_of(mine) != before
    assert [opens(mine), opens(other)] == [True, False]
    assert [each.ended_at is None for each in OpenSession.objects.order_by("pk")] == [True, False]


def test_signing_out_ends_the_noted_session(cast):
    client = log_in("085-099")
    client.post("/deconnexion/")
    assert OpenSession.objects.get().ended_at is not None
    assert Session.objects.filter(session_key=stored_key(key_of(client))).count() == 0


def test_an_ordinary_page_costs_no_statement_more_for_a_noted_session(cast, django_assert_num_queries):
    client = signed_in(cast.mandataire_a)
    with django_assert_num_queries(2):  # the session, the mandate
        client.get("/")


@pytest.mark.parametrize(
    ("person", "compulsory", "landing"),
    [
        ("ad_accountant", True, HOME),
        ("ad_reader", True, HOME),
        ("federation_person", True, HOME),
        ("mandataire_a", True, ""),
        ("ad_accountant", False, ""),
        ("federation_person", False, ""),
    ],
)
def test_who_acts_for_an_ad_or_the_federation_adds_a_second_factor_first(cast, settings, person, compulsory, landing):
    settings.SECOND_FACTOR_COMPULSORY = compulsory
    client = signed_in(getattr(cast, person))
    places = ["/ad/", "/federation/", "/compte/", "/choisir/", PAGE]
    led = {client.get(place).headers.get("Location", "").partition("?")[0] == HOME for place in places}
    assert led == {bool(landing)}
    assert client.post("/compte/preference/", op(1)).headers["Location"] == (landing or "/compte/")
    assert opens(client, HOME)


def test_once_added_the_second_factor_opens_the_console(cast, settings):
    settings.SECOND_FACTOR_COMPULSORY = True
    application, _ = add_application(cast.ad_accountant)
    client = log_in("ad085")
    client.post("/connexion/controle/", {"code_secret": application.now()})
    assert opens(client, "/ad/")


def test_a_compulsory_second_factor_cannot_be_the_last_one_removed(cast, settings):
    settings.SECOND_FACTOR_COMPULSORY = True
    add_application(cast.ad_accountant)
    factor = cast.ad_accountant.second_factors.get()
    with pytest.raises(Refusal, match="ajoutez-en une autre"):
        services.remove_factor(person=cast.ad_accountant, factor_id=factor.pk, password=PASSWORD)
    assert cast.ad_accountant.second_factors.count() == 1


@pytest.mark.parametrize(("environment", "compulsory"), [("production", True), ("local", True), ("demo", False)])
def test_only_a_demo_does_without(environment, compulsory, tmp_path):
    code = "from retkoop.config import settings; print(settings.SECOND_FACTOR_COMPULSORY)"
    env = {**os.environ, "RETKOOP_ENV": environment, "RETKOOP_DATA": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(compulsory)
