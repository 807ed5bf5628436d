"""The parts of the interface: colours that can be read, fields tied to their words, places, refusals."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.http import Http404
from django.template import Context, Template
from django.test import RequestFactory

import retkoop
from retkoop.core import errors

ROOT = Path(retkoop.__file__).parent
STATIC = ROOT / "core" / "static" / "core"
TOKENS = (STATIC / "css" / "tokens.css").read_text()

TEXT_ON = [  # words, and what they are written on
    *[(ink, on) for ink in ("ink", "quiet", "pen", "pen-deep", "error", "bank", "cash", "warn") for on in ("paper", "surface")],
    *[(ink, "sunken") for ink in ("ink", "quiet", "pen")],
    *[("ink", tint) for tint in ("bank-tint", "error-tint", "warn-tint", "pink-tint", "pen-tint", "bank-wash", "cash-wash")],
    ("quiet", "pink-tint"),
    ("pen", "pink-tint"),
    ("pen", "pen-tint"),
    ("pen-deep", "pen-tint"),
    ("on-pen", "pen"),
    ("on-pen", "pen-deep"),
    ("bank", "bank-tint"),
    ("bank", "bank-wash"),
    ("cash", "cash-tint"),
    ("cash", "cash-wash"),
    ("pink-ink", "pink-tint"),
    ("yellow-ink", "yellow"),
    ("bravo", "bravo-tint"),
    ("warn", "warn-tint"),
    ("error", "error-tint"),
    ("tag", "tag-tint"),
    ("paper", "bravo"),
    ("ink", "seyes-strong"),
]
LINES_ON = [(line, on) for line in ("line", "pen", "bank", "cash", "error") for on in ("paper", "surface")]


def _theme(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))


LIGHT = _theme(TOKENS.split("@media")[0])
DARK = {**LIGHT, **_theme(TOKENS.split("prefers-color-scheme: dark")[1])}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert (round(contrast("#000000", "#ffffff"), 2), round(contrast("#777777", "#ffffff"), 2)) == (21.0, 4.48)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_what_it_is_written_on(theme):
    pale = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in TEXT_ON}
    assert {pair: ratio for pair, ratio in pale.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_line_that_matters_can_be_seen(theme):
    pale = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in LINES_ON}
    assert {pair: ratio for pair, ratio in pale.items() if ratio < 3} == {}


def test_no_style_sheet_but_the_tokens_names_a_colour():
    sheets = [sheet for sheet in ROOT.glob("*/static/**/*.css") if sheet.name not in {"tokens.css", "print.css"}]
    named = {sheet.name: re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", sheet.read_text()) for sheet in sheets}
    assert {name: colours for name, colours in named.items() if colours} == {}


def test_every_icon_that_a_page_asks_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    asked = {
        name
        for page in ROOT.glob("*/templates/**/*.html")
        for pattern in (r'{%\s*icon "([a-z-]+)"', r'{%\s*place "[^"]+" "([a-z-]+)"', r'picture="([a-z-]+)"')
        for name in re.findall(pattern, page.read_text())
    }
    assert asked - drawn == set()
    assert asked


class _Form(forms.Form):
    date = forms.CharField(label="Date", help_text="Celle de la facture.")
    cheque = forms.CharField(label="N° de chèque", required=False)
    amount = forms.CharField(label="6281 Cotisation OCCE", required=False)
    way = forms.ChoiceField(label="Sens", choices=[("p", "J’ai payé…"), ("r", "J’ai reçu…")], widget=forms.RadioSelect)
    pointed = forms.BooleanField(label="Déjà passée sur le relevé", required=False)


def _shown(source: str, **context: object) -> str:
    return re.sub(r"[ \n]+", " ", Template(source).render(Context(context)))


def test_a_field_is_tied_to_its_help_and_to_what_is_missing():
    page = _shown('{% field form.date hint="jj/mm/aaaa" %}', form=_Form({}))
    assert 'aria-describedby="id_date_hint id_date_helptext id_date_error"' in page
    assert 'aria-invalid="true"' in page
    assert [page.count(f'id="id_date_{part}"') for part in ("hint", "helptext", "error")] == [1, 1, 1]
    assert '<label for="id_date">Date</label>' in page


def test_what_is_missing_is_said_with_the_name_of_the_field():
    page = _shown("{% field form.date %}", form=_Form({}))
    assert "Remplissez «\u202fDate\u202f»\u202f: cette information manque." in page
    assert "obligatoire" not in page


def test_a_field_without_error_or_help_is_described_by_nothing_that_is_absent():
    page = _shown("{% field form.cheque %}", form=_Form())
    assert re.findall(r'aria-describedby="([^"]*)"', page) == ["id_cheque_hint"]
    assert 'id="id_cheque_hint">facultatif<' in page
    assert "aria-invalid" not in page


def test_an_amount_asks_for_the_decimal_keyboard():
    page = _shown('{% field form.amount kind="line" unit="€" %}', form=_Form())
    assert 'inputmode="decimal" data-amount="" autocomplete="off"' in page
    assert '<label for="id_amount">6281 Cotisation OCCE</label>' in page


def test_chips_are_a_group_with_its_name_and_its_missing_words():
    page = _shown('{% field form.way kind="chips" %}', form=_Form({}))
    assert '<fieldset class="field chips " id="id_way" tabindex="-1" aria-describedby="id_way_error">' in page
    assert re.findall(r'type="radio" name="way" value="(.)"', page) == ["p", "r"]


def test_a_tick_stands_before_its_words():
    page = _shown("{% field form.pointed %}", form=_Form())
    assert page.index('type="checkbox"') < page.index("Déjà passée sur le relevé")


def test_the_summary_leads_to_each_field_and_counts_them():
    page = _shown("{% error_summary form %}", form=_Form({}))
    assert re.findall(r'href="#(\w+)"', page) == ["id_date", "id_way"]
    assert "Il reste 2 points à revoir" in page
    assert _shown("{% error_summary form %}", form=_Form()).strip() == ""


def test_the_place_where_one_stands_is_marked_and_the_year_is_kept():
    request = RequestFactory().get("/cahier/")
    links = '{% place "/cahier/" "book" "Cahier" %}{% place "/pointage/" "tick" "Pointage" %}'
    page = _shown(links, request=request, annee_query="annee=2024-2025")
    assert re.findall(r'href="([^"#]+annee[^"]+)"( aria-current="page")?', page) == [
        ("/cahier/?annee=2024-2025", ' aria-current="page"'),
        ("/pointage/?annee=2024-2025", ""),
    ]


@pytest.mark.parametrize(
    ("cooperative", "association", "federation", "path"),
    [(1, 1, None, "/accueil/"), (None, 1, None, "/ad/"), (None, None, 1, "/federation/"), (None, None, None, "/")],
)
def test_the_way_home_is_the_reader_s_own(cooperative, association, federation, path):
    request = SimpleNamespace(cooperative=cooperative, association=association, federation=federation)
    assert _shown("{% home %}", request=request) == path


def test_the_book_is_found_again_with_its_sort_and_filter():
    page = _shown("{% back_to_book %}", cahier_url="/cahier/?tri=-date")
    assert 'href="/cahier/?tri=-date"' in page
    assert "Retour au cahier de comptabilité" in page


REFUSALS = {
    "absent": (errors.not_found, 404),
    "forbidden": (errors.forbidden, 403),
    "unreadable": (errors.bad_request, 400),
}


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_a_refusal_is_the_same_bytes_and_headers_for_everyone(name):
    view, status = REFUSALS[name]
    ours, theirs = RequestFactory().get("/ecritures/1/"), RequestFactory().post("/absent/?x=1", headers={"x-any": "thing"})
    ours.META["CSRF_COOKIE"] = "a" * 32
    first, second = view(ours, Http404("this one")), view(theirs, Http404())
    assert (first.content, first.headers.items(), first.status_code) == (second.content, second.headers.items(), status)
    assert not first.cookies
    assert b"csrf" not in first.content


def test_every_refusal_says_what_to_do_next():
    request = RequestFactory().get("/")
    pages = [view(request, Http404()).content.decode() for view, _ in REFUSALS.values()]
    pages += [errors.server_error(request).content.decode(), errors.csrf_failure(request).content.decode()]
    assert [page.count("Revenir au sommaire</a>") for page in pages] == [1] * 5
    assert len({re.findall(r"<h1>(.*?)</h1>", page)[0] for page in pages}) == 5


def test_bravo_and_the_gap_say_which_control_they_answer():
    good = _shown('{% include "core/parts/bravo.html" with control="E1" sentence="Tout est juste." %}')
    bad = _shown('{% include "core/parts/gap.html" with control="E2" sentence="Il manque 27,00 €." %}')
    assert re.findall(r'data-control="(\w+)" data-state="(\w+)"', good + bad) == [("E1", "ok"), ("E2", "ko")]
    assert "Bravo\u202f! Tout est juste." in good
