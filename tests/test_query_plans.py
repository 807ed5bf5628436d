"""No page reads a whole table of the books, and no list asks the database more when it is longer.

Plans are those of SQLite, which shows the same choice at every size of a
table; PostgreSQL rightly prefers to scan a small one, so that its plans in a
test say nothing.
"""

import os
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.services import actions, drafts, follow
from tests.crawling import crawl
from tests.demo_plugin import SEPTEMBER
from tests.full_book import SEPTEMBER as DAY
from tests.full_book import TODAY, FullBook, make_full_book

LARGE = {"ledger_posting", "ledger_entry", "identity_auditevent", "ledger_attachment", "documents_document"}
NAMED = re.compile(r'"?(\w+)"?\s+(?:AS\s+)?"?(\w+)"?')
LISTS = ("/accueil/", "/cahier/", "/actions/", "/subventions/", "/inventaire/", "/caisse/", "/pointage/", "/bilan/",
         "/ecritures/brouillons/", "/ecritures/nouvelle/", "/cloture/")  # fmt: skip


def scans(sql: str, parameters: tuple[object, ...] = ()) -> list[str]:
    """The large tables that SQLite reads whole for that statement."""
    aliases = {alias: table for table, alias in NAMED.findall(sql) if table in LARGE} | {name: name for name in LARGE}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql, parameters)
        steps = [row[3] for row in cursor.fetchall()]
    return [step for step in steps if step.startswith("SCAN ") and aliases.get(step.split()[1]) in LARGE]


@pytest.mark.skipif("RETKOOP_DATABASE_URL" in os.environ, reason="on PostgreSQL the plans of a small table say nothing")
def test_no_page_of_a_cooperative_reads_a_whole_table(demo_on):
    demo_on(SEPTEMBER)
    keeper = Cooperative.objects.get(number="099").mandates.get().person
    asked: dict[str, tuple[str, object]] = {}

    def keep(execute, sql, parameters, many, context):
        if sql.startswith(("SELECT", "WITH")) and any(name in sql for name in LARGE):
            asked.setdefault(re.sub(r"%s(, %s)+", "%s", sql), (sql, parameters))
        return execute(sql, parameters, many, context)

    client = signed_in(keeper)
    with connection.execute_wrapper(keep):
        pages = crawl(client, ["/accueil/", "/cahier/?annee=2025-2026", "/cloture/?annee=2025-2026"])
    found = {f"{scan}: {sql[:600]}" for sql, parameters in asked.values() for scan in scans(sql, parameters)}
    assert found == set()
    assert (len(pages) > 30, len(asked) > 40) == (True, True)


def test_a_whole_reading_would_be_seen(db):
    if connection.vendor == "sqlite":
        assert scans("SELECT e.label FROM ledger_entry e WHERE e.label = 'Bus'") == ["SCAN e"]


def fill(book: FullBook, rows: range) -> None:
    """As many more entries, actions, grants, things and drafts."""
    for number in rows:
        book.write(f"Bus {number}", bank=-1_000 - number, account="activities", piece=f"X{number}")
        grant = book.write(f"Mairie {number}", bank=2_000, account="public_grants")
        content = follow.GrantContent("town", f"Mairie {number}", "Sortie", 2_000, DAY, grant)
        follow.save_grant(year=book.year, content=content, author=book.author)
        camera = book.write(f"Appareil {number}", bank=-9_000, account="durable_goods")
        thing = follow.InventoryContent(f"Appareil {number}", DAY, 9_000, "Classe", camera)
        follow.save_inventory_line(cooperative=book.cooperative, content=thing, author=book.author)
        actions.create_action(cooperative=book.cooperative, name=f"Projet {number}", author=book.author)
        drafts.save_draft(year=book.year, typed={"je": "complet", "label": f"Brouillon {number}"}, author=book.author)


def test_a_longer_list_asks_no_more(cast):
    with travel(TODAY):
        chart.load()
        book = make_full_book(cast.cooperative_a, Author(cast.mandataire_a), "JETONA", documents=False)
        client = signed_in(cast.mandataire_a)
        counts: list[dict[str, int]] = []
        done = 0
        for size in (1, 3, 100):
            fill(book, range(done, size))
            done = size
            told = {}
            for path in LISTS:
                client.get(path)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200, path
                told[path] = len(queries)
            counts.append(told)
    assert counts[1] == counts[0]
    assert counts[2] == counts[0]
