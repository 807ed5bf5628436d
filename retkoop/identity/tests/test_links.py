"""One-use links: nobody else ever chooses a password."""

import datetime as dt
import hashlib

import pytest
from django.test import Client

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import services
from retkoop.identity.models import AccessLink, Association, LinkPurpose
from retkoop.identity.tests.cast import READER_PASSWORD, signed_in
from retkoop.identity.tests.letters import letters

pytestmark = pytest.mark.django_db
NEW = "quatre mots sans aucun lien"


def reset_link(person):
    return services.issue_link(person=person, purpose=LinkPurpose.RESET)


def choose(client, token, password=NEW):
    return client.post(f"/acces/{token}/", {"new_password": password})


def test_only_a_digest_of_the_token_is_kept(cast):
    token = reset_link(cast.reader_a)
    assert AccessLink.objects.get().token_sha == hashlib.sha256(token.encode()).hexdigest()


@pytest.mark.parametrize(
    ("purpose", "lifetime"),
    [(LinkPurpose.RESET, dt.timedelta(minutes=30)), (LinkPurpose.ACTIVATION, dt.timedelta(days=14))],
)
def test_a_link_has_its_own_lifetime(cast, monkeypatch, purpose, lifetime):
    token = services.issue_link(person=cast.reader_a, purpose=purpose)
    made = AccessLink.objects.get().created_at
    monkeypatch.setattr(clock, "now", lambda: made + lifetime - dt.timedelta(seconds=1))
    assert services.check_link(token).person == cast.reader_a
    monkeypatch.setattr(clock, "now", lambda: made + lifetime)
    with pytest.raises(Refusal):
        services.check_link(token)


def test_a_link_lets_one_choose_a_password_once(cast, client):
    other, token = reset_link(cast.reader_a), reset_link(cast.reader_a)
    browser = signed_in(cast.reader_a)
    page = client.get(f"/acces/{token}/")
    assert (page.status_code, page["Referrer-Policy"]) == (200, "strict-origin")
    answer = choose(client, token)
    assert (answer.status_code, answer["Location"]) == (303, "/connexion/")
    cast.reader_a.refresh_from_db()
    assert [cast.reader_a.check_password(word) for word in (NEW, READER_PASSWORD)] == [True, False]
    assert [choose(Client(), each).status_code for each in (token, other)] == [404, 404]
    assert browser.get("/compte/").status_code == 302


@pytest.mark.parametrize("weak", ["tropcourt", "Retkoop2026!", "occe-ecole-2026", "password1234"])
def test_a_password_that_a_neighbour_would_try_is_refused_and_the_link_still_serves(cast, client, weak):
    token = reset_link(cast.reader_a)
    answer = choose(client, token, weak)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"new_password"}
    assert choose(client, token).status_code == 303


def test_an_invented_link_and_a_used_one_get_the_same_page(cast, client):
    token = reset_link(cast.reader_a)
    choose(client, token)
    used, invented = Client().get(f"/acces/{token}/"), Client().get("/acces/nulle-part/")
    assert (used.status_code, used.content) == (404, invented.content)


def ask(client, identifier):
    return client.post("/connexion/oubli/", {"identifiant": identifier})


def test_a_forgotten_password_writes_to_each_known_address_alone(cast, client):
    answer = ask(client, "085-099")
    assert (answer.status_code, answer["Location"]) == (303, "/connexion/oubli/envoye/?ad=085")
    assert sorted(letter.to for letter in letters()) == ["anne@exemple.fr", "remi@exemple.fr"]
    link = letters()[0].link
    assert link.startswith("http://127.0.0.1:8000/acces/")
    assert choose(client, link.split("/acces/")[1].rstrip("/")).status_code == 303


def test_the_host_of_a_link_comes_from_the_settings_alone(cast, client):
    client.post("/connexion/oubli/", {"identifiant": "anne@exemple.fr"}, headers={"x-forwarded-host": "pirate.exemple"})
    assert [letter.link.split("/acces/")[0] for letter in letters()] == ["http://127.0.0.1:8000"]


@pytest.mark.parametrize("identifier", ["085-998", "085 000", "ad085", "085-099"])
def test_the_answer_is_the_same_for_existing_and_invented_numbers(cast, client, identifier):
    answer = ask(client, identifier)
    assert answer["Location"] == "/connexion/oubli/envoye/?ad=085"
    contact = client.get(answer["Location"]).context["contact"]
    assert (contact.name, contact.phone) == ("OCCE de la Vendée", "02 00 00 00 85")


@pytest.mark.parametrize("identifier", ["odile@exemple.fr", "personne@exemple.fr", "085-998", "?"])
def test_nothing_is_written_to_nobody_nor_to_a_former_mandataire_whose_ad_closed_the_years_served(cast, client, identifier):
    Association.objects.update(former_reads=False)
    assert ask(client, identifier).status_code == 303
    assert letters() == []


def test_a_former_mandataire_is_written_to_at_their_own_address_and_never_for_the_cooperative_s_identifier(cast, client):
    ask(client, "085-099")
    ask(client, "odile@exemple.fr")
    assert sorted(letter.to for letter in letters()) == ["anne@exemple.fr", "odile@exemple.fr", "remi@exemple.fr"]


def test_a_letter_box_is_not_flooded(cast, client):
    answers = [ask(client, "anne@exemple.fr") for _ in range(10)]
    assert {answer["Location"] for answer in answers} == {"/connexion/oubli/envoye/"}
    assert len(letters()) == 3
