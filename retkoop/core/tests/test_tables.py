"""One table, several renderers: the same figures, and no text that a spreadsheet would run."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retkoop.core.tables import BOM, Column, Table, safe_text, to_csv, to_html, to_xlsx

COLUMNS = (
    Column("Libellé", letter="E"),
    Column("Date", "day", "D"),
    Column("Entrée banque", "cents", "K"),
    Column("Lignes", "count"),
    Column("Pointé", "mark", "H"),
)
ROWS = (
    ("Goûter <b>; « fête »", dt.date(2026, 6, 28), 123450, 3, True),
    ("-12", dt.date(2026, 7, 1), -1250, 0, False),
    ("", None, None, None, None),
)
TABLE = Table("Cahier: 085-099", COLUMNS, ROWS, totals=("Totaux", None, 122200, 3, None), subtitle="Classe & école")
HOSTILE = st.builds(
    "{}{}".format, st.sampled_from(["", " ", "\u00a0", "=", "+", "-", "@", "\t", "\r", "\x00", "\ufeff="]), st.text()
)


def read_csv(table):
    text = "".join(to_csv(table))
    return text[:1], list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def read_xlsx(table):
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(table))).active


def test_the_page_shows_caption_scopes_and_cents():
    assert to_html(Table("T", COLUMNS[:3], [ROWS[0][:3]], totals=("Totaux", None, 5), subtitle="a & b")) == (
        '<table class="table"><caption>T<span class="table-subtitle">a &amp; b</span></caption><thead><tr>'
        '<th scope="col" class="text">Libellé <small class="letter">E</small></th>'
        '<th scope="col" class="day">Date <small class="letter">D</small></th>'
        '<th scope="col" class="cents">Entrée banque <small class="letter">K</small></th></tr></thead><tbody><tr>'
        '<td class="text">Goûter &lt;b&gt;; « fête »</td><td class="day">28/06/2026</td>'
        '<td class="cents" data-cents="123450">1\u202f234,50</td></tr></tbody>'
        '<tfoot><tr><th scope="row" class="text">Totaux</th><td class="day"></td>'
        '<td class="cents" data-cents="5">0,05</td></tr></tfoot></table>'
    )


def test_the_csv_follows_french_conventions():
    assert "".join(to_csv(TABLE)) == (
        f"{BOM}Libellé;Date;Entrée banque;Lignes;Pointé\r\n"
        '"Goûter <b>; « fête »";28/06/2026;1234,50;3;oui\r\n'
        "'-12;01/07/2026;-12,50;0;\r\n"
        ";;;;\r\n"
        "Totaux;;1222,00;3;\r\n"
    )


def test_a_long_csv_comes_in_pieces():
    table = Table("T", COLUMNS, [ROWS[0]] * 2000)
    assert len(list(to_csv(table))) > 3
    assert len(read_csv(table)[1]) == 2001


def test_the_workbook_has_numbers_dates_letters_and_a_frozen_header():
    sheet = read_xlsx(TABLE)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [
        ["Cahier: 085-099", None, None, None, None],
        ["Classe & école", None, None, None, None],
        ["E", "D", "K", None, "H"],
        ["Libellé", "Date", "Entrée banque", "Lignes", "Pointé"],
        ["Goûter <b>; « fête »", dt.datetime(2026, 6, 28), 1234.5, 3, "oui"],  # noqa: DTZ001
        ["-12", dt.datetime(2026, 7, 1), -12.5, 0, None],  # noqa: DTZ001
        [None, None, None, None, None],
        ["Totaux", None, 1222, 3, None],
    ]
    assert (sheet.title, sheet.freeze_panes, sheet["C5"].number_format, sheet["B5"].number_format) == (
        "Cahier  085-099",
        "A5",
        "#,##0.00",
        "dd/mm/yyyy",
    )
    assert sheet["E3"].font.size < sheet["E4"].font.size


@settings(max_examples=100)
@given(st.lists(HOSTILE, min_size=1, max_size=5))
@example([" \r"])
@example(["=1+1", " =1+1", "@SUM(A1)", "\t=1", "\x00=1", "-12", "＝1", "\ufeff=1"])
def test_no_text_becomes_a_formula(texts):
    table = Table("T", [Column(texts[0]), Column("Montant", "cents")], [[text, -1250] for text in texts])
    sheet = read_xlsx(table)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert [row[1].value for row in sheet.iter_rows(min_row=5)] == [-12.5] * len(texts)
    bom, rows = read_csv(table)
    assert bom == BOM
    assert rows == [[safe_text(texts[0]), "Montant"], *([safe_text(text), "-12,50"] for text in texts)]
    assert [
        row[0] for row in rows if row[0].lstrip(" \u00a0\ufeff")[:1] in ("=", "+", "-", "@", "\t", "\r", "\x00") and row[0]
    ] == []


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Goûter", "Goûter"),
        ("", ""),
        ("a=b", "a=b"),
        ("  retrait", "  retrait"),
        ("=A1", "'=A1"),
        (" \u00a0=A1", "' \u00a0=A1"),
        ("-12", "'-12"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\r", "'\r"),
        (" \r", "' \r"),
        ("\x00x", "'\x00x"),
        ("\u200b+x", "'\u200b+x"),
        ("\u200b \u200b+x", "'\u200b \u200b+x"),
    ],
)
def test_a_dangerous_start_gets_an_apostrophe(text, safe):
    assert safe_text(text) == safe


def test_an_amount_that_is_no_int_is_refused():
    with pytest.raises(TypeError):
        to_html(Table("T", [Column("Montant", "cents")], [["12"]]))
