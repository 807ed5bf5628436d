"""The book of a cooperative kept twice: in the small model, and by the services."""

import datetime as dt
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, BookHead, Cooperative, Person
from retkoop.ledger import models as rows
from retkoop.ledger.content import EntryContent
from retkoop.ledger.content import Line as ContentLine
from retkoop.ledger.services import openings, treasuries
from tests.book_model import Book, Entry, Line, Paper, Refused, Year

TODAY = dt.date(2026, 9, 15)
FIRST, LAST = 2024, 2026
KINDS = {"banque": "bank", "banque-2": "postal_bank", "caisse": "cash"}
SHAPES = ("pay", "cash", "receive", "both", "split", "refund", "transfer", "swap", "grant", "odd", "mute")
years = st.integers(FIRST, LAST)
picks = st.integers(0, 999)
days = st.integers(0, 364)
amounts = st.integers(1, 60).map(lambda number: number * 125)
shapes = st.sampled_from(SHAPES)


def shape_lines(shape: str, a: int, b: int) -> list[Line]:
    """What moves and what for, in the usual shapes; « odd » does not balance, « mute » says nothing."""
    bank, other, box = ("", "banque"), ("", "banque-2"), ("", "caisse")
    bus, books, families, town = (("activities", ""), ("insurance", ""), ("family_contributions", ""), ("public_grants", ""))
    told = {
        "pay": [(bank, -a), (bus, a)],
        "cash": [(box, -a), (books, a)],
        "receive": [(other, a), (families, -a)],
        "both": [(bank, a), (box, b), (families, -a - b)],
        "split": [(bank, -a - b), (bus, a), (books, b)],
        "refund": [(bank, a), (bus, -a)],
        "transfer": [(box, -a), (bank, a)],
        "swap": [(bank, -a), (other, a)],
        "grant": [(bank, a + b), (town, -a), (families, -b)],
        "odd": [(bank, a), (families, -b)],
        "mute": [(bank, a)],
    }
    return [Line(account, treasury, cents) for (account, treasury), cents in told[shape]]


class TwoBooks(RuleBasedStateMachine):
    """A book kept twice, in the model and in the database: how to find in one what the other speaks of."""

    @initialize(second=st.booleans())
    def begin(self, second: bool) -> None:
        self.association = Association.objects.get()
        self.person = Person.objects.get()
        self.cooperative = self.new_cooperative()
        self.teacher, self.ad = Author(self.person), Author(self.person, self.association)
        self.treasuries = {
            slug: treasuries.open_treasury(
                cooperative=self.cooperative, account=kind, label=slug, opened=dt.date(FIRST, 9, 1), author=self.teacher
            )
            for slug, kind in KINDS.items()
        }
        opened = openings.open_first_year(
            cooperative=self.cooperative, first=SchoolYear(FIRST), today=TODAY, author=self.teacher
        )
        self.years = {year.first: year for year in opened}
        self.book = Book(TODAY, [Year(first) for first in range(FIRST, LAST + 1)])
        self.touched = set(self.years)
        self.frozen: dict[int, list[object]] = {}
        self.counts: dict[int, list[tuple[int, int]]] = {}
        self.grants: dict[int, dict[int, int]] = {first: {} for first in self.years}
        if second:
            self.type_opening(FIRST, 0, 40_000, [3], by_ad=False)

    def new_cooperative(self) -> Cooperative:
        number = f"{Cooperative.objects.count():04d}"
        made = Cooperative.objects.create(
            association=self.association, number=number, name="École", created_on=dt.date(FIRST, 9, 1)
        )
        BookHead.objects.create(cooperative=made)
        return made

    # --- finding in the database what the model speaks of

    def year(self, first: int) -> rows.FiscalYear:
        found = rows.FiscalYear.objects.select_related("cooperative__association").get(pk=self.years[first].pk)
        self.years[first] = found
        return found

    def any_entry(self, pick: int) -> tuple[Year, Entry, rows.Entry]:
        told = [(year, entry) for year in self.book.years for entry in year.entries]
        year, entry = told[pick % len(told)]
        row = rows.Entry.objects.get(year=self.years[year.first], number=year.entries.index(entry) + 1)
        return year, entry, row

    def any_bank_line(self, pick: int) -> tuple[Year, Line, rows.Posting]:
        told = [
            (year, entry, line)
            for year in self.book.years
            for entry, lines in [(None, year.opening or []), *((e, e.lines) for e in year.entries if not e.cancelled)]
            for line in lines
            if line.treasury.startswith("banque")
        ]
        year, entry, line = told[pick % len(told)]
        live = rows.Posting.objects.filter(
            year=self.years[year.first], treasury=self.treasuries[line.treasury], until_version=None, cents=line.cents
        )
        if entry is not None:
            return year, line, live.get(entry__number=year.entries.index(entry) + 1)
        live = live.filter(entry__number=0, item_date=line.day if line.item else None)
        return year, line, live.filter(item_label=line.item).get() if line.item not in {"", "?"} else live.get()

    def statement(self, paper: Paper) -> rows.Statement:
        return rows.Statement.objects.get(treasury=self.treasuries[paper.treasury], ends_on=paper.day)

    def content(self, day: dt.date, name: str, lines: list[Line], *, tick: bool = False) -> EntryContent:
        told = tuple(
            ContentLine(KINDS.get(line.treasury, line.account), line.cents, self.treasuries[line.treasury].pk)
            if line.treasury
            else ContentLine(line.account, line.cents)
            for line in lines
        )
        return EntryContent(day, name, told, tick=tick)

    def agree(self, first: int, told: Callable[[], object], done: Callable[[], object]) -> bool:
        """Both do it, or both refuse. Says which. What it may change are the figures of `first` and of the years after."""
        try:
            told()
            allowed = True
        except Refused:
            allowed = False
        try:
            done()
            happened = True
        except (Refusal, StaleVersion) as refusal:
            happened = False
            assert not allowed, refusal
        assert happened == allowed
        self.touched |= set(range(first, LAST + 1)) if happened else {first}
        return happened

    def some_entry(self) -> bool:
        return any(year.entries for year in self.book.years)

    def some_bank_line(self) -> bool:
        lines = [line for year in self.book.years for line in [*(year.opening or []), *year.own()]]
        return any(line.treasury.startswith("banque") for line in lines)
