"""docs/controls.md says every control, warning and kind of error, and nothing that does not exist."""

import re
from pathlib import Path

from retkoop.ledger.solver import KINDS, kinds
from retkoop.ledger.warnings import WARNINGS
from retkoop.yearend.warnings import WARNINGS as REPORT_WARNINGS

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "controls.md").read_text()


def rows(heading: str) -> list[str]:
    """The first cells of the table under a heading row."""
    table = TEXT.split(heading)[1].split("\n\n")[0]
    return [cell.strip() for cell in re.findall(r"^\| ([^|]+)\|", table, re.MULTILINE) if "---" not in cell]


def test_every_warning_is_told_once():
    assert rows("| id | when |") == list(WARNINGS)
    assert rows("| id | when, in a report |") == list(REPORT_WARNINGS)


def test_every_control_of_the_code_is_told_once():
    for room, heading in (("ledger", "| id | compares |"), ("yearend", "| id | compares, in a report |")):
        code = (ROOT / "retkoop" / room / "controls.py").read_text()
        named = dict.fromkeys(re.findall(r'Control\(\s*"(E\d)"', code))
        assert [row for row in rows(heading) if row.startswith("E")] == list(named)


def test_every_kind_of_error_that_the_solver_knows_is_told_once():
    assert rows("| kind of error | what it is |") == list(KINDS)


def test_the_solver_has_no_kind_of_error_that_it_never_names():
    texts = [path.read_text() for path in (ROOT / "retkoop" / "ledger" / "solver").glob("*.py") if path.stem != "kinds"]
    named = {name for text in texts for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", text) if hasattr(kinds, name)}
    assert {getattr(kinds, name) for name in named} == set(KINDS)
