"""`/importation/`: seen before it is written, all or nothing, bad lines named or kept as drafts."""

import json
import os
import re
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import author, signed_in
from retkoop.interchange import waiting
from retkoop.interchange.exports import book_csv
from retkoop.ledger.export import book_bytes
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Draft, Entry, Proposal
from retkoop.ledger.queries.bilan import bilan_of
from retkoop.ledger.services import closing, openings
from retkoop.ledger.tests.worked import make_worked

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parents[3] / "tests" / "fixtures"
REAL = (FIXTURES / "annee_reelle.csv").read_bytes()
HEAD = "Date;Libellé;Entrée banque;Sortie banque;6180 x;7560 y\r\n"
GOOD = (HEAD + "12/09/2025;Bus;;10,00;10,00;\r\n13/09/2025;Familles;25,00;;;25,00\r\nTotaux;;25;10;10;25\r\n").encode()


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def empty(entry_desk):
    """The year 2025-2026 without an entry: the opening of 1 000 € belongs to the year before."""
    assert Entry.objects.filter(year=entry_desk.year).count() == 0
    return entry_desk


def choose(desk, data: bytes, **fields):
    return desk.client.post("/importation/", {"fichier": SimpleUploadedFile("cahier.csv", data), **fields})


def kept(desk, data: bytes, **fields) -> str:
    """The address of the preview."""
    answer = choose(desk, data, **fields)
    assert answer.status_code == 303, re.findall(r"field-error.*?<span>(.*?)</span>", answer.content.decode(), re.S)
    return str(answer["Location"])


def amounts(page: str) -> list[int]:
    return [int(cents) for cents in re.findall(r'data-cents="(-?\d+)"', page)]


def test_the_page_says_which_columns_it_reads_and_gives_a_model(empty):
    assert "Les colonnes d’un tableau" in empty.get("/importation/")
    answer = empty.client.get("/importation/modele.csv")
    headings = answer.content.decode("utf-8-sig").strip().split(";")
    assert headings[8:12] == ["Entrée banque", "Sortie banque", "Entrée caisse", "Sortie caisse"]
    assert "7560 Participation volontaire des familles" in headings


