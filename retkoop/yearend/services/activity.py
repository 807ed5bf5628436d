"""The CRA's one act: keeping the answers of a page, as they are typed or once the page is validated."""

from collections.abc import Mapping
from typing import Any

from retkoop.core import clock
from retkoop.core.dates import format_long
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity import audit
from retkoop.identity.models import AuditEvent
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import ActivityReport
from retkoop.yearend.queries.activity import ActivityProgress, cra_opens_on, progress_of
from retkoop.yearend.queries.reports import rules_of
from retkoop.yearend.questionnaire import CHOICES, TICK, Asked, shown
from retkoop.yearend.services.reports import editable_report, ensure_report

NOTHING_ASKED = "Aucun questionnaire n’est encore chargé pour cette année : demandez-le à votre AD."
SHEET = 24


def save_answers(
    *,
    year: FiscalYear,
    page: int,
    values: Mapping[str, Any],
    author: audit.Author,
    operation: audit.Operation | None = None,
    version: int | None = None,
    validate: bool = False,
) -> ActivityReport:
    """Keep what was typed on a page (by key; None: left empty); `validate`: unticked boxes mean no from now on.

    Raises Refusal before the AD's date and once handed in; StaleVersion when somebody else changed the answers since.
    """
    refuse_early(year)
    report = ensure_report(year=year, author=author)
    try:
        with audit.act(year.cooperative, author, "cra.validated" if validate else "cra.saved", operation=operation) as act:
            report = editable_report(report)
            before = progress_of(year, report)
            if before.form.federal is None:
                raise Refusal(NOTHING_ASKED)
            row = ActivityReport.objects.filter(report=report).first() or ActivityReport(
                cooperative=year.cooperative, report=report, version=0
            )
            if version is not None and row.version != version and not _same_sheet(row, operation):
                raise StaleVersion
            row.questionnaire, row.own = before.form.federal, before.form.own
            changed = _changes(before, page, values, validate=validate)
            row.answers = {**row.answers, **changed}
            if validate:
                row.pages = {**row.pages, str(page): clock.now().isoformat()}
            row.version += 1
            row.save()
            act.about("activity_report", row.pk)
            act.payload = {"year": year.slug, "page": page, "answers": changed, "version": row.version}
    except audit.Replay as replay:
        return ActivityReport.objects.get(pk=replay.subject_id)
    return row


def refuse_early(year: FiscalYear) -> None:
    """Raises Refusal before the day on which the AD opens the CRA."""
    opens = cra_opens_on(year, rules_of(year.cooperative.association))
    if clock.today(year.cooperative.association.time_zone) < opens:
        message = f"Le compte-rendu d’activité {year.slug} s’ouvre le {format_long(opens)}."
        raise Refusal(message)


def _same_sheet(row: ActivityReport, operation: audit.Operation | None) -> bool:
    """Was the last change made by the very page that now writes? It saves as one types, then is sent whole."""
    if operation is None or row.pk is None:
        return False
    last = AuditEvent.objects.filter(subject_type="activity_report", subject_id=row.pk).order_by("-seq").first()
    return last is not None and (last.op_key or "")[:SHEET] == operation.key[:SHEET]


def _changes(before: ActivityProgress, page: int, values: Mapping[str, Any], *, validate: bool) -> dict[str, Any]:
    """By key, what is to be kept: every question of a validated page, else only what differs from what was shown."""
    on_page = [question for question in before.form.asked if question.page == page and question.key in values]
    told = {**before.values, **{question.key: _told(question, values[question.key]) for question in on_page}}
    called = {question.key for question in shown(before.form.asked, told)}
    changed: dict[str, Any] = {}
    for question in on_page:
        value, was = told[question.key], before.values[question.key]
        silent = was is None and not value and question.kind in {TICK, CHOICES}
        confirmed = validate and question.key in called
        if confirmed or (value != was and not silent):
            changed[question.key] = value
    return changed


def _told(question: Asked, value: Any) -> Any:
    return value if value is not None and question.fits(value) else None
