"""Export, import, export again: the same bytes, whatever happened in the book; the CSV gives the same entries."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Cooperative
from retkoop.interchange import french_csv
from retkoop.interchange.exports import book_csv
from retkoop.interchange.services.canonical_book import import_book, read_book
from retkoop.interchange.services.french_book import import_csv
from retkoop.interchange.tests.made_books import HAPPENINGS, live, new_desk, next_number, open_books
from retkoop.ledger.chart import chart_for
from retkoop.ledger.export import book_bytes, entry_states
from retkoop.ledger.invariants import check
from retkoop.ledger.models import FiscalYear, Posting
from retkoop.ledger.queries.balances import treasuries_of
from retkoop.ledger.queries.years import opening_entry
from retkoop.ledger.services import closing, openings
from retkoop.ledger.services.pointing import set_tick
from retkoop.ledger.tests.books import make_desk

pytestmark = pytest.mark.django_db
AUTUMN = dt.date(2025, 9, 15)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def autumn():
    with travel(AUTUMN):
        yield


def empty_cooperative(first: SchoolYear) -> tuple[Cooperative, FiscalYear]:
    """A cooperative without any treasury, whose first year is the one to import."""
    desk = make_desk(number=next_number())
    cooperative = Cooperative.objects.create(
        association=desk.cooperative.association, number=next_number(), name="Vide", created_on=AUTUMN
    )
    return cooperative, openings.open_year(cooperative=cooperative, school_year=first, author=desk.teacher)


@FEW
@given(HAPPENINGS)
def test_a_canonical_book_comes_back_to_the_byte(happenings):
    desk, second = new_desk()
    open_books(desk, second)
    live(desk, second, happenings)
    exported = book_bytes(desk.year)
    cooperative, year = empty_cooperative(SchoolYear(2024))
    import_book(year=year, state=read_book(exported), author=desk.teacher)
    assert book_bytes(year) == exported
    assert list(check(cooperative)) == []


@FEW
@given(HAPPENINGS)
def test_a_second_year_whose_opening_was_carried_comes_back_as_a_first_year(happenings):
    desk, second = new_desk()
    open_books(desk, second)
    live(desk, second, happenings)
    closing.close_year(year=desk.year, author=desk.teacher)
    desk.year, desk.following = desk.following, desk.year
    desk.pay(1_234, day=dt.date(2025, 9, 10), tick=True)
    carried = opening_entry(desk.year)
    item = Posting.objects.filter(entry=carried, item_date__isnull=False, treasury=desk.bank).order_by("pk").first()
    assert item is not None
    set_tick(posting=item, ticked=True, author=desk.teacher)
    exported = book_bytes(desk.year)
    cooperative, year = empty_cooperative(SchoolYear(2025))
    import_book(year=year, state=read_book(exported), author=desk.teacher)
    assert book_bytes(year) == exported
    assert list(check(cooperative)) == []


def entries_of(year: FiscalYear) -> list[dict[str, object]]:
    """The live entries without what a CSV does not hold: numbers, receipts, the cheques of a deposit."""
    left_out = {"number", "receipts", "cheques"}
    states = entry_states(year, {row.pk: row for row in treasuries_of(year.cooperative)})
    return [
        {key: value for key, value in state.items() if key not in left_out}
        for state in states
        if state["number"] and not state["cancelled"]
    ]


@FEW
@given(HAPPENINGS.filter(lambda happenings: any(not it.cancelled for it in happenings)))
def test_a_csv_gives_the_same_entries_back(happenings):
    desk, second = new_desk()
    live(desk, second, happenings)
    other, _ = new_desk()
    reading = french_csv.read(
        book_csv(desk.year),
        year=other.year,
        treasuries=treasuries_of(other.cooperative),
        chart=chart_for(other.cooperative.association_id, 2024),
        today=AUTUMN,
    )
    assert (reading.bad, reading.ignored) == ((), ())
    import_csv(year=other.year, reading=reading, author=other.teacher)
    assert entries_of(other.year) == entries_of(desk.year)
    assert list(check(other.cooperative)) == []


def test_the_columns_of_a_csv_are_those_of_a_cahier(autumn):
    desk, second = new_desk()
    live(desk, second, [])
    desk.pay(1_234, "=somme", day=dt.date(2025, 3, 4), cheque="400")
    assert book_csv(desk.year).decode() == (
        "\ufeffN° de pièce;Date;Libellé;N° de chèque;Moyen;Action;Autre coopérative;Justificatif;"
        "Entrée banque;Sortie banque;Entrée La Poste;Sortie La Poste;Entrée caisse;Sortie caisse;"
        "Relevé banque;Relevé La Poste;6180 Charges des activités éducatives\r\n"
        ";04/03/2025;'=somme;400;Non précisé;;;manquant;;12,34;;;;;;;12,34\r\n"
    )
