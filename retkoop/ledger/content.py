"""What an entry says, before it becomes rows: plain frozen data shared by forms, services and imports.

Amounts are cents. A `Line` is a posting to be: treasury in and charge are
debits (> 0), treasury out and income are credits (< 0).
"""

import datetime as dt
from dataclasses import dataclass, replace

from retkoop.ledger.models import Means


@dataclass(frozen=True)
class Line:
    """A signed amount on an account (by its stable key), and on which treasury for a treasury account."""

    account: str
    cents: int
    treasury_id: int | None = None


@dataclass(frozen=True)
class EntryContent:
    """An entry as its author means it; `tick`: its bank lines are already on the statement."""

    date: dt.date
    label: str
    lines: tuple[Line, ...]
    piece: str = ""
    means: str = Means.OTHER
    cheque: str = ""
    action: str = ""
    counterparty: str = ""
    receipt_expected: bool = True
    tick: bool = False

    @property
    def treasury_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.treasury_id is not None)

    @property
    def operating_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.treasury_id is None)

    @property
    def net_cents(self) -> int:
        """What the treasuries gain (> 0) or lose (< 0)."""
        return sum(line.cents for line in self.treasury_lines)

    def with_lines(self, lines: tuple[Line, ...]) -> "EntryContent":
        return replace(self, lines=lines)
