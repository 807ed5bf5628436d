"""A hostile file is only a file: refused in plain French or neutralised, and nothing else happens.

Files that reach a reader are read in batches by one limited child process, as
`services` reads each of them alone; bombs go the whole way one by one.
"""

import io
import json
import re
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from retkoop.documents import kinds, services, vault
from retkoop.documents.models import Document
from retkoop.documents.tests import corpus, samples

pytestmark = pytest.mark.django_db
IMAGES, PDFS = kinds.JPEG.module, kinds.PDF.module
SENTENCE = re.compile(r"[A-ZÀÉÊ][^<>]{20,}\.")
ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|OpenAction|AA|EmbeddedFiles?|XFA|AcroForm|RichMedia|URI|SubmitForm|GoTo[RE]|Annots|Metadata|Names)\b"
)


def read(module: str, files: list[tuple[str, bytes]], folder: Path) -> list[tuple[dict[str, object], Path]]:
    """What the reader answers to each file, and where its copy would be."""
    folder.mkdir(exist_ok=True)
    jobs = []
    for rank, (_, data) in enumerate(files):
        (folder / f"{rank}").write_bytes(data)
        jobs.append({"op": "reduce", "source": str(folder / f"{rank}"), "copy": str(folder / f"{rank}.copy")})
    answers = json.loads(services.run_reader(module, jobs))
    return [(answer, Path(str(job["copy"]))) for answer, job in zip(answers, jobs, strict=True)]


def refusal(data: bytes, name: str = "x") -> str:
    with pytest.raises(services.Refused) as caught, services.prepared(name=name, stream=io.BytesIO(data)):
        pass
    return str(caught.value)


def test_the_corpus_holds_at_least_one_hundred_and_twenty_files():
    makers = (
        corpus.of_another_kind,
        corpus.images_with_more_inside,
        corpus.broken_images,
        corpus.pdfs_that_act,
        corpus.broken_pdfs,
    )
    assert sum(len(list(maker())) for maker in makers) + len(corpus.HOSTILE_NAMES) >= 160


def test_a_file_of_another_kind_is_refused_in_one_sentence_that_says_what_it_is(tmp_path, files):
    before = sorted(tmp_path.rglob("*"))
    for name, data in corpus.of_another_kind():
        sentence = refusal(data, name)
        assert SENTENCE.fullmatch(sentence), (name, sentence)
        assert sentence.startswith("Ce fichier est un"), (name, sentence)
    left = [path for path in sorted(tmp_path.rglob("*")) if path not in before and path not in {files, files / "tmp"}]
    assert left == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dessin.svg", "un dessin SVG"),
        ("page.html", "une page web"),
        ("facture.docx", "un document Word"),
        ("compte.xlsx", "un classeur Excel"),
        ("facture.pdf", "une archive ZIP"),
        ("eicar.com", "un fichier de texte"),
        ("photo.heic", "une photo HEIC"),
        ("programme.jpg", "un programme"),
    ],
)
def test_the_refusal_names_the_kind(name, words):
    data = next(data for each, data in corpus.of_another_kind() if each == name)
    assert refusal(data, name).startswith(f"Ce fichier est {words}")


def test_an_image_with_something_else_inside_is_received_and_its_copy_is_pixels_alone(tmp_path):
    made = list(corpus.images_with_more_inside())
    for (name, data), (answer, copy) in zip(made, read(IMAGES, made, tmp_path / "work"), strict=True):
        assert answer.get("pages") == 1, (name, answer)
        content = copy.read_bytes()
        assert corpus.CANARY not in content, name
        assert len(content) <= len(data), name
        image = Image.open(copy)
        image.load()
        assert (dict(image.getexif()), image.info.get("icc_profile"), image.info.get("comment")) == ({}, None, None), name


def test_bombs_liars_and_cut_images_are_refused(tmp_path):
    made = list(corpus.broken_images())
    began = time.monotonic()
    for (name, _), (answer, copy) in zip(made, read(IMAGES, made, tmp_path / "work"), strict=True):
        assert SENTENCE.fullmatch(str(answer.get("refused"))), (name, answer)
        assert not copy.exists(), name
    assert time.monotonic() - began < 20


