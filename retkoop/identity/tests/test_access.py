"""Who enters which door, and what every answer bears."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver

from retkoop.core import clock
from retkoop.identity import services
from retkoop.identity.access import list_pages
from retkoop.identity.audit import Author
from retkoop.identity.models import Mandate
from retkoop.identity.tests.cast import signed_in, signed_in_under

pytestmark = pytest.mark.django_db
DOORS = "retkoop.identity.tests.doors"

# Rows: the doors of doors.py. Columns: what a GET is answered, for each of the cast.
WHO = ["mandataire_a", "reader_a", "ad_accountant", "ad_reader", "federation_person"]
GET = {
    "/public/": [200, 200, 200, 200, 200],
    "/anyone/": [200, 200, 200, 200, 200],
    "/read/": [200, 200, 303, 303, 403],
    "/post/": [200, 200, 303, 303, 403],
    "/close/": [200, 403, 403, 403, 403],
    "/ad/": [403, 403, 200, 200, 403],
    "/ad-write/": [403, 403, 200, 403, 403],
    "/federation/": [403, 403, 403, 403, 200],
    "/nameless/": [403, 403, 403, 403, 403],
}
POST = {
    "/public/": [405, 405, 405, 405, 405],
    "/read/": [405, 405, 405, 405, 405],
    "/post/": [200, 403, 303, 403, 403],
    "/close/": [200, 403, 403, 403, 403],
    "/ad-write/": [403, 403, 200, 403, 403],
}


@pytest.fixture
def doors(settings):
    settings.ROOT_URLCONF = DOORS


def test_each_door_opens_to_its_roles_only(cast, doors):
    browsers = [signed_in(getattr(cast, who)) for who in WHO]
    assert {path: [browser.get(path).status_code for browser in browsers] for path in GET} == GET
    assert {path: [browser.post(path).status_code for browser in browsers] for path in POST} == POST


def test_an_ad_member_works_in_the_book_that_they_opened(cast, doors):
    accountant = signed_in(cast.ad_accountant, cast.cooperative_a)
    reader = signed_in(cast.ad_reader, cast.cooperative_a)
    assert [accountant.get("/read/").status_code, reader.get("/read/").status_code] == [200, 200]
    assert [accountant.post("/post/").status_code, reader.post("/post/").status_code] == [200, 403]
    assert accountant.get("/close/").status_code == 403


def test_a_visitor_is_led_to_the_login_page_and_back(doors, client):
    assert client.get("/read/?annee=2025-2026")["Location"] == "/connexion/?suite=/read/%3Fannee%3D2025-2026"
    posted = client.post("/post/", headers={"referer": "http://testserver/form/?a=1"})
    assert (posted.status_code, posted["Location"]) == (303, "/connexion/?suite=/form/%3Fa%3D1")
    foreign = client.post("/post/", headers={"referer": "https://pirate.exemple/form/"})
    assert foreign["Location"] == "/connexion/"
    partial = client.get("/read/", headers={"hx-request": "true", "hx-current-url": "http://testserver/page/"})
    assert (partial.status_code, partial["HX-Redirect"]) == (200, "/connexion/?suite=/page/")


def test_a_view_that_names_no_permission_is_refused_to_visitors_too(doors, client):
    assert client.get("/nameless/").status_code == 403


def test_other_methods_are_refused(cast, doors):
    browser = signed_in(cast.mandataire_a)
    assert [browser.put("/write/").status_code, browser.delete("/read/").status_code] == [405, 405]
    assert browser.head("/read/").status_code == 200


def test_every_address_of_the_site_names_its_permission():
    pages = list_pages()
    assert [page["pattern"] for page in pages if not page["permission"] or not page["methods"]] == []
    assert len(pages) == len({page["pattern"] for page in pages})
    assert len(pages) >= len(get_resolver().url_patterns)


def test_the_list_of_pages_says_who_may_enter(doors):
    pages = {page["pattern"]: page for page in list_pages()}
    assert pages["/post/"] == {
        "pattern": "/post/",
        "name": "",
        "methods": ["GET", "POST", "HEAD"],
        "permission": "book.read",
        "post_permission": "book.write",
        "roles": [
            "mandataire",
            "cosigner",
            "bookkeeper",
            "reader",
            "verifier",
            "ad_accountant",
            "ad_secretary",
            "ad_president",
            "ad_reader",
        ],
    }
    assert (pages["/nameless/"]["permission"], pages["/nameless/"]["roles"]) == ("", [])


def test_ending_a_mandate_ends_its_rights_at_once(cast):
    browser = signed_in(cast.mandataire_a)
    assert browser.get("/compte/").status_code == 200
    services.end_mandate(mandate=cast.mandataire_a.mandates.get(), author=Author(cast.ad_accountant))
    assert browser.get("/compte/")["Location"] == "/connexion/?suite=/compte/"
    assert not Session.objects.filter(pk=browser.cookies["sessionid"].value).exists()


def test_a_mandate_gives_rights_from_its_first_to_its_last_day_where_the_ad_lives(cast):
    mandate = cast.mandataire_a.mandates.get()
    Mandate.objects.filter(pk=mandate.pk).update(starts=dt.date(2026, 9, 1), ends=dt.date(2027, 8, 31))

    def status_on(day):
        with clock.travel(day):
            return signed_in_under(mandate).get("/compte/").status_code

    days = [dt.date(2026, 8, 31), dt.date(2026, 9, 1), dt.date(2027, 8, 31), dt.date(2027, 9, 1)]
    assert [status_on(day) for day in days] == [302, 200, 200, 302]


def test_a_mandate_that_ends_on_a_day_still_serves_that_day(cast):
    mandate = cast.mandataire_a.mandates.get()
    services.end_mandate(mandate=mandate, last_day=clock.today(), author=Author(cast.ad_accountant))
    assert signed_in_under(mandate).get("/compte/").status_code == 200


def test_a_changed_password_ends_the_other_sessions(cast):
    browser = signed_in(cast.mandataire_a)
    cast.mandataire_a.set_password("un autre mot de passe")
    cast.mandataire_a.save()
    assert browser.get("/compte/").status_code == 302


def age_session(browser, seconds):
    store = browser.session
    store["seen"] -= seconds
    store.save()


def test_a_session_ends_after_thirty_idle_minutes(cast):
    browser = signed_in(cast.mandataire_a)
    age_session(browser, 29 * 60)
    assert browser.get("/compte/").status_code == 200
    age_session(browser, 31 * 60)
    assert browser.get("/compte/").status_code == 302


def test_a_page_reads_twice_and_writes_nothing_but_every_five_minutes(cast, doors, django_assert_num_queries):
    browser = signed_in(cast.mandataire_a)
    with django_assert_num_queries(2) as queries:
        browser.get("/read/")
    assert [query["sql"].split()[0] for query in queries.captured_queries] == ["SELECT", "SELECT"]
    age_session(browser, 6 * 60)
    before = browser.session["seen"]
    browser.get("/read/")
    assert browser.session["seen"] >= before + 6 * 60


def test_a_visitor_without_a_session_costs_no_query(doors, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/public/")
        client.get("/read/")


def test_the_page_of_an_absent_address_and_of_an_absent_thing_are_the_same_bytes(cast, doors):
    browser = signed_in(cast.mandataire_a)
    thing, address = browser.get("/read/5/"), browser.get("/nulle/part/")
    visitor = Client().get("/nulle/part/")
    assert (thing.status_code, address.status_code, visitor.status_code) == (404, 404, 404)
    assert thing.content == address.content == visitor.content


def test_every_answer_bears_the_headers_and_no_page_stays_in_a_cache(cast, doors):
    browser = signed_in(cast.mandataire_a)
    answers = [
        browser.get("/read/"),
        browser.get("/read/5/"),
        browser.get("/federation/"),
        browser.put("/read/"),
        Client().get("/public/"),
        Client().get("/nulle/part/"),
        Client(enforce_csrf_checks=True).post("/post/"),
    ]
    names = ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control"]
    expected = ["nosniff", "DENY", "same-origin", "no-store"]
    assert [[answer[name] for name in names] for answer in answers] == [expected] * len(answers)
    assert ["Content-Security-Policy" in answer for answer in answers] == [True] * len(answers)
