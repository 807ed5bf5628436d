"""The pages of a document: its own cooperative sees it, nobody else knows that it exists."""

import io
import re
import uuid

import pytest
from django.conf import settings as site
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from PIL import Image

from retkoop.documents import services, vault
from retkoop.documents.models import Document
from retkoop.documents.tests import samples
from retkoop.identity.models import AuditEvent
from retkoop.identity.tests.cast import Cast, author, signed_in

pytestmark = pytest.mark.django_db
PLACES = ("", "copie", "page/1.jpg", "original")


def received(cast: Cast, data: bytes, name: str = "ticket.jpg") -> Document:
    return services.receive(
        cooperative=cast.cooperative_a, author=author(cast.mandataire_a), name=name, stream=io.BytesIO(data)
    )


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_page_shows_each_page_of_the_copy_and_the_facts(cast):
    document = received(cast, samples.scan_pdf(2), "facture.pdf")
    html = signed_in(cast.mandataire_a).get(f"/documents/{document.pk}/?retour=/cahier/").content.decode()
    assert [f"/documents/{document.pk}/page/{page}.jpg" in html for page in (1, 2, 3)] == [True, True, False]
    for words in ("facture.pdf", "2 pages", document.sha256, "Anne Maret", 'href="/cahier/"'):
        assert words in html


def test_the_original_comes_back_bit_for_bit_as_an_attachment_only(cast):
    data = samples.photo(300, 400)
    document = received(cast, data, "Facture de l’école.jpg")
    response = signed_in(cast.mandataire_a).get(f"/documents/{document.pk}/original")
    assert body(response) == data
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Facture%20de%20l%E2%80%99%C3%A9cole.jpg"
    assert response["Content-Security-Policy"].startswith("sandbox;")
    assert (response["X-Content-Type-Options"], response["Content-Type"]) == ("nosniff", "image/jpeg")
    assert "no-store" in response["Cache-Control"]


def test_a_misleading_name_gets_the_suffix_of_what_the_file_is(cast):
    document = received(cast, samples.photo(300, 400), "facture.exe")
    response = signed_in(cast.mandataire_a).get(f"/documents/{document.pk}/original")
    assert response["Content-Disposition"] == 'attachment; filename="facture.exe.jpg"'


def test_the_copy_of_an_image_is_shown_and_that_of_a_pdf_is_attached(cast):
    client = signed_in(cast.mandataire_a)
    image = client.get(f"/documents/{received(cast, samples.photo(300, 400)).pk}/copie")
    pdf = client.get(f"/documents/{received(cast, samples.scan_pdf(1), 'scan.pdf').pk}/copie")
    assert (image["Content-Type"], image["Content-Disposition"][:6]) == ("image/jpeg", "inline")
    assert (pdf["Content-Type"], pdf["Content-Disposition"][:10]) == ("application/pdf", "attachment")
    for response in (image, pdf):
        assert response["Content-Security-Policy"].startswith("sandbox;")
        assert response["X-Content-Type-Options"] == "nosniff"


def test_the_pages_of_a_pdf_are_drawn_once(cast):
    document = received(cast, samples.scan_pdf(2), "scan.pdf")
    client = signed_in(cast.mandataire_a)
    picture = Image.open(io.BytesIO(body(client.get(f"/documents/{document.pk}/page/2.jpg"))))
    assert picture.format == "JPEG"
    drawn = vault.preview_folder(str(document.copy.name).rpartition("/")[0]) / "2.jpg"
    at = drawn.stat().st_mtime_ns
    body(client.get(f"/documents/{document.pk}/page/2.jpg"))
    assert drawn.stat().st_mtime_ns == at
    assert [client.get(f"/documents/{document.pk}/page/{page}.jpg").status_code for page in (0, 3)] == [404, 404]


@pytest.mark.parametrize("place", PLACES)
def test_a_stranger_gets_the_page_of_an_absent_document(cast, place):
    document = received(cast, samples.photo(300, 400))
    for stranger in (cast.mandataire_b, cast.mandataire_c):
        client = signed_in(stranger)
        foreign = client.get(f"/documents/{document.pk}/{place}")
        absent = client.get(f"/documents/{document.pk + 1000}/{place}")
        assert (foreign.status_code, foreign.content) == (404, absent.content)


@pytest.mark.parametrize("place", PLACES)
def test_whoever_may_read_the_book_sees_its_documents(cast, place):
    document = received(cast, samples.photo(300, 400))
    readers = [signed_in(cast.reader_a), signed_in(cast.ad_accountant, cast.cooperative_a)]
    for client in readers:
        assert client.get(f"/documents/{document.pk}/{place}").status_code == 200


def test_a_lost_file_is_an_absent_page(cast):
    document = received(cast, samples.photo(300, 400))
    vault.path_of(document.original.name).unlink()
    assert signed_in(cast.mandataire_a).get(f"/documents/{document.pk}/original").status_code == 404


