"""What is typed of a bank statement: its day and its closing balance."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from retkoop.core.dates import DayError, parse_day
from retkoop.core.money import AmountError, parse_euros
from retkoop.ledger.models import FiscalYear


@dataclass
class StatementForm:
    """As typed (`day_text`, `balance_text`), as read (`ends_on`, cents), and what is missing by field."""

    day_text: str = ""
    balance_text: str = ""
    ends_on: dt.date | None = None
    closing_cents: int | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return not self.errors and self.ends_on is not None


def read_statement(posted: Mapping[str, str], year: FiscalYear, today: dt.date, *, balance_needed: bool) -> StatementForm:
    """The statement typed; without `balance_needed` the balance may wait."""
    form = StatementForm(posted.get("ends_on", "").strip(), posted.get("closing", "").strip())
    if not form.day_text:
        form.errors["ends_on"] = f"Écrivez la date qui figure sur le relevé, comme 30/06/{year.end.year}."
    else:
        try:
            form.ends_on = parse_day(form.day_text, start=year.start, end=year.end, today=today)
        except DayError as error:
            form.errors["ends_on"] = str(error)
    if form.balance_text:
        try:
            form.closing_cents = parse_euros(form.balance_text)
        except AmountError as error:
            form.errors["closing"] = str(error)
    elif balance_needed:
        form.errors["closing"] = "Écrivez le solde final du relevé, comme 1234,56. S’il est débiteur, mettez un moins devant."
    return form
