"""« État des actions » as one neutral table."""

from collections.abc import Sequence

from retkoop.core.tables import Column, Table
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.actions import ActionState

COLUMNS = (
    Column("Action", width=40),
    Column("Écritures", "count"),
    Column("Recettes", "cents"),
    Column("Dépenses", "cents"),
    Column("Différence", "cents"),
)


def actions_table(year: FiscalYear, states: Sequence[ActionState]) -> Table:
    """Every action of the year, and their totals."""
    return Table(
        "État des actions",
        COLUMNS,
        [(row.action.name, row.entries, row.income_cents, row.expense_cents, row.result_cents) for row in states],
        totals=(
            "Total",
            sum(row.entries for row in states),
            sum(row.income_cents for row in states),
            sum(row.expense_cents for row in states),
            sum(row.result_cents for row in states),
        ),
        subtitle=f"Année {year.slug}",
    )
