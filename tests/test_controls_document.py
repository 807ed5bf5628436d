"""docs/controls.md says every control and every warning, and nothing that does not exist."""

import re
from pathlib import Path

from retkoop.ledger.warnings import WARNINGS

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "controls.md").read_text()


def rows(heading: str) -> list[str]:
    """The first cells of the table under a heading row."""
    table = TEXT.split(heading)[1].split("\n\n")[0]
    return [cell.strip() for cell in re.findall(r"^\| ([^|]+)\|", table, re.MULTILINE) if "---" not in cell]


def test_every_warning_is_told_once():
    assert rows("| id | when |") == list(WARNINGS)


def test_every_control_of_the_code_is_told_once():
    code = (ROOT / "retkoop" / "ledger" / "controls.py").read_text()
    named = dict.fromkeys(re.findall(r'Control\(\s*"(E\d)"', code))
    assert [row for row in rows("| id | compares |") if row.startswith("E")] == list(named)
