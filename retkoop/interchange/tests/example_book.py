"""The small book of docs/formats.md: one of each thing that an export holds, always the same."""

import datetime as dt

from retkoop.core.clock import travel
from retkoop.documents.models import Document
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Entry, FiscalYear
from retkoop.ledger.services import deposits, entries, follow, openings, pointing, receipts
from retkoop.ledger.tests.books import Desk, make_desk


def example_year() -> FiscalYear:
    """2024-2025 of a cooperative that has a bank and a cash box; seen on 15 September 2025."""
    with travel(dt.date(2025, 9, 15)):
        desk = make_desk()
        _open(desk)
        bus = desk.pay(
            11_000, "Bus, sortie au musée", dt.date(2025, 6, 3), piece="D1", means="cheque", cheque="400", action="Musée"
        )
        _prove(desk, bus)
        _deposit(desk)
        entries.cancel_entry(
            entry=desk.pay(700, "Timbres, saisi deux fois", dt.date(2025, 6, 5), piece="D2"), version=1, author=desk.teacher
        )
        _give(desk)
        _follow(desk)
    return desk.year


def _open(desk: Desk) -> None:
    item = openings.OpeningItemContent(dt.date(2024, 8, 20), "Librairie", -5_000, "12")
    contents = [
        openings.OpeningContent(desk.bank, 90_000, dt.date(2024, 8, 31), (item,)),
        openings.OpeningContent(desk.cash, 2_000),
    ]
    openings.type_opening(year=desk.year, on=dt.date(2024, 9, 1), contents=contents, author=desk.teacher)


def _prove(desk: Desk, entry: Entry) -> None:
    """A receipt: its digest is all that the export says of it."""
    document = Document.objects.create(
        cooperative=entry.cooperative, sha256="5f" * 32, name="bus.pdf", content_type="application/pdf", size=1, pages=1,
        original="bus.pdf", received_at=dt.datetime(2025, 6, 3, tzinfo=dt.UTC),
    )  # fmt: skip
    receipts.attach_document(entry=entry, document=document, author=desk.teacher)


def _deposit(desk: Desk) -> None:
    lines = (Line("bank", 4_500, desk.bank.pk), Line("family_contributions", -4_500))
    content = EntryContent(dt.date(2025, 6, 4), "Remise de chèques, familles", lines, piece="R1", receipt_expected=False)
    slips = [deposits.Slip("Mme Martin", "Crédit Agricole", 2_500), deposits.Slip("M. Petit", "", 2_000)]
    entry = deposits.record_deposit(year=desk.year, content=content, slips=slips, author=desk.teacher)
    statement = pointing.save_statement(
        treasury=desk.bank, ends_on=dt.date(2025, 6, 30), closing_cents=94_500, author=desk.teacher
    )
    pointing.set_tick(posting=desk.bank_line(entry), ticked=True, statement=statement, author=desk.teacher)


def _give(desk: Desk) -> None:
    """A gift to another cooperative, and a public subsidy with its detail."""
    lines = (Line("cash", -500, desk.cash.pk), Line("exceptional_charges", 500))
    entries.record_entry(
        year=desk.year,
        content=EntryContent(
            dt.date(2025, 6, 6), "Don pour la fête", lines, means="cash", counterparty="085-101 École du Phare"
        ),
        author=desk.teacher,
    )
    lines = (Line("bank", 30_000, desk.bank.pk), Line("public_grants", -30_000))
    grant = entries.record_entry(
        year=desk.year, content=EntryContent(dt.date(2025, 7, 1), "Mairie", lines, means="transfer"), author=desk.teacher
    )
    follow.save_grant(
        year=desk.year,
        content=follow.GrantContent("town", "Mairie", "Fresque de la cour", 30_000, dt.date(2025, 7, 1), grant),
        author=desk.teacher,
    )


def _follow(desk: Desk) -> None:
    follow.count_cash(
        year=desk.year, treasury=desk.cash, on=dt.date(2025, 6, 30), pieces={1_000: 1, 500: 1}, author=desk.teacher
    )
    follow.save_inventory_line(
        cooperative=desk.cooperative,
        content=follow.InventoryContent("Appareil photo", dt.date(2025, 2, 3), 18_010, "Salle 2"),
        author=desk.teacher,
    )
