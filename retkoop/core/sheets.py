"""Simple printed sheets made of blocks: cheque slips, cash counts, accounts in two columns, letters.

A room writes its sheet as a list of blocks; no new template is needed. Cells of
tables follow `core.tables`; texts are shown as they are.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import segno

from retkoop.core import pdf
from retkoop.core.tables import Table


@dataclass(frozen=True)
class Heading:
    """A title inside the sheet."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """`code` is framed and large: a link or an identifier to type."""

    text: str
    tone: Literal["plain", "strong", "small", "code"] = "plain"


@dataclass(frozen=True)
class Facts:
    """Short lines « label : value »."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Address:
    """The addressee of a letter, where a window envelope shows it."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Signatures:
    """Side by side, a label over an empty frame to sign in."""

    labels: Sequence[str]


@dataclass(frozen=True)
class TwoColumns:
    """Charges at the left, products at the right."""

    left: "Sequence[Block]"
    right: "Sequence[Block]"


@dataclass(frozen=True)
class QrCode:
    """A link to be read by a telephone; `label` says what it leads to, for those who listen."""

    text: str
    label: str


@dataclass(frozen=True)
class NewPage:
    """The next blocks begin a page, under the sheet's title again: several letters in one file."""


Block = Heading | Paragraph | Facts | Address | Signatures | TwoColumns | QrCode | NewPage | Table


def sheet_pdf(
    title: str, blocks: Sequence[Block], letterhead: pdf.Letterhead, *, landscape: bool = False, subtitle: str = ""
) -> bytes:
    """The sheet as an A4 PDF."""
    data = pdf.page_data(title, letterhead, landscape=landscape, subtitle=subtitle)
    return pdf.compile_pdf("sheet", data | {"blocks": [_data(block) for block in blocks]})


def _data(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": text}
        case Paragraph(text, tone):
            return {"kind": "paragraph", "text": text, "tone": tone}
        case Facts(pairs):
            return {"kind": "facts", "pairs": [list(pair) for pair in pairs]}
        case Address(lines):
            return {"kind": "address", "lines": list(lines)}
        case Signatures(labels):
            return {"kind": "signatures", "labels": list(labels)}
        case TwoColumns(left, right):
            return {
                "kind": "two_columns",
                "left": [_data(part) for part in left],
                "right": [_data(part) for part in right],
            }
        case QrCode(text, label):
            return {"kind": "qr", "svg": _qr_svg(text), "label": label}
        case NewPage():
            return {"kind": "page"}
        case Table():
            return {"kind": "table", "table": pdf.table_data(block)}


def _qr_svg(text: str) -> str:
    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind="svg", border=2, xmldecl=False, omitsize=True)
    return target.getvalue().decode()