def sent(*files: tuple[str, bytes], key: str = "", **more: str) -> dict[str, object]:
    chosen = [SimpleUploadedFile(name, data, "image/jpeg" if name.endswith("jpg") else "") for name, data in files]
    return {"fichiers": chosen, "operation_key": key or uuid.uuid4().hex, **more}


SCRIPT = {"X-Retkoop-Upload": "1"}


def test_the_script_gets_a_receipt_for_what_it_sent(cast):
    answer = signed_in(cast.mandataire_a).post("/documents/", sent(("a.jpg", samples.photo(300, 400))), headers=SCRIPT)
    document = cast.cooperative_a.documents.get()
    (said,) = answer.json()["received"]
    assert answer.status_code == 201
    assert (said["document"], said["url"], said["name"]) == (document.pk, f"/documents/{document.pk}/", "a.jpg")
    assert said["sentence"].endswith(", 1 page. Conservez l’original 10 ans.")


def test_the_script_gets_the_reason_of_a_refusal(cast):
    answer = signed_in(cast.mandataire_a).post("/documents/", sent(("a.jpg", b"<html>")), headers=SCRIPT)
    assert (answer.status_code, list(answer.json())) == (422, ["refused"])
    assert answer.json()["refused"].startswith("Ce fichier est une page web")


def test_a_plain_form_is_led_back_with_a_message(cast):
    client = signed_in(cast.mandataire_a)
    answer = client.post("/documents/", sent(("a.jpg", samples.photo(300, 400)), retour="/cahier/"))
    assert (answer.status_code, answer["Location"]) == (303, "/cahier/")
    assert [str(message)[:6] for message in get_messages(answer.wsgi_request)] == ["Reçu à"]


def test_a_way_back_to_another_site_is_not_followed(cast):
    data = sent(("a.jpg", samples.photo(300, 400)), retour="https://exemple.test/")
    answer = signed_in(cast.mandataire_a).post("/documents/", data)
    assert answer["Location"] == f"/documents/{cast.cooperative_a.documents.get().pk}/"


def test_the_same_form_twice_is_one_document_with_the_same_receipt(cast):
    client, key = signed_in(cast.mandataire_a), uuid.uuid4().hex
    answers = [
        client.post("/documents/", sent(("a.jpg", samples.photo(300, 400)), key=key), headers=SCRIPT).json() for _ in "12"
    ]
    assert answers[0] == answers[1]
    assert cast.cooperative_a.documents.count() == 1


def test_a_key_used_again_for_another_file_is_a_conflict(cast):
    client, key = signed_in(cast.mandataire_a), uuid.uuid4().hex
    client.post("/documents/", sent(("a.jpg", samples.photo(300, 400)), key=key))
    answer = client.post("/documents/", sent(("b.jpg", samples.photo(400, 300)), key=key))
    assert (answer.status_code, cast.cooperative_a.documents.count()) == (409, 1)


def test_a_reader_may_not_send_and_nothing_is_kept(cast, files):
    before = AuditEvent.objects.count()
    answer = signed_in(cast.reader_a).post("/documents/", sent(("a.jpg", samples.photo(300, 400))), headers=SCRIPT)
    assert (answer.status_code, Document.objects.count(), AuditEvent.objects.count()) == (403, 0, before)


def test_the_script_and_the_page_say_the_limit_of_the_settings():
    script = (site.BASE_DIR / "documents/static/documents/upload.js").read_text()
    part = (site.BASE_DIR / "documents/templates/documents/_upload.html").read_text()
    assert f"const LIMIT = {site.MAX_DOCUMENT_BYTES};" in script
    assert f"{site.MAX_DOCUMENT_BYTES // 2**20} Mo au plus" in part.replace("\u202f", " ")


def part(request, **context: object) -> str:
    return render_to_string("documents/_upload.html", context, request=request)


def test_the_part_is_a_form_with_its_own_key_or_sits_inside_another(cast):
    client = signed_in(cast.mandataire_a)
    request = client.get(f"/documents/{received(cast, samples.photo(300, 400)).pk}/").wsgi_request
    alone = part(request, action="/ecritures/4/justificatifs/", retour="/cahier/")
    inside = part(request, inside=True, documents=cast.cooperative_a.documents.all())
    assert 'action="/ecritures/4/justificatifs/" enctype="multipart/form-data"' in alone
    assert (alone.count('name="operation_key"'), alone.count("<form"), alone.count('value="/cahier/"')) == (1, 1, 1)
    assert (inside.count('name="operation_key"'), inside.count("<form"), inside.count('name="documents"')) == (0, 0, 1)
    for html in (alone, inside):
        assert "Envoyer l’image</button>" in html
        assert not re.search(r"\son[a-z]+=|style=", html)


def test_the_part_may_stand_twice_on_a_page_with_fields_of_their_own(cast):
    request = signed_in(cast.mandataire_a).get("/documents/1/").wsgi_request
    ids = re.findall(r' id="([^"]+)"', part(request, action="/a/") + part(request, action="/b/", id="releve"))
    assert ids == ["fichiers", "fichiers_aide", "fichiers_photo", "releve", "releve_aide", "releve_photo"]
