"""`/ad/archives/`: past reports typed one by one or imported from a table, checked line by line, never deleted."""

import io
import re
import uuid

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.core.workbook import rows_of
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.tests.worked import TODAY, make_worked
from retkoop.yearend.models import PastReport
from retkoop.yearend.past_file import model_csv, read_past

pytestmark = pytest.mark.django_db
PAGE, ADD = "/ad/archives/", "/ad/archives/saisir/"
HEAD = "Coopérative;Année;Report à nouveau;6180 Activités;7560 Familles;512 Banque;530"
GOOD = "085-099;2022-2023;450,00;120,00;100,00;400,00;30,00"
CURRENT = SchoolYear(2025)


@pytest.fixture(autouse=True)
def today(cast):
    chart.load()
    with travel(TODAY):
        yield


@pytest.fixture
def client(cast):
    return signed_in(cast.ad_accountant)


def typed(**changes):
    boxes = {"activities": "100 + 20", "family_contributions": "100", "bank": "400", "cash": "30", "brought_forward": "450"}
    return {"operation_key": uuid.uuid4().hex, "cooperative": "085-099", "year": "2022-2023", **boxes, **changes}


def words_of(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def read(*lines, association):
    return read_past("\n".join([HEAD, *lines]).encode(), association, CURRENT)


def upload(client, data, name="comptes.csv"):
    return client.post("/ad/archives/importer/", {"fichier": SimpleUploadedFile(name, data)})


def content_of(answer):
    (found,) = re.findall(r'name="contenu" value="([^"]*)"', answer.content.decode())
    return found


def workbook_of(rows):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def test_the_ad_types_a_past_report_with_sums_in_its_own_name(client, cast):
    answer = client.post(ADD, typed())
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    past = PastReport.objects.get()
    assert (past.cooperative, past.first, past.closing_cents) == (cast.cooperative_a, 2022, 43_000)
    assert past.figures == {
        "activities": 12_000, "bank": 40_000, "brought_forward": 45_000, "cash": 3_000, "family_contributions": 10_000,
    }  # fmt: skip
    event = AuditEvent.objects.get(verb="past_report.typed")
    assert (event.actor, event.on_behalf, event.cooperative) == (cast.ad_accountant, cast.ad_085, cast.cooperative_a)


def test_the_form_is_filled_in_from_the_cooperatives_archives(client):
    assert 'value="085-099"' in client.get(f"{ADD}?cooperative=085-099").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"bank": "401"},
            "Banque et caisse font 431,00 €, report à nouveau et résultat font 430,00 € : il y a 1,00 € d’écart.",
        ),
        ({"cooperative": "038-012"}, "Ce n’est pas l’identifiant d’une de vos coopératives"),
        ({"cooperative": ""}, "Écrivez l’identifiant de la coopérative"),
        ({"year": "2025-2026"}, "Choisissez une des années de la liste."),
        ({"bank": "quatre cents"}, "quatre cents"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason_and_everything_typed(client, changes, words):
    answer = client.post(ADD, typed(**changes))
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert 'value="100 + 20"' in answer.content.decode()
    assert PastReport.objects.count() == 0


def test_a_year_already_typed_or_kept_here_is_refused(client, cast):
    client.post(ADD, typed())
    assert "est déjà saisi" in words_of(client.post(ADD, typed()))
    make_worked(cast.cooperative_a, Author(cast.mandataire_a))
    assert "est tenue ici" in words_of(client.post(ADD, typed(year="2024-2025")))


def test_a_report_is_changed_taken_out_and_put_back(client):
    client.post(ADD, typed())
    past = PastReport.objects.get()
    page = f"{PAGE}{past.pk}/"
    assert 'value="400,00"' in client.get(page).content.decode()
    assert client.post(page, typed(version="1", bank="420", brought_forward="470")).status_code == 303
    assert client.post(page, typed(version="1", bank="430", brought_forward="480")).status_code == 409
    past.refresh_from_db()
    assert (past.closing_cents, past.version) == (45_000, 2)
    client.post(f"{page}retirer/", {"operation_key": uuid.uuid4().hex})
    assert "Comptes-rendus retirés (1)" in words_of(client.get(PAGE))
    assert client.post(ADD, typed()).status_code == 303
    client.post(f"{page}retirer/", {"operation_key": uuid.uuid4().hex, "remettre": "1"})
    assert "est déjà saisi" in words_of(client.get(PAGE))
    assert PastReport.objects.filter(removed_at__isnull=True).count() == 1


def test_a_table_is_read_by_its_headings_whatever_their_order(cast):
    lines = ["Nos comptes", "512;530;Exercice;Identifiant;110;7560 Dons;6180", "400;30;2022/2023;99;450;100;120"]
    reading = read_past("\n".join(lines).encode("cp1252"), cast.ad_085, CURRENT)
    assert reading.bad == ()
    (line,) = reading.good
    assert (line.number, line.slug, line.row.cooperative, line.closing_cents) == (3, "2022-2023", cast.cooperative_a, 43_000)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("038-012;2022-2023;450;120;100;400;30", "n’est pas l’identifiant d’une de vos coopératives"),
        ("085-099;2022;450;120;100;400;30", "n’est pas une année scolaire"),
        ("085-099;2026-2027;450;120;100;400;30", "n’est pas une année passée"),
        ("085-099;2022-2023;450;120;100;400;31", "1,00 € d’écart"),
        ("085-099;2022-2023;450;environ 120;100;400;30", "6180"),
    ],
)
def test_each_refused_line_says_why(cast, line, reason):
    reading = read(GOOD.replace("2022", "2021").replace("2023", "2022"), line, association=cast.ad_085)
    assert (len(reading.good), [bad.number for bad in reading.bad], reading.ready) == (1, [3], False)
    assert reason in " ".join(reading.bad[0].reasons).replace("\u202f", " ").replace("\u00a0", " ")


