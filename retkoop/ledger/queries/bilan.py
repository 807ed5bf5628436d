"""The compte de fonctionnement and the bilan simplifié of a year, from the kept sums (reference/domain.md §3.a–b)."""

from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.ledger.chart import PUBLIC_GRANTS, ChartAccount, chart_for
from retkoop.ledger.models import CashCount, FiscalYear, Grant, TreasuryKind
from retkoop.ledger.queries.balances import TreasuryState, account_totals, treasury_states
from retkoop.ledger.queries.cash import counts_of, moved_since
from retkoop.ledger.queries.years import Opening, chain, opening_of


@dataclass(frozen=True)
class Figure:
    """An account and its amount in cents, positive in its usual direction (charge: spent, income: received)."""

    account: ChartAccount
    cents: int


@dataclass(frozen=True)
class CashFact:
    """The last count of a cash box: its value, the book's balance, whether cash has moved since."""

    counted_cents: int | None
    moved_since: bool
    explained: bool
    on: str


@dataclass(frozen=True)
class Bilan:
    """Every figure of a year, in cents; `grants_cents` is the sum of the details of 7410."""

    charges: tuple[Figure, ...]
    incomes: tuple[Figure, ...]
    treasuries: tuple[TreasuryState, ...]
    opening: Opening
    grants_cents: int
    public_grants_cents: int
    cash: CashFact

    @property
    def charges_cents(self) -> int:
        return sum(figure.cents for figure in self.charges)

    @property
    def incomes_cents(self) -> int:
        return sum(figure.cents for figure in self.incomes)

    @property
    def result_cents(self) -> int:
        """Income less charges: an excédent when positive (E1)."""
        return self.incomes_cents - self.charges_cents

    @property
    def assets_cents(self) -> int:
        return sum(state.cents for state in self.treasuries)

    @property
    def liabilities_cents(self) -> int:
        """Report à nouveau plus result: what the assets must equal (E2)."""
        return self.opening.total_cents + self.result_cents

    @property
    def cash_cents(self) -> int:
        return sum(state.cents for state in self.treasuries if state.treasury.kind == TreasuryKind.CASH)


def bilan_of(year: FiscalYear) -> Bilan:
    """The year's figures as they stand now; a fixed number of queries."""
    charges, incomes = operating_of(year)
    run = chain(year)
    states = tuple(treasury_states(year, run=run))
    grants = Grant.objects.filter(year=year, removed_at__isnull=True).values_list("cents", flat=True)
    return Bilan(
        charges=charges,
        incomes=incomes,
        treasuries=states,
        opening=opening_of(year),
        grants_cents=sum(grants),
        public_grants_cents=public_grants(incomes),
        cash=_cash_fact(year, states, run),
    )


def operating_of(year: FiscalYear) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """The charges and the produits of the year, an amount for each account of its chart; one query."""
    chart, totals = chart_for(year.cooperative.association_id, year.first), account_totals(year)

    def figures(accounts: tuple[ChartAccount, ...], sign: int) -> tuple[Figure, ...]:
        rows = ((account, totals.get(account.id, (0, 0))) for account in accounts)
        return tuple(Figure(account, sign * (debit - credit)) for account, (debit, credit) in rows)

    return figures(chart.charges, 1), figures(chart.incomes, -1)


def public_grants(incomes: tuple[Figure, ...]) -> int:
    """Cents under 7410."""
    return sum(row.cents for row in incomes if row.account.key == PUBLIC_GRANTS)


def standing_count(year: FiscalYear, states: Sequence[TreasuryState], run: list[FiscalYear]) -> tuple[CashCount | None, bool]:
    """The last count of the cash box, and whether cash has moved since; a cooperative without a box is asked nothing."""
    box = next((state.treasury for state in states if state.treasury.kind == TreasuryKind.CASH), None)
    counts = counts_of(year) if box is not None else []
    if box is None or not counts:
        return None, True
    return counts[0], moved_since(year, box, counts[0].on, run)


def _cash_fact(year: FiscalYear, states: tuple[TreasuryState, ...], run: list[FiscalYear]) -> CashFact:
    latest, moved = standing_count(year, states, run)
    if latest is None:
        return CashFact(None, moved_since=True, explained=False, on="")
    return CashFact(
        latest.counted_cents,
        moved_since=moved,
        explained=latest.explained_by_id is not None,
        on=latest.on.isoformat(),
    )
