"""`/compte-rendu/quitus/`: the page printed, the signed page that comes back, what is told when something is missing."""

import re
import uuid

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.documents.models import Document
from retkoop.documents.tests.samples import pdf_bytes, photo, text_pdf
from retkoop.identity.tests.cast import signed_in
from retkoop.yearend.models import Paper, Quitus, Report
from retkoop.yearend.queries.digest import short_digest
from retkoop.yearend.queries.quitus import quitus_standing
from retkoop.yearend.tests.quitus_desk import LEA, MARC, make_quitus_desk, on_the_day

PAGE = "/compte-rendu/quitus/"
SIGNED = {"name_1": "Léa Parent", "quality_1": "parent", "name_3": "Marc Voisin", "quality_3": "teacher"}


@pytest.fixture
def desk(cast):
    with on_the_day():
        yield make_quitus_desk(cast)


def words(body):
    pages = pypdfium2.PdfDocument(body)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).replace("\u202f", " ").split())


def sign(desk, quitus, client=None, **fields):
    return desk.post(f"{PAGE}{quitus.pk}/signer/", client, **fields)


def scan(name="quitus.pdf"):
    return SimpleUploadedFile(name, pdf_bytes(text_pdf()))


def test_printing_leads_to_the_page_with_the_reports_figures_and_the_digest(desk):
    answer = desk.post(f"{PAGE}imprimer/", annee="2024-2025")
    quitus = Quitus.objects.get()
    assert answer["Location"] == f"{PAGE}{quitus.pk}/quitus.pdf"
    said = words(desk.client.get(answer["Location"]).content)
    for figure in ("3 280,00", "2 880,00", "400,00", "1 850,00", "2 205,00", "2 290,00", "45,00", "500,00"):
        assert figure in said.replace("\u00a0", " ")
    assert short_digest(quitus.digest) in said
    assert "parent d’élève" in said


def test_the_same_books_are_printed_once_and_changed_books_anew(desk):
    first = desk.print()
    assert desk.print() == first
    desk.change_books()
    second = desk.print()
    assert second != first
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert "Page sans valeur" in words(desk.client.get(f"{PAGE}{first.pk}/quitus.pdf").content)


def test_the_printed_figures_stay_those_of_the_day_it_was_made(desk):
    quitus = desk.print()
    desk.change_books(5_000)
    said = words(desk.client.get(f"{PAGE}{quitus.pk}/quitus.pdf").content)
    assert "2 880,00" in said.replace("\u00a0", " ")
    assert "Page sans valeur" in said


def test_a_photo_of_the_signed_page_gives_the_quitus(desk):
    quitus = desk.print()
    answer = sign(desk, quitus, fichiers=[SimpleUploadedFile("a.jpg", photo()), SimpleUploadedFile("b.jpg", photo())], **SIGNED)
    assert answer.status_code == 303
    quitus.refresh_from_db()
    assert quitus_standing(quitus.report) == quitus
    assert quitus.document is not None
    assert (quitus.document.pages, quitus.document.content_type) == (2, "application/pdf")
    assert [row.name for row in quitus.verifiers.order_by("pk")] == ["Léa Parent", "Marc Voisin"]
    assert Paper.objects.get().document == quitus.document


MISSING = {
    "no file": ({**SIGNED}, "Choisissez le document signé"),
    "no quality": ({**SIGNED, "quality_3": "", "fichiers": "scan"}, "parent d’élève, un enseignant"),
    "no name": ({"quality_1": "parent", "fichiers": "scan"}, "Écrivez le prénom et le nom"),
    "one person": ({"name_1": "Léa Parent", "quality_1": "parent", "fichiers": "scan"}, "au moins 2 vérificateurs"),
    "the mandataire": ({**SIGNED, "name_3": "Anne Maret", "fichiers": "scan"}, "extérieur à la comptabilité"),
    "two files": ({**SIGNED, "fichiers": "two"}, "Un seul document"),
    "a text": ({**SIGNED, "fichiers": "text"}, "un fichier de texte"),
}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_is_told_and_what_was_typed_stays(desk, what):
    fields, sentence = MISSING[what]
    files = {"scan": [scan()], "two": [scan(), scan("b.pdf")], "text": [SimpleUploadedFile("a.txt", b"bonjour")]}
    sent = fields | {"fichiers": files[fields["fichiers"]]} if "fichiers" in fields else fields
    answer = sign(desk, desk.print(), **sent)
    page = answer.content.decode().replace("\u202f", " ")
    assert answer.status_code == 422
    assert sentence in page
    assert not fields.get("name_1") or f'value="{fields["name_1"]}"' in page
    assert not Quitus.objects.filter(given_at__isnull=False).exists()


