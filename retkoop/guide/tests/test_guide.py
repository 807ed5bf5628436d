"""The guide: every chapter opens, every link leads somewhere, a search finds its place."""

import re

import pytest
from django.test import Client

from retkoop.core.helplinks import CHAPTER_OF, help_path
from retkoop.guide import queries
from retkoop.guide.markdown import anchor_of, render

pytestmark = pytest.mark.django_db
CHAPTERS = queries.chapters()
PLACES = {one.path: {section.anchor for section in one.page.sections} for one in CHAPTERS}
STABLE = {
    "/archives/", "/compte-rendu/", "/compte-rendu/cra/", "/identite/", "/ad/cooperatives/modifications/", "/ad/cooperatives/",
    "/accueil/", "/actions/", "/aide/", "/aide/ventilation/", "/bilan/", "/cahier/", "/cahier/exportation.csv",
    "/cahier/exportation.xlsx", "/cahier/imprimable.pdf", "/caisse/", "/cloture/", "/connexion/", "/ecritures/nouvelle/",
    "/ad/", "/inventaire/", "/personnes/", "/pointage/", "/propositions/", "/subventions/",
    "/compte-rendu/quitus/", "/compte-rendu/documents/", "/compte-rendu/crf/",
}  # fmt: skip


def _leads_somewhere(address: str) -> bool:
    path, _, anchor = address.partition("#")
    if path in PLACES:
        return not anchor or anchor in PLACES[path]
    return path in STABLE and not anchor


@pytest.mark.parametrize("one", CHAPTERS, ids=lambda one: one.slug)
def test_every_chapter_opens_under_its_title(client: Client, one: queries.Chapter):
    response = client.get(one.path)
    assert response.status_code == 200
    assert f"<h1>{one.title}</h1>" in response.content.decode()


@pytest.mark.parametrize("one", CHAPTERS, ids=lambda one: one.slug)
def test_every_link_of_a_chapter_leads_somewhere(one: queries.Chapter):
    links = re.findall(r'href="([^"]+)"', one.page.html)
    assert [link for link in links if not _leads_somewhere(link)] == []


@pytest.mark.parametrize("one", CHAPTERS, ids=lambda one: one.slug)
def test_every_picture_named_is_one_that_is_served(one: queries.Chapter):
    file = next(queries.FOLDER.glob(f"*{one.slug}.md"))
    named = set(re.findall(r"\{\{ image (\w+) \|", file.read_text(encoding="utf-8")))
    assert named - queries.IMAGES == set()
    assert "{{" not in one.page.html


def test_the_chapters_are_numbered_and_their_anchors_are_unique():
    numbers = [one.order for one in CHAPTERS if not one.beside]
    assert numbers == sorted(set(numbers))
    assert [one.slug for one in CHAPTERS if one.beside] == ["nouveautes", "ancien-guide"]
    for one in CHAPTERS:
        anchors = [section.anchor for section in one.page.sections]
        assert len(set(anchors)) == len(anchors)


def test_the_contents_name_every_chapter(client: Client):
    page = client.get("/aide/").content.decode()
    assert [one.slug for one in CHAPTERS if f'<a href="{one.path}">{one.title}</a>' not in page] == []


def test_an_unknown_chapter_does_not_exist(client: Client):
    assert client.get("/aide/recette-de-cuisine/").status_code == 404


def test_a_lost_cheque_is_found_first():
    best = queries.search("chèque perdu")[0]
    assert best.path == "/aide/creer-une-ecriture/#un-cheque-perdu-ou-trop-vieux"
    assert "<mark>" in best.excerpt


@pytest.mark.parametrize("query", ["cheque perdu", "CHÈQUES PERDUS", "  perdu   chèque ", "un chèque perdu"])
def test_accents_capitals_order_and_plurals_do_not_count(query):
    assert queries.search(query)[0].path == queries.search("chèque perdu")[0].path


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("rectangle jaune", "cahier"),
        ("mot de passe oublié", "se-connecter"),
        ("flèche du navigateur", "ancien-guide"),
        ("APE", "subventions"),
        ("fichier trop lourd", "justificatifs"),
        ("réouverture", "cloturer"),
    ],
)
def test_a_question_finds_its_chapter_first(query, slug):
    assert queries.search(query)[0].chapter.slug == slug


def test_an_excerpt_keeps_its_no_break_spaces():
    excerpts = [result.excerpt for result in queries.search("remise de chèques")]
    assert [excerpt for excerpt in excerpts if re.search(r" [;:!?]", excerpt)] == []
    assert any("\u202f:" in excerpt for excerpt in excerpts)


def test_a_search_without_answer_says_so_and_keeps_the_words(client: Client):
    page = client.get("/aide/recherche/", {"q": "<b>zygomatique</b>"}).content.decode()
    assert "Le guide ne dit rien de" in page
    assert "&lt;b&gt;zygomatique" in page
    assert "<b>zyg" not in page


def test_an_empty_search_shows_the_form_alone(client: Client):
    page = client.get("/aide/recherche/", {"q": "  "}).content.decode()
    assert "guide-results" not in page
    assert 'name="q"' in page


def test_only_the_listed_pictures_are_served(client: Client, tmp_path, monkeypatch):
    picture = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
    (tmp_path / "images").mkdir()
    for name in ("accueil", "secret"):
        (tmp_path / "images" / f"{name}.png").write_bytes(picture)
    monkeypatch.setattr(queries, "FOLDER", tmp_path)
    response = client.get("/aide/images/accueil.png")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content == picture
    assert client.get("/aide/images/secret.png").status_code == 404
    assert client.get("/aide/images/bilan.png").status_code == 404


def test_a_picture_that_is_missing_leaves_nothing(tmp_path):
    source = "Avant.\n\n{{ image accueil | L’accueil }}\n\nAprès.\n"
    assert render(source, tmp_path).html == "<p>Avant.</p>\n<p>Après.</p>\n"


def test_a_picture_that_exists_is_shown_with_its_size_and_its_words(tmp_path):
    picture = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
    (tmp_path / "accueil.png").write_bytes(picture)
    html = render("{{ image accueil | L’accueil }}\n", tmp_path).html
    assert html == (
        '<figure class="capture"><img src="/aide/images/accueil.png" alt="L’accueil" '
        'width="640" height="480" loading="lazy"></figure>\n'
    )


def test_raw_html_is_shown_as_text(tmp_path):
    assert render("<b onclick=x>a</b>\n", tmp_path).html == "<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>\n"


def test_a_heading_takes_a_readable_anchor():
    assert anchor_of("L’arrêté de caisse\u202f: où en suis-je\u202f?") == "l-arrete-de-caisse-ou-en-suis-je"


@pytest.mark.parametrize("prefix", CHAPTER_OF)
def test_every_question_mark_leads_to_a_chapter(prefix):
    assert _leads_somewhere(help_path(prefix))


def test_the_question_mark_of_a_screen_leads_to_the_nearest_chapter():
    assert help_path("/pointage/12/") == "/aide/pointage/"
    assert help_path("/ecritures/nouvelle/") == "/aide/creer-une-ecriture/"
    assert help_path("/une/autre/page/") == "/aide/"
