"""The invariants of the books, checked for a whole cooperative (model.md): what `retkoop check-books` runs.

Each finding names the invariant and tells the fact; an empty result means
that the book holds together.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from retkoop.identity.models import AuditEvent, Cooperative
from retkoop.ledger.export import entry_states
from retkoop.ledger.models import Balance, Entry, EntryKind, FiscalYear, Posting, Treasury, TreasuryKind, YearMode
from retkoop.ledger.queries.years import closing_by_treasury, next_of, open_items, opening_entry


@dataclass(frozen=True)
class Finding:
    """A broken invariant: its id, and the fact in English for the operator."""

    invariant: str
    detail: str


def check(cooperative: Cooperative) -> Iterator[Finding]:
    """Every broken invariant of a cooperative's books."""
    for year in FiscalYear.objects.filter(cooperative=cooperative).order_by("start"):
        year.cooperative = cooperative
        yield from _balanced(year)
        yield from _gapless(year)
        if year.mode == YearMode.BOOKS:
            yield from _balances(year)
        yield from _treasury_accounts(year)
        yield from _distinct(year)
        yield from _carried(year)
    yield from _replay(cooperative)


def _balanced(year: FiscalYear) -> Iterator[Finding]:
    """I1: live postings sum to zero; at least two, none when cancelled (an opening of zero has none)."""
    live = Q(postings__until_version__isnull=True)
    rows = Entry.objects.filter(year=year).annotate(
        total=Sum("postings__cents", filter=live), live=Count("postings", filter=live)
    )
    for entry in rows:
        if entry.total or entry.imbalance_id:
            yield Finding("I1", f"{year.slug} entry {entry.number} sums to {entry.total}")
        if entry.cancelled and entry.live:
            yield Finding("I1", f"{year.slug} cancelled entry {entry.number} has live postings")
        if not entry.cancelled and entry.kind == EntryKind.ORDINARY and entry.live < 2:
            yield Finding("I1", f"{year.slug} entry {entry.number} has {entry.live} live posting")


def _gapless(year: FiscalYear) -> Iterator[Finding]:
    """I2: numbers are 1..next_number−1."""
    numbers = list(Entry.objects.filter(year=year, number__gt=0).order_by("number").values_list("number", flat=True))
    if numbers != list(range(1, year.next_number)):
        yield Finding("I2", f"{year.slug} numbers are not 1..{year.next_number - 1}")


def _balances(year: FiscalYear) -> Iterator[Finding]:
    """I3: kept sums equal a recount of the live postings."""
    counted: dict[tuple[int, int], tuple[int, int, int]] = {}
    for account, treasury, cents in Posting.objects.filter(year=year, until_version__isnull=True).values_list(
        "account_id", "treasury_id", "cents"
    ):
        debit, credit, count = counted.get((account, treasury or 0), (0, 0, 0))
        counted[account, treasury or 0] = (debit + max(cents, 0), credit + max(-cents, 0), count + 1)
    kept = {
        (account, slot): (debit, credit, count)
        for account, slot, debit, credit, count in Balance.objects.filter(year=year).values_list(
            "account_id", "slot", "debit", "credit", "count"
        )
        if (debit, credit, count) != (0, 0, 0)
    }
    for key in sorted(counted.keys() | kept.keys()):
        if counted.get(key) != kept.get(key):
            yield Finding("I3", f"{year.slug} account {key}: kept {kept.get(key)}, counted {counted.get(key)}")


def _treasury_accounts(year: FiscalYear) -> Iterator[Finding]:
    """I7: a treasury posting's account is its treasury's, of the same cooperative; others have none."""
    accounts = {row.pk: row.account_id for row in Treasury.objects.filter(cooperative_id=year.cooperative_id)}
    treasury_accounts = set(accounts.values())
    for pk, account, treasury in Posting.objects.filter(year=year).values_list("pk", "account_id", "treasury_id"):
        if treasury is None and account in treasury_accounts:
            yield Finding("I7", f"{year.slug} posting {pk} is on a treasury account without a treasury")
        if treasury is not None and accounts.get(treasury) != account:
            yield Finding("I7", f"{year.slug} posting {pk} is not on its treasury's account")


