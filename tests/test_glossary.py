"""The glossary names everything that the code names, and nothing that it does not."""

import json
import re
from pathlib import Path

import pytest
from django.apps import apps

from retkoop.identity.models import Role
from retkoop.identity.permissions import Permission

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def _named(heading: str) -> list[str]:
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", GLOSSARY, re.DOTALL | re.MULTILINE)
    assert section, f"no section « {heading} » in the glossary"
    return re.findall(r"^\| `([^`]+)` \|", section[1], re.MULTILINE)


def _models() -> list[str]:
    return [model.__name__ for app in apps.get_app_configs() if app.name.startswith("retkoop") for model in app.get_models()]


def _account_keys() -> list[str]:
    chart = json.loads((ROOT / "retkoop" / "ledger" / "data" / "chart.json").read_text(encoding="utf-8"))
    return [account["key"] for account in chart["accounts"]]


def _invariants() -> list[str]:
    source = (ROOT / "retkoop" / "ledger" / "invariants.py").read_text(encoding="utf-8")
    return sorted(set(re.findall(r'Finding\("(I\d)"', source)) | {"I4"})


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Models", _models()),
        ("Roles", list(Role.values)),
        ("Permissions", [str(permission) for permission in Permission]),
        ("Accounts", _account_keys()),
        ("Invariants", _invariants()),
    ],
)
def test_the_glossary_holds_exactly_the_names_of_the_code(heading, names):
    assert sorted(_named(heading)) == sorted(names)


def test_each_line_of_the_glossary_has_a_french_term_and_a_meaning():
    rows = [line for line in GLOSSARY.splitlines() if line.startswith("| ")]
    assert [row for row in rows if not all(cell.strip() for cell in row.strip("|").split("|")) or row.count("|") != 4] == []


def test_the_account_labels_are_those_of_the_chart():
    chart = json.loads((ROOT / "retkoop" / "ledger" / "data" / "chart.json").read_text(encoding="utf-8"))
    for account in chart["accounts"]:
        line = account["lines"][0]
        assert f"| `{account['key']}` | {line['label']} | {line['code']} |" in GLOSSARY
