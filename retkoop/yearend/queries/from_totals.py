"""The figures of a year whose book is kept elsewhere: what was typed in its report."""

from collections.abc import Iterable
from dataclasses import replace

from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME, PUBLIC_GRANTS, Chart, ChartAccount, chart_for
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.queries.years import closing_by_treasury, opening_entry, opening_of, previous_of
from retkoop.yearend.models import Report
from retkoop.yearend.queries.before import detail_of_grants, validated_before
from retkoop.yearend.queries.shapes import CashDetail, Figures, GrantLine, Line, OpenItem, TransferLine, Treasury
from retkoop.yearend.queries.totals import BANKS, STATEMENT, ItemRow, Totals, totals_of, treasury_accounts


def figures_from_totals(year: FiscalYear, report: Report | None) -> Figures:
    """Every figure of the year, as it was stored; zero where nothing was."""
    figures = figures_of_totals(year, totals_of(year, report))
    return replace(figures, grants=detail_of_grants(year))


def figures_of_totals(year: FiscalYear, totals: Totals) -> Figures:
    """Every figure of the year, were these totals stored: what the page shows as one types."""
    chart = chart_for(year.cooperative.association_id, year.first)
    forward, origin = _brought_forward(year)
    known, source = validated_before(year)
    incomes = _lines(chart.incomes, totals)
    return Figures(
        year=year.slug,
        mode="totals",
        charges=_lines(chart.charges, totals),
        incomes=incomes,
        treasuries=_treasuries(year, chart, totals),
        brought_forward_cents=forward if known is None else known,
        brought_forward_from=source or origin,
        cash=_cash(year, totals),
        grants=tuple(
            GrantLine(row.id or 0, row.funder, row.object, row.on.isoformat(), row.cents, None, proved=False)
            for row in totals.grants
        ),
        public_grants_cents=sum(line.cents for line in incomes if line.key == PUBLIC_GRANTS),
        validated_before_cents=known,
        transfers=tuple(TransferLine(row.id or 0, row.name, row.amount.cents) for row in totals.transfers),
        touched=bool(totals.amounts or totals.transfers),
    )


def _lines(accounts: Iterable[ChartAccount], totals: Totals) -> tuple[Line, ...]:
    """What was typed in each box; the transfers between cooperatives come on top of the exceptional ones."""
    moved = [row.amount.cents for row in totals.transfers]
    added = {
        EXCEPTIONAL_CHARGES: -sum(cents for cents in moved if cents < 0),
        EXCEPTIONAL_INCOME: sum(cents for cents in moved if cents > 0),
    }
    return tuple(
        Line(
            account.key,
            account.code,
            account.label,
            totals.cents(account.key) + added.get(account.key, 0),
            totals.expression(account.key),
        )
        for account in accounts
    )


def _treasuries(year: FiscalYear, chart: Chart, totals: Totals) -> tuple[Treasury, ...]:
    return tuple(_treasury(year, account, totals) for account in treasury_accounts(chart))


def _treasury(year: FiscalYear, account: ChartAccount, totals: Totals) -> Treasury:
    bank, statement = account.key in BANKS, f"{STATEMENT}{account.key}"
    typed = bank and statement in totals.amounts
    return Treasury(
        key=account.key,
        code=account.code,
        label=account.label,
        kind="bank" if bank else "cash",
        cents=totals.cents(account.key),
        slug=account.key,
        expression=totals.expression(account.key),
        statement_cents=totals.cents(statement) if typed else None,
        statement_on=year.end.isoformat() if typed else "",
        statement_expression=totals.expression(statement),
        items=tuple(_item(row) for row in totals.items if row.bank == account.key),
    )


def _item(row: ItemRow) -> OpenItem:
    return OpenItem(f"item:{row.id or 0}", row.on.isoformat() if row.on else "", row.label, row.cheque, row.amount.cents)


def _cash(year: FiscalYear, totals: Totals) -> CashDetail:
    if totals.pieces is None:
        return CashDetail()
    counted = sum(value * number for value, number in totals.pieces.items())
    return CashDetail(totals.pieces, counted, year.end.isoformat())


def _brought_forward(year: FiscalYear) -> tuple[int | None, str]:
    """What the books say of the year before, when it was kept here."""
    if opening_entry(year) is not None:
        return opening_of(year).total_cents, "opening"
    before = previous_of(year)
    if before is not None and before.mode == YearMode.BOOKS and before.next_number > 1:
        return sum(closing_by_treasury(before).values()), "previous"
    return None, ""
