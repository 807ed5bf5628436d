"""The past reports of a cooperative that joins: typed or imported by its AD, changed, taken out. Nothing is deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retkoop.core import clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.schoolyear import SchoolYear
from retkoop.documents.services import FIELD, Prepared, facts, store
from retkoop.identity import audit
from retkoop.identity.models import Association, Cooperative
from retkoop.ledger.chart import chart_for
from retkoop.yearend.models import PastReport
from retkoop.yearend.queries.past import balance_problem, closing_of, typed_accounts, year_problem


@dataclass(frozen=True)
class PastRow:
    """A past report to be kept; `figures` as in `PastReport`, in cents."""

    cooperative: Cooperative
    first: int
    figures: Mapping[str, int]


def type_past_report(
    *,
    row: PastRow,
    author: audit.Author,
    operation: audit.Operation | None = None,
    past: PastReport | None = None,
    version: int | None = None,
) -> PastReport:
    """Keep a past report, or change `past` with its `version`. Raises Refusal, StaleVersion."""
    try:
        with audit.act(row.cooperative, author, "past_report.typed", operation=operation) as act:
            current = _current(row, past, version)
            act.payload = _kept(current, row, author)
            act.about("past_report", current.pk)
    except audit.Replay as replay:
        return PastReport.objects.get(pk=replay.subject_id)
    return current


def import_past_reports(
    *, association: Association, rows: Sequence[PastRow], author: audit.Author, operation: audit.Operation | None = None
) -> int:
    """Keep them all, or none: one act for each cooperative's book, in the order of their ids. Raises Refusal."""
    try:
        with audit.general_act(author, "past_reports.imported", operation=operation) as act:
            for row in sorted(rows, key=lambda each: (each.cooperative.pk, each.first)):
                type_past_report(row=row, author=author)
            act.about("association", association.pk)
            act.payload = {"reports": [f"{row.cooperative.identifier} {SchoolYear(row.first).slug}" for row in rows]}
    except audit.Replay:
        return len(rows)
    return len(rows)


def remove_past_report(
    *, past: PastReport, author: audit.Author, operation: audit.Operation | None = None, back: bool = False
) -> PastReport:
    """Take out a report typed by mistake, or with `back` put it in again; twice changes nothing. Raises Refusal."""
    try:
        with audit.act(past.cooperative, author, "past_report.removed", operation=operation) as act:
            current = PastReport.objects.select_related("cooperative__association").get(pk=past.pk)
            if (current.removed_at is None) != back:
                if back:
                    _refuse(PastRow(current.cooperative, current.first, current.figures), current.pk)
                current.removed_at = None if back else clock.now()
                current.version += 1
                current.save(update_fields=["removed_at", "version"])
            act.about("past_report", current.pk)
            act.payload = {"year": SchoolYear(current.first).slug, "removed": current.removed_at is not None}
    except audit.Replay as replay:
        return PastReport.objects.get(pk=replay.subject_id)
    return current


def attach_past_document(
    *, past: PastReport, ready: Prepared, author: audit.Author, operation: audit.Operation | None = None
) -> PastReport:
    """Keep the report of that time, as a file, beside its figures; the AD may put another in its place.

    Raises Refusal.
    """
    with audit.act(past.cooperative, author, "past_report.document", operation=operation) as act:
        current = PastReport.objects.select_related("cooperative__association").get(pk=past.pk)
        if current.removed_at is not None:
            raise Refusal("Ce compte-rendu a été retiré par votre AD : elle doit d’abord le remettre.", FIELD)
        if current.document_id is not None and author.on_behalf is None:
            raise Refusal("Le compte-rendu de cette année est déjà joint : seule votre AD peut le remplacer.", FIELD)
        current.document = store(cooperative=current.cooperative, author=author, ready=ready)
        current.version += 1
        current.save(update_fields=["document", "version"])
        act.about("past_report", current.pk)
        act.payload = {"year": SchoolYear(current.first).slug, "document": facts(current.document)}
    return current


def _current(row: PastRow, past: PastReport | None, version: int | None) -> PastReport:
    current = PastReport(cooperative=row.cooperative, first=row.first, version=0)
    if past is not None:
        current = PastReport.objects.get(pk=past.pk)
        if version is not None and current.version != version:
            raise StaleVersion
    _refuse(row, current.pk or 0)
    return current


def _refuse(row: PastRow, but: int) -> None:
    current = SchoolYear.of(clock.today(row.cooperative.association.time_zone))
    reason = year_problem(row.cooperative, row.first, current, but=but)
    if reason:
        raise Refusal(reason, "year")
    reason = balance_problem(row.figures, chart_for(row.cooperative.association_id, row.first))
    if reason:
        raise Refusal(reason)


def _kept(current: PastReport, row: PastRow, author: audit.Author) -> dict[str, Any]:
    """Write the row; what the trail says of it."""
    chart = chart_for(row.cooperative.association_id, row.first)
    known = {account.key for account in typed_accounts(chart)}
    current.first = row.first
    current.figures = {key: cents for key, cents in sorted(row.figures.items()) if cents and key in known}
    current.closing_cents = closing_of(row.figures, chart)
    current.typed_at, current.typed_by, current.on_behalf = clock.now(), author.person, author.on_behalf
    current.version += 1
    current.save()
    return {"year": SchoolYear(row.first).slug, "figures": current.figures, "closing_cents": current.closing_cents}
