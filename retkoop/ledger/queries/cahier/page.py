"""One page of the cahier: its lines, its totals, the balances that run down it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retkoop.ledger.models import AccountClass, FiscalYear
from retkoop.ledger.queries.cahier.book import Book, Column
from retkoop.ledger.queries.cahier.choice import Choice, Row
from retkoop.ledger.queries.cahier.find import ordered
from retkoop.ledger.queries.cahier.rows import among, chosen, fetch, sides_by_treasury, straight

PAGE = 300
MANY = 100  # beyond, what is missing is no longer counted one by one


@dataclass(frozen=True)
class Page:
    """The lines of one page; `count` is that of every page, `totals` are those of the year or of the filter."""

    choice: Choice
    rows: list[Row]
    count: int
    pages: int
    totals: dict[str, int]
    columns: tuple[Column, ...]

    @property
    def first(self) -> bool:
        return self.choice.page == 1


def page_of(book: Book, choice: Choice, *, size: int | None = PAGE) -> Page:
    """The page asked for; `size=None` gives every line (for files). A page beyond the last gives the last."""
    usual = choice.running and not choice.month and not choice.cancelled
    ids = [] if usual else ordered(book, choice)
    count = book.entries if usual else len(ids)
    pages = 1 if size is None else max(1, -(-count // size))
    choice = replace(choice, page=min(max(choice.page, 1), pages))
    start = 0 if size is None else (choice.page - 1) * size
    rows = straight(book, choice, start, size) if usual else chosen(book, ids[start : None if size is None else start + size])
    page = Page(
        choice=choice,
        rows=rows,
        count=count,
        pages=pages,
        totals=_totals(book, ids) if choice.filtered else book.year_amounts,
        columns=book.columns(running=choice.running),
    )
    if choice.running:
        _run(book, page)
    return page


def missing_receipts(year: FiscalYear) -> int:
    """How many entries expect a receipt and have none; counted up to MANY."""
    rows = fetch(
        "SELECT 1 FROM ledger_entry e WHERE e.year_id = %s AND e.number <> 0 AND e.cancelled_at IS NULL"
        " AND e.receipt_expected AND NOT EXISTS"
        " (SELECT 1 FROM ledger_attachment t WHERE t.entry_id = e.id AND t.removed_at IS NULL) LIMIT %s",
        [year.pk, MANY],
    )
    return len(rows)


def _totals(book: Book, ids: Sequence[int]) -> dict[str, int]:
    """The sums of the entries chosen, by column."""
    amounts: dict[str, int] = {}
    if not ids:
        return amounts
    rows = fetch(
        "SELECT p.account_id, p.treasury_id, p.cents > 0, SUM(p.cents) FROM ledger_posting p"  # noqa: S608
        f" WHERE {among(book.year, 'p', 'entry_id', ids)} AND p.until_version IS NULL GROUP BY 1, 2, 3",
        [],
    )
    sides = sides_by_treasury(book)
    for account_id, treasury_id, positive, total in rows:
        cents = int(total)
        if treasury_id is None:
            account = book.chart.by_id[account_id]
            sign = 1 if account.kind == AccountClass.CHARGE else -1
            amounts[account.code] = amounts.get(account.code, 0) + sign * cents
        else:
            amounts[sides[treasury_id][0 if positive else 1]] = abs(cents)
    return amounts


def _before(book: Book, page: Page) -> dict[int, int]:
    """Cents on each treasury before the earliest line of the page."""
    before = {state.treasury.pk: book.opening.by_treasury.get(state.treasury.pk, 0) for state in book.states}
    if not page.rows or (page.choice.page == 1 and not page.choice.descending and not page.choice.month):
        return before
    earliest = page.rows[-1 if page.choice.descending else 0]
    sums = fetch(
        "SELECT p.treasury_id, SUM(p.cents) FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id"
        " WHERE e.year_id = %s AND e.number <> 0 AND e.date <= %s AND (e.date < %s OR e.number < %s)"
        " AND p.until_version IS NULL AND p.treasury_id IS NOT NULL GROUP BY p.treasury_id",
        [book.year.pk, earliest.date, earliest.date, earliest.number],
    )
    for treasury_id, cents in sums:
        before[treasury_id] += int(cents)
    return before


def _run(book: Book, page: Page) -> None:
    """Write the balance of each treasury that a line moves, after it, into its amounts."""
    names = {state.treasury.pk: f"solde-{state.treasury.slug}" for state in book.states}
    held = _before(book, page)
    for row in reversed(page.rows) if page.choice.descending else page.rows:
        if not row.cancelled:
            for line in row.lines:
                held[line.treasury_id] += line.cents
        for treasury_id in {line.treasury_id for line in row.lines}:
            row.amounts[names[treasury_id]] = held[treasury_id]
