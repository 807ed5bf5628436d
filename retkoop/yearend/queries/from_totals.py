"""The figures of a year whose book is kept elsewhere: what was typed in its report."""

from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME, PUBLIC_GRANTS, Chart, ChartAccount, chart_for
from retkoop.ledger.models import AccountClass, FiscalYear, YearMode
from retkoop.ledger.queries.years import closing_by_treasury, opening_entry, opening_of, previous_of
from retkoop.yearend.models import NamedTransfer, Report, TypedFigure, TypedItem
from retkoop.yearend.queries.before import detail_of_grants, validated_before
from retkoop.yearend.queries.shapes import CashDetail, Figures, Line, OpenItem, TransferLine, Treasury

STATEMENT = "statement:"
BANKS = ("bank", "postal_bank")
BOX = "cash"


def figures_from_totals(year: FiscalYear, report: Report | None) -> Figures:
    """Every figure of the year, as it was typed; zero where nothing was."""
    chart = chart_for(year.cooperative.association_id, year.first)
    typed = {row.key: row for row in TypedFigure.objects.filter(report=report)} if report else {}
    transfers = _transfers(report)
    forward, origin = _brought_forward(year)
    known, source = validated_before(year)
    incomes = _lines(chart.incomes, typed, transfers)
    return Figures(
        year=year.slug,
        mode="totals",
        charges=_lines(chart.charges, typed, transfers),
        incomes=incomes,
        treasuries=_treasuries(year, chart, typed, report),
        brought_forward_cents=forward if known is None else known,
        brought_forward_from=source or origin,
        cash=_cash(year, report),
        grants=detail_of_grants(year),
        public_grants_cents=sum(line.cents for line in incomes if line.key == PUBLIC_GRANTS),
        validated_before_cents=known,
        transfers=transfers,
        touched=bool(typed or transfers),
    )


def treasury_accounts(chart: Chart) -> tuple[ChartAccount, ...]:
    """The boxes of 2.b: the banks, then the cash box."""
    held = chart.of_kind(AccountClass.TREASURY)
    return tuple(account for account in held if account.key in {*BANKS, BOX})


def _transfers(report: Report | None) -> tuple[TransferLine, ...]:
    if report is None:
        return ()
    rows = NamedTransfer.objects.filter(report=report, removed_at__isnull=True).select_related("other")
    return tuple(TransferLine(row.pk, row.other.name if row.other else row.other_name, row.cents) for row in rows)


def _lines(
    accounts: tuple[ChartAccount, ...], typed: dict[str, TypedFigure], transfers: tuple[TransferLine, ...]
) -> tuple[Line, ...]:
    """What was typed in each box; the transfers between cooperatives come on top of the exceptional ones."""
    moved = {
        EXCEPTIONAL_CHARGES: -sum(row.cents for row in transfers if row.cents < 0),
        EXCEPTIONAL_INCOME: sum(row.cents for row in transfers if row.cents > 0),
    }
    return tuple(
        Line(
            account.key,
            account.code,
            account.label,
            _cents(typed, account.key) + moved.get(account.key, 0),
            typed[account.key].expression if account.key in typed else "",
        )
        for account in accounts
    )


def _cents(typed: dict[str, TypedFigure], key: str) -> int:
    return typed[key].cents if key in typed else 0


def _treasuries(year: FiscalYear, chart: Chart, typed: dict[str, TypedFigure], report: Report | None) -> tuple[Treasury, ...]:
    rows = list(TypedItem.objects.filter(report=report, removed_at__isnull=True)) if report else []
    found = []
    for account in treasury_accounts(chart):
        box, statement = typed.get(account.key), typed.get(f"{STATEMENT}{account.key}")
        bank = account.key in BANKS
        found.append(
            Treasury(
                key=account.key,
                code=account.code,
                label=account.label,
                kind="bank" if bank else "cash",
                cents=box.cents if box else 0,
                slug=account.key,
                expression=box.expression if box else "",
                statement_cents=statement.cents if statement and bank else None,
                statement_on=year.end.isoformat() if statement and bank else "",
                statement_expression=statement.expression if statement else "",
                items=tuple(_item(row) for row in rows if row.bank == account.key),
            )
        )
    return tuple(found)


def _item(row: TypedItem) -> OpenItem:
    return OpenItem(
        subject=f"item:{row.pk}",
        on=row.on.isoformat() if row.on else "",
        label=row.label,
        cheque=row.cheque,
        cents=row.cents,
    )


def _cash(year: FiscalYear, report: Report | None) -> CashDetail:
    if report is None or report.cash_pieces is None:
        return CashDetail()
    pieces = {int(value): number for value, number in report.cash_pieces.items()}
    return CashDetail(pieces, sum(value * number for value, number in pieces.items()), year.end.isoformat())


def _brought_forward(year: FiscalYear) -> tuple[int | None, str]:
    """What the books say of the year before, when it was kept here."""
    if opening_entry(year) is not None:
        return opening_of(year).total_cents, "opening"
    before = previous_of(year)
    if before is not None and before.mode == YearMode.BOOKS and before.next_number > 1:
        return sum(closing_by_treasury(before).values()), "previous"
    return None, ""
