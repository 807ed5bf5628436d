"""docs/formats.md tells the format of questionnaires: its example is read, its words are those of the code."""

import re

import pytest

from retkoop.yearend.questionnaire import FORMAT, KINDS, LARGEST_WHOLE, LONGEST_TEXT, SOURCES, read
from tests.source import ROOT

TEXT = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## 5\. The questionnaire.*?(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)


def test_the_example_is_read_and_means_what_it_says():
    assert SECTION is not None
    example = re.search(r"```questionnaire\n(.*?)```", SECTION[0], re.DOTALL)
    assert example is not None
    told, _ = read(example[1].encode())
    assert [asked.key for asked in told.asked] == [
        "classes", "school_council", "school_council_meetings", "rhythm", "inventory_book",
    ]  # fmt: skip


def test_every_word_of_the_format_is_explained():
    assert SECTION is not None
    words = [*KINDS, *SOURCES, FORMAT, "required", "carry", "show_if", "is", "in", "at_least", "help", "page", "ad_"]
    assert [word for word in words if f"`{word}`" not in SECTION[0]] == []
    assert f"{LARGEST_WHOLE:,}".replace(",", " ") in SECTION[0]
    assert f"{LONGEST_TEXT:,}".replace(",", " ") in SECTION[0]


@pytest.mark.parametrize("path", sorted((ROOT / "retkoop" / "yearend" / "data" / "questionnaires").glob("*.json")), ids=str)
def test_each_shipped_file_is_read(path):
    assert len(read(path.read_bytes())[0].asked) > 0
