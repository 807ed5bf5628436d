"""Which entries match a filter, and in which order."""

from typing import Any

from retkoop.core.money import AmountError, parse_euros
from retkoop.core.text import fold, natural_key
from retkoop.ledger.queries.cahier.book import Book
from retkoop.ledger.queries.cahier.choice import DATE, Choice
from retkoop.ledger.queries.cahier.rows import Raw, chosen, fetch
from retkoop.ledger.queries.pointing import month_end


def ordered(book: Book, choice: Choice) -> list[int]:
    """The ids of the entries that match, in the order asked; ties in the order of dates, then of numbers."""
    where, values = _where(book, choice)
    rows = fetch(
        "SELECT e.id, CAST(e.date AS VARCHAR(10)), e.number, e.piece, e.piece_sort, e.label, e.cheque, a.name, e.counterparty"  # noqa: S608
        f" FROM ledger_entry e LEFT JOIN ledger_action a ON a.id = e.action_id WHERE {where} ORDER BY e.date, e.number",
        values,
    )
    if choice.text:
        rows = _matching(book, choice.text, rows)
    return _sorted(book, choice, rows)


def _where(book: Book, choice: Choice) -> tuple[str, list[Any]]:
    parts = ["e.year_id = %s", "e.number <> 0"]
    values: list[Any] = [book.year.pk]
    if not choice.cancelled:
        parts.append("e.cancelled_at IS NULL")
    if choice.month:
        parts.append("e.date BETWEEN %s AND %s")
        values += [choice.month.isoformat(), month_end(choice.month).isoformat()]
    if choice.account:
        ids = _accounts(book, choice.account) or [0]
        parts.append(
            f"EXISTS (SELECT 1 FROM ledger_posting p WHERE p.entry_id = e.id AND p.until_version IS NULL"  # noqa: S608
            f" AND p.account_id IN ({','.join(map(str, ids))}))"
        )
    if choice.action:
        parts.append("e.action_id = %s")
        values.append(choice.action)
    if choice.unpointed:
        banks = [state.treasury.pk for state in book.banks] or [0]
        parts.append(
            "e.id IN (SELECT p.entry_id FROM ledger_posting p WHERE p.year_id = %s AND p.until_version IS NULL"  # noqa: S608
            f" AND p.statement_id IS NULL AND p.treasury_id IN ({','.join(map(str, banks))}))"
        )
        values.append(book.year.pk)
    if choice.without_receipt:
        parts.append(
            "e.receipt_expected AND e.cancelled_at IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM ledger_attachment t WHERE t.entry_id = e.id AND t.removed_at IS NULL)"
        )
    return " AND ".join(parts), values


def _accounts(book: Book, code: str) -> list[int]:
    return [account.id for account in book.chart.accounts if account.code == code]


def _matching(book: Book, text: str, rows: list[Raw]) -> list[Raw]:
    """The entries that hold every word typed, or the amount typed."""
    words = fold(text).split()
    amount = _with_amount(book, text)
    return [row for row in rows if row[0] in amount or all(word in _told(row) for word in words)]


def _told(row: Raw) -> str:
    return fold(" ".join(str(part) for part in (row[3], row[5], row[6], row[7], row[8]) if part))


def _with_amount(book: Book, text: str) -> set[int]:
    try:
        cents = abs(parse_euros(text))
    except AmountError:
        return set()
    rows = fetch(
        "SELECT p.entry_id FROM ledger_posting p WHERE p.year_id = %s AND p.until_version IS NULL AND p.cents IN (%s, %s)",
        [book.year.pk, cents, -cents],
    )
    return {row[0] for row in rows}


def _sorted(book: Book, choice: Choice, rows: list[Raw]) -> list[int]:
    """Ids by what stands in the column; those with nothing there come last, whatever the way."""
    ids: list[int] = [row[0] for row in rows]
    if choice.sort == DATE:
        return ids[::-1] if choice.descending else ids
    keys = _sort_keys(book, choice.sort, rows)
    known = sorted((pk for pk in ids if pk in keys), key=keys.__getitem__, reverse=choice.descending)
    return known + [pk for pk in ids if pk not in keys]


def _sort_keys(book: Book, sort: str, rows: list[Raw]) -> dict[int, Any]:
    if sort == "piece":
        return {row[0]: row[4] for row in rows if row[3]}
    if sort == "libelle":
        return {row[0]: fold(row[5]) for row in rows}
    if sort == "cheque":
        return {row[0]: natural_key(row[6]) for row in rows if row[6]}
    if sort == "action":
        return {row[0]: fold(row[7]) for row in rows if row[7]}
    shown = chosen(book, [row[0] for row in rows])
    if sort == "justificatif":
        return {row.id: ("missing", "present", "none").index(row.receipt) for row in shown}
    if sort == "pointage":
        banks = {state.treasury.pk for state in book.banks}
        days = ((row.id, [line.statement or "" for line in row.lines if line.treasury_id in banks]) for row in shown)
        return {pk: min(found) for pk, found in days if found}
    return {row.id: row.amounts[sort] for row in shown if sort in row.amounts}
