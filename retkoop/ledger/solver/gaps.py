"""Where the gaps are: between which two statements, or which two counts, each one was born.

A statement's gap is what it shows beyond the lines ticked up to it. What a
month adds to the gap of the month before was born in that month; two births
that cancel each other are one thing told in the wrong month.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.ledger.solver.evidence import Account, CashCount, Statement


@dataclass(frozen=True)
class Gap:
    """`cents`: what the bank (or the box) has more than the book, born after `since` and up to `until`."""

    account: Account
    cents: int
    since: dt.date
    until: dt.date
    first: bool
    last: bool
    statement: Statement | None = None
    count: CashCount | None = None

    def holds(self, on: dt.date | None) -> bool:
        """Is that day (of a statement, of a cash movement) between both?"""
        return on is not None and self.since < on <= self.until


@dataclass(frozen=True)
class Born:
    """The gaps that remain, those that a later statement heals, and those that no longer matter."""

    lasting: list[Gap]
    healed: list[tuple[Gap, Gap]]
    gone: list[Gap]


def bank_gaps(account: Account, until: dt.date | None = None) -> Born:
    """The gaps of a bank account, as they stand at its last typed statement or at the one of `until`."""
    typed = sorted((row for row in account.statements if row.closing_cents is not None), key=lambda row: row.ends_on)
    gaps, before, since = [], 0, dt.date.min
    for statement in typed:
        ticked = sum(row.ticked_cents for row in account.statements if row.ends_on <= statement.ends_on)
        total = (statement.closing_cents or 0) - ticked - account.opening_cents
        if total != before:
            gaps.append(_gap(account, total - before, since, statement, typed))
        before, since = total, statement.ends_on
    return _sorted(gaps, until or dt.date.max)


def _gap(account: Account, cents: int, since: dt.date, statement: Statement, typed: Sequence[Statement]) -> Gap:
    return Gap(
        account,
        cents,
        since,
        statement.ends_on,
        first=statement is typed[0],
        last=statement is typed[-1],
        statement=statement,
    )


def _sorted(gaps: list[Gap], until: dt.date) -> Born:
    """Apart: the pairs of gaps that cancel each other. Those both before `until` no longer matter."""
    born, left = Born([], [], []), list(gaps)
    while left:
        gap = left.pop(0)
        if gap.until > until:
            break
        other = next((row for row in left if row.cents == -gap.cents), None)
        if other is None:
            born.lasting.append(gap)
            continue
        left.remove(other)
        if other.until > until:
            born.healed.append((gap, other))
        else:
            born.gone.extend((gap, other))
    return born


def cash_gaps(account: Account) -> list[Gap]:
    """The gaps of the cash box that its last count still shows."""
    gaps, before, since = [], 0, dt.date.min
    counts = sorted(account.counts, key=lambda row: (row.on, row.id))
    for count in counts:
        total = count.counted_cents - count.book_cents
        if total != before:
            last = count is counts[-1]
            gaps.append(Gap(account, total - before, since, count.on, first=count is counts[0], last=last, count=count))
        before, since = total, count.on
    return _sorted(gaps, dt.date.max).lasting
