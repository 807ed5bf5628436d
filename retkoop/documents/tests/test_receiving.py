"""A document chosen is a document received: whole, durable, once, and given back bit for bit."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from django.db import connection, transaction

from retkoop.core import clock
from retkoop.documents import queries, services, vault
from retkoop.documents.models import Document
from retkoop.documents.tests import samples
from retkoop.identity import audit
from retkoop.identity.models import AuditEvent, Cooperative

pytestmark = pytest.mark.django_db


def receive(
    data: bytes, name: str = "ticket.jpg", cooperative: Cooperative | None = None, author: audit.Author | None = None
) -> Document:
    return services.receive(
        cooperative=cooperative or samples.cooperative(),
        author=author or samples.author(),
        name=name,
        stream=io.BytesIO(data),
    )


def names(document: Document) -> list[str]:
    return sorted([str(document.original.name), str(document.copy.name)])


def files_under(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_original_is_kept_bit_for_bit_with_its_digest():
    data = samples.photo()
    document = receive(data)
    assert vault.path_of(document.original.name).read_bytes() == data
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert (document.size, document.pages, document.content_type) == (len(data), 1, "image/jpeg")


def test_names_on_disk_are_made_of_ids_alone(files):
    document = receive(samples.photo(), name="../../etc/Facture Mme Durand.jpg")
    place = str(document.original.name).split("/")
    assert place[:2] == [str(document.cooperative_id), str(clock.now().year)]
    assert (len(place[2]), place[3]) == (32, "original.jpg")
    assert document.name == "Facture Mme Durand.jpg"
    assert files_under(files) == names(document)


def test_receiving_alone_is_one_audited_act():
    document = receive(samples.photo())
    event = AuditEvent.objects.get()
    assert (event.verb, event.subject_type, event.subject_id) == ("document.receive", "document", document.pk)
    assert document.sha256 in (event.payload or "")


def test_the_same_file_sent_again_is_a_new_row_over_the_same_stored_file(files):
    cooperative, author = samples.cooperative(), samples.author()
    first = receive(samples.photo(), cooperative=cooperative, author=author)
    second = receive(samples.photo(), name="encore.jpg", cooperative=cooperative, author=author)
    assert first.pk != second.pk
    assert (first.original.name, first.copy.name) == (second.original.name, second.copy.name)
    assert len(files_under(files)) == 2


def test_two_cooperatives_never_share_a_stored_file(files):
    author = samples.author()
    first = receive(samples.photo(), cooperative=samples.cooperative("099"), author=author)
    second = receive(samples.photo(), cooperative=samples.cooperative("100"), author=author)
    assert first.original.name != second.original.name
    assert len(files_under(files)) == 4


def test_a_file_whose_twin_was_lost_is_stored_anew(files):
    cooperative, author = samples.cooperative(), samples.author()
    first = receive(samples.photo(), cooperative=cooperative, author=author)
    vault.path_of(first.original.name).unlink()
    second = receive(samples.photo(), cooperative=cooperative, author=author)
    assert vault.path_of(second.original.name).read_bytes() == samples.photo()


def test_attaching_inside_another_act_is_one_event():
    cooperative, author = samples.cooperative(), samples.author()
    with (
        services.prepared(name="a.jpg", stream=io.BytesIO(samples.photo())) as ready,
        audit.act(cooperative, author, "entry.attach") as done,
    ):
        document = services.store(cooperative=cooperative, author=author, ready=ready)
        done.payload = services.facts(document)
    assert [event.verb for event in AuditEvent.objects.all()] == ["entry.attach"]


def test_an_act_that_fails_after_storing_leaves_neither_row_nor_file(files):
    cooperative, author = samples.cooperative(), samples.author()
    with (
        pytest.raises(LookupError),
        services.prepared(name="a.jpg", stream=io.BytesIO(samples.photo())) as ready,
        audit.act(cooperative, author, "entry.attach"),
    ):
        services.store(cooperative=cooperative, author=author, ready=ready)
        raise LookupError("the entry has gone")
    assert Document.objects.count() == 0
    assert files_under(files) == []


def test_the_files_are_in_place_before_the_row_is_committed(files):
    cooperative, author = samples.cooperative(), samples.author()
    with services.prepared(name="a.jpg", stream=io.BytesIO(samples.photo())) as ready, transaction.atomic():
        document = services.store(cooperative=cooperative, author=author, ready=ready)
        assert connection.in_atomic_block
        assert files_under(files) == names(document)


def test_a_refused_file_leaves_nothing(files):
    with pytest.raises(services.Refused):
        receive(b"bonjour", name="note.txt")
    assert files_under(files) == []
    assert list(vault.work_folders()) == []


def receive_all(*uploads: services.Upload) -> list[Document]:
    return services.receive_all(cooperative=samples.cooperative(), author=samples.author(), uploads=uploads)


def test_several_photos_become_one_document_of_several_pages():
    (document,) = receive_all(
        services.Upload("recto.jpg", io.BytesIO(samples.photo())),
        services.Upload("verso.png", io.BytesIO(samples.photo(600, 800, "PNG"))),
    )
    assert (document.pages, document.content_type, document.name) == (2, "application/pdf", "recto (2 pages).pdf")
    assert samples.photo() in vault.path_of(document.original.name).read_bytes()
    assert document.copy_size <= document.size


def test_pdfs_chosen_with_photos_stay_documents_of_their_own_in_the_same_act():
    pdf = samples.pdf_bytes(samples.text_pdf(3))
    documents = receive_all(
        services.Upload("recto.jpg", io.BytesIO(samples.photo())),
        services.Upload("facture.pdf", io.BytesIO(pdf)),
    )
    assert [(document.name, document.pages) for document in documents] == [("recto.jpg", 1), ("facture.pdf", 3)]
    assert AuditEvent.objects.count() == 1


def test_one_refused_file_refuses_the_whole_choice(files):
    with pytest.raises(services.Refused):
        receive_all(
            services.Upload("recto.jpg", io.BytesIO(samples.photo())),
            services.Upload("facture.pdf", io.BytesIO(b"bonjour")),
        )
    assert (Document.objects.count(), files_under(files)) == (0, [])


def test_a_pdf_that_says_that_it_is_a_photo_is_named_in_the_refusal():
    with pytest.raises(services.Refused, match=r"« verso\.jpg » est un PDF"):
        receive_all(
            services.Upload("recto.jpg", io.BytesIO(samples.photo())),
            services.Upload("verso.jpg", io.BytesIO(samples.pdf_bytes(samples.text_pdf()))),
        )


def test_nothing_chosen_is_refused():
    with pytest.raises(services.Refused, match="Aucun fichier"):
        receive_all()


def test_the_receipt_says_the_hour_of_the_ad_and_the_pages():
    document = receive(samples.scan_pdf(2), name="scan.pdf")
    document.received_at = document.received_at.replace(month=1, hour=13, minute=32)
    assert queries.received_sentence(document) == "Reçu à 14:32, 2 pages. Conservez l’original 10 ans."
    document.cooperative.association.time_zone = "Indian/Reunion"
    assert queries.received_sentence(document) == "Reçu à 17:32, 2 pages. Conservez l’original 10 ans."


def test_the_sweep_finds_nothing_in_a_sound_folder():
    receive(samples.photo())
    assert list(queries.check()) == []


def test_the_sweep_names_a_missing_a_changed_and_an_orphan_file(files):
    author = samples.author()
    lost = receive(samples.photo(), cooperative=samples.cooperative("099"), author=author)
    changed = receive(samples.photo(), cooperative=samples.cooperative("100"), author=author)
    vault.path_of(lost.copy.name).unlink()
    path = vault.path_of(changed.original.name)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    stray = files / str(lost.cooperative_id) / "2026" / ("0" * 32)
    stray.mkdir(parents=True)
    (stray / "original.jpg").write_bytes(b"x")
    os.utime(stray / "original.jpg", (0, 0))
    found = {(finding["invariant"], finding["cooperative"]) for finding in queries.check()}
    assert found == {("D1", "085-099"), ("D2", "085-099"), ("D3", "085-100")}


def test_removing_orphans_keeps_every_document(files):
    document = receive(samples.photo())
    stray = files / "7" / "2026" / "abc"
    stray.mkdir(parents=True)
    (stray / "original.jpg").write_bytes(b"x")
    half = vault.workplace()
    for path in (stray / "original.jpg", half):
        os.utime(path, (0, 0))
    assert services.remove_orphans() == 2
    assert (stray.exists(), half.exists()) == (False, False)
    assert vault.path_of(document.original.name).is_file()