def _distinct(year: FiscalYear) -> Iterator[Finding]:
    """I9: an ordinary entry has one live posting per (account, treasury)."""
    rows = (
        Posting.objects.filter(year=year, until_version__isnull=True, entry__kind=EntryKind.ORDINARY)
        .values("entry__number", "account_id", "treasury_id")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    for row in rows:
        yield Finding("I9", f"{year.slug} entry {row['entry__number']} has {row['n']} postings on one account")


def _carried(year: FiscalYear) -> Iterator[Finding]:
    """I6: a closed year's balances and open items are the next year's opening."""
    following = next_of(year)
    if not year.closed or following is None:
        return
    opening = opening_entry(following)
    live = list(Posting.objects.filter(entry=opening, until_version__isnull=True, treasury__isnull=False)) if opening else []
    opened: dict[int, int] = {}
    for posting in live:
        opened[posting.treasury_id or 0] = opened.get(posting.treasury_id or 0, 0) + posting.cents
    closing = closing_by_treasury(year)
    if {pk: cents for pk, cents in opened.items() if cents} != closing:
        yield Finding("I6", f"{following.slug} opens with {opened}, {year.slug} closed with {closing}")
    carried = sorted((row.origin_id or 0, row.cents) for row in live if row.item_date is not None)
    items = sorted((item.posting_id, item.cents) for item in open_items(year))
    if carried != items:
        yield Finding("I6", f"{following.slug} carries {carried}, {year.slug} left {items}")
    cash = Posting.objects.filter(year=year, statement__isnull=False, treasury__kind=TreasuryKind.CASH).count()
    if cash:
        yield Finding("I5", f"{year.slug} has {cash} ticked cash lines")


def replayed_entries(cooperative: Cooperative) -> dict[tuple[str, int], dict[str, Any]]:
    """The last state of every entry according to the audit trail alone, by year and number."""
    states: dict[tuple[str, int], dict[str, Any]] = {}
    events = AuditEvent.objects.filter(cooperative=cooperative, payload__isnull=False).order_by("seq")
    for payload in events.values_list("payload", flat=True):
        told = json.loads(payload or "{}")
        for part in [told, *told.get("entries", [])]:
            if isinstance(part, dict) and "entry" in part and isinstance(part["entry"], dict):
                year = told["next"] if part is told and "next" in told else part["year"]
                states[year, part["entry"]["number"]] = part["entry"]
        if "was" in told:
            _redate(states, told["statement"], told["was"])
    return states


def _redate(states: dict[tuple[str, int], dict[str, Any]], statement: dict[str, Any], was: str) -> None:
    """A statement's date was corrected: the ticks that point to it follow."""
    for state in states.values():
        for posting in state["postings"]:
            if posting["treasury"] == statement["treasury"] and posting["statement"] == was:
                posting["statement"] = statement["ends_on"]


def _replay(cooperative: Cooperative) -> Iterator[Finding]:
    """I8: the audit trail alone gives every entry as it stands (skipped once payloads have been erased)."""
    if AuditEvent.objects.filter(cooperative=cooperative, payload__isnull=True).exists():
        return
    told = replayed_entries(cooperative)
    treasuries = {row.pk: row for row in Treasury.objects.filter(cooperative=cooperative).select_related("account")}
    stands: dict[tuple[str, int], dict[str, Any]] = {}
    for year in FiscalYear.objects.filter(cooperative=cooperative):
        year.cooperative = cooperative
        for state in entry_states(year, treasuries):
            stands[year.slug, state["number"]] = state
    for key in sorted(told.keys() | stands.keys()):
        if told.get(key) != stands.get(key):
            yield Finding("I8", f"{key[0]} entry {key[1]} is not what the audit trail tells")
