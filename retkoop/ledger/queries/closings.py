"""The story of a year's closings and reopenings, told by the audit trail, with the balances of each moment."""

import datetime as dt
import json
from dataclasses import dataclass

from retkoop.identity.models import AuditEvent
from retkoop.ledger.models import FiscalYear, ReopeningRequest, Treasury

_VERBS = ("year.closed", "year.reopened", "year.closing_withdrawn", "reopening.answered")


@dataclass(frozen=True)
class ClosingEvent:
    """One closing or reopening: who, for which AD, when, why, and what each account held (cents)."""

    at: dt.datetime
    closed: bool
    who: str
    on_behalf: str
    reason: str
    balances: tuple[tuple[str, int], ...]


def closing_story(year: FiscalYear) -> list[ClosingEvent]:
    """The year's closings and reopenings, the oldest first."""
    labels = {row.slug: row.label for row in Treasury.objects.filter(cooperative_id=year.cooperative_id)}
    events = AuditEvent.objects.filter(
        cooperative_id=year.cooperative_id, verb__in=_VERBS, payload__isnull=False
    ).select_related("actor", "on_behalf")
    story = []
    for event in events.order_by("seq"):
        told = json.loads(event.payload or "{}")
        if told.get("year") != year.slug or "closed" not in told:
            continue
        story.append(
            ClosingEvent(
                at=event.at,
                closed=told["closed"],
                who=event.actor.full_name if event.actor else "",
                on_behalf=event.on_behalf.name if event.on_behalf else "",
                reason=event.reason,
                balances=tuple((labels.get(slug, slug), cents) for slug, cents in told["closing"].items()),
            )
        )
    return story


def open_request(year: FiscalYear) -> ReopeningRequest | None:
    """The request that waits for the AD's answer, if any."""
    return ReopeningRequest.objects.filter(year=year, answered_at__isnull=True).select_related("asked_by").first()


def last_answer(year: FiscalYear) -> ReopeningRequest | None:
    """The AD's latest answer about this year, if any."""
    answered = ReopeningRequest.objects.filter(year=year, answered_at__isnull=False)
    return answered.select_related("answered_by", "answered_for").order_by("answered_at").last()
