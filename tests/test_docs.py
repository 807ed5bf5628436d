"""The documents say what the code says: README, Makefile, locked lists, decisions, links."""

import re

import pytest

from retkoop.config.cli import COMMANDS
from tests import source
from tests.source import ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_the_readme_names_every_command_and_no_other():
    text = (ROOT / "README.md").read_text()
    named = re.findall(r"^\| `retkoop ([a-z-]+)", text, re.M)
    assert sorted(named) == sorted(command.name for command in COMMANDS)


def test_make_help_names_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.M).group(1).split())  # type: ignore[union-attr]
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M))
    assert targets - explained == {"env", "env-dev"}


def test_both_locked_lists_agree_on_every_version_and_hash_every_package():
    def locked(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line.strip()]
        assert [line for line in lines if "--hash=sha256:" not in line] == []
        return dict(line.split()[0].split("==") for line in lines)

    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("path", [p for p in source.tracked() if p.suffix == ".md"], ids=str)
def test_every_link_inside_the_project_leads_somewhere(path):
    inside = [link.partition("#")[0] for link in LINK.findall(source.read(path)) if "://" not in link and link[0] not in "#/"]
    assert [link for link in inside if not (ROOT / path.parent / link).exists()] == []


def test_every_decision_is_numbered_once_and_says_context_decision_consequence():
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers)
    for path in decisions:
        text = path.read_text()
        assert [word for word in ("Context", "Decision", "Consequence") if word not in text] == [], path.name
