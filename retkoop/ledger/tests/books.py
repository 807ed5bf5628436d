"""A cooperative with a bank, a cash box and two years, for the tests of the books."""

import datetime as dt
from dataclasses import dataclass

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, BookHead, Cooperative, Federation
from retkoop.ledger import chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Entry, FiscalYear, Posting, Treasury
from retkoop.ledger.services import openings, treasuries
from retkoop.ledger.services.entries import record_entry

START = dt.date(2024, 9, 1)


@dataclass
class Desk:
    """Short words for a test's story: who, where, and the usual gestures. Amounts are cents."""

    cooperative: Cooperative
    bank: Treasury
    cash: Treasury
    year: FiscalYear
    following: FiscalYear
    teacher: Author
    ad: Author

    def pay(self, cents: int, label: str = "Bus", day: dt.date = dt.date(2025, 3, 1), **facts: object) -> Entry:
        """An expense by bank under « activités éducatives »."""
        lines = (Line("bank", -cents, self.bank.pk), Line("activities", cents))
        return record_entry(year=self.year, content=EntryContent(day, label, lines, **facts), author=self.teacher)  # type: ignore[arg-type]

    def receive(self, cents: int, label: str = "Familles", day: dt.date = dt.date(2025, 3, 1), **facts: object) -> Entry:
        """An income by bank from the families."""
        lines = (Line("bank", cents, self.bank.pk), Line("family_contributions", -cents))
        return record_entry(year=self.year, content=EntryContent(day, label, lines, **facts), author=self.teacher)  # type: ignore[arg-type]

    def bank_line(self, entry: Entry) -> Posting:
        """The live bank posting of an entry."""
        return Posting.objects.get(entry=entry, treasury=self.bank, until_version__isnull=True)


def make_desk(number: str = "099", code: str = "085", today: dt.date = dt.date(2025, 9, 15)) -> Desk:
    """A cooperative on `today`, with the years 2024-2025 and 2025-2026 open and nothing in them."""
    federation = Federation.objects.first() or Federation.objects.create(name="Fédération")
    association, _ = Association.objects.get_or_create(
        code=code, defaults={"federation": federation, "name": f"OCCE {code}", "department": code}
    )
    chart.load()
    cooperative = Cooperative.objects.create(association=association, number=number, name="École", created_on=START)
    BookHead.objects.create(cooperative=cooperative)
    teacher = Author(None)
    with travel(today):
        bank = treasuries.open_treasury(cooperative=cooperative, account="bank", label="Banque", opened=START, author=teacher)
        cash = treasuries.open_treasury(cooperative=cooperative, account="cash", label="Caisse", opened=START, author=teacher)
        openings.create_year(cooperative, SchoolYear(2024))
        year, following = openings.ensure_years(cooperative, today, teacher)
    return Desk(cooperative, bank, cash, year, following, teacher, Author(None, association))
