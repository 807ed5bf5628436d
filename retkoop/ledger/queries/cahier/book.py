"""What all the pages of a year share: its treasuries, its columns with the guides' letters, its sums, its opening."""

from dataclasses import dataclass
from functools import cached_property

from retkoop.ledger.chart import Chart, ChartAccount, chart_for
from retkoop.ledger.models import AccountClass, Action, Balance, Entry, FiscalYear, Treasury, TreasuryKind
from retkoop.ledger.queries.balances import TreasuryState, treasuries_of, treasury_states
from retkoop.ledger.queries.cahier.choice import DATE
from retkoop.ledger.queries.years import Opening, opening_of


@dataclass(frozen=True)
class Column:
    """`kind`: piece, receipt, day, label, cheque, action, tick, in, out, balance, charge or income.

    `treasury_id` or `account_id` says whose amounts stand in it.
    """

    key: str
    kind: str
    label: str
    letter: str = ""
    treasury_id: int = 0
    account_id: int = 0
    cash: bool = False

    @property
    def is_amount(self) -> bool:
        return self.kind in {"in", "out", "balance", "charge", "income"}


@dataclass(frozen=True)
class Book:
    """What all the pages of a year share. `totals` (by account) and `own` (by treasury) are (debit, credit) of the year."""

    year: FiscalYear
    chart: Chart
    states: tuple[TreasuryState, ...]
    opening: Opening
    actions: tuple[tuple[int, str], ...]
    totals: dict[int, tuple[int, int]]
    own: dict[int, tuple[int, int]]
    cancelled: int

    @property
    def entries(self) -> int:
        """How many entries the year holds, the cancelled ones left out."""
        return self.year.next_number - 1 - self.cancelled

    @cached_property
    def banks(self) -> tuple[TreasuryState, ...]:
        return tuple(state for state in self.states if state.treasury.kind == TreasuryKind.BANK)

    @cached_property
    def boxes(self) -> tuple[TreasuryState, ...]:
        return tuple(state for state in self.states if state.treasury.kind == TreasuryKind.CASH)

    @property
    def unticked(self) -> int:
        return sum(state.unticked for state in self.banks)

    @cached_property
    def accounts(self) -> tuple[ChartAccount, ...]:
        """The charges, then the incomes, in use in the year."""
        return tuple(account for account in self.chart.operating if account.id in self.totals)

    def columns(self, *, running: bool) -> tuple[Column, ...]:
        """The columns in use, in the order and with the letters of the guides."""
        found = [
            Column("piece", "piece", "Pièce", "B"),
            Column("justificatif", "receipt", "Justif."),
            Column(DATE, "day", "Date", "D"),
            Column("libelle", "label", "Libellé", "E"),
            Column("cheque", "cheque", "N° chèque", "F"),
            Column("action", "action", "Action", "G"),
            Column("pointage", "tick", "Pointage", "H"),
        ]
        for state in self.states:
            found += _treasury_columns(state.treasury, several=len(self.banks) > 1, running=running)
        for account in self.accounts:
            kind = "charge" if account.kind == AccountClass.CHARGE else "income"
            found.append(Column(account.code, kind, account.title, account_id=account.id))
        return tuple(found)

    @cached_property
    def opening_amounts(self) -> dict[str, int]:
        """The report à nouveau by column: what each treasury held, in when positive, out when negative."""
        amounts: dict[str, int] = {}
        for state in self.states:
            cents, slug = self.opening.by_treasury.get(state.treasury.pk, 0), state.treasury.slug
            if cents:
                amounts[f"{'entree' if cents > 0 else 'sortie'}-{slug}"] = abs(cents)
            amounts[f"solde-{slug}"] = cents
        return amounts

    @cached_property
    def year_amounts(self) -> dict[str, int]:
        """The totals of the year by column, the report à nouveau included, from the kept sums."""
        amounts: dict[str, int] = {}
        for state in self.states:
            slug, opened = state.treasury.slug, self.opening.by_treasury.get(state.treasury.pk, 0)
            debit, credit = self.own.get(state.treasury.pk, (0, 0))
            if self.opening.written:  # its own postings are among the year's sums
                was_in, was_out = _gross(self.opening, state.treasury.pk)
                debit, credit = debit - was_in, credit - was_out
            amounts[f"entree-{slug}"] = debit + max(opened, 0)
            amounts[f"sortie-{slug}"] = credit + max(-opened, 0)
            amounts[f"solde-{slug}"] = opened + debit - credit
        for account in self.accounts:
            debit, credit = self.totals[account.id]
            amounts[account.code] = debit - credit if account.kind == AccountClass.CHARGE else credit - debit
        return amounts


def _treasury_columns(treasury: Treasury, *, several: bool, running: bool) -> list[Column]:
    cash = treasury.kind == TreasuryKind.CASH
    name = {TreasuryKind.CASH: "caisse", TreasuryKind.BANK: "banque"}.get(TreasuryKind(treasury.kind), treasury.label)
    if several and treasury.kind == TreasuryKind.BANK:
        name = treasury.label
    letters = {TreasuryKind.BANK: ("K", "O"), TreasuryKind.CASH: ("Q", "R")}.get(TreasuryKind(treasury.kind), ("", ""))
    found = [
        Column(f"entree-{treasury.slug}", "in", f"Entrée {name}", letters[0], treasury.pk, cash=cash),
        Column(f"sortie-{treasury.slug}", "out", f"Sortie {name}", letters[1], treasury.pk, cash=cash),
    ]
    if running:
        found.append(Column(f"solde-{treasury.slug}", "balance", f"Solde {name}", "", treasury.pk, cash=cash))
    return found


def _gross(opening: Opening, treasury_id: int) -> tuple[int, int]:
    """What a written opening put in and out of a treasury: its reconciled part, and each carried item."""
    items = [item.cents for item in opening.items if item.treasury_id == treasury_id]
    parts = [opening.by_treasury.get(treasury_id, 0) - sum(items), *items]
    return sum(part for part in parts if part > 0), -sum(part for part in parts if part < 0)


def book_of(year: FiscalYear) -> Book:
    """The sums, the columns and the opening of a year; a fixed number of queries."""
    opening = opening_of(year)
    totals: dict[int, tuple[int, int]] = {}
    own: dict[int, tuple[int, int]] = {}
    kept = Balance.objects.filter(year=year).values_list("account_id", "treasury_id", "debit", "credit", "count")
    for account_id, treasury_id, debit, credit, count in kept:
        if treasury_id is not None:
            own[treasury_id] = (debit, credit)
        elif count:
            totals[account_id] = (debit, credit)
    shown = [
        row
        for row in treasuries_of(year.cooperative)
        if row.pk in own
        or row.pk in opening.by_treasury
        or (row.opened <= year.end and (row.closed is None or row.closed >= year.start))
    ]
    return Book(
        year=year,
        chart=chart_for(year.cooperative.association_id, year.first),
        states=tuple(treasury_states(year, shown)),
        opening=opening,
        actions=tuple(Action.objects.filter(cooperative_id=year.cooperative_id).values_list("pk", "name")),
        totals=totals,
        own=own,
        cancelled=Entry.objects.filter(year=year, cancelled_at__isnull=False).count(),
    )
