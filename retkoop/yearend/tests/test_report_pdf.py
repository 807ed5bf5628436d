"""The report as a PDF: complete, the same bytes for the same content, nothing of it taken from the clock."""

import datetime as dt
import io
import re
import time
from itertools import pairwise

import pikepdf
import pypdfium2

from retkoop.core import canonical
from retkoop.core.clock import travel
from retkoop.yearend.exports.report import report_pdf
from retkoop.yearend.tests.frozen import worked_content


def text_of(document: bytes) -> str:
    """Everything written, with plain spaces."""
    opened = pypdfium2.PdfDocument(document)
    try:
        raw = "\n".join(page.get_textpage().get_text_range() for page in opened)
    finally:
        opened.close()
    return re.sub(r"[\s\u00a0\u202f]+", " ", raw)


def test_the_whole_report_of_reference_stands_on_two_pages():
    document = report_pdf(worked_content())
    text = text_of(document)
    sections = (
        "2.a Compte de fonctionnement général du 01/09/2024 au 31/08/2025",
        "2.b Bilan simplifié au 31 août 2025",
        "2.c Rapprochement bancaire, 512 Banque",
        "2.d Détail de la caisse, comptée le 31/08/2025",
        "2.e Détail du compte 7410",
        "Contrôles",
        "Compte-rendu d’activité (CRA)",
        "Documents",
        "Quitus",
        "Étapes du compte-rendu",
        "Validation",
    )
    places = [text.find(title) for title in sections]
    assert (-1 in places, places == sorted(places)) == (False, True)
    assert text.count("page 1/2") == text.count("page 2/2") == 1


def test_every_figure_is_on_the_report_to_the_cent():
    text = text_of(report_pdf(worked_content()))
    figures = (
        "2 105,40",
        "2 880,00",
        "3 280,00",
        "400,00 €",
        "1 850,00",
        "2 250,00",
        "2 290,00",
        "−110,00",
        "25,00",
        "2 205,00",
        "45,00",
    )
    assert [figure for figure in figures if figure not in text] == []


def test_those_who_gave_quitus_stand_with_their_quality():
    text = text_of(report_pdf(worked_content()))
    assert "Claire Roux parent d’élève donne quitus 10/09/2025" in text
    assert "Marc Petit enseignant ou enseignante donne quitus 10/09/2025" in text


def test_the_same_content_gives_the_same_bytes_a_year_later():
    content = worked_content()
    before = report_pdf(content)
    with travel(dt.date(2030, 1, 1)):
        assert report_pdf(content) == before


def test_the_digest_of_the_content_is_written_in_full_and_changes_with_one_cent():
    content = worked_content()
    digest = canonical.sha256(canonical.dumps(content))
    assert digest in text_of(report_pdf(content))
    content["closing_cents"] += 1
    assert digest not in text_of(report_pdf(content))


def test_a_second_version_says_that_it_replaces_the_first():
    content = worked_content() | {"number": 2}
    assert "Version : 2, qui remplace la version 1" in text_of(report_pdf(content))
    assert "remplace" not in text_of(report_pdf(worked_content()))


def test_a_report_with_nothing_but_its_totals_is_printed_too():
    content = worked_content() | {"documents": [], "quitus": {}, "moves": [], "controls": []}
    content["activity"] = content["activity"] | {"sections": []}
    content["figures"] = content["figures"] | {
        "grants": [],
        "treasuries": [],
        "cash": {"pieces": {}, "counted_cents": None, "on": ""},
    }
    text = text_of(report_pdf(content))
    assert "2.a Compte de fonctionnement" in text
    assert not [title for title in ("2.c", "2.d", "2.e", "Contrôles", "Documents", "Quitus", "Étapes") if title in text]


def test_the_report_is_tagged_titled_and_in_french():
    with pikepdf.open(io.BytesIO(report_pdf(worked_content()))) as document:
        root = document.Root
        assert (bool(root.MarkInfo.Marked), str(root.Lang)) == (True, "fr-FR")
        assert str(document.docinfo["/Title"]) == "Compte-rendu 2024-2025"
        assert root.StructTreeRoot is not None


def test_the_report_is_set_in_less_than_a_second_of_work():
    content = worked_content()
    started = [time.monotonic()]
    for _ in range(3):
        report_pdf(content)
        started.append(time.monotonic())
    assert min(after - before for before, after in pairwise(started)) < 1
