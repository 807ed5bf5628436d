"""An object of the book as canonical data: what the export holds and what the audit trail replays.

No id, no tenant, no instant: the same book gives the same bytes anywhere
(docs/formats.md). Amounts are integer cents, days ISO dates, absent texts "".
"""

from collections.abc import Iterable, Mapping
from typing import Any

from retkoop.ledger.chart import Chart
from retkoop.ledger.models import Entry, Posting, Statement, Treasury


def posting_state(posting: Posting, chart: Chart, slugs: Mapping[int, str], statement_day: str) -> dict[str, Any]:
    """A posting: account by key and code, treasury by its stable name, tick by its statement's date."""
    account = chart.by_id[posting.account_id]
    state: dict[str, Any] = {
        "account": account.key,
        "code": account.code,
        "treasury": slugs[posting.treasury_id] if posting.treasury_id is not None else "",
        "cents": posting.cents,
        "statement": statement_day,
    }
    if posting.item_date is not None:
        state["item"] = {
            "date": posting.item_date.isoformat(),
            "label": posting.item_label,
            "cheque": posting.item_cheque,
        }
    return state


def _rank(state: Mapping[str, Any]) -> tuple[Any, ...]:
    item = state.get("item", {"date": "", "label": "", "cheque": ""})
    return (
        state["treasury"] == "",
        state["treasury"],
        state["code"],
        item["date"],
        item["cheque"],
        item["label"],
        state["cents"],
        state["statement"],
    )


def entry_state(
    entry: Entry,
    postings: Iterable[Posting],
    *,
    chart: Chart,
    treasuries: Mapping[int, Treasury],
    statement_days: Mapping[int, str],
    action: str,
    receipts: Iterable[str] = (),
    slips: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """An entry with its postings (the last ones when it is cancelled), receipts' digests and cheque slips."""
    slugs = {pk: treasury.slug for pk, treasury in treasuries.items()}
    states = [
        posting_state(posting, chart, slugs, statement_days[posting.statement_id] if posting.statement_id else "")
        for posting in postings
    ]
    return {
        "number": entry.number,
        "kind": entry.kind,
        "date": entry.date.isoformat(),
        "piece": entry.piece,
        "label": entry.label,
        "means": entry.means,
        "cheque": entry.cheque,
        "action": action,
        "counterparty": entry.counterparty,
        "receipt_expected": entry.receipt_expected,
        "cancelled": entry.cancelled,
        "postings": sorted(states, key=_rank),
        "receipts": sorted(receipts),
        "cheques": list(slips),
    }


def statement_state(statement: Statement) -> dict[str, object]:
    """A statement as canonical data."""
    return {
        "treasury": statement.treasury.slug,
        "ends_on": statement.ends_on.isoformat(),
        "closing_cents": statement.closing_cents,
    }


def treasury_state(treasury: Treasury) -> dict[str, object]:
    """A treasury account as canonical data."""
    return {
        "slug": treasury.slug,
        "kind": treasury.kind,
        "account": treasury.account.key,
        "label": treasury.label,
        "opened": treasury.opened.isoformat(),
        "closed": treasury.closed.isoformat() if treasury.closed else "",
    }
