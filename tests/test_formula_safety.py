"""No export of the site carries a formula that somebody typed (P18): every CSV and XLSX, opened again."""

import csv
import io
import re

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retkoop.core.clock import travel
from retkoop.identity.access import list_pages
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.services import follow
from tests.full_book import SEPTEMBER, TODAY, FullBook, make_full_book

CLASSIC = (
    '=HYPERLINK("http://x","y")', "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1",
    "\u202f-1+1", "＝1+1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0", '"=1+1', "';=1+1", "\ufeff=1", "\u200b=1", "=" * 60,
)  # fmt: skip
NUMBER = re.compile(r"-?[\d\s\u00a0\u202f]+(,\d+)?")
HARMLESS_LEAD = re.compile(r"\A[\s\ufeff\u200b\u200e\u200f\u2060]+")
hostile = st.text(st.sampled_from("=+-@\t\r ＝＠\u202f\u200b'\";|!A1"), min_size=1, max_size=12).filter(
    lambda text: text.strip()
)


def exports() -> list[tuple[str, str]]:
    """The addresses of every table that the site gives away, each with a role that may have it."""
    return [
        (page["pattern"], "mandataire" if "mandataire" in page["roles"] else page["roles"][0])
        for page in list_pages()
        if page["pattern"].endswith((".csv", ".xlsx")) and "GET" in page["methods"]
    ]


def formulas(path: str, came: bytes) -> list[str]:
    """Cells that a spreadsheet could run."""
    if path.endswith(".xlsx"):
        sheets = openpyxl.load_workbook(io.BytesIO(came)).worksheets
        return [
            f"{path} {cell.coordinate}: {cell.value!r}"
            for sheet in sheets
            for row in sheet
            for cell in row
            if cell.data_type == "f"
        ]
    rows = csv.reader(io.StringIO(came.decode("utf-8-sig"), newline=""), delimiter=";")
    cells = [cell for row in rows for cell in row if cell and not NUMBER.fullmatch(cell)]
    return [f"{path}: {cell!r}" for cell in cells if HARMLESS_LEAD.sub("", cell)[:1] in set("=+-@＝＋－＠")]


def write_everywhere(book: FullBook, text: str) -> None:
    """The text as a label, a piece, an action, an object, a funder, a place."""
    book.write(
        text, bank=-100, account="activities", piece=text[:20], action=text[:60], counterparty=text[:120], cheque=text[:20]
    )
    thing = follow.InventoryContent(text[:120], SEPTEMBER, 100, text[:80], ceded_on=SEPTEMBER, ceded_how=text[:120])
    follow.save_inventory_line(cooperative=book.cooperative, content=thing, author=book.author)
    follow.save_grant(year=book.year, content=follow.GrantContent("town", text, text, 100, SEPTEMBER), author=book.author)


@pytest.mark.django_db
def test_nothing_typed_becomes_a_formula_in_any_export(cast):
    with travel(TODAY):
        chart.load()
        book = make_full_book(cast.cooperative_a, Author(cast.mandataire_a), "JETONA", documents=False)
        typed: list[str] = []

        @settings(max_examples=15, derandomize=True, database=None)
        @given(hostile)
        def gather(text: str) -> None:
            typed.append(text)

        gather()
        for text in [*CLASSIC, *sorted(set(typed))]:
            write_everywhere(book, text)
        clients = {"mandataire": signed_in(cast.mandataire_a), "ad_accountant": signed_in(cast.ad_accountant)}
        assert len(exports()) >= 8
        found = []
        for path, role in exports():
            answer = clients[role].get(path)
            assert answer.status_code == 200, path
            found += formulas(path, answer.getvalue())
        assert found == []


def test_a_formula_would_be_seen():
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    kept = io.BytesIO()
    book.save(kept)
    assert [len(formulas("x.xlsx", kept.getvalue())), len(formulas("x.csv", b"a;=1+1;-12,50\n"))] == [1, 1]
