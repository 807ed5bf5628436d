"""What is asked of the cahier (`Choice`), and what a line of it holds (`Row`)."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import NamedTuple

DATE = "date"


@dataclass(frozen=True)
class Choice:
    """What the address asks. `month`: its first day; `account`: a code of the chart; `sort`: a column's key."""

    text: str = ""
    month: dt.date | None = None
    account: str = ""
    action: int | None = None
    unpointed: bool = False
    without_receipt: bool = False
    cancelled: bool = False
    sort: str = DATE
    descending: bool = False
    page: int = 1

    @property
    def filtered(self) -> bool:
        return bool(self.text or self.month or self.account or self.action or self.unpointed or self.without_receipt)

    @property
    def running(self) -> bool:
        """Do the lines follow one another, so that a balance after each of them means something?"""
        return self.sort == DATE and not replace(self, month=None).filtered


class Line(NamedTuple):
    """A treasury posting of a row. `statement`: the day (ISO) of the statement that holds it, None when not pointed."""

    posting_id: int
    treasury_id: int
    cents: int
    statement: str | None


class Row(NamedTuple):
    """An entry as the cahier shows it. `receipt`: present, missing or none; `amounts`: cents by column key."""

    id: int
    number: int
    date: str
    piece: str
    label: str
    cheque: str
    means: str
    action: str
    cancelled: bool
    receipt: str
    amounts: dict[str, int]
    lines: list[Line]
