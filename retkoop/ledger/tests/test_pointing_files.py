"""The scan of a statement, and the « Dossier du mois » for the binder."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.core.clock import travel
from retkoop.documents.services import Upload, prepared_uploads
from retkoop.documents.tests.samples import photo, scan_pdf
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Statement
from retkoop.ledger.services.pointing import save_statement, set_tick
from retkoop.ledger.services.receipts import attach_receipts
from retkoop.ledger.tests.books import Desk
from retkoop.ledger.tests.cahier_desk import TODAY, cahier_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast, settings, tmp_path: Path) -> Iterator[Desk]:
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "files", tmp_path
    with travel(TODAY):
        yield cahier_desk(cast)


@pytest.fixture
def statement(desk) -> Statement:
    """The statement of September, with two lines pointed on it; the first one has a receipt of two pages."""
    made = save_statement(treasury=desk.bank, ends_on=dt.date(2024, 9, 30), closing_cents=98_300, author=desk.teacher)
    bus = desk.pay(1_000, "Bus", dt.date(2024, 9, 12), piece="D1")
    snack = desk.pay(700, "Goûter", dt.date(2024, 9, 20), piece="D2")
    for entry in (bus, snack):
        set_tick(posting=desk.bank_line(entry), ticked=True, statement=made, author=desk.teacher)
    with prepared_uploads([Upload("facture.pdf", io.BytesIO(scan_pdf(2)))]) as ready:
        attach_receipts(entry=bus, ready=ready, author=desk.teacher)
    return made


def sent(client, statement: Statement, name: str, body: bytes, key: str = "k" * 32):
    files = {"fichiers": SimpleUploadedFile(name, body), "operation_key": key}
    return client.post(f"/pointage/{statement.pk}/document/", files)


def test_a_scan_is_attached_shown_and_taken_off(desk, statement, mandataire_a):
    client = signed_in(mandataire_a)
    answer = sent(client, statement, "releve.jpg", photo())
    assert (answer.status_code, answer["Location"]) == (303, f"/pointage/{statement.pk}/")
    statement.refresh_from_db()
    assert statement.document is not None
    assert f'href="/documents/{statement.document.pk}/' in client.get(f"/pointage/{statement.pk}/").content.decode()
    client.post(f"/pointage/{statement.pk}/document/retirer/", {"operation_key": "l" * 32})
    statement.refresh_from_db()
    assert statement.document is None


def test_a_file_that_is_no_document_is_refused_with_its_reason(desk, statement, mandataire_a):
    client = signed_in(mandataire_a)
    answer = client.post(
        f"/pointage/{statement.pk}/document/",
        {"fichiers": SimpleUploadedFile("releve.pdf", b"MZ not a document"), "operation_key": "k" * 32},
        headers={"X-Retkoop-Upload": "1"},
    )
    assert answer.status_code == 422
    statement.refresh_from_db()
    assert statement.document is None


def test_the_dossier_is_one_pdf_of_summary_statement_and_receipts_in_order(desk, statement, mandataire_a):
    client = signed_in(mandataire_a)
    sent(client, statement, "releve.jpg", photo())
    answer = client.get(f"/pointage/{statement.pk}/dossier.pdf")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as document, document.open_outline() as outline:
        marks = [item.title for item in outline.root]
        pages = len(document.pages)
    assert (marks, pages) == (["Récapitulatif", "Relevé du 30/09/2024", "D1 Bus"], 4)
    first = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range()
    assert [word in first for word in ("Bus", "Goûter", "aucun, le relevé est pointé", "2 pages")] == [True] * 4


def test_a_reader_prints_the_dossier_and_sends_nothing(desk, statement, reader_a):
    client = signed_in(reader_a)
    assert client.get(f"/pointage/{statement.pk}/dossier.pdf").status_code == 200
    assert sent(client, statement, "releve.jpg", photo()).status_code == 403
