"""`retkoop export-report`: canonical, live before validation, frozen after it, explained in docs/formats.md."""

import json
import re
from pathlib import Path

import pytest

from retkoop.config.cli import main
from retkoop.core.clock import travel
from retkoop.yearend.export import report_bytes, report_state
from retkoop.yearend.tests import reports

pytestmark = pytest.mark.django_db
TEXT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(cast):
    with travel(reports.TODAY):
        yield reports.make_report_desk(cast)


def test_a_year_whose_report_is_not_begun_has_figures_and_controls(desk):
    desk.keep_the_books()
    told = report_state(desk.year)
    assert (told["state"], told["moves"], told["digests"]["validated"]) == ("not_started", [], "")
    assert (told["figures"]["assets_cents"], [row["id"] for row in told["controls"]]) == (
        20_000,
        ["E1", "E2", "E3", "E4", "E5", "E6", "E7"],
    )


def test_the_same_report_gives_the_same_bytes_and_a_change_gives_others(desk):
    desk.make_ready()
    first = report_bytes(desk.year)
    with travel(reports.TODAY.replace(month=10)):
        assert report_bytes(desk.year) == first
    desk.pay(1_000)
    assert report_bytes(desk.year) != first


def test_a_validated_report_is_exported_as_it_was_frozen(desk):
    desk.make_ready()
    desk.submit()
    desk.open()
    desk.validate()
    told, frozen = report_state(desk.year), desk.report.validated.get()
    assert (told["state"], told["digests"]["validated"], told["digests"]["pdf"]) == (
        "validated",
        frozen.content_sha,
        frozen.pdf.sha256,
    )
    content = json.loads(frozen.content)
    assert {name: told[name] for name in ("figures", "controls", "activity", "moves")} == {
        name: content[name] for name in ("figures", "controls", "activity", "moves")
    }


def test_every_key_of_the_export_is_explained(desk):
    desk.make_ready()
    section = re.search(r"^## 6\. The export of a report.*?(?=^## )", TEXT, re.DOTALL | re.MULTILINE)
    assert section is not None
    told = report_state(desk.year)
    keys = {*told, *told["digests"], *told["controls"][0], "charges", "incomes", "treasuries", "result_cents", "answers"}
    assert [key for key in sorted(keys) if f"`{key}`" not in section[0]] == []


def test_the_command_writes_it_or_says_what_it_does_not_know(desk, capsysbinary):
    desk.make_ready()
    identifier = desk.year.cooperative.identifier
    assert main(["export-report", identifier, "2024-2025", "--format", "json"]) == 0
    assert capsysbinary.readouterr().out == report_bytes(desk.year)
    assert main(["export-report", identifier, "1999-2000"]) == 1
    assert "n’a pas d’exercice" in capsysbinary.readouterr().err.decode()
