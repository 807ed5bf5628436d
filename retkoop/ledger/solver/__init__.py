"""The gap solver: from a difference of a few euros to the line that most likely made it.

Pure functions over plain data (`Evidence`): no database, no clock. `solve`
looks at every gap of the year, keeps those that a later month heals apart,
and answers with ranked `Hypothesis`: what is probably wrong, by how much,
where, and the page that mends it, already filled in. A book without a gap
gets none. Cents everywhere, signed: > 0 came in, or is more than the book.

The kinds of error are listed in `kinds.py` and in docs/controls.md.
"""

from retkoop.ledger.solver.evidence import (
    Account,
    Box,
    CashCount,
    Evidence,
    Grant,
    GrantEntry,
    Item,
    Move,
    Proposal,
    Statement,
    Totals,
)
from retkoop.ledger.solver.hypotheses import Hypothesis
from retkoop.ledger.solver.kinds import KINDS
from retkoop.ledger.solver.ranking import solve

__all__ = [
    "KINDS",
    "Account",
    "Box",
    "CashCount",
    "Evidence",
    "Grant",
    "GrantEntry",
    "Hypothesis",
    "Item",
    "Move",
    "Proposal",
    "Statement",
    "Totals",
    "solve",
]
