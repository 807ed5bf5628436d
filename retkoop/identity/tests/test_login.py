"""The one form by which everyone enters."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from retkoop.identity import services
from retkoop.identity.models import Association, Role
from retkoop.identity.tests.cast import PASSWORD, READER_PASSWORD, SINCE, signed_in
from retkoop.identity.views.login import WRONG

pytestmark = pytest.mark.django_db


def log_in(client, identifier, password=PASSWORD, **more):
    return client.post("/connexion/", {"identifiant": identifier, "mot_de_passe": password, **more})


def who(client):
    return client.get("/compte/").context["person"]


@pytest.mark.parametrize("typed", ["085-099", "085 099", "085099", " 085–099 ", "085‑099", "085 - 099", "085.099"])
def test_a_cooperative_identifier_is_read_with_tolerance(cast, client, typed):
    response = log_in(client, typed)
    assert (response.status_code, response["Location"]) == (303, "/accueil/")
    assert who(client) == cast.mandataire_a


@pytest.mark.parametrize(
    ("typed", "person", "landing"),
    [
        ("anne@exemple.fr", "mandataire_a", "/accueil/"),
        ("ANNE@exemple.FR ", "mandataire_a", "/accueil/"),
        ("ad085", "ad_accountant", "/ad/"),
        ("AD 085", "ad_accountant", "/ad/"),
        ("ad038", "other_ad", "/ad/"),
        ("federation", "federation_person", "/federation/"),
        ("Fédération", "federation_person", "/federation/"),
    ],
)
def test_each_kind_of_identifier_lands_in_its_own_place(cast, client, typed, person, landing):
    response = log_in(client, typed)
    assert (response.status_code, response["Location"]) == (303, landing)
    assert who(client) == getattr(cast, person)


def test_the_password_selects_the_person_among_the_live_mandates(cast, client):
    log_in(client, "085-099", READER_PASSWORD)
    assert who(client) == cast.reader_a


def test_a_password_that_fits_two_people_asks_for_the_address(cast, client):
    services.set_demo_password(person=cast.reader_a, password=PASSWORD)
    response = log_in(client, "085-099")
    assert response.status_code == 422
    assert "Deux personnes" in response.content.decode()
    assert log_in(client, "anne@exemple.fr").status_code == 303


@pytest.mark.parametrize("typed", ["085-099", "085-999", "977-001", "ad085", "ad999", "personne@exemple.fr", "??"])
def test_a_wrong_password_and_an_unknown_identifier_get_the_same_answer(cast, client, typed):
    response = log_in(client, typed, "ce n’est pas le bon")
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [WRONG]
    assert f'value="{typed}"' in response.content.decode()


def test_a_wrong_try_shows_the_contact_of_the_prefix_for_existing_and_invented_numbers(cast, client):
    def contact(typed):
        return log_in(client, typed, "ce n’est pas le bon").context["contact"]

    assert contact("085-099") == contact("085-998")
    assert contact("085-099").name == "OCCE de la Vendée"
    assert contact("977-099") is None


@pytest.mark.parametrize("typed", ["085-099", "odile@exemple.fr"])
def test_a_former_mandataire_enters_the_years_served_only_when_the_ad_allows_it(cast, client, typed):
    services.set_demo_password(person=cast.former_mandataire_a, password="souvenir de la cantine")
    assert log_in(client, typed, "souvenir de la cantine")["Location"] == "/annees-servies/"
    assert [client.get(path).status_code for path in ("/annees-servies/", "/accueil/", "/cahier/", "/personnes/")] == [
        200,
        403,
        403,
        403,
    ]
    Association.objects.update(former_reads=False)
    assert client.get("/annees-servies/").status_code == 302
    assert log_in(client, typed, "souvenir de la cantine").status_code == 422


def test_the_identifier_typed_decides_the_organisation_and_an_address_leaves_the_choice(cast, client):
    anne = cast.mandataire_a
    services.set_demo_password(person=anne, password="deux écoles et un cartable")
    services.give_mandate(person=anne, role=Role.BOOKKEEPER, organisation=cast.cooperative_b, starts=SINCE)
    log_in(client, "085-101", "deux écoles et un cartable")
    assert client.get("/compte/").context["request"].cooperative == cast.cooperative_b
    client.post("/deconnexion/")
    assert log_in(client, "anne@exemple.fr", "deux écoles et un cartable")["Location"] == "/choisir/"
    mandates = client.get("/choisir/").context["mandates"]
    assert [mandate.cooperative for mandate in mandates] == [cast.cooperative_a, cast.cooperative_b]
    assert client.post("/choisir/", {"mandat": mandates[1].pk})["Location"] == "/accueil/"
    assert client.get("/compte/").context["request"].cooperative == cast.cooperative_b


def test_nobody_takes_another_person_s_mandate_by_the_choice_page(cast):
    browser = signed_in(cast.mandataire_a)
    foreign = cast.mandataire_b.mandates.get()
    assert browser.post("/choisir/", {"mandat": foreign.pk})["Location"] == "/choisir/"
    assert browser.get("/compte/").context["request"].cooperative == cast.cooperative_a


def test_the_session_key_changes_at_login_and_dies_at_logout(cast, client):
    log_in(client, "085-101")
    first = client.cookies["sessionid"].value
    log_in(client, "085-101")
    assert client.cookies["sessionid"].value != first
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    assert stolen.get("/compte/").status_code == 200
    response = client.post("/deconnexion/")
    assert (response.status_code, response["Location"]) == (303, "/au-revoir/")
    assert response["Clear-Site-Data"] == '"cache"'
    assert stolen.get("/compte/").status_code == 302
    assert "Votre session est fermée" in client.get("/au-revoir/").content.decode()


def test_logging_out_by_a_link_is_refused(cast):
    browser = signed_in(cast.mandataire_a)
    assert browser.get("/deconnexion/").status_code == 405
    assert browser.get("/compte/").status_code == 200


def test_one_comes_back_to_the_page_that_was_asked_for(cast, client):
    asked = client.get("/compte/")
    assert asked["Location"] == "/connexion/?suite=/compte/"
    assert client.get(asked["Location"]).context["suite"] == "/compte/"
    assert log_in(client, "085-101", suite="/compte/")["Location"] == "/compte/"


@pytest.mark.parametrize(
    "suite",
    ["//pirate.exemple/", "https://pirate.exemple/", "/\\pirate.exemple", "javascript:alert(1)", "/nulle/part/",
     "/deconnexion/", "/ad/", "/connexion/oubli/"],
)  # fmt: skip
def test_no_login_leads_to_another_site_or_to_a_page_that_would_refuse(cast, client, suite):
    assert log_in(client, "085-101", suite=suite)["Location"] == "/accueil/"


def test_the_old_address_and_the_root_lead_to_the_login_page(cast, client):
    assert client.get("/debut.php")["Location"] == "/connexion/"
    assert client.get("/")["Location"] == "/connexion/"
    assert signed_in(cast.mandataire_a).get("/")["Location"] == "/accueil/"
    assert signed_in(cast.ad_reader).get("/connexion/")["Location"] == "/ad/"


def test_the_form_has_the_words_of_the_guides(client):
    page = client.get(reverse("login")).content.decode()
    assert '<label for="id_identifiant">Identifiant' in page
    assert '<label for="id_mot_de_passe">Mot de passe' in page
    assert ">Se connecter</button>" in page


def test_the_demo_s_identifiers_are_shown_on_a_demo_only(client):
    assert "demo-retkoop-2026" not in client.get("/connexion/").content.decode()
    with override_settings(DEMO=True):
        page = client.get("/connexion/").content.decode()
    shown = [word for word in ("085-099", "038-012", "ad085", "federation", "demo-retkoop-2026") if word in page]
    assert shown == ["085-099", "038-012", "ad085", "federation", "demo-retkoop-2026"]


def test_an_empty_form_says_what_to_type_and_keeps_the_rest(client):
    response = client.post("/connexion/", {"identifiant": "085-099", "mot_de_passe": ""})
    assert response.status_code == 422
    assert response.context["form"].errors == {"mot_de_passe": ["Tapez votre mot de passe."]}
    assert 'value="085-099"' in response.content.decode()
