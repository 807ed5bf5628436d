"""« Compte de fonctionnement » and « Bilan simplifié », printed and for spreadsheets, from the rows of the screen."""

from collections.abc import Sequence

from retkoop.core import sheets
from retkoop.core.dates import format_long
from retkoop.core.tables import Cell, Column, Table
from retkoop.ledger.exports.letterhead import letterhead
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.bilan_rows import Row, Side, Statement


def bilan_table(year: FiscalYear, statements: Sequence[Statement], *, before: bool) -> Table:
    """Every row of both tables, one under the other; `before`: with the column of the year before."""
    columns = [
        Column("Tableau", width=24),
        Column("Côté", width=10),
        Column("Compte", width=9),
        Column("Libellé", width=40),
        Column(f"Année {year.slug}", "cents"),
    ]
    if before:
        columns.append(Column("Année précédente", "cents"))
    rows: list[list[Cell]] = [
        [statement.title, side.title, row.code, _words(row), row.cents, *([row.before_cents] if before else [])]
        for statement in statements
        for side in (statement.left, statement.right)
        for row in side.rows
    ]
    return Table(f"Bilan {year.slug}", columns, rows, subtitle=_period(year))


def bilan_pdf(year: FiscalYear, statements: Sequence[Statement], verdicts: Sequence[str], *, before: bool) -> bytes:
    """Both tables side by side, then what the controls say."""
    blocks: list[sheets.Block] = []
    for statement in statements:
        blocks.append(sheets.Heading(statement.title))
        blocks.append(
            sheets.TwoColumns([_half(statement.left, year, before=before)], [_half(statement.right, year, before=before)])
        )
    blocks.append(sheets.Heading("Contrôles"))
    blocks += [sheets.Paragraph(verdict) for verdict in verdicts]
    return sheets.sheet_pdf("Bilan", blocks, letterhead(year.cooperative, year), landscape=True, subtitle=_period(year))


def _period(year: FiscalYear) -> str:
    return f"Du {format_long(year.start)} au {format_long(year.end)}"


def _words(row: Row) -> str:
    return f"{row.label} ({row.note})" if row.note else row.label


def _half(side: Side, year: FiscalYear, *, before: bool) -> Table:
    columns = [Column("Compte", width=34), Column(year.slug, "cents")]
    if before:
        columns.append(Column("Avant", "cents"))

    def cells(row: Row) -> list[Cell]:
        return [f"{row.code} {_words(row)}".strip(), row.cents, *([row.before_cents] if before else [])]

    *rows, last = side.rows
    return Table(side.title, columns, [cells(row) for row in rows], totals=cells(last))
