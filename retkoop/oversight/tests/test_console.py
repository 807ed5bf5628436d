"""The AD's console and the federation's first page."""

import uuid

import pytest

from retkoop.identity.models import Association, AuditEvent
from retkoop.identity.tests.cast import signed_in
from retkoop.oversight.forms import WARNINGS

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def settings_form(**changes):
    return {
        "operation_key": uuid.uuid4().hex,
        "phone": "02 51 00 00 00",
        "email": "AD085@exemple.fr",
        "office_hours": "lundi, 9 h à 12 h",
        "cash_ceiling": "1 234,50",
        "warnings_on": [each for each in WARNINGS if each != "future-date"],
        **changes,
    }


def test_an_ad_lands_on_its_own_cooperatives(cast):
    response = signed_in(cast.ad_reader).get("/ad/")
    assert [coop.identifier for coop in response.context["cooperatives"]] == ["085-099", "085-101"]
    assert "038-012" not in text(response)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("099", ["085-099"]),
        ("ecole", ["085-099", "085-101"]),
        ("sables phare", ["085-101"]),
        ("grenoble", []),
        ("", ["085-099", "085-101"]),
    ],
)
def test_cooperatives_are_found_by_number_school_and_town_whatever_the_accents(cast, words, found):
    response = signed_in(cast.ad_reader).get("/ad/", {"q": words})
    assert [coop.identifier for coop in response.context["cooperatives"]] == found


def test_the_list_costs_the_same_queries_for_one_cooperative_as_for_three(cast, django_assert_num_queries):
    browsers = [signed_in(cast.other_ad), signed_in(cast.ad_reader)]
    for browser in browsers:
        with django_assert_num_queries(7):  # the session, the mandate, four counts of what waits, the list
            browser.get("/ad/")


def test_an_ad_opens_a_book_works_in_it_and_leaves_it(cast):
    browser = signed_in(cast.ad_accountant)
    opened = browser.post("/ad/ouvrir/085-101/")
    assert (opened.status_code, opened["Location"]) == (303, "/accueil/")
    page = browser.get("/compte/")
    assert page.context["request"].cooperative == cast.cooperative_b
    assert "au nom de l’OCCE de la Vendée" in text(page)
    assert browser.get("/ad/").context["request"].cooperative is None
    assert browser.post("/ad/quitter/")["Location"] == "/ad/"
    assert browser.get("/compte/").context["request"].cooperative is None


def test_another_ad_s_book_and_an_absent_one_are_the_same_404(cast):
    browser = signed_in(cast.ad_accountant)
    foreign, absent = browser.post("/ad/ouvrir/038-012/"), browser.post("/ad/ouvrir/085-998/")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert (foreign.content, dict(foreign.headers)) == (absent.content, dict(absent.headers))
    assert browser.get("/compte/").context["request"].cooperative is None


def test_an_opened_book_is_forgotten_if_it_is_not_the_ad_s(cast):
    browser = signed_in(cast.ad_accountant, cast.cooperative_c)
    assert browser.get("/compte/").context["request"].cooperative is None


@pytest.mark.parametrize("who", ["mandataire_a", "reader_a", "federation_person"])
@pytest.mark.parametrize("path", ["/ad/", "/ad/reglages/", "/ad/reouvertures/"])
def test_the_console_is_closed_to_those_who_are_not_of_an_ad(cast, who, path):
    assert signed_in(getattr(cast, who)).get(path).status_code == 403


def test_the_federation_sees_its_departements_by_name(cast):
    response = signed_in(cast.federation_person).get("/federation/")
    assert [(ad.department, n) for ad, n in response.context["associations"]] == [("Isère", 1), ("Vendée", 2)]
    assert "Vendée" in text(response)
    assert signed_in(cast.ad_accountant).get("/federation/").status_code == 403


def test_the_settings_are_kept_and_told_in_the_history(cast):
    response = signed_in(cast.ad_accountant).post("/ad/reglages/", settings_form())
    assert (response.status_code, response["Location"]) == (303, "/ad/reglages/")
    ad = Association.objects.get(code="085")
    assert (ad.phone, ad.email, ad.office_hours) == ("02 51 00 00 00", "ad085@exemple.fr", "lundi, 9 h à 12 h")
    assert (ad.cash_ceiling_cents, ad.muted_warnings) == (123_450, ["future-date"])
    event = AuditEvent.objects.get(verb="change_association_settings")
    assert (event.actor, event.subject_id) == (cast.ad_accountant, cast.ad_085.pk)


def test_the_same_settings_sent_twice_are_kept_once(cast):
    browser, form = signed_in(cast.ad_accountant), settings_form()
    assert [browser.post("/ad/reglages/", form).status_code for _ in range(2)] == [303, 303]
    assert AuditEvent.objects.filter(verb="change_association_settings").count() == 1


def test_an_unreadable_ceiling_keeps_everything_typed(cast):
    response = signed_in(cast.ad_accountant).post("/ad/reglages/", settings_form(cash_ceiling="beaucoup"))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"cash_ceiling"}
    assert 'value="beaucoup"' in text(response)
    assert 'value="02 51 00 00 00"' in text(response)


def test_an_ad_reader_reads_the_settings_and_changes_nothing(cast):
    browser = signed_in(cast.ad_reader)
    assert browser.get("/ad/reglages/").status_code == 200
    assert browser.post("/ad/reglages/", settings_form()).status_code == 403
    assert Association.objects.get(code="085").cash_ceiling_cents == 30_000


def test_every_warning_is_on_until_the_ad_switches_it_off(cast):
    browser = signed_in(cast.ad_accountant)
    assert browser.get("/ad/reglages/").context["form"]["warnings_on"].value() == list(WARNINGS)
    browser.post("/ad/reglages/", settings_form(warnings_on=[]))
    assert Association.objects.get(code="085").muted_warnings == sorted(WARNINGS)
    assert browser.get("/ad/reglages/").context["form"]["warnings_on"].value() == []
