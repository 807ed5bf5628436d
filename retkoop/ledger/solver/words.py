"""How the solver speaks: a line, an amount, a date, as a teacher would say them."""

import datetime as dt

from retkoop.core.dates import format_day
from retkoop.core.money import format_euros
from retkoop.core.text import fold
from retkoop.ledger.solver.evidence import Move


def euros(cents: int) -> str:
    """« 27,00 € », without a sign."""
    return format_euros(abs(cents))


def day(on: dt.date) -> str:
    return format_day(on)


def told(move: Move) -> str:
    """« Bus » du 27/06/2025, chèque 1234, 110,00 € en sortie."""
    cheque = f", chèque {move.cheque}" if move.cheque else ""
    return f"« {move.label} » du {day(move.day)}{cheque}, {euros(move.cents)} en {side(move.cents)}"


def side(cents: int) -> str:
    return "entrée" if cents > 0 else "sortie"


def alike(one: str, other: str) -> bool:
    """Do two labels say the same thing, a word or two apart?"""
    first, second = set(fold(one).split()), set(fold(other).split())
    return bool(first and second) and 2 * len(first & second) >= min(len(first), len(second))