def test_a_file_already_received_is_kept_while_a_name_is_mended(desk):
    quitus = desk.print()
    answer = sign(desk, quitus, fichiers=[scan()], **SIGNED | {"quality_3": ""})
    kept = re.search(r'name="documents" value="(\d+)"', answer.content.decode())
    assert kept
    assert sign(desk, quitus, documents=kept[1], **SIGNED).status_code == 303
    quitus.refresh_from_db()
    assert (quitus.document_id, Document.objects.count()) == (int(kept[1]), 1)


def test_another_books_document_is_not_taken(desk, cast):
    other = desk.post("/documents/", signed_in(cast.mandataire_b), fichiers=[scan()])
    assert other.status_code == 303
    foreign = Document.objects.get()
    assert sign(desk, desk.print(), documents=str(foreign.pk), **SIGNED).status_code == 422


def test_a_page_printed_before_a_change_cannot_be_signed_after_it(desk):
    quitus = desk.print()
    desk.change_books()
    answer = sign(desk, quitus, fichiers=[scan()], **SIGNED)
    assert answer.status_code == 422
    page = desk.client.get(PAGE).content.decode()
    assert "data-outdated" in page
    assert "les écritures, les montants des écritures ou le report à nouveau" in page


def test_the_ad_writes_down_a_page_that_came_by_post_and_the_cooperative_does_not(desk):
    quitus = desk.print()
    assert sign(desk, quitus, received_on="18/09/2025", **SIGNED).status_code == 422
    assert sign(desk, quitus, desk.ad_client, received_on="18/09/2025", **SIGNED).status_code == 303
    paper = Paper.objects.get()
    assert (paper.way, paper.received_on.isoformat(), paper.on_behalf) == ("post", "2025-09-18", desk.cast.ad_085)


def test_a_quitus_is_taken_back_and_another_given(desk):
    quitus = desk.sign(desk.print(), LEA, MARC)
    assert desk.post(f"{PAGE}{quitus.pk}/retirer/").status_code == 303
    assert quitus_standing(quitus.report) is None
    assert "Imprimer cette page Quitus" in desk.client.get(PAGE).content.decode()
    assert quitus_standing(desk.sign(desk.print(), LEA, MARC).report) is not None


def test_once_sent_the_cooperative_changes_nothing(desk):
    quitus = desk.sign(desk.print(), LEA, MARC)
    Report.objects.update(state="submitted")
    assert desk.post(f"{PAGE}{quitus.pk}/retirer/").status_code == 422
    assert desk.post(f"{PAGE}imprimer/").status_code == 422
    assert "Retirer ce quitus" not in desk.client.get(PAGE).content.decode()
    assert quitus_standing(quitus.report) == quitus


def test_a_reader_looks_and_does_not_print(desk, cast):
    reader = signed_in(cast.reader_a)
    assert reader.get(PAGE).status_code == 200
    assert "Imprimer cette page Quitus" not in reader.get(PAGE).content.decode()
    assert desk.post(f"{PAGE}imprimer/", reader).status_code == 403


def test_the_page_begun_twice_from_one_form_is_one_page(desk):
    key = {"operation_key": uuid.uuid4().hex}
    places = {desk.client.post(f"{PAGE}imprimer/", key)["Location"] for _ in range(2)}
    assert len(places) == Quitus.objects.count() == 1


def test_the_certificate_bears_names_qualities_draw_and_digest(desk):
    quitus = desk.invite(LEA, MARC)
    said = words(desk.client.get(f"{PAGE}{quitus.pk}/quitus.pdf").content)
    for word in (
        "Léa Parent",
        "Marc Voisin",
        "parent d’élève",
        quitus.seed,
        short_digest(quitus.digest),
        "demandé sans papier",
        "Le quitus n’est pas encore donné.",
    ):
        assert word in said
    assert "a signé" not in said  # nobody has yet
