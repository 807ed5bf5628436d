"""`/archives/`: every past year from wherever it is known, its PDFs, and what leaves the house."""

import re
import uuid

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.core.clock import travel
from retkoop.documents.tests.samples import pdf_bytes, photo, text_pdf
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.queries.years import years_of
from retkoop.ledger.services import actions
from retkoop.ledger.tests.worked import TODAY, make_worked
from retkoop.yearend.exports.accounts import council_pdf, pupils_pdf
from retkoop.yearend.queries.archives import accounts_of, archives_of
from retkoop.yearend.services.past_reports import PastRow, remove_past_report, type_past_report
from retkoop.yearend.tests import reports

pytestmark = pytest.mark.django_db
PAST = {"activities": 12_000, "family_contributions": 10_000, "bank": 40_000, "cash": 3_000, "brought_forward": 45_000}
ACCOUNTING = (
    "charge", "produit", "bilan", "résultat", "report", "exercice", "actif", "passif", "débit", "crédit", "solde",
    "trésorerie", "excédent", "déficit", "ventilation", "subvention", "compte", "recette", "dépenses de", "6180", "7560",
)  # fmt: skip


@pytest.fixture
def worked(cast):
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, Author(cast.mandataire_a))


def text_of(pdf):
    pages = list(pypdfium2.PdfDocument(pdf))
    return len(pages), " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\u202f", " "))


def known_year(cast):
    found = accounts_of(cast.cooperative_a, years_of(cast.cooperative_a), "2024-2025")
    assert found is not None
    return found


def type_past(cast, first=2022, **changes):
    row = PastRow(cast.cooperative_a, first, PAST | changes)
    return type_past_report(row=row, author=Author(cast.ad_accountant, cast.ad_085))


def test_a_year_kept_here_and_one_typed_by_the_ad_stand_side_by_side(cast, worked):
    type_past(cast)
    known = archives_of(cast.cooperative_a, years_of(cast.cooperative_a), TODAY)
    assert [(row.slug, row.source, row.result_cents, row.closing_cents) for row in known] == [
        ("2024-2025", "current", 40_000, 225_000),
        ("2022-2023", "past", -2_000, 43_000),
    ]
    page = signed_in(cast.mandataire_a).get("/archives/")
    assert re.findall(r'data-year="([\d-]+)" data-source="(\w+)"', page.content.decode()) == [
        ("2024-2025", "current"),
        ("2022-2023", "past"),
    ]
    assert "Comptes saisis par l’OCCE de la Vendée le 20 septembre 2025." in words_of(page)


