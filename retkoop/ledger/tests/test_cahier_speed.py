"""What the cahier costs: a fixed number of statements, no scan of the entries or of the postings, a bounded page."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Entry, Posting
from retkoop.ledger.queries.cahier import PAGE, Choice, book_of, page_of
from retkoop.ledger.tests.books import Desk
from retkoop.ledger.tests.cahier_desk import TODAY, Counter, cahier_desk

pytestmark = pytest.mark.django_db
PAGES = (
    "/cahier/",
    "/cahier/?mois=2025-03",
    "/cahier/?q=bus",
    "/cahier/?tri=piece",
    "/cahier/?tri=sortie-banque&sens=desc",
    "/cahier/?pointage=non&justificatif=manquant",
    "/cahier/?annulees=oui",
)


@pytest.fixture
def desk(cast) -> Iterator[Desk]:
    with travel(TODAY):
        yield cahier_desk(cast)


def fill(desk: Desk, count: int) -> None:
    """Many entries quickly: copies of one, in bulk, outside the services."""
    pattern = desk.pay(1_234, "Bus sortie au musée", dt.date(2025, 3, 1), piece="D1", cheque="4000114", action="Musée")
    lines = list(Posting.objects.filter(entry=pattern))
    first = pattern.number + 1
    copies = [
        Entry(
            cooperative_id=pattern.cooperative_id, year_id=pattern.year_id, number=number, label=f"{pattern.label} {number}",
            date=dt.date(2024, 9, 1) + dt.timedelta(days=number % 270), piece=f"D{number}", piece_sort=f"d{number:05d}",
            cheque=pattern.cheque, action_id=pattern.action_id,
        )
        for number in range(first, first + count - 1)
    ]  # fmt: skip
    Entry.objects.bulk_create(copies)
    rows = [
        Posting(
            cooperative_id=line.cooperative_id, year_id=line.year_id, entry=entry, account_id=line.account_id,
            treasury_id=line.treasury_id, cents=line.cents, from_version=1,
        )
        for entry in copies
        for line in lines
    ]  # fmt: skip
    Posting.objects.bulk_create(rows)
    desk.year.next_number = first + count - 1
    desk.year.save(update_fields=["next_number"])


@pytest.mark.parametrize("path", PAGES)
def test_the_number_of_statements_does_not_follow_the_number_of_entries(desk, mandataire_a, path):
    client = signed_in(mandataire_a)
    counts = []
    for number in (1, 3, 60):
        fill(desk, number)
        with Counter() as counter:
            assert client.get(path).status_code == 200
        counts.append(counter.count)
    assert counts[0] == counts[1] == counts[2]


def plans(sent: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """The plan of each reading statement, on either engine."""
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for sql, params in sent:
            if sql.lstrip().startswith("SELECT"):
                cursor.execute(f"{word} {sql}", params)
                found.append((sql, "\n".join(str(row[-1]) for row in cursor.fetchall())))
    return found


def scans(sent: list[tuple[str, Any]]) -> list[str]:
    """The lines of the plans that read a whole table of entries or of postings."""
    whole = re.compile(r"(?:SCAN (?:ledger_entry|ledger_posting|e|p)|Seq Scan on ledger_(?:entry|posting))\b.*")
    return [line for _, plan in plans(sent) for line in whole.findall(plan)]


@pytest.mark.parametrize("path", [*PAGES, "/pointage/"])
def test_no_page_scans_the_entries_or_the_postings(desk, mandataire_a, path):
    fill(desk, 20)
    client = signed_in(mandataire_a)
    with Counter() as counter:
        client.get(path)
    assert scans(counter.sent) == []


def test_the_guard_against_scans_can_fail(desk):
    if connection.vendor == "sqlite":
        assert scans([("SELECT COUNT(*) FROM ledger_posting p WHERE p.cents = 5", None)]) == ["SCAN p"]
    else:
        assert len(scans([("SELECT COUNT(*) FROM ledger_posting p WHERE p.cents = 5", None)])) == 1


def test_a_page_of_300_entries_stays_under_250_kilobytes(desk, mandataire_a):
    fill(desk, 300)
    page = signed_in(mandataire_a).get("/cahier/").content
    assert page.count(b"<tr id=e") == 300
    assert len(page) <= 250_000


def test_a_large_book_comes_in_pages_whose_balances_follow_one_another(desk):
    fill(desk, 2 * PAGE + 5)
    book = book_of(desk.year)
    first, second, last = (page_of(book, Choice(page=number)) for number in (1, 2, 9))
    assert [(page.choice.page, len(page.rows), page.pages) for page in (first, second, last)] == [
        (1, PAGE, 3), (2, PAGE, 3), (3, 5, 3),
    ]  # fmt: skip
    ends = first.rows[-1].amounts["solde-banque"]
    starts = second.rows[0].amounts["solde-banque"]
    assert ends - starts == 1_234
    backwards = page_of(book, Choice(descending=True))
    assert backwards.rows[0].amounts["solde-banque"] == last.rows[-1].amounts["solde-banque"]
