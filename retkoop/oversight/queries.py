"""Reads of the AD's console."""

from retkoop.identity.models import Association
from retkoop.ledger.models import ReopeningRequest


def reopenings_of(association: Association) -> list[ReopeningRequest]:
    """The AD's requests for reopening: those that wait first, the oldest of them first, then the latest answers."""
    requests = ReopeningRequest.objects.filter(cooperative__association=association).select_related(
        "cooperative__association", "year", "asked_by", "answered_by"
    )
    waiting = requests.filter(answered_at__isnull=True).order_by("asked_at", "pk")
    answered = requests.filter(answered_at__isnull=False).order_by("-answered_at", "-pk")
    return [*waiting, *answered[:50]]


def reopening_of(association: Association, pk: int) -> ReopeningRequest | None:
    """One request of that AD's cooperatives; None for the absent and the foreign alike."""
    requests = ReopeningRequest.objects.select_related("cooperative__association", "year")
    return requests.filter(cooperative__association=association, pk=pk).first()


def waiting_reopenings(association: Association) -> int:
    """How many requests wait for the AD's answer."""
    return ReopeningRequest.objects.filter(cooperative__association=association, answered_at__isnull=True).count()


def waiting_requests(association: Association) -> list[ReopeningRequest]:
    """The requests for reopening that wait for an answer, the oldest first."""
    requests = ReopeningRequest.objects.filter(cooperative__association=association, answered_at__isnull=True)
    return list(requests.select_related("cooperative__association", "year", "asked_by").order_by("asked_at", "pk")[:50])
