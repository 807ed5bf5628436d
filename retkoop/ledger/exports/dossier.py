"""« Dossier du mois »: one PDF for the binder: a summary, the statement, its entries in order, their receipts."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from retkoop.core.dates import format_day, format_long
from retkoop.core.money import format_euros
from retkoop.core.pdf import merge_pdfs
from retkoop.core.sheets import Facts, Paragraph, sheet_pdf
from retkoop.core.tables import Cell, Column, Table
from retkoop.documents import vault
from retkoop.documents.models import Document
from retkoop.ledger.exports.letterhead import letterhead
from retkoop.ledger.models import Attachment, Statement
from retkoop.ledger.queries.statements import StatementLine, StatementPage

_DOTS_PER_INCH = 150
_PDF = "application/pdf"


@dataclass(frozen=True)
class Part:
    """A document of the dossier, already a PDF, and the bookmark that leads to it."""

    bookmark: str
    body: bytes


def dossier_pdf(page: StatementPage) -> bytes:
    """The dossier of a statement. A receipt whose file is missing is told in the summary."""
    statement = page.statement
    receipts = _receipts(page)
    title = f"Dossier du mois, relevé du {format_day(statement.ends_on)}"
    summary = sheet_pdf(
        title,
        [_facts(page), _table(page, receipts), Paragraph("Conservez les originaux dix ans.", "small")],
        letterhead(statement.cooperative, page.year),
    )
    parts = [Part("Récapitulatif", summary)]
    if statement.document is not None:
        parts += _part(f"Relevé du {format_day(statement.ends_on)}", statement.document)
    for line in page.ticked:
        for document in receipts.get(line.entry_id, []):
            parts += _part(f"{line.piece} {line.label}".strip(), document)
    return merge_pdfs([part.body for part in parts], title=title, bookmarks=[part.bookmark for part in parts])


def _facts(page: StatementPage) -> Facts:
    statement = page.statement
    closing = "non saisi" if statement.closing_cents is None else format_euros(statement.closing_cents)
    pairs = [
        ("Compte", statement.treasury.label),
        ("Relevé arrêté au", format_long(statement.ends_on)),
        ("Solde final du relevé", closing),
        ("Solde pointé du cahier", format_euros(page.pointed_cents)),
    ]
    if page.gap_cents is not None:
        pairs.append(("Écart", "aucun, le relevé est pointé" if page.gap_cents == 0 else format_euros(page.gap_cents)))
    if statement.document is None:
        pairs.append(("Relevé", "aucun document joint"))
    return Facts(pairs)


def _table(page: StatementPage, receipts: dict[int, list[Document]]) -> Table:
    columns = [
        Column("Pièce", "text", width=9),
        Column("Date", "day"),
        Column("Libellé", "text"),
        Column("N° chèque", "text", width=12),
        Column("Entrée", "cents"),
        Column("Sortie", "cents"),
        Column("Justificatifs", "text", width=14),
    ]
    rows = [_row(line, receipts.get(line.entry_id, [])) for line in page.ticked]
    total_in = sum(line.cents for line in page.ticked if line.cents > 0)
    total_out = -sum(line.cents for line in page.ticked if line.cents < 0)
    return Table("Les lignes de ce relevé", columns, rows, ["Totaux", None, None, None, total_in, total_out, None])


def _row(line: StatementLine, documents: list[Document]) -> list[Cell]:
    pages = sum(document.pages for document in documents)
    said = f"{pages} page{'s' if pages > 1 else ''}" if documents else "année précédente" if line.carried else "aucun"
    incoming, outgoing = (line.cents, None) if line.cents > 0 else (None, -line.cents)
    return [line.piece, line.day, line.label, line.cheque, incoming, outgoing, said]


def _receipts(page: StatementPage) -> dict[int, list[Document]]:
    """The documents of each entry of the statement that have a file, in the order of their reception."""
    found: dict[int, list[Document]] = {}
    rows = Attachment.objects.filter(
        entry__in=[line.entry_id for line in page.ticked if not line.carried],
        removed_at__isnull=True,
        document__isnull=False,
    )
    for row in rows.select_related("document").order_by("added_at", "pk"):
        if row.document is not None and row.document.copy:
            found.setdefault(row.entry_id, []).append(row.document)
    return found


def _part(bookmark: str, document: Document) -> Iterator[Part]:
    """The reduced copy as a PDF; a photo becomes one page of its own size."""
    path = vault.path_of(document.copy.name)
    if not path.is_file():
        return
    body = path.read_bytes()
    if document.copy_type != _PDF:
        with Image.open(io.BytesIO(body)) as picture:
            target = io.BytesIO()
            picture.convert("RGB").save(target, "PDF", resolution=_DOTS_PER_INCH, quality=80)
            body = target.getvalue()
    yield Part(bookmark, body)


def dossier_name(statement: Statement) -> str:
    """« dossier-085-099-2026-06-30.pdf »."""
    return f"dossier-{statement.cooperative.identifier}-{statement.ends_on.isoformat()}.pdf"