def test_a_pdf_that_acts_is_received_and_its_copy_does_nothing(tmp_path):
    made = list(corpus.pdfs_that_act())
    for (name, _), (answer, copy) in zip(made, read(PDFS, made, tmp_path / "work"), strict=True):
        assert answer.get("pages") == 1, (name, answer)
        with pikepdf.open(copy) as pdf:
            assert not pdf.is_encrypted, name
            buffer = io.BytesIO()
            pdf.save(
                buffer,
                stream_decode_level=pikepdf.StreamDecodeLevel.all,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
                compress_streams=False,
            )
        assert corpus.CANARY not in buffer.getvalue(), name
        assert ACTIVE.search(buffer.getvalue()) is None, name


def test_the_search_for_active_content_finds_it_in_the_originals():
    for name, data in corpus.pdfs_that_act():
        if name.startswith(("ouverture", "page")):
            assert ACTIVE.search(data) is not None or b"ObjStm" in data, name


def test_protected_cut_or_bottomless_pdfs_are_refused(tmp_path):
    made = list(corpus.broken_pdfs())
    for (name, _), (answer, copy) in zip(made, read(PDFS, made, tmp_path / "work"), strict=True):
        assert SENTENCE.fullmatch(str(answer.get("refused"))), (name, answer)
        assert not copy.exists(), name


@pytest.mark.parametrize(
    ("name", "words"),
    [("protege.pdf", "mot de passe"), ("long.pdf", "compte 61"), ("vide.pdf", "aucune page"), ("bombe.pdf", "trop grande")],
)
def test_the_refusal_of_a_pdf_says_why(name, words):
    assert words in refusal(next(data for each, data in corpus.broken_pdfs() if each == name))


def test_a_reader_that_dies_of_its_file_is_a_refusal_and_the_parent_lives():
    pdf = samples.text_pdf()
    page = pdf.make_stream(corpus.deflated_blanks(3_000_000_000))
    page.Filter = pikepdf.Name.FlateDecode
    pdf.pages[0].obj.Contents = page
    began = time.monotonic()
    assert SENTENCE.fullmatch(refusal(samples.pdf_bytes(pdf)))
    assert time.monotonic() - began < services.READER_SECONDS + 3


def test_an_empty_file_is_refused():
    assert refusal(b"").startswith("Ce fichier est vide.")


def test_a_file_of_one_byte_too_many_is_refused_with_its_size_and_the_limit(tmp_path, settings):
    path = tmp_path / "lourd.jpg"
    with path.open("wb") as handle:
        handle.write(b"\xff\xd8\xff")
        handle.truncate(settings.MAX_DOCUMENT_BYTES + 1)
    with (
        path.open("rb") as handle,
        pytest.raises(services.Refused) as caught,
        services.prepared(name="lourd.jpg", stream=handle),
    ):
        pass
    assert str(caught.value).startswith("Ce fichier dépasse la limite de 25\u202fMo.")
    assert list(vault.work_folders()) == []


def test_no_name_leaves_the_folder_and_none_shows_a_control_or_a_direction_mark():
    for name in corpus.HOSTILE_NAMES:
        shown = services.shown_name(name)
        assert shown, name
        assert len(shown) <= 156, name
        assert not re.search(r"[/\\\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown), name
        assert shown not in {".", ".."}, name


def test_a_file_with_a_hostile_name_is_stored_under_ids_alone(tmp_path):
    before = set(tmp_path.parent.rglob("*"))
    document = services.receive(
        cooperative=samples.cooperative(),
        author=samples.author(),
        name=corpus.HOSTILE_NAMES[0],
        stream=io.BytesIO(samples.photo(300, 400)),
    )
    assert Document.objects.get().name == "passwd"
    made = {path for path in set(tmp_path.parent.rglob("*")) - before if path.is_file() and path.name != "writer.lock"}
    assert made == {vault.path_of(document.original.name), vault.path_of(document.copy.name)}
