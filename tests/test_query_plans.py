"""No page reads a whole table of the books, and no list asks the database more when it is longer.

SQLite chooses the same plan at every size of a table. PostgreSQL rightly
prefers to read a small one whole: here it is told that the large tables hold
millions of rows, and that reading whole is the last thing to do, so that it
does so only where no index leads to what is asked.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

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
    """The large tables that are read whole for that statement, as the database's own plan says it."""
    return _sqlite_scans(sql, parameters) if connection.vendor == "sqlite" else _postgresql_scans(sql, parameters)


def _sqlite_scans(sql: str, parameters: tuple[object, ...]) -> list[str]:
    aliases = {alias: table for table, alias in NAMED.findall(sql) if table in LARGE} | {name: name for name in LARGE}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql, parameters)
        steps = [row[3] for row in cursor.fetchall()]
    return [step for step in steps if step.startswith("SCAN ") and aliases.get(step.split()[1]) in LARGE]


def _postgresql_scans(sql: str, parameters: tuple[object, ...]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql, parameters)
        (told,) = cursor.fetchone()
    steps = nodes((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])
    return [
        f"{step['Node Type']} {step['Relation Name']}" for step in steps if step.get("Relation Name") in LARGE and whole(step)
    ]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The step and all those under it."""
    yield plan
    for under in plan.get("Plans", ()):
        yield from nodes(under)


def whole(step: dict[str, Any]) -> bool:
    """Does it read the table from end to end: itself, or an index without a condition?"""
    if step["Node Type"] == "Bitmap Heap Scan":
        return not all("Index Cond" in under for under in nodes(step) if under["Node Type"] == "Bitmap Index Scan")
    return step["Node Type"] == "Seq Scan" or (step["Node Type"].startswith("Index") and "Index Cond" not in step)


def believed_large() -> None:
    """Until the end of the transaction PostgreSQL plans as if each page of the large tables held a million rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "hashjoin", "mergejoin"):  # the ways that read both sides whole
                cursor.execute(f"SET LOCAL enable_{way} = off")
            # It would guess that one line in 200 is of a given entry, and as few live.
            cursor.execute("ANALYZE ledger_posting (entry_id, until_version), ledger_attachment (entry_id, removed_at)")
            told = "SELECT %s::regclass::oid UNION SELECT indexrelid FROM pg_index WHERE indrelid = %s::regclass"
            for name in LARGE:  # a first page of an index holds no rows
                cursor.execute(f"UPDATE pg_class SET relpages = 2, reltuples = 1e6 WHERE oid IN ({told})", (name, name))


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
    believed_large()

    def found() -> set[str]:
        return {f"{scan}: {sql[:600]}" for sql, parameters in asked.values() for scan in scans(sql, parameters)}

    assert found() == set()
    assert (len(pages) > 30, len(asked) > 40) == (True, True)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX posting_entry")
    assert found() != set()  # without the index that leads from an entry to its lines


def test_a_whole_reading_would_be_seen(db):
    believed_large()
    told = {"sqlite": ["SCAN e"], "postgresql": ["Seq Scan ledger_entry"]}[connection.vendor]
    assert scans("SELECT e.label FROM ledger_entry e WHERE e.label = 'Bus'") == told
    told = {"sqlite": ["SCAN e"], "postgresql": ["Index Only Scan ledger_entry"]}[connection.vendor]
    assert scans("SELECT e.id FROM ledger_entry e ORDER BY e.id") == told
    assert scans("SELECT e.label FROM ledger_entry e WHERE e.id = %s", (1,)) == []


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
