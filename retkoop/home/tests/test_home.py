"""« Accueil »: what the cooperative holds, what is missing and how long it takes."""

import datetime as dt
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.services.openings import open_first_year
from retkoop.ledger.todo import medians
from tests.demo_plugin import SEPTEMBER

DAY = dt.date(2026, 9, 20)


@pytest.fixture
def clock_in_september():
    with travel(DAY):
        yield


def test_the_minutes_are_the_sum_of_the_medians_of_the_one_data_file(demo_on):
    demo_on(SEPTEMBER)
    cooperative = Cooperative.objects.get(number="099")
    page = signed_in(cooperative.mandates.get().person).get("/accueil/?annee=2025-2026").content.decode()
    seconds = 3 * medians()["point"]["seconds"] + 2 * medians()["receipt"]["seconds"]
    assert f"À faire, environ {-(-seconds // 60)} minutes" in page
    assert 'href="/pointage/?annee=2025-2026"' in page
    assert 'id="solde-banque" data-cents="246703"' in page
    assert 'id="solde-caisse" data-cents="10035"' in page
    assert 'id="solde-pointe" data-cents="259528"' in page


def test_in_september_two_years_are_open_at_once(demo_on):
    demo_on(SEPTEMBER)
    cooperative = Cooperative.objects.get(number="099")
    page = signed_in(cooperative.mandates.get().person).get("/accueil/").content.decode()
    assert 'href="/accueil/?annee=2025-2026"' in page
    assert "provisoire" in page
    assert "Le Compte-Rendu 2026" in page


def test_an_empty_cooperative_is_told_what_to_do_first(clock_in_september, cast):
    chart.load()
    page = signed_in(cast.mandataire_a).get("/accueil/").content.decode()
    assert 'href="/ouverture/"' in page
    assert "Bienvenue" in page


def test_a_cooperative_of_totals_may_keep_its_book_here_and_its_reader_may_not(clock_in_september, cast):
    chart.load()
    author = Author(cast.mandataire_a)
    (year,) = open_first_year(
        cooperative=cast.cooperative_a, first=SchoolYear(2026), today=DAY, author=author, mode=YearMode.TOTALS
    )
    assert "se tient ailleurs" in signed_in(cast.mandataire_a).get("/accueil/").content.decode()
    sent = {"operation_key": uuid.uuid4().hex}
    assert signed_in(cast.reader_a).post("/ouverture/tenir-ici/", sent).status_code == 403
    assert signed_in(cast.mandataire_a).post("/ouverture/tenir-ici/", sent).status_code == 303
    assert FiscalYear.objects.get(pk=year.pk).mode == YearMode.BOOKS


@pytest.mark.parametrize("place", ["changement-bancaire"])
def test_a_place_that_opens_later_says_whom_to_ask(clock_in_september, cast, place):
    chart.load()
    answer = signed_in(cast.mandataire_a).get(f"/{place}/")
    assert answer.status_code == 200
    assert "02 00 00 85 85" in answer.content.decode() or cast.ad_085.name in answer.content.decode()
