"""Printed pages: carried totals right on every page, nothing read outside, nothing that stops a print."""

import datetime as dt
import io
import random
import re
import time

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retkoop.core import fonts, pdf
from retkoop.core.money import parse_euros
from retkoop.core.pdf import Letterhead
from retkoop.core.sandbox import SandboxRefused
from retkoop.core.tables import Cell, Column, Table

LETTERHEAD = Letterhead("École des Tilleuls", "Coopérative 085-099", "2025-2026", dt.date(2026, 6, 28))
AMOUNT = re.compile(r"−?\d{1,3}(?: \d{3})*,\d\d")
AMOUNTS = 10
LABELS = (
    "goûter",
    "sortie au musée d’Aquitaine avec la classe de CM2, transport compris",
    "photo de classe : participation des familles et commande complémentaire, remise de 42 chèques " * 2,
    "W" * 180,
)


def book(lines, seed=1):
    """A cash-book of 17 columns: six of facts, ten of amounts, one running balance."""
    chance = random.Random(seed)
    facts = [Column("N°", width=8), Column("Date", "day"), Column("Libellé", letter="E", width=40)]
    facts += [Column("Chèque", width=9), Column("Action", width=12), Column("Pointé", "mark")]
    figures = [Column(f"Compte {index}", "cents", "K") for index in range(AMOUNTS)]
    rows: list[list[Cell]] = []
    for number in range(lines):
        label = f"L{number:04d} {chance.choice(LABELS)}"
        amounts = [chance.randint(-500_000, 5_000_000) for _ in range(AMOUNTS + 1)]
        rows.append([str(number), dt.date(2026, 3, 12), label, "", "", number % 2 == 0, *amounts])
    return Table("Cahier de comptabilité", [*facts, *figures, Column("Solde", "cents", running=True)], rows)


def pages(document):
    return [
        page.get_textpage().get_text_range().replace("\r\n", "\n").replace("\xa0", " ")
        for page in pypdfium2.PdfDocument(document)
    ]


def figures_after(mark, text):
    """The amounts that follow a mark, up to the next label."""
    following = re.split(r"\n[^\n]*L\d{4} ", text.split(f"\n{mark} ", 1)[1], maxsplit=1)[0]
    return [parse_euros(found) for found in AMOUNT.findall(following)]


@pytest.mark.parametrize("lines", [120, 23])
def test_every_page_carries_the_exact_sums_of_the_pages_before(lines):
    table = book(lines)
    texts = pages(pdf.cahier_pdf(table, LETTERHEAD))
    assert len(texts) > 1
    printed = 0
    for number, text in enumerate(texts, 1):
        first, last = number == 1, number == len(texts)
        carried = [sum(row[6 + index] for row in table.rows[:printed]) for index in range(AMOUNTS)]
        assert ("\nReport " in text) == (not first)
        if not first:
            assert figures_after("Report", text) == [*carried, table.rows[printed - 1][-1]]
        labels = [int(found) for found in re.findall(r"\bL(\d{4}) ", text)]
        assert labels == list(range(printed, printed + len(labels)))
        printed += len(labels)
        carried = [sum(row[6 + index] for row in table.rows[:printed]) for index in range(AMOUNTS)]
        assert ("\nÀ reporter " in text, "\nTotaux " in text) == (not last, last)
        assert figures_after("Totaux" if last else "À reporter", text) == [*carried, table.rows[printed - 1][-1]]
        assert f"page {number}/{len(texts)}" in text
    assert printed == lines


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 60), st.integers(0, 1000))
def test_no_line_is_lost_between_pages(lines, seed):
    found = re.findall(r"\bL(\d{4}) ", "".join(pages(pdf.cahier_pdf(book(lines, seed), LETTERHEAD))))
    assert [int(number) for number in found] == list(range(lines))


def test_totals_that_are_not_those_of_the_rows_are_refused():
    table = book(3)
    right = [None] * 6 + [sum(row[6 + index] for row in table.rows) for index in range(AMOUNTS)] + [table.rows[-1][-1]]
    pdf.cahier_pdf(Table(table.title, table.columns, table.rows, totals=right), LETTERHEAD)
    right[7] += 1
    with pytest.raises(ValueError, match="the total of 'Compte 1'"):
        pdf.cahier_pdf(Table(table.title, table.columns, table.rows, totals=right), LETTERHEAD)


def test_a_book_of_400_lines_prints_in_two_seconds():
    times = []
    for _ in range(3):  # the best of three: other work may share the machine
        began = time.perf_counter()
        document = pdf.cahier_pdf(book(400), LETTERHEAD)
        times.append(time.perf_counter() - began)
    assert min(times) < 2
    assert len(document) < 600_000


