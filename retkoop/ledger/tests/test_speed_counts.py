"""How many statements the busiest acts and pages cost, whatever the size of the book.

A save or a tick is a fixed list of statements: one more is a choice to be
made here, knowingly. Transactions' own statements (BEGIN, COMMIT) count too.
"""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from retkoop.core import clock
from retkoop.ledger.models import Posting
from retkoop.ledger.tests.entry_desk import TODAY, EntryDesk, make_entry_desk

# session, mandate, years, treasuries, three of warnings; in the act: head, key, number, entry, lines, sums, event, head
SAVE = 15
TICK = 16
# an opening still provisional reads the banks and the statements after the year's end; the home page also reads the
# states of the reports, the last one validated, what the AD asks to mend, the calendar (3) and the adhésion (3)
PAGES = {"/accueil/": 33, "/ecritures/nouvelle/": 8, "/cahier/": 20}


@pytest.fixture
def desk(cast, db):
    with clock.travel(TODAY):
        yield make_entry_desk(cast)


def counted(act) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]


def fill(desk: EntryDesk, entries: int) -> None:
    for number in range(entries):
        desk.write(bank=-(1_000 + number), day=TODAY - dt.timedelta(days=number % 5), label=f"Bus {number}", piece=f"D{number}")


@pytest.mark.parametrize("entries", [1, 8])
def test_saving_an_entry_costs_the_same_statements_in_a_small_and_in_a_large_book(desk, entries):
    fill(desk, entries)
    desk.spend("7,00", piece="X0")
    found = counted(lambda: desk.recorded(desk.spend("12,50", piece="X1")))
    assert len(found) - 1 == SAVE, "\n".join(found)  # the test itself reads the entry


@pytest.mark.parametrize("entries", [1, 8])
def test_pointing_a_line_costs_the_same_statements_in_a_small_and_in_a_large_book(desk, entries):
    fill(desk, entries)
    posting = Posting.objects.filter(year=desk.year, treasury=desk.bank).latest("pk")

    def point(pointed: str) -> None:
        fields = {"pointed": pointed, "operation_key": uuid.uuid4().hex}
        assert desk.client.post(f"/pointage/ligne/{posting.pk}/", fields).status_code == 303
        posting.refresh_from_db()

    point("1")  # makes the statement of the month, once
    point("0")
    found = counted(lambda: point("1"))
    assert len(found) - 1 == TICK, "\n".join(found)  # the test itself reads the line
    assert posting.statement is not None


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("entries", [1, 8])
def test_a_page_costs_the_same_statements_in_a_small_and_in_a_large_book(desk, path, entries):
    fill(desk, entries)
    desk.get(path)
    found = counted(lambda: desk.get(path))
    assert len(found) == PAGES[path], "\n".join(found)


def test_the_index_stands_that_keeps_a_save_from_reading_every_posting(db):
    """Without it SQLite looks through all postings, at each one inserted, for those that would point to it."""
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, "ledger_posting")
    assert indexes["posting_origin"]["columns"] == ["origin_id"]
