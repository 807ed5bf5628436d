"""The figures as a quitus carries them: copied when it is made, printed and shown from there, never typed."""

from typing import Any

from retkoop.yearend.queries.shapes import Figures, Line, Treasury

Printed = dict[str, Any]


def printed_of(figures: Figures) -> Printed:
    """Everything that the vérificateurs are shown, in cents and plain words, fit for JSON."""
    return {
        "year": figures.year,
        "mode": figures.mode,
        "charges": [_line(line) for line in figures.charges if line.cents],
        "incomes": [_line(line) for line in figures.incomes if line.cents],
        "charges_cents": figures.charges_cents,
        "incomes_cents": figures.incomes_cents,
        "result_cents": figures.result_cents,
        "brought_forward_cents": figures.brought_forward_cents,
        "assets_cents": figures.assets_cents,
        "treasuries": [_treasury(treasury) for treasury in figures.treasuries],
        "cash": {
            "on": figures.cash.on,
            "counted_cents": figures.cash.counted_cents,
            "pieces": [[value, number] for value, number in sorted(figures.cash.pieces.items(), reverse=True) if number],
        },
        "grants": [[row.funder, row.object, row.on, row.cents] for row in figures.grants],
    }


def _line(line: Line) -> list[Any]:
    return [line.code, line.label, line.cents]


def _treasury(treasury: Treasury) -> dict[str, Any]:
    return {
        "code": treasury.code,
        "label": treasury.label,
        "kind": treasury.kind,
        "cents": treasury.cents,
        "statement_cents": treasury.statement_cents,
        "statement_on": treasury.statement_on,
        "items": [[item.on, item.label, item.cheque, item.cents] for item in treasury.items],
    }
