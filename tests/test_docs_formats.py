"""docs/formats.md shows what the code writes: its examples are made again and compared, its words looked for."""

import json
import os
import re
from typing import Any

import pytest

from retkoop.core.tables import to_csv
from retkoop.interchange import backup, french_csv
from retkoop.interchange.exports import book_csv
from retkoop.interchange.tests.example_book import example_year
from retkoop.ledger.export import book_bytes, book_state
from retkoop.ledger.exports.cahier import cahier_table
from retkoop.ledger.forms.cahier import choice_of
from retkoop.ledger.queries.cahier import book_of
from tests.source import ROOT

pytestmark = pytest.mark.django_db
DOCUMENT = ROOT / "docs" / "formats.md"
WIDTH = 118


@pytest.fixture(scope="module")
def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def readable(value: Any, indent: int = 0) -> str:
    """JSON that stays on a line while it fits."""
    flat = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if not isinstance(value, dict | list) or not value or len(flat) + indent <= WIDTH:
        return flat
    pad, end = " " * (indent + 1), " " * indent
    if isinstance(value, list):
        return "[\n" + ",\n".join(pad + readable(item, indent + 1) for item in value) + f"\n{end}]"
    lines = [f"{pad}{json.dumps(key)}: {readable(value[key], indent + 1)}" for key in sorted(value)]
    return "{\n" + ",\n".join(lines) + f"\n{end}}}"


def with_block(text: str, kind: str, content: str) -> str:
    """The document with that example in the place of the one that it shows."""
    shown = content.removeprefix("\ufeff").replace("\r\n", "\n").strip()
    return re.sub(rf"```{kind}\n.*?```", lambda _: f"```{kind}\n{shown}\n```", text, count=1, flags=re.DOTALL)


def keys_of(value: Any) -> set[str]:
    """Every key of the canonical data, those that are values of money apart."""
    if isinstance(value, list):
        return {key for item in value for key in keys_of(item)}
    if isinstance(value, dict):
        return {key for key in value if not key.isdigit()} | {key for item in value.values() for key in keys_of(item)}
    return set()


def test_the_examples_are_what_the_code_writes(text):
    year = example_year()
    made = with_block(text, "json", readable(book_state(year)))
    made = with_block(made, "csv", book_csv(year).decode())
    made = with_block(made, "cahier", "".join(to_csv(cahier_table(book_of(year), choice_of({})))))
    if os.environ.get("WRITE_DOCS"):
        DOCUMENT.write_text(made, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == made


def test_the_example_is_the_book_itself(text):
    year = example_year()
    example = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert example is not None
    compact = json.dumps(json.loads(example[1]), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert f"{compact}\n".encode() == book_bytes(year)


def test_every_key_of_the_export_is_explained(text):
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    assert [key for key in sorted(keys_of(book_state(example_year()))) if f"`{key}`" not in prose] == []


def test_the_limits_and_the_names_of_the_backup_are_those_of_the_code(text):
    assert (french_csv.MAX_BYTES, french_csv.MAX_LINES) == (2 * 2**20, 5_000)
    assert "at most 2 MB\nand 5 000 lines" in text
    for word in (f"`{backup.MANIFEST}`", f"`{backup.SEAL}`", f"(`{backup.FORMAT}`)", f", {backup.KEPT_DAYS} of them"):
        assert word in text
