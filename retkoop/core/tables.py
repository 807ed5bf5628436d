"""One neutral table; HTML, CSV, XLSX (and PDF, in `core.pdf`) are renderers of it, so no two can disagree.

A cell is what its column's kind says: `text` a str, `cents` an int, `day` a
date, `count` an int, `mark` a bool; None is an empty cell. A text that a
spreadsheet could take for a formula is made harmless here and nowhere else
(trust.md P18); amounts stay numbers, negative ones too.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from retkoop.core import clock, dates, money

Kind = Literal["text", "cents", "day", "count", "mark"]
Cell = str | int | bool | dt.date | None

BOM = "\ufeff"
LONGEST_TEXT = 32_767  # a spreadsheet's cell holds no more
_WIDTHS: dict[Kind, int] = {"text": 30, "cents": 13, "day": 12, "count": 9, "mark": 9}
# File formats are written the American way; a French spreadsheet shows them as `# ##0,00` and `jj/mm/aaaa`.
_NUMBER_FORMATS: dict[Kind, str] = {"cents": "#,##0.00", "day": "dd/mm/yyyy", "count": "0"}
_STARTERS = "=+-@＝＋－＠"
_LEAD = re.compile(r"\A[\s\ufeff\u200b\u200e\u200f\u2060]+")
_CONTROLS = frozenset("\t\r\n\0\v\f")


@dataclass(frozen=True)
class Column:
    """`letter`: the guides' letter, in small print; `width`: in characters (0: the kind's own).

    `running`: a balance after each row; from page to page its last value is carried, never a sum.
    """

    label: str
    kind: Kind = "text"
    letter: str = ""
    width: int = 0
    running: bool = False

    @property
    def characters(self) -> int:
        return self.width or _WIDTHS[self.kind]


@dataclass(frozen=True)
class Table:
    """`totals`, when given, has one cell per column, as a row has."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] | None = None
    subtitle: str = ""


def written(cell: Cell, kind: Kind) -> str:
    """A cell as people read it in French: « 1 234,50 », « 28/06/2026 », « oui »."""
    if cell is None or (kind == "mark" and not cell):
        return ""
    if kind == "cents":
        return money.format_amount(_whole(cell))
    if kind == "day" and isinstance(cell, dt.date):
        return dates.format_day(cell)
    return "oui" if cell is True else str(cell)


def to_html(table: Table) -> SafeString:
    """A `<table class="table">` with caption, scopes, and `data-cents` on every amount; strings only, for speed."""
    subtitle = f'<span class="table-subtitle">{escape(table.subtitle)}</span>' if table.subtitle else ""
    parts = [f'<table class="table"><caption>{escape(table.title)}{subtitle}</caption><thead><tr>']
    for column in table.columns:
        letter = f' <small class="letter">{escape(column.letter)}</small>' if column.letter else ""
        parts.append(f'<th scope="col" class="{column.kind}">{escape(column.label)}{letter}</th>')
    parts.append("</tr></thead><tbody>")
    kinds = [column.kind for column in table.columns]
    for row in table.rows:
        parts.append("<tr>")
        parts.extend(_html_cell(cell, kind) for cell, kind in zip(row, kinds, strict=True))
        parts.append("</tr>")
    parts.append("</tbody>")
    if table.totals is not None:
        first, *others = zip(table.totals, kinds, strict=True)
        parts.append(f'<tfoot><tr><th scope="row" class="{first[1]}">{escape(written(*first))}</th>')
        parts.extend(_html_cell(cell, kind) for cell, kind in others)
        parts.append("</tr></tfoot>")
    parts.append("</table>")
    return mark_safe("".join(parts))  # noqa: S308 - every text above went through escape()


