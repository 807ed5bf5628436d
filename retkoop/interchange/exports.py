"""A year's entries as the French CSV that `french_csv` reads back into the same entries (docs/formats.md).

One line a live entry, in the order of their numbers. The report à nouveau,
cancelled entries, the cheques of a deposit and the files of receipts are not
in it: the canonical export (`ledger.export`) holds everything.
"""

import csv
import datetime as dt
import io
from typing import Any

from retkoop.core.dates import format_day
from retkoop.core.money import format_plain
from retkoop.core.tables import BOM
from retkoop.interchange.columns import armoured, treasury_headings
from retkoop.ledger.chart import chart_for
from retkoop.ledger.export import entry_states
from retkoop.ledger.models import AccountClass, FiscalYear, Means
from retkoop.ledger.queries.balances import treasuries_of

_FACTS = (
    ("piece", "N° de pièce"),
    ("date", "Date"),
    ("label", "Libellé"),
    ("cheque", "N° de chèque"),
    ("means", "Moyen"),
    ("action", "Action"),
    ("counterparty", "Autre coopérative"),
    ("receipt", "Justificatif"),
)
_MEANS = {**{value: label for value, label in Means.choices if value}, "": ""}


def book_csv(year: FiscalYear) -> bytes:
    """The year's entries: UTF-8 with its mark, semicolons, decimal commas, CRLF; harmless in a spreadsheet."""
    treasuries = treasuries_of(year.cooperative)
    states = [
        state for state in entry_states(year, {row.pk: row for row in treasuries}) if state["number"] and not state["cancelled"]
    ]
    chart = chart_for(year.cooperative.association_id, year.first)
    used = {part["account"] for state in states for part in state["postings"] if not part["treasury"]}
    headings = [
        *_FACTS,
        *treasury_headings(treasuries),
        *((f"account:{account.key}", account.title) for account in chart.operating if account.key in used),
    ]
    signs = {account.key: 1 if account.kind == AccountClass.CHARGE else -1 for account in chart.operating}
    by_slug = {row.slug: row.pk for row in treasuries}
    buffer = io.StringIO(newline="")
    buffer.write(BOM)
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([armoured(words) for _, words in headings])
    for state in states:
        cells = _cells(state, by_slug, signs)
        writer.writerow([cells.get(key, "") for key, _ in headings])
    return buffer.getvalue().encode()


def model_csv(year: FiscalYear) -> bytes:
    """An empty table with every heading that the year may use: the cooperative's accounts and its chart's."""
    chart = chart_for(year.cooperative.association_id, year.first)
    headings = [*_FACTS, *treasury_headings(treasuries_of(year.cooperative))]
    cells = [words for _, words in headings] + [account.title for account in chart.operating]
    buffer = io.StringIO(newline="")
    buffer.write(BOM)
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerow([armoured(words) for words in cells])
    return buffer.getvalue().encode()


def _cells(state: dict[str, Any], by_slug: dict[str, int], signs: dict[str, int]) -> dict[str, str]:
    cells = {key: armoured(state[key]) for key in ("piece", "label", "cheque", "action", "counterparty")}
    cells["date"] = _day(state["date"])
    cells["means"] = _means(state["means"], state["cheque"])
    cells["receipt"] = ("joint" if state["receipts"] else "manquant") if state["receipt_expected"] else "non attendu"
    for part in state["postings"]:
        cents = part["cents"]
        if part["treasury"]:
            pk = by_slug[part["treasury"]]
            cells[f"{'in' if cents > 0 else 'out'}:{pk}"] = format_plain(abs(cents))
            cells[f"statement:{pk}"] = _day(part["statement"]) if part["statement"] else ""
        else:
            cells[f"account:{part['account']}"] = format_plain(cents * signs[part["account"]])
    return cells


def _means(means: str, cheque: str) -> str:
    """A number without a means is said to be so, or it would be read as a cheque's."""
    return "Non précisé" if cheque and not means else _MEANS[means]


def _day(iso: str) -> str:
    return format_day(dt.date.fromisoformat(iso))
