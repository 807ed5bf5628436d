"""What the gap solver looks at, read from the book: sums first, then only the lines that stand where a gap is.

A fixed number of queries; at most `MOST_LINES` lines, whatever the size of the book. A book without a gap costs its
sums alone.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from retkoop.core.money import sum_cents
from retkoop.ledger.models import (
    AccountClass,
    FiscalYear,
    Posting,
    Proposal,
    ProposalState,
    Statement,
    Treasury,
    TreasuryKind,
)
from retkoop.ledger.queries.balances import treasuries_of
from retkoop.ledger.queries.cash import balances_on, counts_of
from retkoop.ledger.queries.grants import grants_of
from retkoop.ledger.queries.years import chain, next_of
from retkoop.ledger.solver import (
    Account,
    CashCount,
    Evidence,
    Grant,
    GrantEntry,
    Hypothesis,
    Move,
    solve,
)
from retkoop.ledger.solver import (
    Proposal as Offer,
)
from retkoop.ledger.solver import (
    Statement as Seen,
)
from retkoop.ledger.solver.gaps import Gap, bank_gaps, cash_gaps

MOST_LINES = 3_000
_FIELDS = (
    "pk",
    "entry_id",
    "treasury__slug",
    "entry__date",
    "entry__label",
    "cents",
    "statement__ends_on",
    "entry__cheque",
    "entry__means",
    "item_date",
    "item_label",
    "item_cheque",
    "entry__number",
    "year_id",
)


def hypotheses_at(statement: Statement, year: FiscalYear) -> list[Hypothesis]:
    """What may explain the gap of one statement, seen from its own account."""
    found = solve(evidence_of(year), until=statement.ends_on)
    return [hypothesis for hypothesis in found if hypothesis.where == statement.treasury.slug and hypothesis.control == "E3"]


def hypotheses_of_box(year: FiscalYear) -> list[Hypothesis]:
    """What may explain the gap between the last count of the cash box and the book."""
    return [hypothesis for hypothesis in solve(evidence_of(year)) if hypothesis.control == "E4"]


def evidence_of(year: FiscalYear, before_cents: int | None = None) -> Evidence:
    """The year as the solver reads it. `before_cents`: what the report of the year before ended with, when known."""
    run = chain(year)
    treasuries = [row for row in treasuries_of(year.cooperative) if row.kind != TreasuryKind.ADVANCE]
    accounts = _accounts(year, run, treasuries, before_cents)
    gaps = [gap for account in accounts for gap in _gaps(account)]
    grants = grants_of(year)
    return Evidence(
        year=year.slug,
        accounts=accounts,
        moves=tuple(_moves(year, run, treasuries, gaps)) if gaps else (),
        grants=tuple(Grant(row.grant.pk, row.grant.funder, row.grant.cents, row.grant.entry_id) for row in grants.lines),
        grant_entries=tuple(GrantEntry(row.entry.pk, row.entry.date, row.entry.label, row.cents) for row in grants.entries)
        + _other_incomes(year, grants.left_cents),
        grants_gap_cents=grants.left_cents,
        proposals=tuple(_offers(year)) if gaps else (),
    )


def _gaps(account: Account) -> list[Gap]:
    """Every gap of the account, those that a later month heals included."""
    if account.kind == "cash":
        return cash_gaps(account)
    born = bank_gaps(account)
    return born.lasting + [gap for pair in born.healed for gap in pair] + list(born.gone)


def _accounts(
    year: FiscalYear, run: list[FiscalYear], treasuries: list[Treasury], before_cents: int | None
) -> tuple[Account, ...]:
    """Every account with its opening, its statements and its counts."""
    live = Posting.objects.filter(year__in=run, until_version__isnull=True, treasury__in=treasuries)
    opened = Q(entry__number=0, item_date__isnull=True)
    bases = dict(live.filter(opened, year=run[0]).values_list("treasury_id").annotate(cents=sum_cents("cents")))
    carried = live.filter(entry__number=0, year=run[0]).values_list("treasury_id").annotate(cents=sum_cents("cents"))
    book = dict(carried)
    sums = dict(
        live.filter(statement__isnull=False).exclude(opened).values_list("statement_id").annotate(cents=sum_cents("cents"))
    )
    statements = list(Statement.objects.filter(treasury__in=treasuries, ends_on__range=(run[0].start, year.end)))
    counts = {row.slug: _counts(year, row) for row in treasuries if row.kind == TreasuryKind.CASH}
    unknown = None if before_cents is None else before_cents - sum(book.values())
    first = next((row.pk for row in treasuries), 0)
    return tuple(
        Account(
            slug=row.slug,
            label=row.label,
            kind="bank" if row.kind == TreasuryKind.BANK else "cash",
            opening_cents=bases.get(row.pk, 0),
            opening_on=run[0].start,
            before_cents=None if unknown is None else bases.get(row.pk, 0) + (unknown if row.pk == first else 0),
            statements=tuple(
                Seen(each.pk, each.ends_on, each.closing_cents, sums.get(each.pk, 0))
                for each in statements
                if each.treasury_id == row.pk
            ),
            counts=counts.get(row.slug, ()),
        )
        for row in treasuries
    )


def _counts(year: FiscalYear, box: Treasury) -> tuple[CashCount, ...]:
    rows = [row for row in counts_of(year) if row.treasury_id == box.pk]
    book = balances_on(year, box, {row.on for row in rows}) if rows else {}
    return tuple(
        CashCount(row.pk, row.on, {int(value): number for value, number in row.pieces.items()}, book[row.on]) for row in rows
    )


def _moves(year: FiscalYear, run: list[FiscalYear], treasuries: list[Treasury], gaps: list[Gap]) -> Iterable[Move]:
    """The lines of the months where a gap was born, those not ticked, those worth a gap; the next year's of that worth."""
    worth = {sign * gap.cents for gap in gaps for sign in (1, -1)}
    wanted = Q(treasury__kind=TreasuryKind.BANK, statement__isnull=True) | Q(cents__in=worth)
    for gap in gaps:
        slug = gap.account.slug
        if gap.account.kind == "bank":
            wanted |= Q(treasury__slug=slug, statement__ends_on__gt=gap.since, statement__ends_on__lte=gap.until)
        else:
            wanted |= Q(treasury__slug=slug, entry__date__gt=gap.since, entry__date__lte=gap.until)
    live = Posting.objects.filter(until_version__isnull=True, treasury__in=treasuries)
    own = live.filter(wanted, year__in=run).exclude(entry__number=0, item_date__isnull=True)
    rows = list(own.order_by("-entry__date", "-pk").values_list(*_FIELDS)[:MOST_LINES])
    following = next_of(year)
    if following is not None:
        later = live.filter(year=following, statement__isnull=True, cents__in=worth, entry__number__gt=0)
        rows += later.order_by("entry__date", "pk").values_list(*_FIELDS)[:100]
    spread = _spread([row[1] for row in rows])
    inside = {each.pk for each in run}
    return [_move(row, spread.get(row[1], ()), stray=row[13] not in inside) for row in rows]