def test_the_same_report_twice_in_a_file_is_refused_once(cast):
    reading = read(GOOD, GOOD, association=cast.ad_085)
    assert [bad.reasons for bad in reading.bad] == [("Cette coopérative a déjà une ligne pour cette année.",)]


def test_a_file_is_shown_then_kept_whole(client, cast):
    other = GOOD.replace("085-099", "085-101")
    shown = upload(client, "\n".join([HEAD, GOOD, other]).encode())
    assert (shown.status_code, PastReport.objects.count()) == (200, 0)
    assert re.findall(r'data-good-line="(\d+)"', shown.content.decode()) == ["2", "3"]
    key = uuid.uuid4().hex
    for _ in range(2):
        answer = client.post("/ad/archives/enregistrer/", {"operation_key": key, "contenu": content_of(shown)})
        assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert [row.cooperative.identifier for row in PastReport.objects.order_by("pk")] == ["085-099", "085-101"]
    assert AuditEvent.objects.filter(verb="past_report.typed").count() == 2


def test_a_file_with_a_wrong_line_cannot_be_kept(client):
    wrong = GOOD.replace("400,00", "401,00")
    shown = upload(client, "\n".join([HEAD, GOOD, wrong.replace("099", "101")]).encode())
    assert "Enregistrer ces comptes-rendus" not in shown.content.decode()
    sent = {"operation_key": uuid.uuid4().hex, "contenu": content_of(shown)}
    assert client.post("/ad/archives/enregistrer/", sent).status_code == 422
    assert PastReport.objects.count() == 0


def test_a_workbook_is_read_as_the_same_table(client, cast):
    rows = [[""], ["Coopérative", "Année", "Report à nouveau", "6180", "7560", "512", "530"],
            ["085-099", "2022-2023", 450, 120.1, 100.10, 400, 30]]  # fmt: skip
    assert rows_of(workbook_of(rows))[2] == ["085-099", "2022-2023", "450", "120,10", "100,10", "400", "30"]
    shown = upload(client, workbook_of(rows), "comptes.xlsx")
    assert re.findall(r'data-good-line="(\d+)"', shown.content.decode()) == ["3"]
    sent = {"operation_key": uuid.uuid4().hex, "contenu": content_of(shown)}
    assert client.post("/ad/archives/enregistrer/", sent).status_code == 303
    assert PastReport.objects.get().figures["activities"] == 12_010


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 cut", "Ce classeur ne se lit pas"),
        (b"bonjour", "Il manque une ligne de titres"),
        (HEAD.encode(), "n’a pas de ligne sous ses titres"),
        (b"x;" * (2 * 2**20), "pèse plus de 2 Mo"),
    ],
)
def test_what_is_no_table_is_refused_in_words(client, data, words):
    answer = upload(client, data)
    assert (answer.status_code, words in words_of(answer)) == (422, True)


def test_the_model_is_a_table_that_is_read_back(cast):
    reading = model_csv(cast.ad_085, 2024).decode("utf-8-sig").strip()
    empty = reading + "\r\n085-099;2022-2023" + ";0" * (reading.count(";") - 1)
    assert read_past(empty.encode(), cast.ad_085, CURRENT).ready


def test_a_reader_of_the_ad_reads_and_changes_nothing(client, cast):
    client.post(ADD, typed())
    reader = signed_in(cast.ad_reader)
    page = reader.get(PAGE).content.decode()
    assert ("Voir<span" in page, "Saisir un ancien compte-rendu" in page) == (True, False)
    assert reader.get(ADD).status_code == 403
    past = PastReport.objects.get()
    assert reader.post(f"{PAGE}{past.pk}/", typed(version="1")).status_code == 403


def test_another_ad_neither_sees_nor_finds_it(client, cast):
    client.post(ADD, typed())
    other = signed_in(cast.other_ad)
    assert "Aucun ancien compte-rendu" in words_of(other.get(PAGE))
    assert other.get(f"{PAGE}{PastReport.objects.get().pk}/").status_code == 404
