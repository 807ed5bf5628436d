"""A file of either kind on its way into a year: what it holds, whether it may come in, and bringing it in."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.interchange import french_csv
from retkoop.interchange.french_csv import BadLine
from retkoop.interchange.services.canonical_book import State, import_book, read_book, try_import
from retkoop.interchange.services.french_book import import_csv, refuse_occupied
from retkoop.ledger.chart import chart_for
from retkoop.ledger.models import FiscalYear, TreasuryKind
from retkoop.ledger.queries.balances import treasuries_of

MAX_BYTES = 25 * 2**20


@dataclass(frozen=True)
class Preview:
    """What a file would write. Cents; `refusal`: why nothing of it may come in; `bad`: lines that cannot be read."""

    book: bool
    lines: int
    first: dt.date | None
    last: dt.date | None
    bank_in: int
    bank_out: int
    cash_in: int
    cash_out: int
    bad: tuple[BadLine, ...] = ()
    ignored: tuple[int, ...] = ()
    cancelled: int = 0
    opening: bool = False
    refusal: str = ""

    @property
    def ready(self) -> bool:
        """May everything come in as it is?"""
        return not self.refusal and not self.bad

    @property
    def savable(self) -> bool:
        """May the good lines come in, the others waiting as drafts?"""
        return bool(self.bad) and not self.refusal


@dataclass(frozen=True)
class Imported:
    """How many entries came in, and how many lines wait as drafts."""

    entries: int
    drafts: int


def is_book(data: bytes) -> bool:
    """Does the file look like a canonical export rather than a table?"""
    return data.lstrip()[:1] == b"{"


def year_named(data: bytes) -> str:
    """The year that a canonical export names, "" for any other file."""
    if not is_book(data):
        return ""
    try:
        return str(read_book(data).get("year", ""))[:9]
    except Refusal:
        return ""


def preview(*, year: FiscalYear, data: bytes, author: audit.Author) -> Preview:
    """What the file holds for that year; writes nothing. Raises Refusal when it cannot be read as a whole."""
    if is_book(data):
        return _book_preview(year, read_book(data), author)
    reading = _reading(year, data)
    kinds = {row.pk: row.kind for row in treasuries_of(year.cooperative)}
    moves = [(kinds[line.treasury_id], line.cents) for good in reading.good for line in good.content.lines if line.treasury_id]
    days = [good.content.date for good in reading.good]
    try:
        refuse_occupied(year)
        refusal = ""
    except Refusal as problem:
        refusal = problem.message
    return Preview(
        False, len(reading.good), *_span(days), *_sums(moves), bad=reading.bad, ignored=reading.ignored, refusal=refusal
    )


def import_file(
    *,
    year: FiscalYear,
    data: bytes,
    author: audit.Author,
    operation: audit.Operation | None = None,
    bad_as_drafts: bool = False,
) -> Imported:
    """Write the file into its empty year: all of it, or nothing. Raises Refusal."""
    if is_book(data):
        state = read_book(data)
        import_book(year=year, state=state, author=author, operation=operation)
        return Imported(sum(1 for entry in state["entries"] if entry["number"]), 0)
    reading = _reading(year, data)
    import_csv(year=year, reading=reading, author=author, operation=operation, bad_as_drafts=bad_as_drafts)
    return Imported(len(reading.good), len(reading.bad))


def _reading(year: FiscalYear, data: bytes) -> french_csv.Reading:
    association = year.cooperative.association
    return french_csv.read(
        data,
        year=year,
        treasuries=treasuries_of(year.cooperative),
        chart=chart_for(association.pk, year.first),
        today=clock.today(association.time_zone),
    )


def _book_preview(year: FiscalYear, state: State, author: audit.Author) -> Preview:
    """Tried for good, then undone: what a canonical book says of itself is only told once it has been accepted."""
    try:
        try_import(year=year, state=state, author=author)
    except Refusal as problem:
        return Preview(True, 0, None, None, 0, 0, 0, 0, refusal=problem.message)
    kinds = {row["slug"]: row["kind"] for row in state["treasuries"]}
    entries = [entry for entry in state["entries"] if entry["number"]]
    live = [entry for entry in entries if not entry["cancelled"]]
    moves = [(kinds[part["treasury"]], part["cents"]) for entry in live for part in entry["postings"] if part["treasury"]]
    return Preview(
        True,
        len(entries),
        *_span([dt.date.fromisoformat(entry["date"]) for entry in entries]),
        *_sums(moves),
        cancelled=len(entries) - len(live),
        opening=len(entries) < len(state["entries"]),
    )


def _span(days: list[dt.date]) -> tuple[dt.date | None, dt.date | None]:
    return (min(days), max(days)) if days else (None, None)


def _sums(moves: Iterable[tuple[str, int]]) -> tuple[int, int, int, int]:
    """In and out of the banks, in and out of the cash box."""
    sums = {
        (TreasuryKind.BANK, True): 0,
        (TreasuryKind.BANK, False): 0,
        (TreasuryKind.CASH, True): 0,
        (TreasuryKind.CASH, False): 0,
    }
    for kind, cents in moves:
        key = (TreasuryKind(kind), cents > 0)
        if key in sums:
            sums[key] += abs(cents)
    bank_in, bank_out, cash_in, cash_out = sums.values()
    return bank_in, bank_out, cash_in, cash_out
