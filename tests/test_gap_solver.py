"""The gap solver against years that it has never seen: the slip made is the first one that it names."""

import datetime as dt
import time
from collections import Counter
from dataclasses import replace

from retkoop.ledger import solver
from tests.gap_books import CHARGES, SchoolBook, make_book
from tests.gap_slips import SLIPS, Truth
from tests.gap_sweep import Sweep


def told(book: SchoolBook) -> solver.Evidence:
    """The book as the solver reads it."""
    ticks: Counter[dt.date] = Counter()
    moves = []
    for row in book.rows:
        ticks[row.ticked or dt.date.min] += row.bank if not row.stray else 0
        kind = "charge" if row.account in CHARGES else "income"
        spread = ((row.account, kind, -(row.bank + row.cash) * (1 if kind == "charge" else -1)),) if row.account else ()
        for account, cents, ticked in (("banque", row.bank, row.ticked), ("caisse", row.cash, None)):
            if cents:
                facts = (row.id * 10, row.id, account, row.day, row.label, cents, ticked, row.cheque, row.means, spread)
                moves.append(solver.Move(*facts, transfer=not row.account, stray=row.stray))
    statements = tuple(
        solver.Statement(number, end, closing, ticks[end]) for number, (end, closing) in enumerate(book.balances.items(), 1)
    )
    counts = tuple(
        solver.CashCount(number, day, pieces, book.cash_on(day)) for number, (day, pieces) in enumerate(book.counts.items(), 1)
    )
    public = [row for row in book.rows if row.account == "public_grants" and not row.stray]
    details = tuple(solver.Grant(number, label, cents, entry) for entry, label, cents, number in book.grants)
    return solver.Evidence(
        year="2025-2026",
        accounts=(
            solver.Account("banque", "Banque", "bank", book.bank_opening, None, book.known_bank, statements),
            solver.Account("caisse", "Caisse", "cash", book.cash_opening, None, book.known_cash, (), counts),
        ),
        moves=tuple(moves),
        grants=details,
        grant_entries=tuple(solver.GrantEntry(row.id, row.day, row.label, row.bank) for row in public),
        grants_gap_cents=sum(row.bank for row in public) - sum(detail.cents for detail in details),
    )


def right(truth: Truth, found: solver.Hypothesis) -> bool:
    """Is it that very slip, on that very line (or one of the two shown beside it)?"""
    kinds = {truth.kind} | ({"swapped-digits", "mistyped-amount"} if truth.kind == "grant-detail" else set())
    if found.kind not in kinds:
        return False
    shown = (found, *found.also)
    if truth.cents is not None:
        return any(one.cents == truth.cents for one in shown)
    if truth.piece:
        return any(one.where == truth.piece for one in shown)
    return not truth.entries or any(one.entry_id in truth.entries for one in shown)


SWEEP = Sweep("slips", make_book, SLIPS, told, right)


def test_a_clean_book_has_no_hypothesis():
    assert SWEEP.accused() == []


def test_the_first_hypothesis_is_the_slip_that_was_made():
    share, kinds = SWEEP.named_first()
    assert (share >= 0.9, kinds >= 10) == (True, True)


def test_with_two_slips_one_is_among_the_first_three():
    assert SWEEP.among_three() >= 0.7


def fastest(evidence: solver.Evidence) -> float:
    """The processor time of the best of three, in seconds."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        assert solver.solve(evidence) != []
        spent.append(time.process_time() - start)
    return min(spent)


def test_the_answer_comes_at_once_and_a_huge_book_does_not_explode():
    seed = next(seed for seed in range(1_000) if len(make_book(seed).rows) > 290)
    book, _ = SWEEP.slipped(seed, 2)
    usual = told(book)
    assert fastest(usual) < 0.05
    lines = [replace(move, posting_id=number, entry_id=number) for number, move in enumerate(usual.moves * 70)]
    assert len(lines) > 20_000
    assert fastest(replace(usual, moves=tuple(lines))) < 1
