"""The bank lines of the year before that are still to be pointed, as the cahier lists them under the report à nouveau."""

import datetime as dt
from typing import NamedTuple

from retkoop.core.money import AmountError, parse_euros
from retkoop.core.text import fold
from retkoop.ledger.queries.cahier.book import Book
from retkoop.ledger.queries.cahier.choice import Choice


class CarriedItem(NamedTuple):
    """Cents, signed; `statement`: the day (ISO) of the statement that holds the line, None when not pointed."""

    posting_id: int
    treasury_id: int
    cents: int
    date: dt.date
    label: str
    cheque: str
    statement: str | None


def carried_items(book: Book, choice: Choice) -> tuple[CarriedItem, ...]:
    """Those of the first page that a search or « non pointées » leaves; none under any other filter."""
    if choice.page != 1 or choice.month or choice.account or choice.action or choice.without_receipt:
        return ()
    items = (
        CarriedItem(
            item.posting_id, item.treasury_id, item.cents, item.date, item.label, item.cheque,
            item.statement_day.isoformat() if item.statement_day else None,
        )
        for item in book.opening.items
    )  # fmt: skip
    return tuple(item for item in items if _wanted(item, choice))


def _wanted(item: CarriedItem, choice: Choice) -> bool:
    if choice.unpointed and item.statement:
        return False
    if not choice.text:
        return True
    try:
        if abs(parse_euros(choice.text)) == abs(item.cents):
            return True
    except AmountError:
        pass
    told = fold(f"{item.label} {item.cheque}")
    return all(word in told for word in fold(choice.text).split())
