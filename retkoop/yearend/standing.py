"""Where a cooperative's report stands, for the page that sums it up: what is left, what may be done, by whom."""

from dataclasses import dataclass

from retkoop.identity.requests import HouseRequest
from retkoop.yearend.models import ReportState, ValidatedReport
from retkoop.yearend.queries.news import ToMend
from retkoop.yearend.readiness import Readiness, readiness_of
from retkoop.yearend.review import forward_story
from retkoop.yearend.web import Desk


@dataclass(frozen=True)
class Standing:
    """`ready` is None before the first write and once validated."""

    ready: Readiness | None
    to_mend: tuple[ToMend, ...]
    may_submit: bool
    may_take_back: bool
    validated: ValidatedReport | None
    story: tuple[ValidatedReport, ...]
    """The versions of last year's report when its closing moved."""


def standing_of(request: HouseRequest, desk: Desk) -> Standing:
    """Where the report of the desk stands for this visitor."""
    report = desk.report
    own = request.actor.may_close and not request.actor.is_association
    if report is not None:
        report.year = desk.year
    return Standing(
        ready=readiness_of(report, desk.known) if report is not None and not report.frozen else None,
        to_mend=desk.asked,
        may_submit=own and report is not None and report.editable,
        may_take_back=own and report is not None and report.state == ReportState.SUBMITTED,
        validated=report.validated.filter(superseded_at__isnull=True).first() if report is not None and report.frozen else None,
        story=tuple(forward_story(desk.year)),
    )
