"""What a cooperative must know of its reports on its home page: validated, given back."""

from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.identity.models import Cooperative
from retkoop.ledger.models import YearMode
from retkoop.yearend.fields import page_of, paper_field
from retkoop.yearend.models import Report, ReportState, ReviewReason, ValidatedReport
from retkoop.yearend.queries.papers import Need


@dataclass(frozen=True)
class ToMend:
    """A reason of the AD as a task: where, what, the page that mends it."""

    reason: ReviewReason
    path: str


@dataclass(frozen=True)
class News:
    """The latest validated report, and what the AD asked to mend (with its year)."""

    validated: ValidatedReport | None
    to_mend: tuple[ToMend, ...]

    @property
    def year_to_mend(self) -> str:
        return self.to_mend[0].reason.report.year.slug if self.to_mend else ""


def news_of(cooperative: Cooperative) -> News:
    """Two queries."""
    live = ValidatedReport.objects.filter(cooperative=cooperative, superseded_at__isnull=True)
    validated = live.select_related("report__year").order_by("-report__year__end").first()
    reasons = ReviewReason.objects.filter(
        cooperative=cooperative,
        done_at__isnull=True,
        report__state__in=(ReportState.RETURNED, ReportState.IN_PROGRESS),
    )
    return News(validated, to_mend(list(reasons.select_related("report__year").order_by("-report__year__end", "pk"))))


def to_mend(reasons: Sequence[ReviewReason]) -> tuple[ToMend, ...]:
    """Each reason with the page that mends it, in its own year."""
    return tuple(ToMend(reason, _path(reason)) for reason in reasons)


def _path(reason: ReviewReason) -> str:
    year = reason.report.year
    path = page_of(reason.field, books=year.mode == YearMode.BOOKS)
    return f"{path}{'&' if '?' in path else '?'}annee={year.slug}"


def asked_again(need: Need, asked: Sequence[ToMend]) -> str:
    """What the AD asks of a paper that is there, in its words; "" when nothing, or when it was replaced since."""
    since = need.since
    told = (one.reason for one in asked if one.reason.field == paper_field(need))
    return next((reason.text for reason in told if since is not None and since < reason.at), "")


def reasons_to_mend(report: Report) -> tuple[ToMend, ...]:
    """What is still to be done in one report."""
    return to_mend(list(report.reasons.filter(done_at__isnull=True).select_related("report__year")))
