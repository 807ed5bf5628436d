"""Keeps the books of one made-up cooperative through the services, dating each act when a teacher would do it."""

import datetime as dt
from collections.abc import Sequence

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.demo.stories import Event
from retkoop.documents.models import Document
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger.chart import Chart, chart_for
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.follow import DENOMINATIONS
from retkoop.ledger.models import Entry, FiscalYear, FunderType, Posting, Statement, Treasury
from retkoop.ledger.queries.balances import pointed_until
from retkoop.ledger.queries.cash import cash_balance_on
from retkoop.ledger.services import closing, entries, follow, openings, pointing, receipts, treasuries


class Desk:
    """One cooperative, its accounts and its mandataire."""

    def __init__(self, cooperative: Cooperative, author: Author, first: SchoolYear, *, cash: bool, postal: bool) -> None:
        self.cooperative = cooperative
        self.author = author
        self.cheque = 4_000_100 + int(cooperative.number) * 1_000
        self.piece = {"D": 0, "R": 0}
        with travel(first.start):
            account, label = ("postal_bank", "La Banque Postale") if postal else ("bank", "Banque")
            self.bank = treasuries.open_treasury(
                cooperative=cooperative, account=account, label=label, opened=first.start, author=author
            )
            self.cash: Treasury | None = None
            if cash:
                self.cash = treasuries.open_treasury(
                    cooperative=cooperative, account="cash", label="Caisse", opened=first.start, author=author
                )

    def open(self, year: FiscalYear, bank_cents: int, cash_cents: int) -> None:
        """The typed opening of the first year."""
        eve = year.start - dt.timedelta(days=1)
        contents = [openings.OpeningContent(self.bank, bank_cents, eve)]
        if self.cash is not None:
            contents.append(openings.OpeningContent(self.cash, cash_cents))
        with travel(year.start):
            openings.type_opening(year=year, on=year.start, contents=contents, author=self.author)

    def live(
        self, year: FiscalYear, story: Sequence[Event], *, until: dt.date, unpointed: int = 0,
        documents: Sequence[Document] = (), missing: int = 0,
    ) -> list[Entry]:  # fmt: skip
        """Record the story between the year's start and `until`, then point it; the last `unpointed` stay open.

        `missing`: how many of the last expenses have no receipt.
        """
        self.piece = {"D": 0, "R": 0}
        chart = chart_for(self.cooperative.association_id, year.first)
        span = (until - year.start).days
        done: list[tuple[Entry, Event]] = []
        for event in story:
            day = year.start + dt.timedelta(days=round(span * min(event.at, 1.0)))
            with travel(day):
                done.append(
                    (entries.record_entry(year=year, content=self._content(chart, event, day), author=self.author), event)
                )
        self._point(year, done, until, unpointed)
        self._prove([entry for entry, _ in done], documents, missing, until)
        return [entry for entry, _ in done]

    def _content(self, chart: Chart, event: Event, day: dt.date) -> EntryContent:
        charges = {account.key for account in chart.charges}
        lines = []
        if event.bank:
            lines.append(Line(self.bank.account.key, event.bank, self.bank.pk))
        if event.cash and self.cash is not None:
            lines.append(Line(self.cash.account.key, event.cash, self.cash.pk))
        lines += [Line(key, cents if key in charges else -cents) for key, cents in event.accounts.items()]
        spent = event.bank + event.cash < 0
        piece = ""
        if event.accounts:
            letter = "D" if spent else "R"
            self.piece[letter] += 1
            piece = f"{letter}{self.piece[letter]}"
        cheque = ""
        if event.means == "cheque" and event.bank < 0:
            cheque, self.cheque = str(self.cheque), self.cheque + 1
        return EntryContent(
            date=day, label=event.label, lines=tuple(lines), piece=piece, means=event.means, cheque=cheque,
            action=event.action, counterparty=event.counterparty, receipt_expected=bool(event.accounts),
        )  # fmt: skip

    def _point(self, year: FiscalYear, done: list[tuple[Entry, Event]], until: dt.date, unpointed: int) -> None:
        """One statement a month, with the balance that the bank would show."""
        lines = dict(
            Posting.objects.filter(year=year, treasury=self.bank, until_version__isnull=True, entry__number__gt=0).values_list(
                "entry_id", "pk"
            )
        )
        banked = [(entry, event) for entry, event in done if entry.pk in lines]
        open_ones = {entry.pk for entry, _ in banked[len(banked) - unpointed :]} if unpointed else set()
        ticked: set[int] = set()
        for end in _month_ends(year, until):
            ready = [
                lines[entry.pk]
                for entry, event in banked
                if entry.pk not in open_ones and min(entry.date + dt.timedelta(days=event.clears), until) <= end
            ]
            with travel(min(end + dt.timedelta(days=5), max(until, end))):
                self._statement(year, end, [pk for pk in ready if pk not in ticked])
            ticked.update(ready)

    def _statement(self, year: FiscalYear, end: dt.date, ready: list[int]) -> None:
        statement = pointing.save_statement(treasury=self.bank, ends_on=end, closing_cents=None, author=self.author)
        carried = Posting.objects.filter(
            year=year, treasury=self.bank, until_version__isnull=True, statement__isnull=True, item_date__isnull=False
        ).values_list("pk", flat=True)
        both = frozenset([*ready, *carried])
        pointing.set_ticks(statement=statement, ticked=both, shown=both, author=self.author)
        fresh = Statement.objects.get(pk=statement.pk)
        pointing.save_statement(
            treasury=self.bank, ends_on=end, closing_cents=pointed_until(fresh, year), author=self.author,
            statement=fresh, version=fresh.version,
        )  # fmt: skip

    def _prove(self, done: list[Entry], documents: Sequence[Document], missing: int, until: dt.date) -> None:
        expected = [entry for entry in done if entry.receipt_expected]
        proved = expected[: len(expected) - missing] if missing else expected
        if not documents:
            return
        with travel(until):
            for index, entry in enumerate(proved):
                receipts.attach_document(entry=entry, document=documents[index % len(documents)], author=self.author)

    def finish(self, year: FiscalYear, done: Sequence[Entry]) -> None:
        """Count the cash on the last day, detail the grants, put the durable goods in the inventory."""
        with travel(year.end):
            if self.cash is not None:
                pieces = _coins(cash_balance_on(year, self.cash, year.end))
                follow.count_cash(year=year, treasury=self.cash, on=year.end, pieces=pieces, author=self.author)
            for entry in done:
                self._follow(year, entry)

    def _follow(self, year: FiscalYear, entry: Entry) -> None:
        rows = Posting.objects.filter(entry=entry, until_version__isnull=True).values_list("account__key", "cents")
        for key, cents in rows:
            if key == "public_grants":
                content = follow.GrantContent(
                    FunderType.TOWN, f"Mairie de {self.cooperative.town}", "Projet de l’école", -cents, entry.date, entry
                )
                follow.save_grant(year=year, content=content, author=self.author)
            elif key == "durable_goods":
                line = follow.InventoryContent(entry.label, entry.date, cents, "Salle des maîtres", entry)
                follow.save_inventory_line(cooperative=self.cooperative, content=line, author=self.author)

    def close(self, year: FiscalYear) -> None:
        """Close the year in the middle of the September that follows, when that has come."""
        day = dt.date(year.end.year, 9, 18)
        with travel(min(day, max(clock.today(), year.end + dt.timedelta(days=1)))):
            closing.close_year(year=year, author=self.author)


def _month_ends(year: FiscalYear, until: dt.date) -> list[dt.date]:
    ends = []
    for month in range(12):
        first = dt.date(year.first + (month + 8) // 12, (month + 8) % 12 + 1, 1)
        end = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
        if end <= until:
            ends.append(end)
    return ends


def _coins(cents: int) -> dict[int, int]:
    """The fewest notes (up to 20 €) and coins that make the sum."""
    pieces: dict[int, int] = {}
    for value in (value for value in DENOMINATIONS if value <= 2_000):
        pieces[value], cents = divmod(cents, value)
    return {value: count for value, count in pieces.items() if count}
