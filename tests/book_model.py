"""A small model of a cooperative's books, written from the rules of the field, knowing nothing of the code.

Money only moves; a tick hangs a bank line on a dated statement; a year opens
with what the year before leaves, and closing writes that down. Amounts are cents.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace


class Refused(Exception):  # noqa: N818
    """A treasurer would say no."""


@dataclass(eq=False)
class Paper:
    treasury: str
    day: dt.date


@dataclass(eq=False)
class Line:
    """`treasury` is "" for a charge or an income; `paper` is the tick; `item` the name of a line carried over."""

    account: str
    treasury: str
    cents: int
    day: dt.date = dt.date.min
    paper: Paper | None = None
    item: str = ""
    origin: "Line | None" = None


@dataclass(eq=False)
class Entry:
    day: dt.date
    name: str
    lines: list[Line]
    version: int = 1
    cancelled: bool = False


@dataclass(eq=False)
class Year:
    first: int
    entries: list[Entry] = field(default_factory=list)
    opening: list[Line] | None = None
    closed: bool = False

    def __post_init__(self):
        self.start, self.end = dt.date(self.first, 9, 1), dt.date(self.first + 1, 8, 31)

    def own(self) -> list[Line]:
        return [line for entry in self.entries if not entry.cancelled for line in entry.lines]

    def operating(self) -> dict[str, int]:
        sums = Counter()
        for line in self.own():
            sums[line.account] += 0 if line.treasury else line.cents
        return {account: cents for account, cents in sums.items() if cents}


def need(true: object) -> None:
    if not true:
        raise Refused


def sums(lines: list[Line]) -> dict[str, int]:
    total = Counter()
    for line in lines:
        total[line.treasury] += line.cents
    return {treasury: cents for treasury, cents in total.items() if treasury and cents}


@dataclass
class Book:
    today: dt.date
    years: list[Year]
    papers: list[Paper] = field(default_factory=list)

    def year(self, first: int) -> Year | None:
        return next((row for row in self.years if row.first == first), None)

    def brought(self, year: Year) -> list[Line]:
        """The report à nouveau: written down, or for now whatever the year before holds."""
        before = self.year(year.first - 1)
        return year.opening if year.opening is not None else self.lines(before) if before else []

    def lines(self, year: Year) -> list[Line]:
        return [*self.brought(year), *year.own()]

    def open_items(self, year: Year) -> list[Line]:
        """Bank lines that no statement of the year has seen."""
        banks = [line for line in self.lines(year) if line.treasury.startswith("banque")]
        return [line for line in banks if not (line.paper and line.paper.day <= year.end)]

    def items_brought(self, year: Year) -> list[Line]:
        before = self.year(year.first - 1)
        if year.opening is None:
            return self.open_items(before) if before else []
        return [line for line in year.opening if line.item]

    def paper(self, treasury: str, day: dt.date) -> Paper:
        found = [row for row in self.papers if (row.treasury, row.day) == (treasury, day)]
        if not found:
            self.papers.append(Paper(treasury, day))
        return found[0] if found else self.papers[-1]

    def tick(self, year: Year, line: Line, paper: Paper | None = None) -> None:
        """By default on the last monthly statement one holds today: the year's at most, its own month's at least."""
        need(not year.closed and line.treasury.startswith("banque"))
        if line.paper:
            return
        held = self.today.replace(day=1) - dt.timedelta(days=1)
        month = (line.day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        paper = paper or self.paper(line.treasury, max(min(held, year.end), month))
        need(paper.day >= line.day)
        line.paper = paper

    def judge(self, year: Year, day: dt.date, lines: list[Line]) -> None:
        """Each account once and not for nothing, some money moved, all of it explained: the sum is zero."""
        need(not year.closed and year.start <= day <= year.end and any(line.treasury for line in lines))
        need(len({(line.account, line.treasury) for line in lines}) == len(lines))
        need(all(line.cents for line in lines) and sum(line.cents for line in lines) == 0)

    def record(self, year: Year, day: dt.date, name: str, lines: list[Line], ticked: bool) -> None:
        self.judge(year, day, lines)
        year.entries.append(Entry(day, name, lines))
        for line in lines:
            line.day = day
            if ticked and line.treasury.startswith("banque"):
                self.tick(year, line)

    def amend(self, year: Year, entry: Entry, day: dt.date, lines: list[Line], confirmed: bool) -> None:
        """What does not change keeps its tick; a changed amount loses it, when that is confirmed."""
        need(not entry.cancelled)
        self.judge(year, day, lines)
        kept = [
            old
            for old in entry.lines
            if any((old.account, old.treasury, old.cents) == (n.account, n.treasury, n.cents) for n in lines)
        ]
        need(all(old.paper is None or old.paper.day >= day for old in kept))
        need(confirmed or all(old.paper is None for old in entry.lines if old not in kept))
        same = {(old.account, old.treasury): old for old in kept}
        entry.lines = [same.get((line.account, line.treasury), line) for line in lines]
        entry.day, entry.version = day, entry.version + 1
        for line in entry.lines:
            line.day = day

    def redate(self, paper: Paper, day: dt.date) -> None:
        """A statement's date is corrected: not before one of its lines, nor under a closed year."""
        need(not any(row is not paper and (row.treasury, row.day) == (paper.treasury, day) for row in self.papers))
        for year in self.years:
            for line in [*(year.opening or []), *year.own()]:
                need(line.paper is not paper or (not year.closed and line.day <= day))
            crossed = [line for entry in year.entries if entry.cancelled for line in entry.lines]
            need(not year.closed or all(line.paper is not paper for line in crossed))
        paper.day = day

    def cross(self, year: Year, entry: Entry, *, out: bool) -> None:
        """The red cross, or its undoing: the number stays; ticks come back unless their statement has moved before them."""
        need(not year.closed)
        if entry.cancelled == out:
            return
        entry.cancelled, entry.version = out, entry.version + 1
        for line in entry.lines:
            line.paper = line.paper if out or (line.paper and line.paper.day >= line.day) else None

    def type_opening(self, year: Year, on: dt.date, rows: list[Line], *, by_ad: bool) -> None:
        need(not year.closed and self.year(year.first - 1) is None and year.start <= on <= year.end)
        need(by_ad or not year.entries or year.opening is None)
        year.opening = rows

    def close(self, year: Year) -> None:
        before, after = self.year(year.first - 1), self.year(year.first + 1)
        need(
            not year.closed
            and self.today > year.end
            and (before.closed if before else year.opening is not None or year.entries)
        )
        items, left = self.open_items(year), sums(self.lines(year))
        for line in items:
            left[line.treasury] = left.get(line.treasury, 0) - line.cents
        seen = [Line("", name, cents, after.start) for name, cents in left.items() if cents]
        for line in seen:
            line.paper = self.paper(line.treasury, year.end) if line.treasury.startswith("banque") else None
        after.opening = [*seen, *(replace(line, item=line.item or "?", origin=line) for line in items)]
        year.closed = True

    def reopen(self, year: Year) -> None:
        after = self.year(year.first + 1)
        need(year.closed and not after.closed)
        for line in after.opening:
            if line.origin:
                line.origin.paper = line.paper
        year.closed, after.opening = False, None
