"""A report as canonical JSON: figures, controls, states and digests (docs/formats.md), the same bytes for the same report.

Once validated, the figures, controls and answers are those that were frozen.
"""

import json
from typing import Any

from retkoop.core import canonical, clock
from retkoop.identity.audit import Author
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.content import content_of, figures_data
from retkoop.yearend.controls import controls
from retkoop.yearend.models import Report, ValidatedReport
from retkoop.yearend.queries.digest import digest_of, whole_digest
from retkoop.yearend.queries.figures import known_figures
from retkoop.yearend.queries.reports import report_of, rules_of

FORMAT, VERSION = "retkoop-report", 1
FROZEN = ("figures", "controls", "activity", "documents", "quitus", "moves")


def report_state(year: FiscalYear) -> dict[str, Any]:
    """The year's report as data; a year whose report is not begun has no answers, documents or steps yet."""
    report = report_of(year)
    live = _live(report)
    books = digest_of(year)
    return {
        "format": FORMAT,
        "version": VERSION,
        "cooperative": year.cooperative.identifier,
        "year": year.slug,
        "mode": year.mode,
        "state": report.state if report is not None else "not_started",
        **(_frozen(live) if live is not None else _current(year, report)),
        "digests": {
            "books": {**books, "whole": whole_digest(books)},
            "validated": live.content_sha if live is not None else "",
            "pdf": live.pdf.sha256 if live is not None else "",
        },
    }


def report_bytes(year: FiscalYear) -> bytes:
    """The canonical JSON of the report, UTF-8, one line."""
    return f"{canonical.dumps(report_state(year))}\n".encode()


def _live(report: Report | None) -> ValidatedReport | None:
    if report is None:
        return None
    return ValidatedReport.objects.filter(report=report, superseded_at__isnull=True).select_related("pdf").first()


def _frozen(live: ValidatedReport) -> dict[str, Any]:
    content = json.loads(live.content)
    return {name: content[name] for name in FROZEN}


def _current(year: FiscalYear, report: Report | None) -> dict[str, Any]:
    if report is not None:
        report.year, report.cooperative = year, year.cooperative
        content = content_of(report, at=clock.now(), author=Author(None))
        return {name: content[name] for name in FROZEN}
    figures = known_figures(year, None)
    verdicts = controls(figures, rules_of(year.cooperative.association))
    told = [{"id": one.id, "state": one.state, "title": one.title, "message": one.message} for one in verdicts]
    return {"figures": figures_data(figures), "controls": told, "activity": {}, "documents": [], "quitus": {}, "moves": []}
