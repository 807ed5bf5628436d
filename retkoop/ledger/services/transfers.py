"""Between two cooperatives: an entry that names another one proposes its mirror there.

Neither sees the other's book: what crosses is a date, an amount, a direction,
the wording and who wrote it. Books are locked one at a time, so this runs
after the entry's own act, in an act of the other book; the unique
(cooperative, source, source_ref) makes it happen once, and calling it again
mends what a stopped process left out.
"""

import datetime as dt
import logging
from typing import Any

from retkoop.core import clock
from retkoop.core.dates import format_day
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME
from retkoop.ledger.models import Entry, FiscalYear, Posting, Proposal, ProposalState, YearMode
from retkoop.ledger.proposed import IN, OUT, TRANSFER

_NEAR = dt.timedelta(days=31)
_LOG = logging.getLogger(__name__)


class _AlreadyDone(Exception):  # noqa: N818
    """Another process did it while this one waited for the book: its act leaves no trace."""


def tell_other_side(entry: Entry, *, before: int | None = None) -> None:
    """Propose the mirror of an entry, keep an open proposal true to it, or withdraw it. Never raises.

    `before`: id of the cooperative that the entry named until now. The entry is
    safe whatever happens here: a failure is logged, and mended by the next call.
    """
    named = {before, entry.counterparty_cooperative_id} - {entry.cooperative_id}
    peers = {peer for peer in named if peer is not None}
    if not peers:
        return
    try:
        cents = _exceptional_cents(entry)
        if _answers_theirs(entry, cents):
            return
        for peer in Cooperative.objects.filter(pk__in=peers).order_by("pk"):
            _settle(peer, entry, cents if peer.pk == entry.counterparty_cooperative_id else 0)
    except _AlreadyDone:
        return
    except Exception:  # noqa: BLE001 - whatever it is, the entry is recorded and stays so
        _LOG.exception("the other side of entry %s was not told", entry.pk)


def _exceptional_cents(entry: Entry) -> int:
    """What the other cooperative receives (> 0) or gave (< 0), by the exceptional accounts; 0 when cancelled."""
    rows = Posting.objects.filter(
        entry=entry, until_version__isnull=True, account__key__in=(EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME)
    )
    return sum(rows.values_list("cents", flat=True))


def _answers_theirs(entry: Entry, cents: int) -> bool:
    """Was the entry made from a proposal, or does it do what an open one proposes (which is then closed)?"""
    if Proposal.objects.filter(entry=entry).exists():
        return True
    peer_id = entry.counterparty_cooperative_id
    waiting = Proposal.objects.filter(
        cooperative_id=entry.cooperative_id,
        source=TRANSFER,
        source_ref__startswith=f"{peer_id}-",
        state=ProposalState.OPEN,
    ).order_by("pk")
    wanted = {"cents": abs(cents), "direction": OUT if cents > 0 else IN}
    match = next((row for row in waiting if wanted.items() <= row.payload.items()), None) if cents else None
    if match is None:
        return False
    with audit.act(entry.cooperative, audit.Author(None), "proposal.answered") as act:
        current = Proposal.objects.get(pk=match.pk)
        if current.state != ProposalState.OPEN:
            raise _AlreadyDone
        current.state, current.entry = ProposalState.TAKEN, entry
        current.save(update_fields=["state", "entry"])
        act.about("proposal", current.pk)
        act.payload = {"proposal": current.payload, "entry": entry.number}
    return True


def _settle(peer: Cooperative, entry: Entry, cents: int) -> None:
    """One proposal at the other cooperative: made, kept true, or withdrawn (`cents` 0)."""
    ref = f"{entry.cooperative_id}-{entry.pk}"
    known = Proposal.objects.filter(cooperative=peer, source=TRANSFER, source_ref=ref).first()
    payload = _payload(entry, cents) if cents and (known or _may_receive(peer, entry, cents)) else None
    if not _changes(known, payload):
        return
    with audit.act(peer, audit.Author(None), "proposal.told" if payload else "proposal.withdrawn") as act:
        row = Proposal.objects.filter(cooperative=peer, source=TRANSFER, source_ref=ref).first()
        if not _changes(row, payload):
            raise _AlreadyDone
        if row is None:
            row = Proposal(cooperative=peer, source=TRANSFER, source_ref=ref, made_at=clock.now())
        row.payload = payload or {**row.payload, "withdrawn": True}
        row.state = ProposalState.OPEN if payload else ProposalState.DISMISSED
        row.save()
        act.about("proposal", row.pk)
        act.payload = {"proposal": row.payload}


def _changes(known: Proposal | None, payload: dict[str, Any] | None) -> bool:
    """Is there something to write? What the other cooperative took or put aside is its own affair."""
    if known is None:
        return payload is not None
    if known.state == ProposalState.OPEN:
        return bool(known.payload != payload)
    return payload is not None and known.state == ProposalState.DISMISSED and "withdrawn" in known.payload


def _payload(entry: Entry, cents: int) -> dict[str, Any]:
    return {
        "date": entry.date.isoformat(),
        "cents": abs(cents),
        "direction": IN if cents > 0 else OUT,
        "label": entry.label,
        "who": f"{entry.cooperative.identifier} {entry.cooperative.name}"[:120],
    }


def _may_receive(peer: Cooperative, entry: Entry, cents: int) -> bool:
    """Does the other one keep its book here, open at that date, without having written its side already?"""
    years = list(FiscalYear.objects.filter(cooperative=peer).order_by("start"))
    if not years or entry.date < years[0].start:
        return False
    year = next((row for row in years if row.start <= entry.date <= row.end), years[-1])
    if year.mode != YearMode.BOOKS or (year.closed and entry.date <= year.end):
        return False
    written = Posting.objects.filter(
        year__in=years,
        until_version__isnull=True,
        account__key__in=(EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME),
        cents=-cents,
        entry__counterparty_cooperative_id=entry.cooperative_id,
        entry__date__range=(entry.date - _NEAR, entry.date + _NEAR),
    )
    return bool(not written.exists())


def mirror_label(payload: dict[str, Any]) -> str:
    """The wording of the mirrored entry."""
    verb = "reçu de" if payload["direction"] == IN else "versé à"
    day = format_day(dt.date.fromisoformat(payload["date"]))
    return f"Virement {verb} {payload['who']} du {day} : {payload['label']}"[:200]
