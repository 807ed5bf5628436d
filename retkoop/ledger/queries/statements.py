"""Statements of a bank account: those of a year with their state, and the lines that one of them may hold.

A year's lines are those of its `chain` (queries/years.py): while the year
before is open its own lines stand here, once it is closed the items carried
into the opening entry stand for them. Cents, signed: > 0 came in.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from retkoop.identity.models import Cooperative
from retkoop.ledger.models import FiscalYear, Posting, Statement, Treasury, TreasuryKind
from retkoop.ledger.queries.pointing import month_end
from retkoop.ledger.queries.years import chain


@dataclass(frozen=True)
class StatementState:
    """A statement of the list. `gap_cents`: what it shows more than the lines pointed; None without a balance."""

    statement: Statement
    lines: int
    pointed_cents: int

    @property
    def gap_cents(self) -> int | None:
        closing = self.statement.closing_cents
        return None if closing is None else closing - self.pointed_cents


@dataclass(frozen=True)
class StatementLine:
    """A bank line on the monthly screen. `later`: it is dated after the statement; `locked`: its year is closed."""

    posting_id: int
    entry_id: int
    day: dt.date
    piece: str
    label: str
    cheque: str
    cents: int
    ticked: bool
    carried: bool
    before: bool
    later: bool
    locked: bool

    @property
    def out_cents(self) -> int:
        """What went out, positive."""
        return -self.cents


@dataclass(frozen=True)
class StatementPage:
    """Everything that the monthly screen of a statement shows."""

    statement: Statement
    year: FiscalYear
    lines: tuple[StatementLine, ...]
    pointed_cents: int

    @property
    def gap_cents(self) -> int | None:
        closing = self.statement.closing_cents
        return None if closing is None else closing - self.pointed_cents

    @property
    def gap_abs_cents(self) -> int:
        return abs(self.gap_cents or 0)

    @property
    def base_cents(self) -> int:
        """What is pointed without the lines of this screen: where the live difference starts from."""
        return self.pointed_cents - sum(line.cents for line in self.lines if line.ticked)

    @property
    def due(self) -> list[StatementLine]:
        """The lines that the statement may hold, ticked or not."""
        return [line for line in self.lines if not line.later]

    @property
    def later(self) -> list[StatementLine]:
        return [line for line in self.lines if line.later]

    @property
    def ticked(self) -> list[StatementLine]:
        return [line for line in self.lines if line.ticked]

    @property
    def suspects(self) -> list[tuple[StatementLine, bool]]:
        """When there is a gap: the lines worth it, or half of it (True: an « entrée » written as a « sortie »)."""
        gap = abs(self.gap_cents or 0)
        if not gap:
            return []
        return [(line, abs(line.cents) != gap) for line in self.lines if abs(line.cents) in {gap, gap / 2}][:6]


def banks_of(cooperative: Cooperative, year: FiscalYear) -> list[Treasury]:
    """The bank accounts that live during the year, or still have lines to point in it."""
    rows = Treasury.objects.filter(cooperative=cooperative, kind=TreasuryKind.BANK).filter(
        Q(opened__lte=year.end) & (Q(closed__isnull=True) | Q(closed__gte=year.start))
    )
    return list(rows.order_by("opened", "pk"))


def statement_states(treasury: Treasury, year: FiscalYear) -> list[StatementState]:
    """The account's statements of the year, the latest first, with what their lines add up to. A fixed number of queries."""
    sums = {
        pk: (ends_on, int(cents), count)
        for pk, ends_on, cents, count in Posting.objects.filter(
            year__in=chain(year), treasury=treasury, until_version__isnull=True, statement__isnull=False
        )
        .values_list("statement_id", "statement__ends_on")
        .annotate(cents=Sum("cents"), count=Count("pk"))
    }
    found = []
    for statement in Statement.objects.filter(treasury=treasury, ends_on__range=(year.start, year.end)).order_by("-ends_on"):
        pointed = sum(cents for ends_on, cents, _ in sums.values() if ends_on <= statement.ends_on)
        found.append(StatementState(statement, sums.get(statement.pk, (None, 0, 0))[2], pointed))
    return found


def next_statement_day(states: list[StatementState], year: FiscalYear, today: dt.date) -> dt.date:
    """The day proposed for a new statement: the month after the last one with a balance, or the last month ended."""
    typed = [state.statement.ends_on for state in states if state.statement.closing_cents is not None]
    if typed:
        return min(month_end(month_end(max(typed)) + dt.timedelta(days=1)), year.end)
    ended = today.replace(day=1) - dt.timedelta(days=1)
    return max(min(ended, year.end), month_end(year.start))


def year_of(statement: Statement, years: list[FiscalYear]) -> FiscalYear:
    """The year in whose book a statement is pointed: that of its date, else the nearest."""
    return next((year for year in years if statement.ends_on <= year.end), years[-1])


def statement_page(statement: Statement, year: FiscalYear) -> StatementPage:
    """The lines that this statement holds, and those of its account that no statement holds yet."""
    run = chain(year)
    rows = Posting.objects.filter(year__in=run, treasury_id=statement.treasury_id, until_version__isnull=True)
    opened = Q(entry__number=0, item_date__isnull=True)  # the reconciled part of an opening is no line
    shown = rows.exclude(opened).select_related("entry", "year").order_by("entry__date", "entry__number", "pk")
    mine = [*shown.filter(statement=statement), *shown.filter(statement__isnull=True)]
    lines = sorted((_line(posting, statement, year) for posting in mine), key=lambda line: (line.day, line.entry_id))
    total = rows.filter(statement__ends_on__lte=statement.ends_on).aggregate(total=Sum("cents"))["total"]
    return StatementPage(statement, year, tuple(lines), int(total or 0))


def _line(posting: Posting, statement: Statement, year: FiscalYear) -> StatementLine:
    entry, ticked = posting.entry, posting.statement_id == statement.pk
    day = posting.item_date or entry.date
    return StatementLine(
        posting_id=posting.pk,
        entry_id=entry.pk,
        day=day,
        piece=entry.piece,
        label=posting.item_label or entry.label,
        cheque=posting.item_cheque or entry.cheque,
        cents=posting.cents,
        ticked=ticked,
        carried=posting.item_date is not None,
        before=posting.item_date is not None or posting.year_id != year.pk,
        later=day > statement.ends_on and not ticked,
        locked=posting.year.closed,
    )


def statement_of(cooperative: Cooperative, pk: int) -> Statement | None:
    """The cooperative's statement of that id."""
    return cooperative.statements.filter(pk=pk).select_related("treasury", "document", "cooperative__association").first()
