"""Sheets made of blocks: every block prints what it is given."""

import datetime as dt

import pypdfium2
from hypothesis import given, settings
from hypothesis import strategies as st

from retkoop.core.pdf import Letterhead
from retkoop.core.sheets import (
    Address,
    Block,
    Facts,
    Heading,
    NewPage,
    Paragraph,
    QrCode,
    Signatures,
    TwoColumns,
    sheet_pdf,
)
from retkoop.core.tables import Column, Table

LETTERHEAD = Letterhead("École des Tilleuls", "Coopérative 085-099", "2025-2026", dt.date(2026, 6, 28))
COLUMNS = (Column("Libellé"), Column("Montant", "cents"))


def lines(document):
    (page,) = pypdfium2.PdfDocument(document)
    return page.get_textpage().get_text_range().split("\r\n")


def test_a_sheet_prints_its_blocks_in_order():
    blocks: list[Block] = [
        Address(["Mme Martin", "85320 Mareuil"]),
        Heading("Votre accès"),
        Paragraph("Bonjour."),
        Paragraph("https://retkoop.example/a", "code"),
        Facts([("Banque", "Crédit Mutuel")]),
        Table("Chèques", COLUMNS, [["M. Dupont", 1250]], totals=["Total", 1250]),
        Signatures(["Le mandataire"]),
        Paragraph("Petite note.", "small"),
    ]
    assert lines(sheet_pdf("Bordereau", blocks, LETTERHEAD, subtitle="Remise n° 4"))[2:-1] == [
        "Bordereau",
        "Remise n° 4",
        "Mme Martin",
        "85320 Mareuil",
        "Votre accès",
        "Bonjour.",
        "https://retkoop.example/a",
        "Banque\u202f: Crédit Mutuel",
        "Chèques",
        "Libellé Montant",
        "M. Dupont 12,50",
        "Total 12,50",
        "Le mandataire",
        "Petite note.",
    ]


def test_two_columns_stand_side_by_side():
    left = Table("Charges", COLUMNS, [["Achats", 100]])
    right = Table("Produits", COLUMNS, [["Ventes", 200]])
    document = pypdfium2.PdfDocument(sheet_pdf("Bilan", [TwoColumns([left], [right])], LETTERHEAD))
    page = document[0].get_textpage()
    charges, products = (page.get_charbox(page.search(word).get_next()[0]) for word in ("Charges", "Produits"))
    assert abs(charges[3] - products[3]) < 3
    assert charges[0] < 297 < products[0]


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_stand_in_any_block(text):
    blocks: list[Block] = [
        Address([text]),
        Heading(text),
        Paragraph(text, "code"),
        Facts([(text, text)]),
        Table(text, COLUMNS, [[text, 1]], totals=[text, 1]),
        Signatures([text]),
    ]
    assert lines(sheet_pdf(text, blocks, LETTERHEAD))[-1].endswith("Imprimé le 28/06/2026 page 1/1")


def test_several_letters_stand_in_one_file_each_on_a_page_with_its_code():
    link = "https://retkoop.example/acces/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG/"
    letter: list[Block] = [Paragraph("Bonjour."), QrCode(link, "Adresse de l’accès")]
    document = pypdfium2.PdfDocument(sheet_pdf("Votre accès", [*letter, NewPage(), *letter], LETTERHEAD))
    pages = [page.get_textpage().get_text_range().split("\r\n") for page in document]
    assert [page[2:4] for page in pages] == [["Votre accès", "Bonjour."]] * 2
    assert pages[0][-1].endswith("page 1/2")
    darkest, _ = document[0].render(scale=1).to_pil().convert("L").crop((20, 90, 130, 200)).getextrema()
    assert darkest < 20, "the code is drawn in black"
