"""The compte-rendu d'activité of a year: what is asked, what is answered, what is proposed, what is missing.

An answer counts once it was given here. One carried from last year or counted
by the system is only proposed, marked as such, and counts once its page is
validated or the answer changed. A tick box is unanswered until its page is
validated; unticked then means no.
"""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retkoop.ledger.models import (
    Attachment,
    CashCount,
    Entry,
    EntryKind,
    FiscalYear,
    Grant,
    InventoryLine,
    Treasury,
    TreasuryKind,
    YearMode,
)
from retkoop.yearend.models import ActivityReport, Report, ReportRules
from retkoop.yearend.queries.questionnaires import Form, form_in_force, form_of
from retkoop.yearend.questionnaire import CHOICES, PAGES, TICK, Asked, shown

CARRIED, COUNTED = "carried", "counted"
MARKS = {CARRIED: "repris de l’an dernier", COUNTED: "compté dans votre cahier"}


@dataclass(frozen=True)
class ActivityProgress:
    """Where a CRA stands. `values`: by key, given or proposed; `marks`: where a proposed one comes from.

    `shown`: the questions that the answers call for. `missing`: the required
    ones among `unanswered`; only they stand in the way of submission.
    """

    form: Form
    values: Mapping[str, Any]
    marks: Mapping[str, str]
    shown: tuple[Asked, ...]
    unanswered: tuple[Asked, ...]
    missing: tuple[Asked, ...]
    validated: frozenset[int]
    version: int

    @property
    def complete(self) -> bool:
        """May it be handed in: is nothing required missing?"""
        return not self.missing

    @property
    def finished(self) -> bool:
        """Complete, and each page validated: « Bravo ! »."""
        return self.complete and set(self.pages) <= self.validated

    @property
    def begun(self) -> bool:
        return self.version > 0

    @property
    def answered(self) -> int:
        return len(self.shown) - len(self.unanswered)

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages on which something is asked."""
        return tuple(page for page in PAGES if any(question.page == page for question in self.form.asked))

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered for good, by key: what validation freezes."""
        left = {question.key for question in self.unanswered}
        return {question.key: self.values[question.key] for question in self.shown if question.key not in left}


def progress_of(year: FiscalYear, report: Report | None = None) -> ActivityProgress:
    """The CRA of a year as it stands, whether begun or not. `report`: the year's, when the caller has it."""
    report = report if report is not None else Report.objects.filter(year=year).first()
    row = _row(report)
    if row is not None and report is not None and report.frozen:
        form = form_of(row.questionnaire, row.own)
    else:
        form = form_in_force(year.cooperative.association_id, year.first)
    return _progress(form, row, {} if report is not None and report.frozen else proposals(year, form.asked))


def _row(report: Report | None) -> ActivityReport | None:
    if report is None:
        return None
    return ActivityReport.objects.filter(report=report).select_related("questionnaire", "own").first()


def _progress(form: Form, row: ActivityReport | None, proposed: Mapping[str, tuple[Any, str]]) -> ActivityProgress:
    given = {} if row is None else row.answers
    validated = frozenset(int(page) for page in row.pages) if row is not None else frozenset()
    values: dict[str, Any] = {}
    marks: dict[str, str] = {}
    for question in form.asked:
        if question.key in given:
            value = given[question.key]
            values[question.key] = value if value is not None and question.fits(value) else None
        elif question.key in proposed:
            values[question.key], marks[question.key] = proposed[question.key]
        else:
            values[question.key] = None
    called = shown(form.asked, values)
    unanswered = tuple(question for question in called if not _answered(question, values, marks, validated))
    return ActivityProgress(
        form=form,
        values=values,
        marks=marks,
        shown=called,
        unanswered=unanswered,
        missing=tuple(question for question in unanswered if question.required),
        validated=validated,
        version=row.version if row is not None else 0,
    )


def _answered(question: Asked, values: Mapping[str, Any], marks: Mapping[str, str], validated: frozenset[int]) -> bool:
    value = values[question.key]
    if value is None or question.key in marks:
        return False
    return bool(value) or question.kind not in {TICK, CHOICES} or question.page in validated


def proposals(year: FiscalYear, asked: tuple[Asked, ...]) -> dict[str, tuple[Any, str]]:
    """By key, the answer that can be proposed and its mark: what the books count, else last year's answer."""
    counts = counted(year)
    before = _last_year(year)
    found: dict[str, tuple[Any, str]] = {}
    for question in asked:
        count = counts.get(question.source)
        if count is not None and (count or (question.kind != TICK and year.mode == YearMode.BOOKS)):
            found[question.key] = (True if question.kind == TICK else count, COUNTED)
        elif question.carry and before.get(question.key) is not None and question.fits(before[question.key]):
            found[question.key] = (before[question.key], CARRIED)
    return found


def _last_year(year: FiscalYear) -> dict[str, Any]:
    row = ActivityReport.objects.filter(
        cooperative_id=year.cooperative_id, report__year__end=dt.date(year.end.year - 1, 8, 31)
    ).first()
    return {} if row is None else row.answers


def counted(year: FiscalYear) -> dict[str, int]:
    """What the system knows of the year, by the names that a questionnaire may use (`questionnaire.SOURCES`)."""
    entries = Entry.objects.filter(year=year, kind=EntryKind.ORDINARY, cancelled_at__isnull=True)
    mine = {"cooperative_id": year.cooperative_id}
    advances = Treasury.objects.filter(**mine, kind=TreasuryKind.ADVANCE, opened__lte=year.end).exclude(closed__lt=year.start)
    inventory = InventoryLine.objects.filter(**mine, removed_at__isnull=True, acquired_on__lte=year.end)
    return {
        "actions": entries.filter(action__isnull=False).values("action_id").distinct().count(),
        "advances": advances.count(),
        "cash_counts": CashCount.objects.filter(year=year, cancelled_at__isnull=True).count(),
        "entries": entries.count(),
        "grants": Grant.objects.filter(year=year, removed_at__isnull=True).count(),
        "inventory": inventory.exclude(ceded_on__lt=year.start).count(),
        "receipts": Attachment.objects.filter(entry__year=year, removed_at__isnull=True).count(),
    }


def cra_opens_on(year: FiscalYear, rules: ReportRules) -> dt.date:
    """The first day on which the CRA of the year may be filled in, by the AD's rule (1 June when it has none).

    A day that the month has not (31 June) is its last.
    """
    month = rules.cra_opens_month
    number = year.end.year if month < 9 else year.end.year - 1
    return dt.date(number, month, min(rules.cra_opens_day, calendar.monthrange(number, month)[1]))
