"""What the entry desk reads around one entry: accounts that may be used, balances, and lookalikes; few indexed queries."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retkoop.core import sql
from retkoop.core.text import natural_key
from retkoop.ledger.content import EntryContent
from retkoop.ledger.models import FiscalYear, Treasury
from retkoop.ledger.queries.balances import treasuries_of

_BALANCES = """
SELECT b.year_id, b.treasury_id, b.debit, b.credit,
  EXISTS (SELECT 1 FROM ledger_entry o WHERE o.year_id = b.year_id AND o.kind = 'opening' AND o.cancelled_at IS NULL)
FROM ledger_balance b WHERE b.treasury_id IS NOT NULL AND b.year_id IN ({years})
"""
_MOVES = """
SELECT p.treasury_id, e.date, CAST(SUM(p.cents) AS BIGINT)
FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
WHERE e.year_id = %s AND e.date > %s AND e.number > 0 AND e.id <> %s
  AND p.until_version IS NULL AND p.treasury_id IS NOT NULL
GROUP BY p.treasury_id, e.date
"""
_LIVE = """
FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id AND p.until_version IS NULL AND p.treasury_id IS NOT NULL
"""
_SAME_DAY = f"""
SELECT 'same', e.id, e.date, e.label, e.piece {_LIVE}
WHERE e.year_id = %s AND e.date = %s AND e.number > 0 AND p.cents IN ({{these}})
"""
_CHEQUES = f"""
SELECT 'cheque', e.id, e.date, e.label, e.cheque {_LIVE} JOIN ledger_treasury t ON t.id = p.treasury_id
WHERE e.cooperative_id = %s AND e.cheque IN ({{these}}) AND e.cheque <> '' AND t.kind = 'bank' AND p.cents < 0
"""
_CARRIED = """
SELECT 'cheque', e.id, COALESCE(p.item_date, e.date), p.item_label, p.item_cheque
FROM ledger_fiscalyear y JOIN ledger_entry e ON e.year_id = y.id AND e.kind = 'opening'
  JOIN ledger_posting p ON p.entry_id = e.id AND p.until_version IS NULL AND p.origin_id IS NULL
WHERE y.cooperative_id = %s AND p.item_cheque IN ({these})
"""
_PIECE = f"""
SELECT 'piece', e.id, e.date, e.label, e.piece {_LIVE}
WHERE e.year_id = %s AND e.piece_sort = %s AND e.piece <> '' AND e.kind = 'ordinary' AND e.cancelled_at IS NULL
"""
_DEPOSITS = f"""
SELECT 'deposit', e.id, e.date, e.label, e.piece {_LIVE} AND p.cents < 0 JOIN ledger_treasury t ON t.id = p.treasury_id
WHERE e.year_id = %s AND e.kind = 'ordinary' AND t.kind = 'cash' AND EXISTS (
  SELECT 1 FROM ledger_posting b JOIN ledger_treasury bank ON bank.id = b.treasury_id
  WHERE b.entry_id = e.id AND b.until_version IS NULL AND bank.kind = 'bank' AND b.cents > 0)
"""  # noqa: S608


def usable_treasuries(year: FiscalYear, keep: Iterable[int] = ()) -> tuple[Treasury, ...]:
    """The accounts alive at some day of the year, banks first; those of `keep` (ids) in any case."""
    kept = set(keep)
    return tuple(
        row
        for row in treasuries_of(year.cooperative)
        if row.pk in kept or (row.opened <= year.end and (row.closed is None or row.closed >= year.start))
    )


def present_balances(year: FiscalYear, years: Sequence[FiscalYear]) -> dict[int, int]:
    """Cents on each treasury at the year's end as the book stands, in one query; `years`: the cooperative's, oldest first.

    The sums of the run of years that ends with this one and begins with the
    last written opening or after the last closed year (see `queries.years.chain`).
    """
    run = [row.pk for row in years if row.start <= year.start]
    sums: dict[int, dict[int, int]] = {}
    written: set[int] = set()
    for year_id, treasury_id, debit, credit, has_opening in sql.fetch(_BALANCES.format(years=sql.places(run)), run):
        sums.setdefault(year_id, {})[treasury_id] = debit - credit
        if has_opening:
            written.add(year_id)
    totals: dict[int, int] = {}
    for row in sorted(years, key=lambda one: one.start, reverse=True):
        if row.start > year.start:
            continue
        for treasury_id, cents in sums.get(row.pk, {}).items():
            totals[treasury_id] = totals.get(treasury_id, 0) + cents
        if row.pk in written or row.closed:
            break
    return totals


def daily_moves(year: FiscalYear, since: dt.date, without: int | None = None) -> dict[int, dict[dt.date, int]]:
    """Cents moved per treasury and day after `since`, in one query; the entry `without` (id) left out."""
    moves: dict[int, dict[dt.date, int]] = {}
    for treasury_id, day, cents in sql.fetch(_MOVES, [year.pk, since, without or 0]):
        moves.setdefault(treasury_id, {})[sql.day(day)] = cents
    return moves


@dataclass(frozen=True)
class Lookalike:
    """Something already in the book that looks like the entry being typed; `why`: same, cheque, item, piece, deposit."""

    why: str
    entry_id: int
    date: dt.date
    label: str
    text: str


def lookalikes(
    year: FiscalYear, content: EntryContent, *, cheques: Sequence[str], deposit: bool, without: int | None
) -> list[Lookalike]:
    """What resembles the entry, in one query of indexed branches.

    `cheques`: numbers to look for in the whole cooperative, carried items
    included; `deposit`: list the year's cash deposits; `without`: the entry itself.
    """
    amounts = [line.cents for line in content.treasury_lines]
    branches = [_SAME_DAY.format(these=sql.places(amounts))]
    values: list[object] = [year.pk, content.date, *amounts]
    if cheques:
        branches += [_CHEQUES.format(these=sql.places(cheques)), _CARRIED.format(these=sql.places(cheques))]
        values += [year.cooperative_id, *cheques] * 2
    if content.piece:
        branches.append(_PIECE)
        values += [year.pk, natural_key(content.piece)]
    if deposit:
        branches.append(_DEPOSITS)
        values.append(year.pk)
    seen: set[tuple[str, int, str]] = set()
    found = []
    for why, entry_id, day, label, text in sql.fetch(" UNION ALL ".join(branches), values):
        if entry_id != without and (why, entry_id, text) not in seen:
            seen.add((why, entry_id, text))
            found.append(Lookalike(why, entry_id, sql.day(day), label, text))
    return found