def to_csv(table: Table) -> Iterator[str]:
    """The French CSV in pieces to stream: BOM, `;`, CRLF, decimal comma; header, rows, totals."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    kinds = [column.kind for column in table.columns]
    buffer.write(BOM)
    writer.writerow([safe_text(column.label) for column in table.columns])
    for row in [*table.rows, *_totals(table)]:
        writer.writerow([_csv_cell(cell, kind) for cell, kind in zip(row, kinds, strict=True)])
        if buffer.tell() > 16_384:
            yield _drained(buffer)
    yield _drained(buffer)


def to_xlsx(table: Table) -> bytes:
    """A workbook of one sheet: title, letters in small print, frozen header, amounts and dates as such, no formula."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": table.title, "created": clock.now().replace(tzinfo=None)})
        sheet = book.add_worksheet(_sheet_name(table.title))
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, column.characters)
        line = _xlsx_head(book, sheet, table)
        formats = [book.add_format(_format(column.kind)) for column in table.columns]
        for row in table.rows:
            _xlsx_row(sheet, line, row, table.columns, formats)
            line += 1
        if table.totals is not None:
            strong = [book.add_format(_format(column.kind) | {"bold": True, "top": 6}) for column in table.columns]
            _xlsx_row(sheet, line, table.totals, table.columns, strong)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
    return target.getvalue()


def safe_text(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet might read it as a formula."""
    bare = _LEAD.sub("", text)
    lead = text[: len(text) - len(bare)]
    dangerous = bare.startswith((*_STARTERS, *_CONTROLS)) or any(char in _CONTROLS for char in lead)
    return "'" + text if dangerous else text


def _totals(table: Table) -> list[Sequence[Cell]]:
    return [] if table.totals is None else [table.totals]


def _whole(cell: Cell) -> int:
    if not isinstance(cell, int):
        raise TypeError(f"an amount or a count is an int, not {cell!r}")
    return cell


def _html_cell(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return f'<td class="{kind}"></td>'
    if kind == "cents":
        return f'<td class="cents" data-cents="{_whole(cell)}">{written(cell, kind)}</td>'
    return f'<td class="{kind}">{escape(written(cell, kind))}</td>'


def _csv_cell(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return ""
    if kind == "cents" and not isinstance(cell, str):
        return money.format_plain(_whole(cell))
    if kind == "count" and not isinstance(cell, str):
        return str(_whole(cell))
    return safe_text(written(cell, kind))


def _drained(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _format(kind: Kind) -> dict[str, Any]:
    code = _NUMBER_FORMATS.get(kind)
    return {"valign": "top"} | ({"num_format": code} if code else {"text_wrap": True})


def _sheet_name(title: str) -> str:
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip("' ")[:31].strip("' ")
    return name if name and name.lower() != "history" else "Feuille"


def _xlsx_head(book: Any, sheet: Any, table: Table) -> int:
    """Title, subtitle, letters, labels; freezes them. Returns the first line of the rows."""
    sheet.write_string(0, 0, table.title[:LONGEST_TEXT], book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, table.subtitle[:LONGEST_TEXT], book.add_format({"italic": True}))
    small = book.add_format({"font_size": 8, "font_color": "#57607A", "align": "center"})
    label = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": "#F3F0E6"})
    for index, column in enumerate(table.columns):
        if column.letter:
            sheet.write_string(2, index, column.letter, small)
    for index, column in enumerate(table.columns):
        sheet.write_string(3, index, column.label[:LONGEST_TEXT], label)
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(2, 3)
    return 4


def _xlsx_row(sheet: Any, line: int, row: Sequence[Cell], columns: Sequence[Column], formats: Sequence[Any]) -> None:
    for index, (cell, column, style) in enumerate(zip(row, columns, formats, strict=True)):
        if cell is None or not written(cell, column.kind):
            sheet.write_blank(line, index, None, style)
        elif column.kind == "cents" and not isinstance(cell, str):
            sheet.write_number(line, index, Decimal(_whole(cell)).scaleb(-2), style)
        elif column.kind == "count" and not isinstance(cell, str):
            sheet.write_number(line, index, _whole(cell), style)
        elif column.kind == "day" and isinstance(cell, dt.date):
            sheet.write_datetime(line, index, cell, style)
        else:
            sheet.write_string(line, index, written(cell, column.kind)[:LONGEST_TEXT], style)
