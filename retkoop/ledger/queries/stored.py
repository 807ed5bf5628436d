"""Rows of the book read on hot paths, by fixed statements: live postings, a posting with all that it hangs on."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from retkoop.core import sql
from retkoop.ledger.models import Account, Action, Entry, FiscalYear, Posting, Statement, Treasury

_LARGEST_ID = 2**63 - 1  # an address may name a larger number, no database does
_POSTING, _ENTRY, _ACTION = sql.Reader(Posting, "p"), sql.Reader(Entry, "e"), sql.Reader(Action, "n")
_TREASURY, _ACCOUNT, _STATEMENT = sql.Reader(Treasury, "t"), sql.Reader(Account, "a"), sql.Reader(Statement, "s")
_YEAR = sql.Reader(FiscalYear, "y")

_YEARS = f"SELECT {_YEAR.columns} FROM {_YEAR.table} WHERE y.cooperative_id = %s ORDER BY y.start"  # noqa: S608
_ONE_YEAR = f"SELECT {_YEAR.columns} FROM {_YEAR.table} WHERE y.id = %s"  # noqa: S608
_YEARS_UNTIL = f"""
SELECT {_YEAR.columns}, EXISTS (
  SELECT 1 FROM ledger_entry o WHERE o.year_id = y.id AND o.kind = 'opening' AND o.cancelled_at IS NULL)
FROM {_YEAR.table} WHERE y.cooperative_id = %s AND y.start <= %s ORDER BY y.start DESC
"""  # noqa: S608
_YEAR_ENDING = f'SELECT {_YEAR.columns} FROM {_YEAR.table} WHERE y.cooperative_id = %s AND y."end" = %s'  # noqa: S608
_TREASURIES = f"""
SELECT {_TREASURY.columns}, {_ACCOUNT.columns} FROM {_TREASURY.table} JOIN {_ACCOUNT.table} ON a.id = t.account_id
WHERE t.cooperative_id = %s
"""  # noqa: S608
_LIVE = f"SELECT {_POSTING.columns} FROM {_POSTING.table} WHERE p.entry_id = %s AND p.until_version IS NULL ORDER BY p.id"  # noqa: S608
_WHOLE = f"""
SELECT {_POSTING.columns}, {_ENTRY.columns}, {_YEAR.columns}, {_ACTION.columns}, {_TREASURY.columns}, {_STATEMENT.columns}
FROM {_POSTING.table} JOIN {_ENTRY.table} ON e.id = p.entry_id JOIN {_YEAR.table} ON y.id = p.year_id
  LEFT JOIN {_ACTION.table} ON n.id = e.action_id
  LEFT JOIN {_TREASURY.table} ON t.id = p.treasury_id
  LEFT JOIN {_STATEMENT.table} ON s.id = p.statement_id
WHERE p.id = %s
"""  # noqa: S608
_ONE_STATEMENT = f"SELECT {_STATEMENT.columns} FROM {_STATEMENT.table} WHERE s.treasury_id = %s AND s.ends_on = %s"  # noqa: S608
_DAYS = "SELECT id, ends_on FROM ledger_statement WHERE id IN ({these})"
_BALANCES = "SELECT year_id, account_id, treasury_id, debit, credit FROM ledger_balance WHERE year_id IN ({years})"
_WAITING = """
SELECT treasury_id, SUM(cents), COUNT(*) FROM ledger_posting
WHERE year_id IN ({years}) AND treasury_id IN ({banks}) AND statement_id IS NULL AND until_version IS NULL
GROUP BY treasury_id
"""
_OPENING = """
SELECT e.id, e.date, p.id, p.treasury_id, p.cents, p.item_date, p.item_label, p.item_cheque, p.statement_id, s.ends_on
FROM ledger_entry e
  LEFT JOIN ledger_posting p ON p.entry_id = e.id AND p.until_version IS NULL AND p.treasury_id IS NOT NULL
  LEFT JOIN ledger_statement s ON s.id = p.statement_id
WHERE e.year_id = %s AND e.kind = 'opening' AND e.cancelled_at IS NULL ORDER BY p.item_date, p.id
"""
_OPEN = """
SELECT p.id, p.entry_id, p.treasury_id, p.cents, p.item_date, p.item_label, p.item_cheque, p.statement_id, s.ends_on,
  e.date, e.label, e.cheque, e.means
FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id LEFT JOIN ledger_statement s ON s.id = p.statement_id
WHERE p.year_id IN ({years}) AND p.treasury_id IN ({banks}) AND p.until_version IS NULL AND p.statement_id
"""
_STATEMENTS = f"SELECT {_STATEMENT.columns} FROM {_STATEMENT.table} WHERE s.treasury_id IN ({{banks}}) ORDER BY s.ends_on"  # noqa: S608
_DIGESTS = "SELECT sha256 FROM ledger_attachment WHERE entry_id = %s AND removed_at IS NULL"
_SLIPS = "SELECT issuer, bank, cents FROM ledger_chequeslip WHERE entry_id = %s ORDER BY rank"


def years(cooperative_id: int) -> list[FiscalYear]:
    """The cooperative's years, oldest first."""
    return _YEAR.all(_YEARS, [cooperative_id])


