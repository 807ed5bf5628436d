"""All the gaps of a year, explained together: what several gaps have in common first, then each by itself.

Each gap's suspects are weighed against each other (their share is the score);
the answer takes the best of each gap in turn, so that two errors in two
places are both among the first.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import zip_longest

from retkoop.ledger.solver import kinds
from retkoop.ledger.solver.bank import bank_suspects, moved
from retkoop.ledger.solver.cash import at_bank, cash_suspects, in_cash, not_written
from retkoop.ledger.solver.evidence import Evidence, Move
from retkoop.ledger.solver.gaps import Born, Gap, bank_gaps, cash_gaps
from retkoop.ledger.solver.grants import grant_suspects
from retkoop.ledger.solver.hypotheses import Hypothesis
from retkoop.ledger.solver.lines import PERCENT, Suspect, wrong_opening
from retkoop.ledger.solver.totals import totals_suspects

MOST = 6
CERTAIN = 90 * PERCENT
NEAR = 10
ALIKE = 3


def solve(evidence: Evidence, until: dt.date | None = None) -> list[Hypothesis]:
    """The most probable errors first, at most six; none when there is no gap.

    `until`: only the gaps of the statements up to that day (the monthly
    screen); else those of the whole year, and those alone that remain.
    """
    if evidence.totals is not None:
        return _ranked(totals_suspects(evidence.totals))
    born = [bank_gaps(account, until) for account in evidence.accounts if account.kind == "bank"]
    banks = [gap for part in born for gap in part.lasting]
    boxes = [] if until else [gap for account in evidence.accounts if account.kind == "cash" for gap in cash_gaps(account)]
    return _ranked([*_together(evidence, banks, boxes), *_opened(evidence, banks, boxes), *_each(evidence, born, banks, boxes)])


def _together(evidence: Evidence, banks: list[Gap], boxes: list[Gap]) -> Iterator[list[Suspect]]:
    """A gap of the box that a gap of the bank answers: the pair goes, what explains both stays."""
    for box in list(boxes):
        bank = next((gap for gap in banks if gap.cents == -box.cents and gap.since <= box.until), None)
        if bank is None:
            continue
        banks.remove(bank)
        boxes.remove(box)
        yield [*_both(evidence, box, bank), (CERTAIN // 2, not_written(box, bank, evidence.year))]


def _both(evidence: Evidence, box: Gap, bank: Gap) -> list[Suspect]:
    """The line written in the wrong treasury account."""
    inside, ticked = box.account.slug, bank.account.slug
    moves = [move for move in evidence.moves if not move.stray and not move.transfer]
    paid = [move for move in moves if move.account == ticked and bank.holds(move.statement_on) and move.cents == box.cents]
    held = [move for move in moves if move.account == inside and move.cents == bank.cents and _near(move, box, bank)]
    found = [(CERTAIN, at_bank(box, ticked, move)) for move in held if not _from_bank(evidence, move)]
    found += [(CERTAIN, in_cash(box, move)) for move in paid]
    return found


def _near(move: Move, box: Gap, bank: Gap) -> bool:
    """Was it written when both gaps were born, or little before the bank saw it?"""
    early = bank.since - dt.timedelta(days=NEAR) if bank.since > dt.date.min else bank.since
    return box.holds(move.day) and early < move.day <= bank.until


def _from_bank(evidence: Evidence, move: Move) -> bool:
    return any(other.entry_id == move.entry_id and other.account != move.account for other in evidence.moves)


def _opened(evidence: Evidence, banks: list[Gap], boxes: list[Gap]) -> Iterator[list[Suspect]]:
    """An opening that is not the closing of the year before, though no statement tells (E6)."""
    for account in evidence.accounts:
        if account.before_cents is None or account.before_cents == account.opening_cents:
            continue
        cents = account.before_cents - account.opening_cents
        told = any(gap.first and gap.cents == cents and gap.account is account for gap in (*banks, *boxes))
        if not told:
            day = account.opening_on or dt.date.min
            gap = Gap(account, cents, dt.date.min, day, first=True, last=False)
            yield [(CERTAIN, wrong_opening(gap, account.before_cents, evidence.year, "E6"))]


def _each(evidence: Evidence, born: list[Born], banks: list[Gap], boxes: list[Gap]) -> Iterator[list[Suspect]]:
    for gap in banks:
        yield bank_suspects(gap, evidence)
    for part in born:
        for early, late in part.healed:
            yield moved(early, late, evidence)
    for gap in boxes:
        yield cash_suspects(gap, evidence)
    if evidence.grants_gap_cents:
        yield grant_suspects(evidence)


def _ranked(groups: list[list[Suspect]]) -> list[Hypothesis]:
    """The best of each group, then the second of each, without saying the same thing twice."""
    rows = sorted((_scored(group) for group in groups if group), key=lambda row: -row[0].score)
    found: list[Hypothesis] = []
    for place in zip_longest(*rows):
        for hypothesis in place:
            if hypothesis is not None and not any(_same(hypothesis, other) for other in found):
                found.append(hypothesis)
    return found[:MOST]


def _scored(group: list[Suspect]) -> list[Hypothesis]:
    """The kinds of slip by what their three likeliest lines weigh together; the other two stand beside the first."""
    whole = sum(weight for weight, _ in group)
    by_kind: dict[str, list[Suspect]] = {}
    for weight, hypothesis in sorted(group, key=lambda pair: -pair[0]):
        by_kind.setdefault(hypothesis.kind, []).append((weight, hypothesis))
    heads = []
    for suspects in by_kind.values():
        best = suspects[:ALIKE]
        heads.append((sum(weight for weight, _ in best), best[0][1], tuple(hypothesis for _, hypothesis in best[1:])))
    heads.sort(key=lambda head: -head[0])
    return [hypothesis.scored(100 * weight // whole, also) for weight, hypothesis, also in heads]


def _same(one: Hypothesis, other: Hypothesis) -> bool:
    if one.kind != other.kind or one.entry_id != other.entry_id:
        return False
    return one.entry_id is not None or (
        one.where == other.where and (one.kind != kinds.LINE_MISSING or one.cents == other.cents)
    )
