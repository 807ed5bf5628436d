"""The two tables of `/bilan/` as rows that screen, PDF and spreadsheet share: no two can disagree.

The result stands on the side that makes both sides of the compte de
fonctionnement equal: an excédent under the charges, a déficit under the
produits (reference/domain.md §3.a).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from retkoop.ledger.chart import BROUGHT_FORWARD, Chart
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.bilan import Bilan, Figure, bilan_of

Tone = Literal["figure", "subtotal", "result", "total"]


@dataclass(frozen=True)
class Row:
    """A line: its account's number (or ""), words, cents, and those of the year before (None: nothing known)."""

    name: str
    code: str
    label: str
    cents: int
    before_cents: int | None
    tone: Tone = "figure"
    lines: Literal["account", "book", ""] = ""
    note: str = ""


@dataclass(frozen=True)
class Side:
    """Half of a table: « Charges », « Produits », « Actif », « Passif »."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Statement:
    """One of the two tables."""

    title: str
    left: Side
    right: Side


def known_before(years: Iterable[FiscalYear], year: FiscalYear) -> Bilan | None:
    """The figures of the year before, when something is known of it."""
    before = next((row for row in years if row.first == year.first - 1), None)
    if before is None:
        return None
    figures = bilan_of(before)
    known = figures.opening.written or any(figure.cents for figure in figures.charges + figures.incomes)
    return figures if known or figures.assets_cents else None


def operating_statement(now: Bilan, before: Bilan | None) -> Statement:
    """« Compte de fonctionnement » (E1)."""
    charges = _figures(now.charges, before.charges if before else None)
    incomes = _figures(now.incomes, before.incomes if before else None)
    profit = _result(now, before, "excédent", lambda figures: max(figures.result_cents, 0))
    loss = _result(now, before, "déficit", lambda figures: max(-figures.result_cents, 0))

    def whole(figures: Bilan) -> int:
        return max(figures.charges_cents, figures.incomes_cents)

    total = _sum("total", "Total général", now, before, whole, "total")
    return Statement(
        "Compte de fonctionnement",
        Side(
            "Charges",
            (*charges, _sum("charges", "Total charges", now, before, lambda f: f.charges_cents), *profit, total),
        ),
        Side(
            "Produits",
            (*incomes, _sum("incomes", "Total produits", now, before, lambda f: f.incomes_cents), *loss, total),
        ),
    )


def balance_statement(now: Bilan, before: Bilan | None, chart: Chart) -> Statement:
    """« Bilan simplifié » (E2): what the coopérative owns, and what it owned at the start with the result."""
    past = {state.treasury.pk: state.cents for state in before.treasuries} if before else {}
    treasuries = tuple(
        Row(
            state.treasury.slug,
            chart.by_id[state.treasury.account_id].code,
            state.treasury.label,
            state.cents,
            past.get(state.treasury.pk, 0) if before else None,
            lines="book",
        )
        for state in now.treasuries
        if state.cents or past.get(state.treasury.pk) or state.treasury.closed is None
    )
    forward = Row(
        "brought_forward",
        chart.by_key[BROUGHT_FORWARD].code,
        "Report à nouveau",
        now.opening.total_cents,
        before.opening.total_cents if before else None,
        lines="book",
        note="provisoire" if now.opening.provisional else "",
    )
    word = "excédent" if now.result_cents >= 0 else "déficit"
    result = _sum("result", f"Résultat de l’exercice : {word}", now, before, lambda f: f.result_cents, "result")
    return Statement(
        "Bilan simplifié",
        Side("Actif", (*treasuries, _sum("assets", "Total actif", now, before, lambda f: f.assets_cents, "total"))),
        Side(
            "Passif",
            (forward, result, _sum("liabilities", "Total passif", now, before, lambda f: f.liabilities_cents, "total")),
        ),
    )


def _figures(now: tuple[Figure, ...], before: tuple[Figure, ...] | None) -> list[Row]:
    """The accounts in the chart's order; one that only the year before used comes last."""
    past = {figure.account.key: figure for figure in before or ()}
    rows = [
        Row(
            figure.account.key,
            figure.account.code,
            figure.account.label,
            figure.cents,
            None if before is None else (past.pop(figure.account.key).cents if figure.account.key in past else 0),
            lines="account" if figure.cents else "",
        )
        for figure in now
    ]
    gone = [figure for figure in past.values() if figure.cents]
    return rows + [Row(figure.account.key, figure.account.code, figure.account.label, 0, figure.cents) for figure in gone]


def _sum(name: str, label: str, now: Bilan, before: Bilan | None, of: Callable[[Bilan], int], tone: Tone = "subtotal") -> Row:
    return Row(name, "", label, of(now), of(before) if before else None, tone)


def _result(now: Bilan, before: Bilan | None, word: str, of: Callable[[Bilan], int]) -> list[Row]:
    """The line that balances the side, when either year has it; an even year says « excédent » of 0,00."""
    even = now.result_cents == 0 and word == "excédent"
    if not (of(now) or even or (before and of(before))):
        return []
    return [_sum(f"result-{word}", f"Résultat : {word}", now, before, of, "result")]
