"""The tags that every template may use without loading anything."""

import datetime as dt

import pytest
from django.template import engines


def render(source, **context):
    return engines["django"].from_string(source).render(context)


def test_amounts_and_days_are_written_by_filters():
    source = "{{ c|euros }} {{ c|montant }} {{ d|jour }} {{ d|jour_long }}"
    written = render(source, c=-123450, d=dt.date(2026, 6, 28))
    assert written == "\u22121\u202f234,50\u00a0€ \u22121\u202f234,50 28/06/2026 28 juin 2026"
    assert render(source, c=None, d=None).strip() == ""


def test_an_amount_carries_its_cents():
    assert render("{% amount c %}", c=123450) == '<span class="amount" data-cents="123450">1\u202f234,50\u00a0€</span>'


@pytest.mark.parametrize(
    ("path", "query", "link"),
    [
        ("/cahier/", "", "/cahier/"),
        ("/cahier/", "annee=2024-2025", "/cahier/?annee=2024-2025"),
        ("/cahier/?tri=date", "annee=2024-2025", "/cahier/?tri=date&amp;annee=2024-2025"),
        ("/caisse/?annee=2023-2024", "annee=2024-2025", "/caisse/?annee=2023-2024"),
        ("/cahier/#totaux", "annee=2024-2025", "/cahier/?annee=2024-2025#totaux"),
    ],
)
def test_a_link_keeps_the_year_in_view(path, query, link):
    assert render("{% lien path %}", path=path, annee_query=query) == link


def test_a_link_without_a_year_in_the_context_is_the_path():
    assert render("{% lien '/aide/' %}") == "/aide/"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("9 h – 12 h et 13 h 30 – 17 h", "9\u00a0h – 12\u00a0h et 13\u00a0h\u00a030 – 17\u00a0h"),
        ("13h30, sauf le mercredi", "13\u00a0h\u00a030, sauf le mercredi"),
        ("2 heures par semaine", "2 heures par semaine"),
    ],
)
def test_an_hour_that_was_typed_does_not_break_across_lines(typed, shown):
    assert render("{{ text|horaires }}", text=typed) == shown