def test_the_running_year_is_no_archive_but_its_page_exists(cast, worked):
    client = signed_in(cast.mandataire_a)
    assert "2025-2026" not in re.findall(r'data-year="([\d-]+)"', client.get("/archives/").content.decode())
    assert client.get("/archives/2025-2026/").status_code == 200
    assert client.get("/archives/2025-2026/conseil-d-ecole.pdf")["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("slug", ["2019-2020", "hier", "2024-2026"])
def test_a_year_of_which_nothing_is_known_does_not_exist(cast, worked, slug):
    client = signed_in(cast.mandataire_a)
    answers = {client.get(f"/archives/{slug}/{file}").status_code for file in ("", "eleves.pdf", "conseil-d-ecole.pdf")}
    assert answers == {404}


def test_an_empty_cooperative_reads_what_will_come(cast):
    with travel(TODAY):
        assert "Pas encore d’année passée" in words_of(signed_in(cast.mandataire_c).get("/archives/"))


def test_a_past_report_shows_its_figures_and_offers_both_pages(cast, worked):
    type_past(cast)
    page = signed_in(cast.reader_a).get("/archives/2022-2023/").content.decode()
    assert re.findall(r'<th scope="row">([^<]+)</th><td class="cents" data-cents="(\d+)"', page) == [
        ("6180 Charges des activités éducatives", "12000"),
        ("Total", "12000"),
        ("7560 Participation volontaire des familles", "10000"),
        ("Total", "10000"),
        ("512 Banque", "40000"),
        ("530 Caisse", "3000"),
        ("Total", "43000"),
    ]
    assert "/archives/2022-2023/eleves.pdf" in page
    assert "/cahier/?annee=2022-2023" not in page


def test_a_validated_report_speaks_by_what_was_frozen_and_gives_its_pdf(cast):
    with travel(reports.TODAY):
        desk = reports.make_report_desk(cast)
        desk.make_ready()
        desk.submit()
        desk.open()
        desk.validate()
        cooperative = desk.year.cooperative
        known = accounts_of(cooperative, years_of(cooperative), "2024-2025")
        assert known is not None
        assert (known.source, known.closing_cents, known.pdf) == ("validated", 20_000, desk.report.validated.get().pdf)
        client = signed_in(cast.ad_accountant, cooperative)
        page = client.get("/archives/")
        assert "Compte-rendu validé par l’OCCE de la Vendée le 15 septembre 2025." in words_of(page)
        (path,) = re.findall(r'href="(/documents/\d+/original)"', page.content.decode())
        assert b"".join(client.get(path))[:4] == b"%PDF"
        desk.reopen()
        again = accounts_of(cooperative, years_of(cooperative), "2024-2025")
        assert again is not None
        assert (again.source, [row.number for row in again.superseded]) == ("current", [1])
        old = words_of(client.get("/archives/2024-2025/"))
        assert "Version 1, validée le 15/09/2025, 200,00" in old


def test_the_page_for_the_conseil_d_ecole_holds_the_year_on_one_page(cast, worked):
    known = known_year(cast)
    pages, text = text_of(council_pdf(cast.cooperative_a, known))
    assert pages == 1
    for words in (
        "Comptes pour le conseil d’école",
        "École des Marais",
        "085-099",
        "2 880,00",
        "3 280,00",
        "2 250,00",
        "excédent de 400,00",
        "Classe de mer",
        "pas encore validés",
    ):
        assert words in text.replace("\u00a0", " ").replace("\u202f", " "), words


def test_with_many_actions_the_page_stays_one_and_tells_them_all(cast, worked):
    author = worked.author
    for number in range(25):
        actions.create_action(cooperative=cast.cooperative_a, name=f"Projet {number:02d}", author=author)
        worked.record(
            TODAY.replace(month=6), f"Achat {number}", -100 - number, 0, f"Projet {number:02d}", activities=100 + number
        )
    known = known_year(cast)
    for make in (council_pdf, pupils_pdf):
        pages, text = text_of(make(cast.cooperative_a, known))
        assert (pages, "17 autres" in text) == (1, True)


def test_the_pupils_page_has_no_word_of_accounting_and_all_the_money(cast, worked):
    known = known_year(cast)
    pages, text = text_of(pupils_pdf(cast.cooperative_a, known))
    told = text.replace("\u00a0", " ").replace("\u202f", " ")
    assert pages == 1
    assert [word for word in ACCOUNTING if re.search(rf"\b{word}s?\b", told, re.IGNORECASE)] == []
    for words in ("nous avions 1 850,00", "3 280,00", "2 880,00", "il nous restait 2 250,00", "des familles", "Classe de mer"):
        assert words in told, words
    # every account in one of the lines: 980 + 1 200 + 600 + 500, 2 105,40 + 420 + 180,10 + 15 + 150 + 9,50
    assert [amount for amount in ("980,00", "500,00", "2 105,40", "9,50") if amount not in told] == []


def test_the_ad_in_a_book_is_offered_to_type_a_past_report(cast, worked):
    path = "/ad/archives/saisir/?cooperative=085-099"
    assert path in signed_in(cast.ad_accountant, cast.cooperative_a).get("/archives/").content.decode()
    assert path not in signed_in(cast.mandataire_a).get("/archives/").content.decode()
    assert path not in signed_in(cast.ad_reader, cast.cooperative_a).get("/archives/").content.decode()


def attach(client, *files, slug="2022-2023", key=""):
    chosen = [SimpleUploadedFile(name, body) for name, body in files]
    sent = {"operation_key": key or uuid.uuid4().hex, "fichiers": chosen}
    return client.post(f"/archives/{slug}/document/", sent)


def test_the_report_of_that_time_is_joined_once_by_the_cooperative_and_replaced_by_its_ad(cast, worked):
    past, pdf = type_past(cast), ("crf-2023.pdf", pdf_bytes(text_pdf()))
    teacher, ad = signed_in(cast.mandataire_a), signed_in(cast.ad_accountant, cast.cooperative_a)
    assert "n’est pas encore joint" in words_of(teacher.get("/archives/2022-2023/"))
    assert attach(teacher).status_code == 422
    key = uuid.uuid4().hex
    answers = [attach(teacher, pdf, key=key) for _ in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, "/archives/2022-2023/")] * 2
    past.refresh_from_db()
    assert (past.document.name, past.document.cooperative, past.version) == ("crf-2023.pdf", cast.cooperative_a, 2)
    assert f'href="/documents/{past.document_id}/?retour=/archives/2022-2023/"' in teacher.get("/archives/").content.decode()
    assert teacher.get(f"/documents/{past.document_id}/original").status_code == 200
    assert attach(teacher, ("autre.pdf", pdf[1])).status_code == 422
    assert attach(ad, ("photo.jpg", photo(300, 400))).status_code == 303
    past.refresh_from_db()
    assert (past.document.name, past.version) == ("photo.jpg", 3)


def test_only_its_own_people_join_a_report_to_a_year_typed_by_the_ad(cast, worked):
    past, pdf = type_past(cast), ("crf.pdf", pdf_bytes(text_pdf()))
    assert attach(signed_in(cast.mandataire_b), pdf).status_code == 404
    assert attach(signed_in(cast.reader_a), pdf).status_code == 403
    teacher = signed_in(cast.mandataire_a)
    assert [attach(teacher, pdf, slug=slug).status_code for slug in ("2024-2025", "2019-2020", "hier")] == [404, 404, 404]
    remove_past_report(past=past, author=Author(cast.ad_accountant, cast.ad_085))
    assert attach(teacher, pdf).status_code == 404
    past.refresh_from_db()
    assert past.document is None
