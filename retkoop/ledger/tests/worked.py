"""The worked year of reference: every figure known to the cent (2024-2025, seen on 20 September 2025).

Report à nouveau 1 850,00; charges 2 880,00; produits 3 280,00; bank 2 205,00;
cash 45,00; one cheque of 110,00 and one deposit of 25,00 not yet on a statement.
"""

import datetime as dt
from dataclasses import dataclass

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger import chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Entry, FiscalYear, Treasury
from retkoop.ledger.services import follow, openings, treasuries
from retkoop.ledger.services.entries import record_entry
from retkoop.ledger.services.openings import OpeningContent, type_opening

TODAY = dt.date(2025, 9, 20)
START = dt.date(2024, 9, 1)
LAST_DAY = dt.date(2025, 8, 31)


@dataclass
class Worked:
    """The year, its accounts, and its entries by a short name."""

    author: Author
    year: FiscalYear
    bank: Treasury
    box: Treasury
    entries: dict[str, Entry]

    def record(self, day: dt.date, label: str, bank: int = 0, box: int = 0, action: str = "", **accounts: int) -> Entry:
        """An entry: cents into the treasuries (> 0) or out of them, cents by account (debit > 0)."""
        moves = ((self.bank, bank), (self.box, box))
        lines = [Line(row.account.key, cents, row.pk) for row, cents in moves if cents]
        lines += [Line(key, cents) for key, cents in accounts.items()]
        content = EntryContent(day, label, tuple(lines), action=action)
        return record_entry(year=self.year, content=content, author=self.author)


def make_worked(cooperative: Cooperative, author: Author, *, details: bool = True) -> Worked:
    """Record the year through the services; `details`: the cash count, the grants and the inventory too."""
    chart.load()
    accounts = [
        treasuries.open_treasury(cooperative=cooperative, account=key, label=label, opened=START, author=author)
        for key, label in (("bank", "Banque"), ("cash", "Caisse"))
    ]
    year = openings.open_first_year(cooperative=cooperative, first=SchoolYear(2024), today=TODAY, author=author)[0]
    made = Worked(author, year, accounts[0], accounts[1], {})
    type_opening(year=year, on=START, contents=[OpeningContent(made.bank, 185_000)], author=author)
    _record(made)
    if details:
        _detail(made)
    return made


def _record(made: Worked) -> None:
    day = dt.date
    made.entries = {
        "families": made.record(day(2024, 9, 20), "Participation des familles", 95_500, family_contributions=-95_500),
        "dues": made.record(
            day(2024, 10, 4), "Adhésion à l’OCCE", -17_450, occe_dues=15_000, insurance=1_500, other_charges=950
        ),
        "photos": made.record(day(2024, 11, 15), "Photos de classe", 60_000, resale_sales=-60_000),
        "photographer": made.record(day(2024, 12, 2), "Photographe", -42_000, resale_purchases=42_000),
        "town": made.record(day(2025, 1, 14), "Subvention de la mairie", 30_000, public_grants=-30_000),
        "department": made.record(day(2025, 2, 3), "Subvention du département", 20_000, public_grants=-20_000),
        "fair": made.record(day(2025, 3, 21), "Kermesse", 110_000, 10_000, "Classe de mer", activity_income=-120_000),
        "trip": made.record(day(2025, 5, 12), "Séjour à la mer", -194_040, 0, "Classe de mer", activities=194_040),
        "camera": made.record(day(2025, 5, 28), "Appareil photo", -18_010, durable_goods=18_010),
        "snacks": made.record(day(2025, 6, 6), "Goûters", 0, -5_500, activities=5_500),
        "bus": made.record(day(2025, 6, 27), "Bus du musée", -11_000, activities=11_000),
        "late": made.record(day(2025, 6, 30), "Dernières familles", 2_500, family_contributions=-2_500),
    }


def _detail(made: Worked) -> None:
    follow.count_cash(year=made.year, treasury=made.box, on=LAST_DAY, pieces={2_000: 1, 1_000: 2, 500: 1}, author=made.author)
    for kind, name, cents, key in (
        ("town", "Mairie de Challans", 30_000, "town"),
        ("department", "Conseil départemental", 20_000, "department"),
    ):
        entry = made.entries[key]
        content = follow.GrantContent(kind, name, "Classe de mer", cents, entry.date, entry)
        follow.save_grant(year=made.year, content=content, author=made.author)
    camera = made.entries["camera"]
    follow.save_inventory_line(
        cooperative=made.year.cooperative,
        content=follow.InventoryContent("Appareil photo", camera.date, 18_010, "Bureau", camera),
        author=made.author,
    )
