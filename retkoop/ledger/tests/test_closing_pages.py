"""« Clôture de ce cahier de compta », as a mandataire and as the AD."""

import datetime as dt
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import FiscalYear, ReopeningRequest
from retkoop.ledger.queries.years import years_of
from retkoop.ledger.services import openings, treasuries
from retkoop.ledger.services.entries import record_entry

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2025, 10, 6)


@pytest.fixture
def year(cast):
    """2024-2025 of cooperative A: one expense by cheque, not yet on a statement."""
    chart.load()
    author = Author(cast.mandataire_a)
    with travel(OCTOBER):
        bank = treasuries.open_treasury(
            cooperative=cast.cooperative_a, account="bank", label="Banque", opened=dt.date(2024, 9, 1), author=author
        )
        made = openings.open_first_year(cooperative=cast.cooperative_a, first=SchoolYear(2024), today=OCTOBER, author=author)[0]
        content = EntryContent(dt.date(2025, 6, 3), "Bus", (Line("bank", -11_000, bank.pk), Line("activities", 11_000)))
        record_entry(year=made, content=content, author=author)
        yield made


def post(client, path, **data):
    return client.post(path, {"operation_key": uuid.uuid4().hex, "annee": "2024-2025", **data})


def test_the_page_says_what_is_open_and_what_will_cross_the_summer(year, cast):
    page = signed_in(cast.mandataire_a).get("/cloture/?annee=2024-2025").content.decode()
    assert 'data-task="point"' in page
    assert 'data-task="receipt"' in page
    assert "ne les écrivez pas une seconde fois" in page
    assert "Clôture définitive de ce cahier de compta" in page


def test_the_year_of_today_cannot_be_closed_but_shows_the_same_page(year, cast):
    client = signed_in(cast.mandataire_a)
    page = client.get("/cloture/").content.decode()
    assert "Si je clôturais aujourd’hui" in page
    assert "Clôture définitive" not in page
    answer = client.post("/cloture/", {"operation_key": uuid.uuid4().hex})
    assert answer.status_code == 422
    assert "1er septembre 2026" in answer.content.decode()


def test_closing_is_for_the_mandataire_and_happens_once(year, cast):
    reader = signed_in(cast.reader_a)
    assert post(reader, "/cloture/").status_code == 403
    client = signed_in(cast.mandataire_a)
    key = uuid.uuid4().hex
    for _ in range(2):
        answer = post(client, "/cloture/", operation_key=key)
        assert (answer.status_code, answer["Location"]) == (303, "/cloture/?annee=2024-2025")
    year.refresh_from_db()
    assert (year.closed, year.closings) == (True, 1)


def test_asking_the_ad_and_its_answer_are_seen_for_ever(year, cast):
    client = signed_in(cast.mandataire_a)
    post(client, "/cloture/")
    assert post(client, "/cloture/demande/", reason="").status_code == 422
    assert post(client, "/cloture/demande/", reason="Un ticket oublié").status_code == 303
    assert ReopeningRequest.objects.get().reason == "Un ticket oublié"
    page = client.get("/cloture/?annee=2024-2025").content.decode()
    assert "chez votre AD" in page
    assert post(client, "/cloture/rouvrir/", reason="moi").status_code == 422


def test_a_closed_year_no_longer_asks_for_ticks(year, cast):
    client = signed_in(cast.mandataire_a)
    post(client, "/cloture/")
    page = client.get("/accueil/?annee=2024-2025").content.decode()
    assert 'data-task="point"' not in page
    assert 'data-task="receipt"' in page
    following = FiscalYear.objects.get(cooperative=cast.cooperative_a, start=dt.date(2025, 9, 1))
    assert [row.slug for row in years_of(cast.cooperative_a)] == ["2024-2025", following.slug]
    assert 'data-task="point"' in client.get("/accueil/").content.decode()
