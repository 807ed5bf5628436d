"""Entries and their postings as rows, from two statements of tuples (three when cancelled entries are shown)."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from retkoop.ledger.models import AccountClass, FiscalYear
from retkoop.ledger.queries.cahier.book import Book
from retkoop.ledger.queries.cahier.choice import Choice, Line, Row

Raw = tuple[Any, ...]
_ENTRY = """
SELECT e.id, e.number, CAST(e.date AS VARCHAR(10)), e.piece, e.label, e.cheque, e.means, a.name,
  e.cancelled_at IS NOT NULL, e.receipt_expected,
  EXISTS (SELECT 1 FROM ledger_attachment t WHERE t.entry_id = e.id AND t.removed_at IS NULL)
FROM ledger_entry e LEFT JOIN ledger_action a ON a.id = e.action_id
"""
_POSTING = """
SELECT p.entry_id, p.id, p.account_id, p.treasury_id, p.cents, CAST(s.ends_on AS VARCHAR(10))
FROM ledger_posting p LEFT JOIN ledger_statement s ON s.id = p.statement_id
"""


# `number <> 0` leaves the opening entry out; written « > 0 » it would tempt an engine away from the index of dates.
_MANY = 2000  # beyond, naming each entry costs more than reading the year's postings by their index


def fetch(sql: str, values: Sequence[int | str]) -> list[Raw]:
    """Every tuple of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Raw] = cursor.fetchall()
    return found


def straight(book: Book, choice: Choice, start: int, size: int | None) -> list[Row]:
    """The usual page: live entries in the order of their dates, straight from the index."""
    way = " DESC" if choice.descending else ""
    limit = "" if size is None else f" LIMIT {size} OFFSET {start}"
    entries = fetch(
        f"{_ENTRY} WHERE e.year_id = %s AND e.number <> 0 AND e.cancelled_at IS NULL"
        f" ORDER BY e.date{way}, e.number{way}{limit}",
        [book.year.pk],
    )
    return _rows(book, entries)


def chosen(book: Book, ids: Sequence[int]) -> list[Row]:
    """The rows of these entries of the year, in the order given."""
    if not ids:
        return []
    entries = {row[0]: row for row in fetch(f"{_ENTRY} WHERE {among(book.year, 'e', 'id', ids)}", [])}
    return _rows(book, [entries[pk] for pk in ids])


def among(year: FiscalYear, table: str, column: str, ids: Sequence[int]) -> str:
    """« this column is one of these »: ids of ours, written out because engines allow only so many parameters."""
    if len(ids) > _MANY:
        return f"{table}.year_id = {year.pk} AND {table}.{column} IN ({','.join(map(str, ids))})"
    return f"{table}.{column} IN ({','.join(map(str, ids))})"


def sides_by_treasury(book: Book) -> dict[int, tuple[str, str]]:
    """The keys of the in and out columns of each treasury."""
    return {state.treasury.pk: (f"entree-{state.treasury.slug}", f"sortie-{state.treasury.slug}") for state in book.states}


def _rows(book: Book, entries: Sequence[Raw]) -> list[Row]:
    rows: dict[int, Row] = {}
    for pk, number, date, piece, label, cheque, means, action, cancelled, expected, held in entries:
        receipt = "present" if held else "missing" if expected and not cancelled else "none"
        rows[pk] = Row(pk, number, date, piece, label, cheque, means, action or "", bool(cancelled), receipt, {}, [])
    if not rows:
        return []
    sides = sides_by_treasury(book)
    signs = {account.id: (account.code, 1 if account.kind == AccountClass.CHARGE else -1) for account in book.chart.operating}
    for entry_id, posting_id, account_id, treasury_id, cents, statement in _postings(book, rows):
        row = rows[entry_id]
        if treasury_id is None:
            code, sign = signs[account_id]
            row.amounts[code] = row.amounts.get(code, 0) + sign * cents
        else:
            row.amounts[sides[treasury_id][0 if cents > 0 else 1]] = abs(cents)
            row.lines.append(Line(posting_id, treasury_id, cents, statement))
    return list(rows.values())


def _postings(book: Book, rows: dict[int, Row]) -> list[Raw]:
    """The live postings of the rows; for a cancelled one, those that its cancelling closed."""
    found = fetch(
        f"{_POSTING} WHERE {among(book.year, 'p', 'entry_id', list(rows))} AND p.until_version IS NULL ORDER BY p.id", []
    )
    cancelled = [pk for pk, row in rows.items() if row.cancelled]
    if cancelled:
        found += fetch(
            f"{_POSTING} JOIN ledger_entry e ON e.id = p.entry_id WHERE {among(book.year, 'p', 'entry_id', cancelled)}"
            " AND p.until_version = e.version ORDER BY p.id",
            [],
        )
    return found
