"""The receipts of an entry on screen: sent, seen, replaced, removed, brought back; on closed years too."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.documents.models import Document
from retkoop.documents.tests import samples
from retkoop.identity.models import AuditEvent
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Attachment
from retkoop.ledger.services import closing

pytestmark = pytest.mark.django_db
SCRIPT = {"HTTP_X_RETKOOP_UPLOAD": "1"}


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR = tmp_path


@pytest.fixture
def entry(entry_desk):
    return entry_desk.write(bank=-1250, label="Bus pour le zoo")


def ticket(width: int = 300) -> SimpleUploadedFile:
    return SimpleUploadedFile("ticket.jpg", samples.photo(width, 400), "image/jpeg")


def page_of(entry) -> str:
    return f"/ecritures/{entry.pk}/justificatifs/"


def send(desk, path, *files, key="", **more):
    data = {"operation_key": key or uuid.uuid4().hex, "fichiers": list(files), **more.pop("fields", {})}
    return desk.client.post(path, data, **more)


def live(entry) -> list[Attachment]:
    return list(Attachment.objects.filter(entry=entry, removed_at__isnull=True).order_by("pk"))


def documents_of(entry) -> list[Document]:
    return [row.document for row in live(entry) if row.document is not None]


def test_a_file_sent_without_javascript_is_attached_and_its_reception_said(entry_desk, entry):
    answer = send(entry_desk, page_of(entry), ticket())
    assert (answer.status_code, answer["Location"]) == (303, page_of(entry))
    page = entry_desk.get(page_of(entry))
    assert re.search(r"Reçu à \d\d:\d\d, 1 page. Conservez l’original 10 ans.", page)
    (document,) = documents_of(entry)
    for words in (f"/documents/{document.pk}/page/1.jpg", f"/documents/{document.pk}/original", "ticket.jpg", "Retirer"):
        assert words in page
    assert 'data-receipt="' in entry_desk.get(f"/ecritures/{entry.pk}/")


def test_the_script_is_answered_with_the_same_sentence(entry_desk, entry):
    answer = send(entry_desk, page_of(entry), ticket(), **SCRIPT)
    said = answer.json()["received"][0]
    assert (answer.status_code, said["name"], said["document"]) == (201, "ticket.jpg", live(entry)[0].document_id)
    assert said["sentence"].endswith("1 page. Conservez l’original 10 ans.")


def test_several_photos_make_one_document(entry_desk, entry):
    send(entry_desk, page_of(entry), ticket(300), ticket(320))
    assert [document.pages for document in documents_of(entry)] == [2]


@pytest.mark.parametrize("script", [False, True])
def test_what_is_no_picture_is_refused_in_words_and_nothing_is_kept(entry_desk, entry, script):
    text = SimpleUploadedFile("notes.txt", b"bonjour", "text/plain")
    answer = send(entry_desk, page_of(entry), text, **(SCRIPT if script else {}))
    assert answer.status_code == 422
    said = answer.json()["refused"] if script else answer.content.decode()
    assert "Ce fichier est un fichier de texte" in said
    assert (live(entry), Document.objects.count()) == ([], 0)


def test_sending_nothing_says_what_to_do(entry_desk, entry):
    answer = send(entry_desk, page_of(entry))
    assert answer.status_code == 422
    assert "Aucun fichier n’a été choisi" in answer.content.decode()


@pytest.mark.parametrize("script", [False, True])
def test_the_same_form_twice_and_the_same_file_twice_leave_one_receipt(entry_desk, entry, script):
    headers, key = (SCRIPT if script else {}), uuid.uuid4().hex
    answers = [send(entry_desk, page_of(entry), ticket(), key=key, **headers).status_code for _ in range(2)]
    answers.append(send(entry_desk, page_of(entry), ticket(), **headers).status_code)
    assert answers == ([201] * 3 if script else [303] * 3)
    assert (len(live(entry)), Document.objects.count()) == (1, 1)


def test_a_key_reused_with_another_file_is_a_conflict(entry_desk, entry):
    key = uuid.uuid4().hex
    send(entry_desk, page_of(entry), ticket(), key=key)
    assert send(entry_desk, page_of(entry), ticket(310), key=key).status_code == 409
    assert len(live(entry)) == 1


def test_removing_is_undone_from_the_page_that_follows(entry_desk, entry):
    send(entry_desk, page_of(entry), ticket())
    (attachment,) = live(entry)
    answer = entry_desk.post(f"/justificatifs/{attachment.pk}/retirer/")
    assert (answer.status_code, answer["Location"]) == (303, f"{page_of(entry)}?retire={attachment.pk}")
    assert live(entry) == []
    page = entry_desk.get(page_of(entry), retire=str(attachment.pk))
    assert "«\u202fticket.jpg\u202f» est retiré de l’écriture" in page
    assert f'action="/justificatifs/{attachment.pk}/retablir/"' in page
    assert entry_desk.post(f"/justificatifs/{attachment.pk}/retablir/").status_code == 303
    assert live(entry) == [attachment]


def test_a_removed_receipt_does_not_come_back_beside_its_twin(entry_desk, entry):
    send(entry_desk, page_of(entry), ticket())
    (attachment,) = live(entry)
    entry_desk.post(f"/justificatifs/{attachment.pk}/retirer/")
    send(entry_desk, page_of(entry), ticket())
    answer = entry_desk.post(f"/justificatifs/{attachment.pk}/retablir/")
    assert answer.status_code == 422
    assert "déjà joint" in answer.content.decode()
    assert len(live(entry)) == 1


def test_replacing_takes_the_old_one_off_in_the_same_act(entry_desk, entry):
    send(entry_desk, page_of(entry), ticket())
    (old,) = live(entry)
    assert send(entry_desk, f"/justificatifs/{old.pk}/remplacer/", ticket(310)).status_code == 303
    (new,) = live(entry)
    old.refresh_from_db()
    assert (new.pk != old.pk, old.removed_at is not None) == (True, True)
    verbs = list(AuditEvent.objects.filter(verb__startswith="receipt.").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["receipt.attached", "receipt.attached"]


def test_no_receipt_expected_is_said_once_and_taken_back(entry_desk, entry):
    path = f"/ecritures/{entry.pk}/justificatif-attendu/"
    assert entry_desk.post(path, version="1", expected="").status_code == 303
    entry.refresh_from_db()
    assert (entry.receipt_expected, entry.version) == (False, 2)
    assert "Aucun justificatif n’est attendu" in entry_desk.get(page_of(entry))
    assert entry_desk.post(path, version="1", expected="on").status_code == 409
    assert entry_desk.post(path, version="2", expected="on").status_code == 303
    entry.refresh_from_db()
    assert entry.receipt_expected is True


def test_a_closed_year_still_receives_receipts_but_no_longer_changes_what_it_expects(entry_desk):
    entry = entry_desk.write(bank=-1250, day=entry_desk.last_year.start, year=entry_desk.last_year)
    closing.close_year(year=entry_desk.last_year, author=entry_desk.author)
    assert send(entry_desk, page_of(entry), ticket()).status_code == 303
    (attachment,) = live(entry)
    page = entry_desk.get(page_of(entry))
    assert "Pas de justificatif attendu" not in page
    assert entry_desk.post(f"/justificatifs/{attachment.pk}/retirer/").status_code == 303
    answer = entry_desk.post(f"/ecritures/{entry.pk}/justificatif-attendu/", version=str(entry.version), expected="")
    assert answer.status_code == 422
    assert "clôturée" in answer.content.decode()


def test_an_imported_receipt_is_known_by_its_digest_until_its_file_comes(entry_desk, entry):
    data = samples.photo(300, 400)
    send(entry_desk, page_of(entry), ticket())
    Attachment.objects.filter(entry=entry).update(document=None)
    assert "Connu par son empreinte, fichier absent" in entry_desk.get(page_of(entry))
    send(entry_desk, page_of(entry), SimpleUploadedFile("autre-nom.jpg", data, "image/jpeg"))
    assert [document.name for document in documents_of(entry)] == ["autre-nom.jpg"]


def test_the_way_back_to_the_cahier_is_kept_and_no_other(entry_desk, entry):
    back = "/cahier/?tri=libelle&mois=2025-10"
    page = entry_desk.get(page_of(entry), retour=back)
    assert 'href="/cahier/?tri=libelle&amp;mois=2025-10"' in page
    answer = send(entry_desk, page_of(entry), ticket(), fields={"retour": back})
    assert answer["Location"] == f"{page_of(entry)}?retour=/cahier/%3Ftri%3Dlibelle%26mois%3D2025-10"
    assert "ailleurs" not in entry_desk.get(page_of(entry), retour="//ailleurs.example/")


def test_a_reader_sees_without_touching_and_a_stranger_sees_nothing(entry_desk, entry):
    send(entry_desk, page_of(entry), ticket())
    (attachment,) = live(entry)
    reader, stranger = signed_in(entry_desk.cast.reader_a), signed_in(entry_desk.cast.mandataire_b)
    page = reader.get(page_of(entry))
    assert (page.status_code, "Retirer" in page.content.decode()) == (200, False)
    removal, key = f"/justificatifs/{attachment.pk}/retirer/", {"operation_key": uuid.uuid4().hex}
    assert reader.post(removal, key).status_code == 403
    assert (stranger.get(page_of(entry)).status_code, stranger.post(removal, key).status_code) == (404, 404)
    assert len(live(entry)) == 1