def years_until(year: FiscalYear) -> list[tuple[FiscalYear, bool]]:
    """The cooperative's years up to this one, the latest first, each with « is its opening written? »."""
    found = sql.fetch(_YEARS_UNTIL, [year.cooperative_id, year.start])
    return [(_YEAR.read(row), bool(row[-1])) for row in found]


def year_before(year: FiscalYear) -> FiscalYear | None:
    """The year that ended the day before this one began."""
    found = _YEAR.all(_YEAR_ENDING, [year.cooperative_id, year.start - dt.timedelta(days=1)])
    return found[0] if found else None


def year(pk: int) -> FiscalYear:
    """The year as it now stands. Raises FiscalYear.DoesNotExist."""
    found = _YEAR.all(_ONE_YEAR, [pk])
    if not found:
        raise FiscalYear.DoesNotExist
    return found[0]


def treasuries(cooperative_id: int) -> list[Treasury]:
    """The cooperative's treasury accounts, each with its account of the chart."""
    return [_treasury(row) for row in sql.fetch(_TREASURIES, [cooperative_id])]


def _treasury(row: Sequence[Any]) -> Treasury:
    treasury = _TREASURY.read(row)
    treasury.account = _ACCOUNT.read(row, _TREASURY.width)
    return treasury


def live_postings(entry_id: int) -> list[Posting]:
    """The live postings of an entry, in the order of their making."""
    return _POSTING.all(_LIVE, [entry_id])


def whole_posting(pk: int) -> Posting | None:
    """A posting as it now stands, live or closed, with its entry (and action), year, treasury account and statement."""
    found = sql.fetch(_WHOLE, [pk]) if pk <= _LARGEST_ID else []
    if not found:
        return None
    row = found[0]
    posting, start = _POSTING.read(row), _POSTING.width
    posting.entry, start = _ENTRY.read(row, start), start + _ENTRY.width
    posting.year, start = _YEAR.read(row, start), start + _YEAR.width
    posting.entry.action, start = _ACTION.read_or_none(row, start), start + _ACTION.width
    posting.treasury, start = _TREASURY.read_or_none(row, start), start + _TREASURY.width
    posting.statement = _STATEMENT.read_or_none(row, start)
    return posting


def statement(treasury_id: int, ends_on: dt.date) -> Statement | None:
    """The account's statement of that day."""
    found = _STATEMENT.all(_ONE_STATEMENT, [treasury_id, ends_on])
    return found[0] if found else None


def statement_days(ids: Sequence[int]) -> dict[int, str]:
    """Statement id → its day, ISO."""
    found = sql.fetch(_DAYS.format(these=sql.places(ids)), ids) if ids else []
    return {pk: sql.day(day).isoformat() for pk, day in found}


def balances(years: Sequence[FiscalYear]) -> list[tuple[int, int, int | None, int, int]]:
    """The kept sums of those years: (year, account, treasury or None, debit, credit), in cents."""
    ids = [year.pk for year in years]
    return [tuple(row) for row in sql.fetch(_BALANCES.format(years=sql.places(ids)), ids)] if ids else []


def waiting(years: Sequence[FiscalYear], banks: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Per bank account: (cents, number) of its lines in those years that no statement holds."""
    if not years or not banks:
        return {}
    statement = _WAITING.format(years=sql.places(years), banks=sql.places(banks))
    return {pk: (int(cents), count) for pk, cents, count in sql.fetch(statement, [*(year.pk for year in years), *banks])}


def opening_lines(year: FiscalYear) -> list[tuple[Any, ...]]:
    """The year's written opening, a row for each of its live treasury lines; none while it is not written.

    (entry, its day, posting or None, treasury, cents, the item's day, label and cheque, statement, its day)
    """
    return sql.fetch(_OPENING, [year.pk])


def unpointed(
    years: Sequence[FiscalYear], banks: Sequence[int], later: Sequence[int], most: int | None
) -> list[tuple[Any, ...]]:
    """The live lines of those accounts in those years that no statement holds (`most` of them at most), or one of `later`.

    (posting, entry, treasury, cents, the item's day, label and cheque, statement, its day, the entry's day, label, cheque
    and means)
    """
    if not banks:
        return []
    # either side has its index: the lines already pointed are never read
    statement = _OPEN.format(years=sql.places(years), banks=sql.places(banks))
    given = [*(year.pk for year in years), *banks]
    found = sql.fetch(f"{statement} IS NULL" + (" LIMIT %s" if most is not None else ""), given + [most] * (most is not None))
    return found + (sql.fetch(f"{statement} IN ({sql.places(later)})", [*given, *later]) if later else [])


def statements(banks: Sequence[int]) -> list[Statement]:
    """Every statement of those accounts, oldest first."""
    return _STATEMENT.all(_STATEMENTS.format(banks=sql.places(banks)), banks) if banks else []


def attached_digests(entry_id: int) -> list[str]:
    """SHA-256 of the receipts now on the entry."""
    return [digest for (digest,) in sql.fetch(_DIGESTS, [entry_id])]


def slip_states(entry_id: int) -> list[dict[str, Any]]:
    """The entry's cheque slips as canonical data."""
    return [{"issuer": issuer, "bank": bank, "cents": cents} for issuer, bank, cents in sql.fetch(_SLIPS, [entry_id])]
