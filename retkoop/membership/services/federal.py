"""What the ADs paid of the federal share, as the federation records it; a mistake is cancelled, never erased."""

import datetime as dt

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.models import Association
from retkoop.membership.models import FederalPayment

MOST_CENTS = 10**10


def record_federal_payment(
    *,
    association: Association,
    first: int,
    cents: int,
    paid_on: dt.date,
    author: audit.Author,
    reference: str = "",
    operation: audit.Operation | None = None,
) -> FederalPayment:
    """Record what an AD paid (cents > 0) of its share of the school year of `first`. Raises Refusal."""
    if not 0 < cents <= MOST_CENTS:
        message = "Écrivez le montant reçu, plus grand que zéro."
        raise Refusal(message, "cents")
    if paid_on > clock.today(association.time_zone):
        message = "Cette date n’est pas encore passée : écrivez le jour où le paiement est arrivé."
        raise Refusal(message, "paid_on")
    try:
        with audit.general_act(author, "federal.paid", operation=operation) as act:
            row = FederalPayment.objects.create(
                association=association, first=first, cents=cents, paid_on=paid_on, reference=reference.strip()[:60],
                recorded_at=clock.now(), recorded_by=author.person,
            )  # fmt: skip
            _tell(act, row)
    except audit.Replay as replay:
        return FederalPayment.objects.get(pk=replay.subject_id)
    return row


def cancel_federal_payment(
    *, payment: FederalPayment, author: audit.Author, operation: audit.Operation | None = None
) -> FederalPayment:
    """Take a payment back that was recorded by mistake. Raises Refusal when it was already."""
    try:
        with audit.general_act(author, "federal.payment_cancelled", operation=operation) as act:
            row = FederalPayment.objects.select_for_update().select_related("association").get(pk=payment.pk)
            if row.cancelled_at is not None:
                message = "Ce paiement est déjà annulé."
                raise Refusal(message)
            row.cancelled_at = clock.now()
            row.save(update_fields=["cancelled_at"])
            _tell(act, row)
    except audit.Replay as replay:
        return FederalPayment.objects.get(pk=replay.subject_id)
    return row


def _tell(act: audit.Act, row: FederalPayment) -> None:
    act.about("federal_payment", row.pk)
    act.payload = {
        "association": row.association.code,
        "year": SchoolYear(row.first).slug,
        "cents": row.cents,
        "paid_on": row.paid_on.isoformat(),
        "reference": row.reference,
        "cancelled": row.cancelled_at is not None,
    }
