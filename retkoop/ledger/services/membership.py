"""The adhésion of a cooperative told to its books: what was called, and the entry that pays it, proposed.

The membership's own act comes first; then this runs in an act of the book,
and calling it again with the same facts changes nothing. What the cooperative
recorded or put aside is its own affair: only the difference is proposed.
"""

import datetime as dt
from typing import Any

from retkoop.core import clock
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import FiscalYear, Means, MembershipCall, MembershipPayer, Proposal, ProposalState, YearMode
from retkoop.ledger.proposed import IN, INSURANCE, MEMBERSHIP, MEMBERSHIP_DUES, OUT, REVIEW, lines_of

ACCOUNTS = (MEMBERSHIP_DUES, INSURANCE, REVIEW)
_SYSTEM = audit.Author(None)


class _NothingToDo(Exception):  # noqa: N818
    """Everything stands already: the act leaves no trace."""


def tell_call(
    *,
    cooperative: Cooperative,
    first: int,
    ref: str,
    on: dt.date,
    membership_cents: int,
    insurance_cents: int,
    review_cents: int,
    payer: str = MembershipPayer.COOPERATIVE,
    payer_name: str = "",
    means: str = Means.DEBIT,
    amendment: bool = False,
    author: audit.Author = _SYSTEM,
) -> MembershipCall:
    """Write what a sheet of the adhésion of `first` calls (cents), and propose its entry when the cooperative pays.

    `ref` (at most 50 signs) names the sheet; `on` is the day of the payment or
    of the call. An amendment that lowers the adhésion has negative amounts: a
    refund on the same accounts. Told again with other facts, the proposal follows.
    """
    facts = {
        "first": first,
        "on": on,
        "membership_cents": membership_cents,
        "insurance_cents": insurance_cents,
        "review_cents": review_cents,
        "payer": payer,
        "payer_name": payer_name.strip(),
        "withdrawn_at": None,
    }
    cents = dict(zip(ACCOUNTS, (membership_cents, insurance_cents, review_cents), strict=True))
    wanted = cents if payer == MembershipPayer.COOPERATIVE else {}
    try:
        with audit.act(cooperative, author, "membership.called") as act:
            call = MembershipCall.objects.filter(cooperative=cooperative, source_ref=ref).first()
            changed = call is None or any(getattr(call, name) != value for name, value in facts.items())
            call = call or MembershipCall(cooperative=cooperative, source_ref=ref)
            for name, value in facts.items():
                setattr(call, name, value)
            proposed = _propose(cooperative, ref, wanted, {"first": first, "on": on, "means": means, "more": amendment})
            if not (changed or proposed):
                raise _NothingToDo
            call.save()
            act.about("membership_call", call.pk)
            act.payload = {"call": {**facts, "on": on.isoformat()}, "proposal": proposed}
    except _NothingToDo:
        return MembershipCall.objects.get(cooperative=cooperative, source_ref=ref)
    return call


def withdraw_call(*, cooperative: Cooperative, ref: str, author: audit.Author = _SYSTEM) -> None:
    """The sheet calls nothing any more: its open proposal goes; what was recorded stays. Nothing when it was never told."""
    try:
        with audit.act(cooperative, author, "membership.uncalled") as act:
            call = MembershipCall.objects.filter(cooperative=cooperative, source_ref=ref, withdrawn_at__isnull=True).first()
            if call is None:
                raise _NothingToDo
            call.withdrawn_at = clock.now()
            call.save(update_fields=["withdrawn_at"])
            proposed = _propose(cooperative, ref, {}, {})
            act.about("membership_call", call.pk)
            act.payload = {"proposal": proposed}
    except _NothingToDo:
        return


def _propose(cooperative: Cooperative, ref: str, wanted: dict[str, int], said: dict[str, Any]) -> dict[str, Any] | None:
    """Inside the act: make, keep true or withdraw the open proposal of that sheet; what changed, None for nothing."""
    known = [row for row in _proposals(cooperative, ref) if "withdrawn" not in row.payload]
    answered = [row for row in known if row.state != ProposalState.OPEN]
    waiting = next((row for row in known if row.state == ProposalState.OPEN), None)
    left = {account: wanted.get(account, 0) for account in ACCOUNTS}
    for row in answered if wanted else ():
        for line in lines_of(row.payload):
            left[line.account] -= line.cents
    payload = _payload(cooperative, left, said, more=said["more"] or bool(answered)) if said and sum(left.values()) else None
    if waiting is None and (payload is None or not _may_receive(cooperative, said["on"])):
        return None
    if waiting is not None and payload is None:
        waiting.payload, waiting.state = {**waiting.payload, "withdrawn": True}, ProposalState.DISMISSED
    elif waiting is not None and waiting.payload == payload:
        return None
    elif waiting is None:
        source_ref = f"{ref}+{len(_proposals(cooperative, ref))}"
        waiting = Proposal(cooperative=cooperative, source=MEMBERSHIP, source_ref=source_ref, made_at=clock.now())
    if payload is not None:
        waiting.payload = payload
    waiting.save()
    return dict(waiting.payload)


def _proposals(cooperative: Cooperative, ref: str) -> list[Proposal]:
    """Those of a sheet, in the order of their making: « ref+0 », « ref+1 »…"""
    rows = Proposal.objects.filter(cooperative=cooperative, source=MEMBERSHIP, source_ref__startswith=f"{ref}+")
    return list(rows.order_by("pk"))


def _payload(cooperative: Cooperative, left: dict[str, int], said: dict[str, Any], *, more: bool) -> dict[str, Any]:
    net = sum(left.values())
    words = "Remboursement d’adhésion" if net < 0 else "Complément d’adhésion" if more else "Adhésion"
    first = said["first"]
    return {
        "date": said["on"].isoformat(),
        "cents": abs(net),
        "direction": OUT if net > 0 else IN,
        "label": f"{words} {first}-{first + 1}",
        "who": cooperative.association.name[:120],
        "means": said["means"],
        "lines": [[account, cents] for account, cents in left.items() if cents],
    }


def _may_receive(cooperative: Cooperative, on: dt.date) -> bool:
    """Could its book take an entry of that day? One that is not begun yet may; a year of totals or closed cannot."""
    year = FiscalYear.objects.filter(cooperative=cooperative, start__lte=on, end__gte=on).first()
    return year is None or (year.mode == YearMode.BOOKS and not year.closed)
