"""Receipts inside the form of a new entry: received at once or with the form, attached when it is recorded, never lost."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.documents.models import Document
from retkoop.documents.tests import samples
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Attachment, Draft, Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR = tmp_path


def ticket() -> SimpleUploadedFile:
    return SimpleUploadedFile("ticket.jpg", samples.photo(300, 400), "image/jpeg")


def received(desk) -> int:
    """What the script does on choosing a file."""
    data = {"operation_key": uuid.uuid4().hex, "fichiers": ticket()}
    answer = desk.client.post("/documents/", data, HTTP_X_RETKOOP_UPLOAD="1")
    return int(answer.json()["received"][0]["document"])


def attached(entry) -> list[int]:
    return list(Attachment.objects.filter(entry=entry, removed_at__isnull=True).values_list("document_id", flat=True))


def named(answer) -> list[str]:
    """The documents that the form shown again names."""
    return re.findall(r'name="documents" value="(\d+)"', answer.content.decode())


def test_a_file_already_received_is_attached_to_the_recorded_entry(entry_desk):
    document = received(entry_desk)
    entry = entry_desk.recorded(entry_desk.spend(documents=[str(document)]))
    assert attached(entry) == [document]


def test_a_file_that_comes_with_the_form_is_attached_too(entry_desk):
    key = uuid.uuid4().hex
    entry = entry_desk.recorded(entry_desk.spend(fichiers=ticket(), key=key))
    again = entry_desk.spend(fichiers=ticket(), key=key)
    assert (again.status_code, Entry.objects.filter(label="Bus pour le zoo").count()) == (303, 1)
    assert (len(attached(entry)), Document.objects.count()) == (1, 1)


def test_a_refused_form_keeps_its_files(entry_desk):
    answer = entry_desk.spend(fichiers=ticket(), label="")
    document = Document.objects.get()
    assert (answer.status_code, named(answer)) == (422, [str(document.pk)])
    entry = entry_desk.recorded(entry_desk.spend(documents=named(answer)))
    assert attached(entry) == [document.pk]


def test_the_old_button_sends_the_image_and_gives_the_form_back(entry_desk):
    answer = entry_desk.spend(fichiers=ticket(), label="", envoyer_image="1")
    assert (answer.status_code, named(answer)) == (200, [str(Document.objects.get().pk)])
    assert 'value="12,50"' in answer.content.decode()
    assert "Il reste un point" not in answer.content.decode()
    assert entry_desk.spend(envoyer_image="1").status_code == 422
    assert Entry.objects.filter(label="Bus pour le zoo").count() == 0


def test_a_file_that_cannot_be_received_holds_the_entry_back_with_the_reason(entry_desk):
    bad = SimpleUploadedFile("notes.txt", b"bonjour", "text/plain")
    answer = entry_desk.spend(fichiers=bad)
    assert answer.status_code == 422
    assert "Ce fichier est un fichier de texte" in answer.content.decode()
    assert Entry.objects.filter(label="Bus pour le zoo").count() == 0


def test_a_draft_keeps_its_receipts_until_it_is_finished(entry_desk):
    document = received(entry_desk)
    entry_desk.spend(documents=[str(document)], label="", save_draft="1")
    draft = Draft.objects.get()
    answer = entry_desk.client.get("/ecritures/nouvelle/", {"brouillon": draft.pk})
    assert named(answer) == [str(document)]
    finished = entry_desk.spend(documents=named(answer), draft=draft.pk, draft_version=draft.version)
    assert attached(entry_desk.recorded(finished)) == [document]


def test_another_cooperatives_file_is_never_attached(entry_desk):
    data = {"operation_key": uuid.uuid4().hex, "fichiers": ticket()}
    other = signed_in(entry_desk.cast.mandataire_b).post("/documents/", data, HTTP_X_RETKOOP_UPLOAD="1").json()
    entry = entry_desk.recorded(entry_desk.spend(documents=[str(other["received"][0]["document"]), "x", "-1"]))
    assert attached(entry) == []
