"""The figures of a year whose book is kept here: from the kept sums and the lines still to point, never a scan."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal, cast

from retkoop.ledger.chart import Chart, chart_for
from retkoop.ledger.models import FiscalYear, Posting, Statement, TreasuryKind, YearMode
from retkoop.ledger.queries import stored
from retkoop.ledger.queries.balances import TreasuryState, treasury_states
from retkoop.ledger.queries.bilan import Figure, operating_of, public_grants, standing_count
from retkoop.ledger.queries.years import Opening, OpeningItem, chain, open_items, opening_of, previous_of
from retkoop.yearend.queries.before import detail_of_grants, validated_before
from retkoop.yearend.queries.shapes import CashDetail, Figures, Line, OpenItem, Treasury

MOST_ITEMS = 100
"""Beyond it the page says « 19 900 autres lignes à pointer »: a reconciliation with more has not been done."""


def figures_from_books(year: FiscalYear) -> Figures:
    """Every figure of the year, as the book now says it."""
    chart = chart_for(year.cooperative.association_id, year.first)
    charges, incomes = operating_of(year)
    run, opening = chain(year), opening_of(year)
    states = treasury_states(year, run=run)
    cents, origin = _brought_forward(year, opening)
    treasuries = _treasuries(year, states, chart, run)
    return Figures(
        year=year.slug,
        mode="books",
        charges=_lines(charges),
        incomes=_lines(incomes),
        treasuries=treasuries,
        brought_forward_cents=cents,
        brought_forward_from=origin,
        cash=_cash(year, states, run),
        grants=detail_of_grants(year),
        public_grants_cents=public_grants(incomes),
        validated_before_cents=validated_before(year)[0],
        touched=year.next_number > 1 or opening.written or any(treasury.used for treasury in treasuries),
    )


def _lines(figures: Iterable[Figure]) -> tuple[Line, ...]:
    return tuple(Line(row.account.key, row.account.code, row.account.label, row.cents) for row in figures)


def _brought_forward(year: FiscalYear, opening: Opening) -> tuple[int | None, str]:
    """The report à nouveau of the book, and where it comes from; None while nobody said it."""
    if opening.written:
        return opening.total_cents, "opening"
    before = previous_of(year)
    if before is not None and before.mode == YearMode.BOOKS:
        return opening.total_cents, "previous"
    return None, ""


def _cash(year: FiscalYear, states: list[TreasuryState], run: list[FiscalYear]) -> CashDetail:
    """A count of 31 August, or an earlier one with no cash movement since."""
    count, moved = standing_count(year, states, run)
    if count is None or moved:
        return CashDetail()
    return CashDetail({int(value): number for value, number in count.pieces.items()}, count.counted_cents, count.on.isoformat())


def _treasuries(year: FiscalYear, states: list[TreasuryState], chart: Chart, run: list[FiscalYear]) -> tuple[Treasury, ...]:
    known = stored.statements([state.treasury.pk for state in states if state.treasury.kind == TreasuryKind.BANK])
    items = open_items(year, run=run, statements=known, most=MOST_ITEMS)
    statements = _statements(year, known, run)
    return tuple(
        _treasury(
            year,
            state,
            chart,
            [item for item in items if item.treasury_id == state.treasury.pk],
            [row for row in statements if row.treasury_id == state.treasury.pk],
        )
        for state in states
        if state.cents or state.treasury.closed is None or state.treasury.closed >= year.start
    )


def _statements(year: FiscalYear, known: list[Statement], run: list[FiscalYear]) -> list[Statement]:
    """The statements dated up to the year's end, oldest first; `ticked` counts lines only after the last balance typed."""
    rows = [row for row in known if row.ends_on <= year.end]
    last = {row.treasury_id: row.ends_on for row in rows if row.closing_cents is not None}
    bare = [row.pk for row in rows if row.ends_on > last.get(row.treasury_id, dt.date.min)]
    held = set()
    if bare:
        ticked = Posting.objects.filter(statement__in=bare, year__in=run, until_version__isnull=True)
        held = set(ticked.values_list("statement_id", flat=True))
    return [row for row in rows if row.closing_cents is not None or row.pk in held]


def _treasury(
    year: FiscalYear, state: TreasuryState, chart: Chart, items: list[OpeningItem], statements: list[Statement]
) -> Treasury:
    account = chart.by_id[state.treasury.account_id]
    typed = [row for row in statements if row.closing_cents is not None]
    last = typed[-1] if typed else None
    after = [row for row in statements if last is None or row.ends_on > last.ends_on]
    unread = _unread(state, items)
    late = len(after) + sum(1 for item in items if last and item.date > last.ends_on and not item.unpaid)
    late += state.unticked - MOST_ITEMS if unread else 0
    stands = last if last is not None and (last.ends_on == year.end or not late) else None
    return Treasury(
        key=account.key,
        code=account.code,
        label=state.treasury.label,
        kind=cast("Literal['bank', 'cash', 'advance']", state.treasury.kind),
        cents=state.cents,
        slug=state.treasury.slug,
        statement_cents=stands.closing_cents if stands else None,
        statement_on=stands.ends_on.isoformat() if stands else "",
        last_statement_on=last.ends_on.isoformat() if last else "",
        late=0 if stands else late,
        items=(*(_item(item) for item in items), *unread),
    )


def _unread(state: TreasuryState, items: list[OpeningItem]) -> tuple[OpenItem, ...]:
    """The lines still to point that were not read, as one; none in a book that is pointed."""
    waiting = [item.cents for item in items if item.statement_id is None]
    left = state.unticked - len(waiting)
    if left <= 0:
        return ()
    cents = state.cents - state.pointed_cents - sum(waiting)
    return (OpenItem("", "", f"{left} autres lignes à pointer", "", cents),)


def _item(item: OpeningItem) -> OpenItem:
    return OpenItem(
        subject=f"posting:{item.posting_id}",
        on=item.date.isoformat(),
        label=item.label,
        cheque=item.cheque,
        cents=item.cents,
        entry_id=item.entry_id,
    )
