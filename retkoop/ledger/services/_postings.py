"""The only lines that write postings and kept sums. Callers hold the book's lock (`audit.act`)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from retkoop.core import sql
from retkoop.ledger.models import Entry, Posting
from retkoop.ledger.queries import stored

_CLOSE = "UPDATE ledger_posting SET until_version = %s WHERE id IN ({these})"
_UPSERT = """
INSERT INTO ledger_balance (cooperative_id, year_id, account_id, treasury_id, slot, debit, credit, count)
VALUES {rows}
ON CONFLICT (year_id, account_id, slot) DO UPDATE SET
  debit = ledger_balance.debit + excluded.debit,
  credit = ledger_balance.credit + excluded.credit,
  count = ledger_balance.count + excluded.count
"""


def insert(postings: Sequence[Posting]) -> None:
    """Write live postings and add them to the kept sums; each posting gets its id."""
    sql.insert(postings)
    _move_balances(postings, sign=1)


def close(postings: Sequence[Posting], *, version: int) -> None:
    """Close live postings at `version` of their entry and take them out of the kept sums."""
    if not postings:
        return
    ids = [posting.pk for posting in postings]
    sql.execute(_CLOSE.format(these=sql.places(ids)), [version, *ids])
    for posting in postings:
        posting.until_version = version
    _move_balances(postings, sign=-1)


def live(entry: Entry) -> list[Posting]:
    """The live postings of an entry."""
    return stored.live_postings(entry.pk)


def last(entry: Entry) -> list[Posting]:
    """The live postings, or for a cancelled entry those that its cancelling closed."""
    until = entry.version if entry.cancelled else None
    return list(Posting.objects.filter(entry=entry, until_version=until).order_by("pk"))


def _move_balances(postings: Iterable[Posting], *, sign: int) -> None:
    moves: dict[tuple[int, int, int, int | None], list[int]] = defaultdict(lambda: [0, 0, 0])
    for posting in postings:
        key = (posting.cooperative_id, posting.year_id, posting.account_id, posting.treasury_id)
        side = 0 if posting.cents > 0 else 1
        moves[key][side] += sign * abs(posting.cents)
        moves[key][2] += sign
    if not moves:
        return
    values: list[int | None] = []
    for (cooperative, year, account, treasury), (debit, credit, count) in moves.items():
        values += [cooperative, year, account, treasury, treasury or 0, debit, credit, count]
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(moves))
    sql.execute(_UPSERT.format(rows=rows), values)