def test_a_good_file_is_shown_then_written_once(empty):
    path = kept(empty, GOOD)
    page = empty.get(path)
    assert "2 écritures bien lues" in page
    assert "du 12 septembre 2025 au 13 septembre 2025" in page
    assert "la ligne 4\u202f: totaux ou report à nouveau" in page
    assert amounts(page) == [2_500, 1_000, 0, 0]
    assert Entry.objects.filter(year=empty.year).count() == 0
    key = uuid.uuid4().hex
    answers = [empty.post(path, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == "/cahier/"
    assert list(Entry.objects.filter(year=empty.year).order_by("number").values_list("label", flat=True)) == ["Bus", "Familles"]
    assert list(waiting.folder().iterdir()) == []


def test_a_transfer_that_comes_in_with_a_file_is_proposed_to_the_other_cooperative_once(empty, cast):
    make_worked(cast.cooperative_b, author(cast.mandataire_b))
    head = "Date;Libellé;Autre coopérative;Entrée banque;Sortie banque;6700 x;7700 y\r\n"
    rows = "12/09/2025;Part du bus;085-101;;45,00;45,00;\r\n13/09/2025;Don;Une inconnue;5,00;;;5,00\r\n"
    path = kept(empty, (head + rows).encode())
    assert not Proposal.objects.exists()
    key = uuid.uuid4().hex
    assert [empty.post(path, key=key).status_code for _ in range(2)] == [303, 303]
    proposed = Proposal.objects.get()
    assert (proposed.cooperative, proposed.source) == (cast.cooperative_b, "transfer")
    assert (proposed.payload["cents"], proposed.payload["direction"], proposed.payload["label"]) == (4_500, "in", "Part du bus")


def test_bad_lines_are_named_forbid_the_import_and_may_be_kept_as_drafts(empty):
    expected = json.loads((FIXTURES / "annee_reelle.json").read_text())
    path = kept(empty, REAL)
    page = empty.get(path)
    assert [int(number) for number in re.findall(r'data-bad-line="(\d+)"', page)] == expected["faulty"]
    assert "31 février 2026 n’est pas au calendrier" in page
    assert re.search(r'<button type="submit" class="btn" disabled aria-describedby="importer_aide">', page)
    assert "Importer les 118 lignes justes et garder les 2 autres en brouillons" in page
    refused = empty.post(path)
    assert refused.status_code == 422
    assert "Rien n’a été importé" in refused.content.decode()
    assert (Entry.objects.filter(year=empty.year).count(), Draft.objects.count()) == (0, 0)
    assert empty.post(path, brouillons="1").status_code == 303
    figures = bilan_of(empty.year)
    assert (figures.charges_cents, figures.incomes_cents) == (expected["charges_cents"], expected["incomes_cents"])
    listed = empty.get("/ecritures/brouillons/")
    assert f"Ligne {expected['faulty'][0]} du fichier importé. " in listed
    assert list(check(empty.cast.cooperative_a)) == []


def test_a_draft_of_a_bad_line_opens_as_it_was_written(empty):
    empty.post(kept(empty, (HEAD + "31/02/2026;Timbres;;9,00;9,00;").encode()), brouillons="1")
    page = empty.get("/ecritures/nouvelle/", brouillon=str(Draft.objects.get().pk))
    for words in ('value="31/02/2026"', 'value="Timbres"', 'value="9,00"', "n’est pas au calendrier"):
        assert words in page


def test_a_canonical_book_goes_back_into_its_own_year_in_another_cooperative(entry_desk):
    entry_desk.write(bank=-1250, label="Bus", cheque="12", means="cheque")
    closing.close_year(year=entry_desk.last_year, author=entry_desk.author)
    exported = book_bytes(entry_desk.year)
    author = Author(entry_desk.cast.mandataire_b)
    entry_desk.client = signed_in(entry_desk.cast.mandataire_b)
    path = kept(entry_desk, exported)
    page = entry_desk.get(path)
    assert "1 écriture bien lue" in page
    assert "il est dans le fichier" in page
    assert entry_desk.post(path).status_code == 303
    year = openings.open_year(cooperative=entry_desk.cast.cooperative_b, school_year=SchoolYear(2025), author=author)
    assert book_bytes(year) == exported


def test_a_book_names_its_year_and_an_unknown_year_is_said(entry_desk):
    exported = book_bytes(entry_desk.last_year)
    assert kept(entry_desk, exported).endswith("/?annee=2024-2025")
    entry_desk.client = signed_in(entry_desk.cast.mandataire_b)
    page = entry_desk.get(kept(entry_desk, exported))
    assert "Ce cahier est celui de 2024-2025, pas de 2025-2026" in page
    assert "disabled" in page


def test_a_year_that_has_entries_or_is_closed_takes_nothing(entry_desk):
    entry_desk.write(bank=-1250)
    path = kept(entry_desk, GOOD)
    assert "a déjà des écritures" in entry_desk.get(path)
    assert entry_desk.post(path).status_code == 422
    closing.close_year(year=entry_desk.last_year, author=entry_desk.author)
    last = GOOD.replace(b"2025", b"2024")
    assert "clôturée" in entry_desk.get(kept(entry_desk, last, annee="2024-2025"))
    assert Entry.objects.filter(year=entry_desk.year, number__gt=0).count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "Choisissez un fichier"),
        (b"", "Il manque les titres des colonnes"),
        (b"bonjour", "Il manque les titres des colonnes"),
        (b"{}", "n’est pas un cahier Retkoop"),
        (b'{"a":' + b"[" * 200_000, "n’est pas un cahier Retkoop"),
        (HEAD.encode() + b"x" * (2 * 2**20), "pèse plus de 2 Mo"),
        ((HEAD + "\r\n" * 6000).encode(), "plus de 5000 lignes"),
        ((HEAD + f"12/09/2025;{'a' * 140_000};;1;1;").encode(), "ne se lit pas comme un tableau"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(empty, data, words):
    answer = choose(empty, data) if data is not None else empty.client.post("/importation/")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not waiting.folder().exists()


def test_a_cooperative_without_treasury_is_sent_to_its_opening(entry_desk):
    entry_desk.client = signed_in(entry_desk.cast.mandataire_b)
    answer = choose(entry_desk, GOOD)
    assert answer.status_code == 422
    assert "ouvrez son compte en banque" in answer.content.decode()


def test_a_file_waits_an_hour_for_its_own_sender_only(empty):
    path = kept(empty, GOOD)
    other = signed_in(empty.cast.ad_accountant, empty.cast.cooperative_a)
    assert other.get(path)["Location"] == "/importation/"
    stranger = signed_in(empty.cast.mandataire_b)
    assert stranger.post(path, {"operation_key": uuid.uuid4().hex}).status_code == 422
    (file,) = waiting.folder().iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    os.utime(file, (0, 0))
    assert empty.post(path).status_code == 422
    assert Entry.objects.filter(year=empty.year).count() == 0
    kept(empty, GOOD + b"\r\n")
    assert len(list(waiting.folder().iterdir())) == 1


def test_a_changed_file_in_the_folder_is_not_imported(empty):
    path = kept(empty, GOOD)
    (file,) = waiting.folder().iterdir()
    file.write_bytes(GOOD.replace(b"10,00", b"99,00"))
    assert empty.post(path).status_code == 422
    assert Entry.objects.filter(year=empty.year).count() == 0


def test_readers_do_not_import(empty):
    reader = signed_in(empty.cast.reader_a)
    assert [reader.get("/importation/").status_code, reader.post("/importation/").status_code] == [403, 403]


def test_the_exportation_of_the_cahier_is_read_back(entry_desk):
    entry_desk.write(bank=-1250, label="Bus", means="transfer")
    entry_desk.write(cash=300, label="Total des ventes")
    exported = entry_desk.client.get("/cahier/exportation.csv")
    data = b"".join(exported.streaming_content) if exported.streaming else exported.content
    other = book_csv(entry_desk.year)
    assert (data != other, data.startswith(b"\xef\xbb\xbf")) == (True, True)
    page = entry_desk.get(kept(entry_desk, data))
    assert ("2 écritures bien lues" in page, "data-bad-line" in page) == (True, False)
    assert amounts(page) == [0, 1_250, 300, 0]