def test_the_same_data_give_the_same_bytes():
    assert pdf.cahier_pdf(book(30), LETTERHEAD) == pdf.cahier_pdf(book(30), LETTERHEAD)


def test_the_book_is_one_table_for_a_screen_reader():
    with pikepdf.open(io.BytesIO(pdf.cahier_pdf(book(60), LETTERHEAD))) as document:
        tags = [str(item.get("/S")) for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        assert len(document.pages) > 2
        assert (tags.count("/Table"), tags.count("/THead")) == (1, 1)


def test_a_document_is_titled_tagged_and_in_french():
    with pikepdf.open(io.BytesIO(pdf.cahier_pdf(book(3), LETTERHEAD))) as document:
        assert str(document.docinfo["/Title"]) == "Cahier de comptabilité"
        assert str(document.Root.Lang).lower() == "fr-fr"
        assert bool(document.Root.MarkInfo.Marked) is True
        assert document.pages[0].mediabox[2] > document.pages[0].mediabox[3]


def test_a_report_shows_letterhead_rows_and_totals():
    columns = [Column("Libellé", width=30), Column("Montant", "cents")]
    table = Table("Subventions", columns, [["Mairie", 123450]], totals=["Total", 123450], subtitle="Compte 7410")
    (text,) = pages(pdf.table_pdf(table, Letterhead("École", "085-099", "2025-2026", dt.date(2026, 6, 28), "empreinte ab12")))
    assert text.split("\n") == [
        "École 2025-2026",
        "085-099 Subventions",
        "Subventions",
        "Compte 7410",
        "Libellé Montant",
        "Mairie 1 234,50",
        "Total 1 234,50",
        "Imprimé le 28/06/2026 · empreinte ab12 page 1/1",
    ]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=120))
def test_any_text_can_be_printed(text):
    table = Table(text, [Column(text), Column("Montant", "cents")], [[text, 5]], subtitle=text)
    assert len(pages(pdf.table_pdf(table, LETTERHEAD))) >= 1


def test_markup_in_a_text_is_shown_and_not_run():
    table = Table("T", [Column("Libellé", width=60)], [['#read("/etc/passwd") *gras* 🎉']])
    assert '#read("/etc/passwd") *gras* □' in pages(pdf.table_pdf(table, LETTERHEAD))[0]


@pytest.mark.parametrize("name", ["../pdf_templates/table", "/etc/passwd", "absent", "table.typ", ""])
def test_only_the_templates_of_the_house_are_compiled(name):
    with pytest.raises(ValueError, match="no such template"):
        pdf.compile_pdf(name, {})


def test_a_template_reads_nothing_outside_its_folder(tmp_path, monkeypatch):
    (tmp_path / "secret.txt").write_text("secret")
    inside = tmp_path / "templates"
    inside.mkdir()
    (inside / "spy.typ").write_text('#set document(title: "T")\n#read("../secret.txt")')
    monkeypatch.setattr(pdf, "TEMPLATES", inside)
    with pytest.raises(SandboxRefused, match="project root"):
        pdf.compile_pdf("spy", {})


def test_merged_documents_keep_their_pages_in_order_with_bookmarks():
    parts = [pdf.cahier_pdf(book(60), LETTERHEAD), pdf.cahier_pdf(book(1), LETTERHEAD)]
    merged = pdf.merge_pdfs(parts, title="Dossier du mois", bookmarks=["Relevé", "Écriture 1"])
    assert pages(merged) == [*pages(parts[0]), *pages(parts[1])]
    with pikepdf.open(io.BytesIO(merged)) as document, document.open_outline() as outline:
        assert str(document.docinfo["/Title"]) == "Dossier du mois"
        assert [item.title for item in outline.root] == ["Relevé", "Écriture 1"]


def test_an_unreadable_part_is_named():
    with pytest.raises(ValueError, match="part 2 is not a readable PDF"):
        pdf.merge_pdfs([pdf.cahier_pdf(book(1), LETTERHEAD), b"no pdf"], title="T")


def test_the_fonts_hold_what_french_needs():
    assert fonts.printable("Œuvre «\u202fÉtÉ\u202f» ½ − 12,50\u00a0€ ✓ ’") == "Œuvre «\u202fÉtÉ\u202f» ½ − 12,50\u00a0€ ✓ ’"
    assert fonts.printable("e\u0301\t🎉\x07漢\r\n") == "é □□\n"
