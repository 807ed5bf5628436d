"""PDF outputs: typst templates of this package, fed with JSON and nothing else.

Data never become markup; a template can read no file outside its own folder;
the fonts are the package's own, the work is done in a sandbox; the date printed comes with the data, so the
same data give the same bytes. Documents are tagged, titled and in French
(PDF/A-3a for the ten years of keeping, PDF/UA-1 for screen readers).
"""

import datetime as dt
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from retkoop.core import dates, fonts, money, sandbox
from retkoop.core.tables import Cell, Column, Table, written

TEMPLATES = Path(__file__).parent / "pdf_templates"
MEMORY_MB = 2048  # of addresses; a book of 400 lines really takes some 150
_NAME = re.compile(r"[a-z_]+")
_BREAK = "\u200b"


@dataclass(frozen=True)
class Letterhead:
    """The top of every page. `number`: « Coopérative 085-099 · OCCE de la Vendée »; `note` joins the foot (a digest).

    `dated`: what was done on `printed_on`; a paper that says the same for ever is « Établi le ».
    """

    name: str
    number: str
    year: str
    printed_on: dt.date
    note: str = ""
    dated: str = "Imprimé le"


def compile_pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `pdf_templates/<template>.typ`. Raises ValueError for another place, SandboxRefused when it fails."""
    path = TEMPLATES / f"{template}.typ"
    if not _NAME.fullmatch(template) or not path.is_file():
        raise ValueError(f"no such template: {template!r}")
    job = {
        "template": str(path),
        "root": str(TEMPLATES),
        "fonts": str(fonts.FOLDER),
        "data": json.dumps(_printable(data), ensure_ascii=False, sort_keys=True),
    }
    raw = sandbox.run_limited("retkoop.core.typeset", json.dumps(job).encode(), memory_mb=MEMORY_MB, threads=True)
    return _packed(raw)


def table_pdf(table: Table, letterhead: Letterhead, *, landscape: bool = False) -> bytes:
    """A report of one table, A4, header repeated on each page, totals over a double rule."""
    return compile_pdf(
        "table", page_data(table.title, letterhead, landscape=landscape, subtitle=table.subtitle) | {"table": table_data(table)}
    )


def cahier_pdf(table: Table, letterhead: Letterhead, *, opening: bool = True) -> bytes:
    """The cash-book, A4 landscape: « À reporter » at the foot of each page, « Report » at the top of the next.

    `opening`: the first row is the report à nouveau. Columns of cents are carried as the sum of their rows, those
    marked `running` as their last value. The totals are those carried after the last row; a ValueError tells that
    the table's own totals are others.
    """
    carried = _carried(table)
    final = carried[-1] if carried else [None] * len(table.columns)
    if table.totals is not None:
        _same_totals(table, final)
    label = max(range(len(table.columns)), key=lambda index: _room(table.columns[index]))
    data = table_data(table)
    shown = [_cells(row, table.columns) for row in carried]
    data["totals"] = _cells(final, table.columns)
    data["totals"][label] = "Totaux"
    for index, column in enumerate(data["columns"]):
        column["longest"] = max((row[index] for row in [*data["rows"], *shown]), key=len, default="")
    return compile_pdf(
        "cahier",
        page_data(table.title, letterhead, landscape=True)
        | {"table": data, "carried": shown, "opening": opening, "label_index": label},
    )


def merge_pdfs(parts: Sequence[bytes], *, title: str, bookmarks: Sequence[str] = ()) -> bytes:
    """One PDF of the pages of all, in order, with a bookmark per part. Raises ValueError naming an unreadable part."""
    with pikepdf.new() as merged:
        starts = []
        for position, part in enumerate(parts, 1):
            starts.append(len(merged.pages))
            try:
                with pikepdf.open(io.BytesIO(part)) as source:
                    merged.pages.extend(source.pages)
            except pikepdf.PdfError as error:
                raise ValueError(f"part {position} is not a readable PDF") from error
        with merged.open_outline() as outline:
            outline.root.extend(
                pikepdf.OutlineItem(fonts.printable(label), start) for label, start in zip(bookmarks, starts, strict=False)
            )
        merged.docinfo["/Title"] = title
        merged.Root.Lang = pikepdf.String("fr")
        merged.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        return _saved(merged)


def page_data(title: str, letterhead: Letterhead, *, landscape: bool = False, subtitle: str = "") -> dict[str, Any]:
    """What every template asks for: title, letterhead, orientation."""
    day = letterhead.printed_on
    head = {
        "name": letterhead.name,
        "number": letterhead.number,
        "year": letterhead.year,
        "printed": f"{letterhead.dated} {dates.format_day(day)}",
        "date": [day.year, day.month, day.day],
        "note": letterhead.note,
    }
    # A heading without a visible sign is refused by the accessible format.
    named = fonts.printable(title).replace(_BREAK, "").strip() or "Document"
    return {"title": named, "subtitle": subtitle, "landscape": landscape, "head": head}


def table_data(table: Table) -> dict[str, Any]:
    """A table for a template: every cell already written, so that PDF and screen cannot disagree."""
    columns = [
        {"label": column.label, "kind": column.kind, "letter": column.letter, "width": column.characters, "longest": ""}
        for column in table.columns
    ]
    return {
        "title": table.title,
        "subtitle": table.subtitle,
        "columns": columns,
        "rows": [_cells(row, table.columns) for row in table.rows],
        "totals": None if table.totals is None else _cells(table.totals, table.columns),
    }


def _cells(row: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    return [_shown(written(cell, column.kind), column) for cell, column in zip(row, columns, strict=True)]


def _shown(text: str, column: Column) -> str:
    if column.kind == "cents":
        # At the size of a printed column the narrow space can no longer be seen.
        return text.replace(money.THIN, money.NO_BREAK)
    return _breakable(text, 14 if column.characters < 20 else 25) if column.kind == "text" else text


def _breakable(text: str, longest: int) -> str:
    """A word too long for its column may be cut anywhere after eight signs, so that it stays inside."""
    return re.sub(rf"\S{{{longest + 1},}}", _cut, text)


def _cut(match: re.Match[str]) -> str:
    word = match[0]
    return _BREAK.join(word[start : start + 8] for start in range(0, len(word), 8))


def _room(column: Column) -> int:
    return column.characters if column.kind == "text" else 0


def _carried(table: Table) -> list[list[int | None]]:
    """After each row: the sums of the columns of cents, and the last value of the running balances."""
    state: list[int | None] = [None] * len(table.columns)
    out = []
    for row in table.rows:
        for index, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            if column.kind == "cents" and isinstance(cell, int):
                state[index] = cell if column.running else (state[index] or 0) + cell
        out.append(list(state))
    return out


def _same_totals(table: Table, final: Sequence[int | None]) -> None:
    for column, given, summed in zip(table.columns, table.totals or (), final, strict=True):
        if column.kind == "cents" and not column.running and (given or 0) != (summed or 0):
            raise ValueError(f"the total of {column.label!r} is {given}, its rows make {summed}")


def _printable(data: Any) -> Any:
    if isinstance(data, str):
        return fonts.printable(data)
    if isinstance(data, dict):
        return {key: _printable(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_printable(value) for value in data]
    return data


def _packed(raw: bytes) -> bytes:
    """The same document with its objects compressed together: a book shrinks six times."""
    with pikepdf.open(io.BytesIO(raw)) as document:
        return _saved(document)


def _saved(document: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True)
    return target.getvalue()