def _spread(entries: list[int]) -> dict[int, tuple[tuple[str, str, int], ...]]:
    """Entry id → its accounts, with the cents that the screen shows."""
    found: dict[int, tuple[tuple[str, str, int], ...]] = {}
    rows = Posting.objects.filter(entry__in=set(entries), until_version__isnull=True, treasury__isnull=True)
    for entry_id, key, kind, cents in rows.values_list("entry_id", "account__key", "account__kind", "cents"):
        if kind in {AccountClass.CHARGE, AccountClass.INCOME}:
            shown = cents if kind == AccountClass.CHARGE else -cents
            found[entry_id] = (*found.get(entry_id, ()), (key, str(kind), shown))
    return found


def _move(row: tuple, spread: tuple[tuple[str, str, int], ...], *, stray: bool) -> Move:  # type: ignore[type-arg]
    pk, entry_id, slug, day, label, cents, on, cheque, means, item_day, item_label, item_cheque, number, _ = row
    return Move(
        posting_id=pk,
        entry_id=entry_id,
        account=slug,
        day=item_day or day,
        label=item_label or label,
        cents=cents,
        statement_on=on,
        cheque=item_cheque or cheque,
        means=means,
        spread=spread,
        transfer=not spread and number > 0,
        carried=item_day is not None,
        stray=stray,
    )


def _other_incomes(year: FiscalYear, left_cents: int) -> tuple[GrantEntry, ...]:
    """When the details say more than 7410: the incomes of that amount under another account."""
    if left_cents >= 0:
        return ()
    rows = Posting.objects.filter(
        year=year, until_version__isnull=True, cents=left_cents, account__kind=AccountClass.INCOME, entry__number__gt=0
    ).exclude(account__key="public_grants")
    told = rows.order_by("entry__date").values_list("entry_id", "entry__date", "entry__label", "cents")[:20]
    return tuple(GrantEntry(pk, day, label, -cents, public=False) for pk, day, label, cents in told)


def _offers(year: FiscalYear) -> Iterable[Offer]:
    for row in Proposal.objects.filter(cooperative_id=year.cooperative_id, state=ProposalState.OPEN).order_by("pk")[:50]:
        cents, day = int(row.payload["cents"]), dt.date.fromisoformat(row.payload["date"])
        if year.start <= day <= year.end:
            words = row.payload.get("label") or "L’autre côté d’un virement entre coopératives"
            yield Offer(row.pk, words, cents if row.payload["direction"] == "in" else -cents)
