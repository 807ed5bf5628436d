"""The cahier as one neutral table: the PDF, the CSV and the XLSX are renderers of it, so that no two can disagree."""

import datetime as dt

from retkoop.core.money import format_euros
from retkoop.core.tables import Cell, Column, Kind, Table
from retkoop.ledger.models import Means
from retkoop.ledger.queries.cahier import Book, CarriedItem, Choice, Page, Row, carried_items, page_of
from retkoop.ledger.queries.cahier import Column as BookColumn

MEANS = {value: label for value, label in Means.choices if value not in {Means.CHEQUE, Means.OTHER}}
RECEIPTS = {"present": "joint", "missing": "manquant", "none": "non attendu"}
_KINDS: dict[str, tuple[Kind, int]] = {
    "piece": ("text", 8),
    "receipt": ("text", 11),
    "day": ("day", 11),
    "label": ("text", 34),
    "cheque": ("text", 12),
    "action": ("text", 14),
    "tick": ("text", 11),
}


def cahier_table(book: Book, choice: Choice) -> Table:
    """Every line of the year, or of the filter: report à nouveau, carried items, entries, totals."""
    page = page_of(book, choice, size=None)
    columns = [_column(column) for column in page.columns]
    banks = {state.treasury.pk for state in book.banks}
    rows = [_row(page, row, banks) for row in page.rows]
    if not choice.filtered:
        carried = [_carried(page, item) for item in carried_items(book, choice)]
        rows = [_opening(book, page), *carried, *rows]
    return Table(
        title=f"Cahier de comptabilité {book.year.slug}",
        columns=columns,
        rows=rows,
        totals=_totals(page),
        subtitle=f"{page.count} écriture{'s' if page.count > 1 else ''}{' (filtre)' if choice.filtered else ''}",
    )


def _column(column: BookColumn) -> Column:
    if column.is_amount:
        return Column(column.label, "cents", column.letter, running=column.kind == "balance")
    kind, width = _KINDS[column.kind]
    return Column(column.label, kind, column.letter, width)


def _row(page: Page, row: Row, banks: set[int]) -> list[Cell]:
    ticks = [_day(line.statement) for line in row.lines if line.treasury_id in banks]
    label = f"{row.label} (annulée)" if row.cancelled else row.label
    facts: list[Cell] = [
        row.piece,
        RECEIPTS[row.receipt],
        dt.date.fromisoformat(row.date),
        label,
        row.cheque or MEANS.get(row.means, ""),
        row.action,
        ", ".join(ticks),
    ]
    return facts + _amounts(page, {} if row.cancelled else row.amounts)


def _day(iso: str | None) -> str:
    return f"{iso[8:]}/{iso[5:7]}/{iso[:4]}" if iso else "–"


def _opening(book: Book, page: Page) -> list[Cell]:
    label = "Report à nouveau de l’année précédente" + (" (provisoire)" if book.opening.provisional else "")
    facts: list[Cell] = [None, None, book.opening.on or book.year.start, label, None, None, None]
    return facts + _amounts(page, book.opening_amounts)


def _carried(page: Page, item: CarriedItem) -> list[Cell]:
    """Its amount stands in words: it is already in the report à nouveau."""
    way = "entrée" if item.cents > 0 else "sortie"
    label = f"{item.label} (dont {format_euros(abs(item.cents))} en {way}, repris de l’année précédente)"
    facts: list[Cell] = [None, None, item.date, label, item.cheque, None, _day(item.statement)]
    return facts + _amounts(page, {})


def _totals(page: Page) -> list[Cell]:
    """Under a running balance stands the last one, not a sum."""
    facts: list[Cell] = ["Totaux", None, None, None, None, None, None]
    return facts + _amounts(page, page.totals)


def _amounts(page: Page, amounts: dict[str, int]) -> list[Cell]:
    return [amounts.get(column.key) for column in page.columns if column.is_amount]
