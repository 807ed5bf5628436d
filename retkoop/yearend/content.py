"""A report as validation freezes it: canonical data (integers, texts, ISO days) from which its PDF is made.

Everything is copied, nothing pointed to: a code of the chart, a question's
words, a document's digest stay what they were whatever changes later.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

from retkoop.identity.audit import Author
from retkoop.yearend.controls import controls
from retkoop.yearend.models import Report
from retkoop.yearend.queries.activity import ActivityProgress, progress_of
from retkoop.yearend.queries.digest import short_digest
from retkoop.yearend.queries.figures import known_figures
from retkoop.yearend.queries.papers import Need, needs_of
from retkoop.yearend.queries.quitus import verifiers_of
from retkoop.yearend.queries.reports import rules_of
from retkoop.yearend.queries.shapes import Figures

FORMAT = 1
Content = dict[str, Any]


def content_of(report: Report, *, at: dt.datetime, author: Author) -> Content:
    """What is validated at `at` by `author`."""
    year, cooperative = report.year, report.cooperative
    figures = known_figures(year, report)
    needs = needs_of(report, figures)
    return {
        "format": FORMAT,
        "number": report.validated.count() + 1,
        "cooperative": {
            "identifier": cooperative.identifier,
            "name": cooperative.name,
            "town": cooperative.town,
            "association": cooperative.association.name,
        },
        "year": {
            "slug": year.slug,
            "start": year.start.isoformat(),
            "end": year.end.isoformat(),
            "mode": year.mode,
            "closed_at": _moment(year.closed_at),
        },
        "figures": figures_data(figures),
        "closing_cents": figures.assets_cents,
        "controls": [
            {"id": verdict.id, "state": verdict.state, "title": verdict.title, "message": verdict.message}
            for verdict in controls(figures, rules_of(cooperative.association))
        ],
        "activity": _activity(progress_of(year, report)),
        "documents": _documents(needs),
        "quitus": _quitus(needs),
        "moves": _moves(report),
        "validated": {
            "at": _moment(at),
            "by": author.person.full_name if author.person else "",
            "on_behalf": author.on_behalf.name if author.on_behalf else "",
        },
    }


def figures_data(figures: Figures) -> dict[str, Any]:
    """Every figure, and the sums that the page shows."""
    data = asdict(figures)
    data["cash"]["pieces"] = {str(value): number for value, number in sorted(figures.cash.pieces.items())}
    return data | {
        "charges_cents": figures.charges_cents,
        "incomes_cents": figures.incomes_cents,
        "result_cents": figures.result_cents,
        "assets_cents": figures.assets_cents,
        "liabilities_cents": figures.liabilities_cents,
        "grants_cents": figures.grants_cents,
    }


def _activity(progress: ActivityProgress) -> dict[str, Any]:
    """The answers by key, for the statistics, and as people read them."""
    answers = progress.answers
    asked = {question.key: question for question in progress.shown if question.key in answers}
    sections = [
        {
            "title": section.title,
            "answers": [
                [question.key, question.text, question.words(answers[question.key])]
                for question in section.asked
                if question.key in asked
            ],
        }
        for section in progress.form.sections
    ]
    return {
        "official": progress.form.official,
        "questionnaire": progress.form.federal.digest if progress.form.federal else "",
        "own": progress.form.own.digest if progress.form.own else "",
        "answers": answers,
        "sections": [section for section in sections if section["answers"]],
    }


def _documents(needs: list[Need]) -> list[dict[str, Any]]:
    """Each paper asked for, how it came, and the digests of its files."""
    return [
        {
            "kind": str(need.kind),
            "subject": need.subject,
            "label": need.label,
            "state": str(need.state),
            "sentence": need.sentence,
            "received_on": need.paper.received_on.isoformat() if need.paper else "",
            "files": [[document.name, document.sha256, document.pages] for document in need.documents],
        }
        for need in needs
    ]


def _quitus(needs: list[Need]) -> dict[str, Any]:
    """The quitus that stands: what was approved, by whom."""
    standing = next((need.quitus for need in needs if need.quitus is not None and need.quitus.stands), None)
    if standing is None:
        return {}
    quitus = standing.quitus
    return {
        "kind": quitus.kind,
        "digest": quitus.digest,
        "short_digest": short_digest(quitus.digest),
        "seed": quitus.seed,
        "given_at": _moment(quitus.given_at),
        "place": quitus.place,
        "met_on": quitus.met_on.isoformat() if quitus.met_on else "",
        "observations": quitus.observations,
        "verifiers": [[row.name, row.quality, row.decision, _moment(row.decided_at)] for row in verifiers_of(quitus)],
    }


def _moves(report: Report) -> list[dict[str, Any]]:
    rows = report.moves.select_related("by", "on_behalf").order_by("at", "pk")
    return [
        {
            "was": row.was,
            "became": row.became,
            "at": _moment(row.at),
            "by": row.by.full_name if row.by else "",
            "on_behalf": row.on_behalf.name if row.on_behalf else "",
            "reason": row.reason,
        }
        for row in rows
    ]


def _moment(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds") if at else ""
