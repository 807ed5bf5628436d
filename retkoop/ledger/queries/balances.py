"""Sums of a year, from the kept `balance` rows: no page scans the postings."""

from dataclasses import dataclass

from django.db.models import Sum

from retkoop.identity.models import Cooperative
from retkoop.ledger.models import FiscalYear, Posting, Statement, Treasury, TreasuryKind
from retkoop.ledger.queries import stored
from retkoop.ledger.queries.years import chain


@dataclass(frozen=True)
class TreasuryState:
    """An account's balance, and for a bank what its statement must show (`pointed_cents`) and what is left to tick."""

    treasury: Treasury
    cents: int
    pointed_cents: int
    unticked: int


def treasuries_of(cooperative: Cooperative) -> list[Treasury]:
    """The cooperative's treasury accounts, banks first, in the order of their opening."""
    return sorted(stored.treasuries(cooperative.pk), key=lambda row: (row.kind != TreasuryKind.BANK, row.opened, row.pk))


def treasury_states(
    year: FiscalYear, treasuries: list[Treasury] | None = None, run: list[FiscalYear] | None = None
) -> list[TreasuryState]:
    """The present state of every treasury account in a year; four queries, whatever the size of the book.

    `treasuries` and `run` (the year's chain), when they are known.
    """
    accounts = treasuries if treasuries is not None else treasuries_of(year.cooperative)
    run = run or chain(year)
    totals: dict[int, int] = {}
    for _, _, treasury_id, debit, credit in stored.balances(run):
        if treasury_id is not None:
            totals[treasury_id] = totals.get(treasury_id, 0) + debit - credit
    unticked = stored.waiting(run, [account.pk for account in accounts if account.kind == TreasuryKind.BANK])
    return [_state(account, totals.get(account.pk, 0), *unticked.get(account.pk, (0, 0))) for account in accounts]


def _state(treasury: Treasury, cents: int, unticked_cents: int, unticked: int) -> TreasuryState:
    if treasury.kind != TreasuryKind.BANK:
        return TreasuryState(treasury, cents, cents, 0)
    return TreasuryState(treasury, cents, cents - unticked_cents, unticked)


def account_totals(year: FiscalYear) -> dict[int, tuple[int, int]]:
    """(debit, credit) in cents per account id, of the year alone, treasury accounts summed together."""
    totals: dict[int, tuple[int, int]] = {}
    for _, account_id, _, debit, credit in stored.balances([year]):
        known = totals.get(account_id, (0, 0))
        totals[account_id] = (known[0] + debit, known[1] + credit)
    return totals


def pointed_until(statement: Statement, year: FiscalYear) -> int:
    """Σ cents of the account's lines on statements dated no later than this one (I5), the year's chain included."""
    total = Posting.objects.filter(
        year__in=chain(year),
        treasury_id=statement.treasury_id,
        until_version__isnull=True,
        statement__ends_on__lte=statement.ends_on,
    ).aggregate(total=Sum("cents"))["total"]
    return int(total or 0)


def statement_gap(statement: Statement, year: FiscalYear) -> int | None:
    """What the typed closing balance has more than the ticked lines; None while no balance is typed."""
    if statement.closing_cents is None:
        return None
    return statement.closing_cents - pointed_until(statement, year)
