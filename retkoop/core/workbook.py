"""The first sheet of an .xlsx as rows of texts, read in the sandbox (trust.md P16): `python -m` it, never import its main.

Only values are read: no formula is computed, no link followed. A number comes
as a French text (« 1234,5 »), a date as the number that the workbook holds.
"""

import io
import json
import re
import sys
import zipfile
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from retkoop.core import sandbox

MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 5_000, 200, 40 * 2**20
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]+")
REFUSED = 3


def rows_of(data: bytes) -> list[list[str]]:
    """Every row of the first sheet, empty ones included. Raises SandboxRefused for what is no workbook."""
    found: list[list[str]] = json.loads(sandbox.run_limited("retkoop.core.workbook", data, memory_mb=512))
    return found


def is_workbook(data: bytes) -> bool:
    """Does the file begin as a zipped workbook does?"""
    return data[:4] == b"PK\x03\x04"


def read(data: bytes) -> list[list[str]]:
    """In the child: the rows. Raises ValueError, KeyError, zipfile.BadZipFile or ParseError."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", name))
        if not names:
            raise ValueError("no sheet")
        shared = _shared(book) if "xl/sharedStrings.xml" in book.namelist() else []
        return _rows(_tree(book, min(names, key=_number)), shared)


def _number(name: str) -> int:
    return int("".join(char for char in name if char.isdigit()))


def _tree(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A part of the workbook; one that declares entities is refused, and the sandbox bounds the rest."""
    if book.getinfo(name).file_size > MOST_BYTES:
        raise ValueError("too large")
    part = book.read(name)
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part:
        raise ValueError("entities")
    return ElementTree.fromstring(part)  # noqa: S314 - no entity, and a child of little memory and time


def _shared(book: zipfile.ZipFile) -> list[str]:
    root = _tree(book, "xl/sharedStrings.xml")
    return ["".join(text.text or "" for text in item.iter(f"{_SPACE}t")) for item in root.iter(f"{_SPACE}si")]


def _rows(root: ElementTree.Element, shared: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in root.iter(f"{_SPACE}row"):
        place = int(row.get("r") or len(rows) + 1)
        if place > MOST_ROWS:
            raise ValueError("too many rows")
        rows += [[] for _ in range(place - 1 - len(rows))]
        rows.append(_cells(row, shared))
    return rows


def _cells(row: ElementTree.Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{_SPACE}c"):
        match = _PLACE.fullmatch(cell.get("r") or "")
        column = _column(match[1]) if match else len(cells)
        if column >= MOST_COLUMNS:
            break
        cells += [""] * (column - len(cells))
        cells.append(_text(cell, shared))
    return cells


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _text(cell: ElementTree.Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_SPACE}t"))
    value = cell.find(f"{_SPACE}v")
    written = (value.text or "") if value is not None else ""
    if kind == "s":
        return shared[int(written)]
    return _amount(written) if kind == "n" and written else written


def _amount(written: str) -> str:
    """« 110.10000000000001 » is what a workbook keeps of 110,10: two decimals, as a French text."""
    try:
        value = round(Decimal(written), 2)
    except InvalidOperation:
        return written
    return str(value.quantize(Decimal(1)) if value == value.to_integral_value() else value).replace(".", ",")


def main() -> int:
    """The workbook from standard input, its rows as JSON to standard output; 3 with the reason when it is none."""
    try:
        json.dump(read(sys.stdin.buffer.read()), sys.stdout, ensure_ascii=False)
    except (ValueError, KeyError, IndexError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        sys.stderr.write(str(error))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
