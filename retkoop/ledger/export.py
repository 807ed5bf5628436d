"""The canonical export of a year: the same book gives the same bytes (docs/formats.md).

No id, no tenant, no instant. Lists are in the order of their meaning:
treasuries by slug, entries by number, statements by account and date.
"""

from collections.abc import Collection
from typing import Any

from retkoop.core import canonical
from retkoop.ledger.canonical import entry_state, statement_state, treasury_state
from retkoop.ledger.chart import chart_for
from retkoop.ledger.follow import cash_count_state, grant_state, inventory_state
from retkoop.ledger.models import (
    Attachment,
    CashCount,
    ChequeSlip,
    Entry,
    FiscalYear,
    Grant,
    InventoryLine,
    Posting,
    Statement,
    Treasury,
)

FORMAT = "retkoop-book"
VERSION = 1


def book_state(year: FiscalYear) -> dict[str, Any]:
    """Everything that the year's book holds, as canonical data; a fixed number of queries."""
    treasuries = {row.pk: row for row in Treasury.objects.filter(cooperative_id=year.cooperative_id).select_related("account")}
    entries = entry_states(year, treasuries)
    return {
        "format": FORMAT,
        "version": VERSION,
        "year": year.slug,
        "start": year.start.isoformat(),
        "end": year.end.isoformat(),
        "mode": year.mode,
        "treasuries": sorted((treasury_state(row) for row in treasuries.values()), key=lambda state: state["slug"]),
        "actions": sorted({state["action"] for state in entries if state["action"]}),
        "statements": _statements(year, entries),
        "entries": entries,
        "cash_counts": _sorted(
            cash_count_state(row)
            for row in CashCount.objects.filter(year=year, cancelled_at__isnull=True).select_related("treasury", "explained_by")
        ),
        "grants": _sorted(
            grant_state(row) for row in Grant.objects.filter(year=year, removed_at__isnull=True).select_related("entry")
        ),
        "inventory": _sorted(
            inventory_state(row)
            for row in InventoryLine.objects.filter(
                cooperative_id=year.cooperative_id,
                removed_at__isnull=True,
                acquired_on__gte=year.start,
                acquired_on__lte=year.end,
            ).select_related("entry")
        ),
    }


def book_bytes(year: FiscalYear) -> bytes:
    """The canonical export: one line of JSON, UTF-8, ended by a line feed."""
    return (canonical.dumps(book_state(year)) + "\n").encode()


def _sorted(states: Any) -> list[dict[str, Any]]:
    return sorted(states, key=canonical.dumps)


def _of(mine: dict[str, Any]) -> dict[str, Any]:
    """The same choice of entries, seen from what hangs on an entry."""
    return {"entry__in": mine["entry__in"]} if "entry__in" in mine else {"entry__year": mine["year"]}


def _statements(year: FiscalYear, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The statements dated in the year, and those of other years that hang on its lines (its opening's above all)."""
    named = {(posting["treasury"], posting["statement"]) for entry in entries for posting in entry["postings"]}
    rows = Statement.objects.filter(cooperative_id=year.cooperative_id).select_related("treasury")
    found = [
        statement_state(row)
        for row in rows
        if year.start <= row.ends_on <= year.end or (row.treasury.slug, row.ends_on.isoformat()) in named
    ]
    return sorted(found, key=lambda state: (state["treasury"], state["ends_on"]))


def entry_states(
    year: FiscalYear, treasuries: dict[int, Treasury], only: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Every entry of the year by number, the opening first, cancelled ones with the lines that they had.

    `only`: the ids of the entries wanted. A fixed number of queries.
    """
    chart = chart_for(year.cooperative.association_id, year.first)
    wanted = Entry.objects.filter(year=year) if only is None else Entry.objects.filter(year=year, pk__in=only)
    entries = list(wanted.select_related("action").order_by("number"))
    versions = {entry.pk: entry.version if entry.cancelled else None for entry in entries}
    postings: dict[int, list[Posting]] = {}
    mine = {"year": year} if only is None else {"year": year, "entry__in": list(versions)}
    for posting in Posting.objects.filter(**mine).order_by("pk"):
        if posting.until_version == versions[posting.entry_id]:
            postings.setdefault(posting.entry_id, []).append(posting)
    days = {
        pk: day.isoformat()
        for pk, day in Statement.objects.filter(cooperative_id=year.cooperative_id).values_list("pk", "ends_on")
    }
    receipts: dict[int, list[str]] = {}
    for entry_id, digest in Attachment.objects.filter(**_of(mine), removed_at__isnull=True).values_list("entry_id", "sha256"):
        receipts.setdefault(entry_id, []).append(digest)
    slips: dict[int, list[dict[str, Any]]] = {}
    for slip in ChequeSlip.objects.filter(**_of(mine)).order_by("rank"):
        slips.setdefault(slip.entry_id, []).append({"issuer": slip.issuer, "bank": slip.bank, "cents": slip.cents})
    return [
        entry_state(
            entry,
            postings.get(entry.pk, []),
            chart=chart,
            treasuries=treasuries,
            statement_days=days,
            action=entry.action.name if entry.action else "",
            receipts=receipts.get(entry.pk, []),
            slips=slips.get(entry.pk, []),
        )
        for entry in entries
    ]
