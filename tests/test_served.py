"""The years served: what a former mandataire still reads, and that nothing else is open to them."""

import datetime as dt

import pytest

from retkoop.core.clock import travel
from retkoop.identity import services
from retkoop.identity.access import list_pages
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Mandate, Role
from retkoop.identity.tests.cast import SINCE, signed_in, signed_in_under
from retkoop.ledger import chart
from retkoop.yearend.tests.reports import make_report_desk
from tests.full_book import TODAY, make_full_book

pytestmark = pytest.mark.django_db
END = dt.date(2024, 10, 15)


@pytest.fixture
def book(cast):
    """Three years, 2023-2024 to 2025-2026; Odile's mandate ended in the second."""
    with travel(TODAY):
        chart.load()
        Mandate.objects.filter(person=cast.former_mandataire_a).update(ends=END)
        yield make_full_book(cast.cooperative_a, Author(cast.mandataire_a), "JETON", documents=False)


def entering(person):
    return signed_in_under(person.mandates.order_by("pk").first())


def test_a_former_mandataire_reads_the_years_served_and_none_after_them(cast, book):
    book.write("Achat de plus tard", bank=-700, account="activities")
    odile = entering(cast.former_mandataire_a)
    page = odile.get("/annees-servies/").content.decode()
    assert [slug in page for slug in ("2023-2024", "2024-2025", "2025-2026")] == [True, True, False]
    year = odile.get("/annees-servies/2023-2024/").content.decode()
    assert ("Bus d’alors JETON" in year, 'data-cents="1000"' in year) == (True, True)
    assert odile.get("/annees-servies/2023-2024/cahier.pdf").content[:4] == b"%PDF"
    assert [odile.get(f"/annees-servies/{slug}/").status_code for slug in ("2025-2026", "2019-2020", "zut")] == [404, 404, 404]
    assert odile.get("/annees-servies/2025-2026/cahier.pdf").status_code == 404


def test_every_other_page_of_the_cooperative_is_closed_to_a_former_mandataire(cast, book):
    odile = entering(cast.former_mandataire_a)
    open_to_all = {"public", "signed_in", "served.read"}
    closed = [page["pattern"] for page in list_pages() if page["permission"] not in open_to_all and "<" not in page["pattern"]]
    answers = {path: odile.get(path).status_code for path in closed if path.startswith("/")}
    assert {path: status for path, status in answers.items() if status not in {403, 405}} == {}
    assert len(answers) > 30


def test_the_page_has_no_link_to_a_page_that_is_closed(cast, book):
    odile = entering(cast.former_mandataire_a)
    page = odile.get("/annees-servies/").content.decode()
    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    inside = sorted(link for link in links if link.startswith("/") and not link.startswith(("/static/", "/aide/")))
    assert {link: odile.get(link).status_code for link in inside if odile.get(link).status_code != 200} == {}


def test_the_ad_closes_the_years_served_at_once_by_its_settings(cast, book):
    odile = entering(cast.former_mandataire_a)
    assert odile.get("/annees-servies/").status_code == 200
    Association.objects.filter(pk=cast.ad_085.pk).update(former_reads=False)
    assert odile.get("/annees-servies/").status_code == 302


@pytest.mark.parametrize(
    ("role", "reads"), [(Role.COSIGNER, True), (Role.BOOKKEEPER, True), (Role.READER, False), (Role.VERIFIER, False)]
)
def test_whoever_kept_the_accounts_reads_them_again_and_whoever_only_read_does_not(cast, role, reads):
    person = services.create_person(full_name="Sam Parti", email="sam@exemple.fr")
    mandate = services.give_mandate(person=person, role=role, organisation=cast.cooperative_a, starts=SINCE)
    services.end_mandate(mandate=mandate, author=Author(None))
    assert signed_in_under(mandate).get("/annees-servies/").status_code == (200 if reads else 302)


def test_a_session_begun_under_a_live_mandate_dies_with_it_and_does_not_become_a_reading(cast):
    browser, mandate = signed_in(cast.mandataire_a), cast.mandataire_a.mandates.get()
    services.end_mandate(mandate=mandate, author=Author(None))
    assert browser.get("/annees-servies/").status_code == 302
    assert entering(cast.mandataire_a).get("/annees-servies/").status_code == 200


def test_a_person_with_a_live_and_an_ended_mandate_chooses_between_both(cast):
    odile = cast.former_mandataire_a
    services.give_mandate(person=odile, role=Role.MANDATAIRE, organisation=cast.cooperative_b, starts=SINCE)
    browser = signed_in(odile)
    page = browser.get("/choisir/")
    assert [len(page.context[name]) for name in ("mandates", "served")] == [1, 1]
    ended = odile.mandates.get(cooperative=cast.cooperative_a)
    assert browser.post("/choisir/", {"mandat": ended.pk})["Location"] == "/annees-servies/"
    assert browser.get("/personnes/").status_code == 403
    assert browser.post("/choisir/", {"mandat": odile.mandates.latest("pk").pk})["Location"] == "/accueil/"
    assert browser.get("/personnes/").status_code == 200


def test_a_new_mandate_in_the_same_cooperative_takes_the_place_of_the_years_served(cast):
    odile = cast.former_mandataire_a
    services.give_mandate(person=odile, role=Role.READER, organisation=cast.cooperative_a, starts=SINCE)
    assert signed_in(odile).get("/choisir/").context["served"] == []


def test_the_validated_report_of_a_year_served_is_given_as_it_was_validated(cast):
    desk = make_report_desk(cast, "300")
    desk.make_ready()
    desk.submit()
    desk.open()
    desk.validate()
    mandate = desk.desk.cooperative.mandates.get()
    services.end_mandate(mandate=mandate, author=Author(None))
    answer = signed_in_under(mandate).get("/annees-servies/2024-2025/compte-rendu.pdf")
    assert b"".join(answer.streaming_content)[:4] == b"%PDF"
