"""« Version imprimable » and « Exportation »: the same figures as the screen, to the cent."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator

import openpyxl
import pikepdf
import pypdfium2
import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.services import entries
from retkoop.ledger.tests.books import Desk
from retkoop.ledger.tests.cahier_desk import TODAY, cahier_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast) -> Iterator[Desk]:
    with travel(TODAY):
        made = cahier_desk(cast)
        made.receive(30_000, "Familles", dt.date(2024, 10, 1), piece="R1", tick=True)
        made.pay(123_456, "=HYPERLINK(bus)", dt.date(2024, 10, 2), piece="D1", cheque="4000114", action="Musée")
        lines = (Line("bank", 2_000, made.bank.pk), Line("cash", -2_000, made.cash.pk))
        content = EntryContent(dt.date(2024, 11, 3), "Remise d’espèces", lines, piece="V1", receipt_expected=False)
        entries.record_entry(year=made.year, content=content, author=made.teacher)
        yield made


def exported(client, query: str = "") -> list[list[str]]:
    answer = client.get(f"/cahier/exportation.csv{query}")
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_csv_is_french_and_says_what_the_screen_says(desk, mandataire_a):
    head, *rows = exported(signed_in(mandataire_a))
    assert head[:13] == [
        "Pièce", "Justif.", "Date", "Libellé", "N° chèque", "Action", "Pointage",
        "Entrée banque", "Sortie banque", "Solde banque", "Entrée caisse", "Sortie caisse", "Solde caisse",
    ]  # fmt: skip
    item = "Librairie (dont 50,00\u00a0€ en sortie, repris de l’année précédente)"
    year = "Report à nouveau de l’année précédente"
    assert [row[:13] for row in rows] == [
        ["", "", "01/09/2024", year, "", "", "", "950,00", "", "950,00", "20,00", "", "20,00"],
        ["", "", "20/08/2024", item, "4000101", "", "–", "", "", "", "", "", ""],
        ["R1", "manquant", "01/10/2024", "Familles", "", "", "31/05/2025", "300,00", "", "1250,00", "", "", ""],
        ["D1", "manquant", "02/10/2024", "'=HYPERLINK(bus)", "4000114", "Musée", "–", "", "1234,56", "15,44", "", "", ""],
        ["V1", "non attendu", "03/11/2024", "Remise d’espèces", "", "", "–", "20,00", "", "35,44", "", "20,00", "0,00"],
        ["Totaux", "", "", "", "", "", "", "1270,00", "1234,56", "35,44", "20,00", "20,00", "0,00"],
    ]  # fmt: skip


def test_the_workbook_holds_the_same_amounts_as_numbers_under_the_same_letters(desk, mandataire_a):
    client = signed_in(mandataire_a)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/cahier/exportation.xlsx").content)).active
    letters = [cell.value for cell in sheet[3]][:13]
    assert letters == ["B", None, "D", "E", "F", "G", "H", "K", "O", None, "Q", "R", None]
    found = [[cell.value for cell in row[7:13]] for row in sheet.iter_rows(min_row=5)]
    numbers = [[float(text.replace(",", ".")) if text else None for text in row[7:13]] for row in exported(client)[1:]]
    assert found == numbers


def test_the_printable_version_is_landscape_and_holds_every_amount(desk, mandataire_a):
    client = signed_in(mandataire_a)
    answer = client.get("/cahier/imprimable.pdf")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        box = [float(side) for side in document.pages[0].mediabox]
        assert (round(box[2]), round(box[3])) == (842, 595)
    text = re.sub(r"(?<=\d)\s(?=\d{3},)", "", text_of(answer.content))
    missing = [cell for row in exported(client)[1:] for cell in row[7:] if cell and cell.replace("-", "−") not in text]
    assert missing == []
    assert "1/1" in text.replace(" ", "")


def test_a_filter_goes_to_the_files_too(desk, mandataire_a):
    client = signed_in(mandataire_a)
    rows = exported(client, "?mois=2024-10&tri=piece")
    assert [row[0] for row in rows[1:]] == ["D1", "R1", "Totaux"]
    assert rows[-1][7:9] == ["300,00", "1234,56"]
    assert client.get("/cahier/imprimable.pdf?mois=2024-10").status_code == 200


def test_an_empty_book_prints_and_exports(cooperative_b, mandataire_b):
    with travel(TODAY):
        client = signed_in(mandataire_b)
        assert [row[0] for row in exported(client)] == ["Pièce", "", "Totaux"]
        assert client.get("/cahier/imprimable.pdf").status_code == 200
        assert client.get("/cahier/").status_code == 200
