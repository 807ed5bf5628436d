"""A signed-in teacher at the entry form, in short words, for the tests of one entry. The day is 6 October 2025."""

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import Cast, signed_in
from retkoop.ledger import chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Entry, FiscalYear, Treasury
from retkoop.ledger.services import openings, treasuries
from retkoop.ledger.services.entries import record_entry

TODAY = dt.date(2025, 10, 6)
START = dt.date(2024, 9, 1)
NEW = "/ecritures/nouvelle/"


@dataclass
class EntryDesk:
    """Cooperative A with a bank, a cash box, the years 2024-2025 and 2025-2026 open, and 1 000 € in the bank."""

    cast: Cast
    client: Client
    bank: Treasury
    cash: Treasury
    last_year: FiscalYear
    year: FiscalYear
    author: Author

    def get(self, path: str = NEW, **query: str) -> str:
        """The page's text."""
        response = self.client.get(path, query)
        assert response.status_code == 200, response.content
        return response.content.decode()

    def post(self, path: str = NEW, *, key: str = "", **fields: Any) -> Any:
        """Send a form; an expense of 12,50 by bank under 6180 where nothing else is said."""
        fields = {"operation_key": key or uuid.uuid4().hex, **fields}
        return self.client.post(path, fields)

    def enter(self, *, key: str = "", path: str = NEW, **fields: Any) -> Any:
        """Send the full form with usual facts."""
        usual = {"je": "complet", "piece": "", "date": "06/10/2025", "label": "Bus pour le zoo", "receipt_expected": "on"}
        return self.post(path, key=key, **{**usual, **fields})

    def spend(self, amount: str = "12,50", **fields: Any) -> Any:
        """An expense by bank under « activités éducatives »."""
        return self.enter(out_banque=amount, v_activities=amount, **fields)

    def recorded(self, response: Any) -> Entry:
        """The entry to which a 303 leads."""
        assert response.status_code == 303, (response.status_code, errors(response))
        found = re.match(r"/ecritures/(\d+)/", response["Location"])
        assert found is not None, response["Location"]
        return Entry.objects.get(pk=int(found[1]))

    def write(
        self,
        bank: int = 0,
        cash: int = 0,
        day: dt.date = TODAY,
        label: str = "Divers",
        year: FiscalYear | None = None,
        **facts: Any,
    ) -> Entry:
        """An entry by the services: cents on the bank and on the cash box, the rest under one account."""
        lines = [Line("bank", bank, self.bank.pk)] if bank else []
        lines += [Line("cash", cash, self.cash.pk)] if cash else []
        net = bank + cash
        if net:
            lines.append(Line("activities" if net < 0 else "family_contributions", -net))
        content = EntryContent(day, label, tuple(lines), **facts)
        return record_entry(year=year or self.year, content=content, author=self.author)


def errors(response: Any) -> list[str]:
    """The sentences beside the fields."""
    return re.findall(r'class="field-error"[^>]*>.*?<span>(.*?)</span>', response.content.decode(), re.S)


def warned(response: Any) -> list[str]:
    """The ids of the warnings shown."""
    return re.findall(r'data-warning="([^"]+)"', response.content.decode())


def lines_of(entry: Entry) -> dict[str, int]:
    """Account key → cents of the live postings."""
    rows = entry.postings.filter(until_version__isnull=True).select_related("account")
    return {row.account.key: row.cents for row in rows}


def make_entry_desk(cast: Cast) -> EntryDesk:
    """Inside `travel(TODAY)`."""
    chart.load()
    author = Author(cast.mandataire_a)
    coop = cast.cooperative_a
    bank = treasuries.open_treasury(cooperative=coop, account="bank", label="Banque", opened=START, author=author)
    cash = treasuries.open_treasury(cooperative=coop, account="cash", label="Caisse", opened=START, author=author)
    last, year = openings.open_first_year(cooperative=coop, first=SchoolYear(2024), today=TODAY, author=author)
    desk = EntryDesk(cast, signed_in(cast.mandataire_a), bank, cash, last, year, author)
    desk.write(bank=100_000, day=dt.date(2024, 9, 10), label="Cotisations", year=last)
    return desk
