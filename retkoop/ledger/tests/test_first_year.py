"""« Première année à tenir ici »: chosen while nothing is written, changed at will until then."""

import datetime as dt
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.models import Draft, FiscalYear
from retkoop.ledger.queries.years import years_of
from retkoop.ledger.services.drafts import save_draft
from retkoop.ledger.services.openings import type_opening

pytestmark = pytest.mark.django_db
PAGE = "/ouverture/annee/"


@pytest.fixture(autouse=True)
def october(cast):
    chart.load()
    with travel(dt.date(2025, 10, 6)):
        yield


def choose(client, first: str, key: str = ""):
    return client.post(PAGE, {"operation_key": key or uuid.uuid4().hex, "first": first})


def slugs(cast) -> list[str]:
    return [year.slug for year in years_of(cast.cooperative_b)]


def test_five_years_are_offered_and_the_present_one_is_chosen(cast):
    page = signed_in(cast.mandataire_b).get(PAGE).content.decode()
    assert page.count("<option") == 5
    assert '<option value="2025-2026" selected>' in page
    assert '<option value="2021-2022">' in page


def test_an_earlier_year_opens_with_those_that_follow_and_a_change_of_mind_drops_it(cast):
    client, key = signed_in(cast.mandataire_b), uuid.uuid4().hex
    answers = [choose(client, "2023-2024", key) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, "/ouverture/")] * 2
    assert slugs(cast) == ["2023-2024", "2024-2025", "2025-2026"]
    assert "2023-2024" in client.get("/ouverture/").content.decode()
    assert choose(client, "2024-2025").status_code == 303
    assert slugs(cast) == ["2024-2025", "2025-2026"]


@pytest.mark.parametrize("first", ["", "2026-2027", "2020-2021", "hier"])
def test_only_a_year_of_the_list_is_taken(cast, first):
    answer = choose(signed_in(cast.mandataire_b), first)
    assert answer.status_code == 422
    assert "Choisissez une des années" in answer.content.decode()


def test_a_year_with_a_draft_is_not_dropped(cast):
    client = signed_in(cast.mandataire_b)
    choose(client, "2024-2025")
    year = years_of(cast.cooperative_b)[0]
    save_draft(year=year, typed={"label": "Bus"}, author=Author(cast.mandataire_b))
    answer = choose(client, "2025-2026")
    assert answer.status_code == 422
    assert "brouillon" in answer.content.decode()
    assert (slugs(cast), Draft.objects.count()) == (["2024-2025", "2025-2026"], 1)


def test_once_something_is_written_the_first_year_stays(cast):
    client = signed_in(cast.mandataire_b)
    client.get(PAGE)
    year = FiscalYear.objects.get(cooperative=cast.cooperative_b)
    year.cooperative = cast.cooperative_b
    type_opening(year=year, on=year.start, contents=[], author=Author(cast.mandataire_b))
    page = client.get(PAGE).content.decode()
    assert ("<select" in page, "ne change plus" in page) == (False, True)
    assert choose(client, "2024-2025").status_code == 422
    assert slugs(cast) == ["2025-2026"]


def test_a_reader_reads(cast):
    reader = signed_in(cast.reader_a)
    assert (reader.get(PAGE).status_code, choose(reader, "2024-2025").status_code) == (200, 403)
