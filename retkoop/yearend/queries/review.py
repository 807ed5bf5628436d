"""What an AD sees of its cooperatives' reports of a school year: one statement, however many they are."""

import datetime as dt
from dataclasses import dataclass

from retkoop.core import sql
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association
from retkoop.yearend.models import Report, ReportState

NOT_STARTED, BALANCED = "not_started", "balanced"
WORDS: dict[str, str] = {
    ReportState.SUBMITTED: "transmis",
    ReportState.IN_REVIEW: "en contrôle",
    ReportState.RETURNED: "à compléter",
    BALANCED: "équilibré",
    ReportState.IN_PROGRESS: "en cours",
    NOT_STARTED: "non commencé",
    ReportState.VALIDATED: "validé",
    ReportState.ARCHIVED: "archivé",
}
"""The states of the list in its order: what waits for the AD first."""
AWAITED = (ReportState.SUBMITTED.value, ReportState.IN_REVIEW.value)
_RANK = {state: rank for rank, state in enumerate(WORDS)}
_LIST = """
SELECT c.number, c.name, c.town, r.id, r.state, r.balanced, r.submitted_at, r.validated_at, r.started_at
FROM identity_cooperative c
  LEFT JOIN ledger_fiscalyear y ON y.cooperative_id = c.id AND y."end" = %s
  LEFT JOIN yearend_report r ON r.year_id = y.id
WHERE c.association_id = %s AND c.created_on <= %s AND c.withdrawn_at IS NULL
"""
_QUEUE = """
SELECT r.id FROM yearend_report r
  JOIN ledger_fiscalyear y ON y.id = r.year_id JOIN identity_cooperative c ON c.id = r.cooperative_id
WHERE c.association_id = %s AND y."end" = %s AND (r.state IN ('submitted', 'in_review') OR r.id = %s)
ORDER BY r.submitted_at, r.id
"""


@dataclass(frozen=True)
class ReportRow:
    """A cooperative and its report: `state` is a key of WORDS, `since` the moment of it, `report_id` 0 when there is none."""

    identifier: str
    name: str
    town: str
    report_id: int
    state: str
    since: dt.datetime | None

    @property
    def words(self) -> str:
        return WORDS[self.state]

    @property
    def waits(self) -> bool:
        """Is it the AD's turn?"""
        return self.state in AWAITED


def reports_of(association: Association, school_year: SchoolYear) -> list[ReportRow]:
    """Every cooperative of the AD that existed in that year: those that wait first, the oldest of them first."""
    end = school_year.end
    found = sql.fetch(_LIST, [end, association.pk, end])
    rows = [_row(association.code, each) for each in found]
    return sorted(rows, key=_order)


def _row(code: str, values: tuple[object, ...]) -> ReportRow:
    number, name, town, report_id, state, balanced, submitted, validated, started = values
    shown = str(state) if state else NOT_STARTED
    if shown == ReportState.IN_PROGRESS and balanced:
        shown = BALANCED
    frozen = shown in {ReportState.VALIDATED, ReportState.ARCHIVED}
    handed_in = shown in {ReportState.SUBMITTED, ReportState.IN_REVIEW, ReportState.RETURNED}
    since = validated if frozen else submitted if handed_in else started
    return ReportRow(f"{code}-{number}", str(name), str(town), int(str(report_id or 0)), shown, _moment(since))


def _moment(value: object) -> dt.datetime | None:
    """SQLite gives text, in UTC."""
    if value is None:
        return None
    read = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def _order(row: ReportRow) -> tuple[int, str, str]:
    """By state; the awaited by the time of their coming, the others by number."""
    return _RANK[row.state], row.since.isoformat() if row.waits and row.since else "", row.identifier


@dataclass(frozen=True)
class Neighbours:
    """The reports that wait before and after one, in the order of their coming; None at either end."""

    before: int | None
    after: int | None
    rank: int
    count: int


def neighbours_of(report: Report) -> Neighbours:
    """Where a report stands among those that wait for its AD, itself included."""
    found = sql.fetch(_QUEUE, [report.cooperative.association_id, report.year.end, report.pk])
    ids = [int(row[0]) for row in found]
    at = ids.index(report.pk)
    return Neighbours(
        before=ids[at - 1] if at else None, after=ids[at + 1] if at + 1 < len(ids) else None, rank=at + 1, count=len(ids)
    )


def report_for(association: Association, pk: int) -> Report | None:
    """A report of that AD's cooperatives; None for the absent and the foreign alike."""
    reports = Report.objects.select_related("cooperative__association", "year")
    report = reports.filter(cooperative__association=association, pk=pk).first()
    if report is not None:
        report.year.cooperative = report.cooperative
    return report


def waiting_reports(association: Association) -> int:
    """How many reports wait for the AD, of any year."""
    return Report.objects.filter(cooperative__association=association, state__in=AWAITED).count()
