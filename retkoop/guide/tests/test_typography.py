"""Every template, chapter and data file of the site is typeset as French is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from retkoop.guide.queries import FOLDER
from retkoop.guide.tests.typography import faults, markdown_prose, template_prose

PACKAGE = Path(settings.BASE_DIR)
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html")) + sorted(PACKAGE.glob("*/templates/**/*.txt"))
CHAPTERS = sorted(FOLDER.glob("*.md"))
DATA = sorted(file for file in PACKAGE.glob("*/data/*.json") if file.name != "words.json")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_template_is_typeset_as_french_is(file):
    assert [fault for piece in template_prose(file.read_text(encoding="utf-8")) for fault in faults(piece)] == []


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda file: file.name)
def test_a_chapter_is_typeset_as_french_is(file):
    assert [fault for piece in markdown_prose(file.read_text(encoding="utf-8")) for fault in faults(piece)] == []


@pytest.mark.parametrize("file", DATA, ids=lambda file: file.name)
def test_a_data_file_is_typeset_as_french_is(file):
    texts = _texts(json.loads(file.read_text(encoding="utf-8")))
    assert [fault for text in texts for fault in faults(text)] == []


def test_the_guide_the_templates_and_the_data_are_found():
    assert min(len(TEMPLATES), len(CHAPTERS), len(DATA)) >= 3


@pytest.mark.parametrize(
    ("prose", "count"),
    [
        ("l'école", 1),
        ("l’école", 0),
        ("Bravo !", 1),
        ("Bravo\u202f!", 0),
        ("Bravo\u00a0!", 1),
        ("Total: 12", 1),
        ("Reçu à 14:32", 0),
        ("« Bravo »", 2),
        ("«\u202fBravo\u202f»", 0),
        ('un "mot"', 2),
        ("12 €", 1),
        ("12\u00a0€", 0),
        ("Attendez...", 1),
        ("?", 0),
    ],
)
def test_each_fault_is_seen_and_nothing_else(prose, count):
    assert len(faults(prose)) == count


def test_code_attributes_and_tags_are_not_prose():
    source = (
        '<a href="/aide/?q=l\'eau" class="x:y" data-n="a:b">l’eau</a>{# l\'eau #}'
        '{% if a == "b" %}{{ c|default:"d" }}{% endif %}'
        "<script>if (a) { b('c'); }</script>"
    )
    assert [fault for piece in template_prose(source) for fault in faults(piece)] == []


def test_what_is_read_aloud_is_prose():
    source = "<img alt=\"l'école\"><p>l'eau <b>d'ici</b></p>{% field f help=\"Qu'est ce ?\" %}"
    assert len([fault for piece in template_prose(source) for fault in faults(piece)]) == 5
