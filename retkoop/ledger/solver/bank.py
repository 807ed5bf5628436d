"""A gap of a bank account: ticks first, then what the lines of that month may carry."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations

from retkoop.ledger.solver import kinds
from retkoop.ledger.solver.evidence import Evidence, Move
from retkoop.ledger.solver.gaps import Gap
from retkoop.ledger.solver.hypotheses import Hypothesis
from retkoop.ledger.solver.lines import MOST_EQUAL, OFTEN, PERCENT, Suspect, missing, openings, strays, twin_of, wrong_lines
from retkoop.ledger.solver.misprints import MILLION, meant_by
from retkoop.ledger.solver.words import day, euros, told

MOST_UNTICKED = 40
ODD = PERCENT // 10**7  # explains nothing by itself: after everything that does
_LATE = 25


def bank_suspects(gap: Gap, evidence: Evidence) -> list[Suspect]:
    """What may explain a gap born on a statement, each with its weight."""
    own = [move for move in evidence.moves if move.account == gap.account.slug and not move.stray]
    ticked = [move for move in own if gap.holds(move.statement_on)]
    waiting = [move for move in own if move.statement_on is None or move.statement_on > gap.until]
    waiting = [move for move in waiting if move.day <= gap.until]
    found = [
        *_not_ticked(gap, waiting),
        *_not_shown(gap, ticked),
        *wrong_lines(gap, ticked, own),
        *strays(gap, evidence),
        *openings(gap, evidence.year),
        *_balance(gap, evidence.year),
        *missing(gap, own, evidence),
    ]
    return found + _lying_about(gap, ticked, waiting)


def _not_ticked(gap: Gap, waiting: Sequence[Move]) -> Iterator[Suspect]:
    """A line that waits and equals the gap; or two or three that make it together."""
    single = [move for move in waiting if move.cents == gap.cents][-MOST_EQUAL:]
    for move in single:
        near = (gap.until - move.day).days <= 75
        yield OFTEN[kinds.LINE_NOT_TICKED] // ((1 if near else 2) * (len(waiting) or 1)), not_ticked(gap, [move])
    if single or len(waiting) > MOST_UNTICKED:
        return
    for size, weight in ((2, 2 * PERCENT), (3, PERCENT // 5)):
        if len(waiting) > MOST_UNTICKED // (size - 1):
            continue
        groups = [group for group in combinations(waiting, size) if sum(move.cents for move in group) == gap.cents]
        for group in groups[:3]:
            yield weight // len(groups), not_ticked(gap, group)


def not_ticked(gap: Gap, moves: Sequence[Move]) -> Hypothesis:
    """The statement shows these lines, and they are not ticked on it."""
    first = moves[0]
    if len(moves) == 1:
        sentence = f"{told(first)} : elle égale l’écart, et n’est pas pointée. Elle est sans doute passée en banque."
        path, words = f"/pointage/ligne/{first.posting_id}/?releve={gap.until.isoformat()}", "Pointer cette ligne"
    else:
        names = ", ".join(f"« {move.label} » ({euros(move.cents)})" for move in moves)
        sentence = f"{names} : ensemble, ces lignes non pointées font juste l’écart."
        path, words = f"/pointage/{gap.statement.id}/" if gap.statement else "/pointage/", "Ouvrir ce relevé"
    return Hypothesis(kinds.LINE_NOT_TICKED, "E3", sentence, gap.cents, 0, path, words, gap.account.slug, first.entry_id)


def _not_shown(gap: Gap, ticked: Sequence[Move]) -> Iterator[Suspect]:
    """Ticked, equal to the gap the other way: the statement does not show it. Late cheques first."""
    doubts = {move.posting_id: _doubt(move) for move in ticked}
    whole = sum(doubts.values()) or 1
    equal = [move for move in ticked if move.cents == -gap.cents]
    for move in equal[-MOST_EQUAL:]:
        alone = 1 if twin_of(move, equal[-4 * MOST_EQUAL :]) else 7
        yield OFTEN[kinds.LINE_NOT_ON_STATEMENT] * doubts[move.posting_id] * alone // (7 * whole), not_shown(gap, move)


def _doubt(move: Move) -> int:
    """Cheques, above all those written shortly before the statement, are cashed late."""
    doubt = 4 if move.cheque and move.cents < 0 else 1
    recent = move.statement_on is not None and (move.statement_on - move.day).days <= _LATE
    return doubt * (2 if recent else 1)


def not_shown(gap: Gap, move: Move) -> Hypothesis:
    """The line is ticked although the bank has not seen it."""
    on = day(move.statement_on) if move.statement_on else day(gap.until)
    return Hypothesis(
        kinds.LINE_NOT_ON_STATEMENT,
        "E3",
        f"{told(move)} : elle égale l’écart, et elle est pointée. Vérifiez qu’elle figure bien sur le relevé du {on}.",
        gap.cents,
        0,
        f"/pointage/ligne/{move.posting_id}/",
        "Dépointer cette ligne",
        gap.account.slug,
        move.entry_id,
    )


def _balance(gap: Gap, year: str) -> Iterator[Suspect]:
    """The last statement's own balance, mistyped: no later one can tell."""
    statement = gap.statement
    if statement is None or statement.closing_cents is None or not gap.last:
        return
    true = statement.closing_cents - gap.cents
    _, share = meant_by(abs(statement.closing_cents)).get(abs(true), ("", 0))
    if share and true * statement.closing_cents > 0:
        yield OFTEN[kinds.STATEMENT_BALANCE] * share // MILLION, _other_balance(gap, true, year)


def _other_balance(gap: Gap, true: int, year: str) -> Hypothesis:
    assert gap.statement is not None
    typed = gap.statement.closing_cents or 0
    return Hypothesis(
        kinds.STATEMENT_BALANCE,
        "E3",
        f"Relisez le solde du relevé du {day(gap.until)}, saisi {euros(typed)} : les lignes pointées font {euros(true)}.",
        gap.cents,
        0,
        f"/pointage/{gap.statement.id}/?annee={year}",
        "Corriger ce relevé",
        gap.account.slug,
    )


def _lying_about(gap: Gap, ticked: Sequence[Move], waiting: Sequence[Move]) -> list[Suspect]:
    """With two errors in one month nothing equals the gap: what is odd by itself is still worth a look."""
    odd: list[Suspect] = []
    for move in ticked:
        if any(cents < 0 for _, _, cents in move.spread) and not move.transfer:
            odd += [(ODD, hypothesis) for _, hypothesis in wrong_lines(_as(gap, -2 * move.cents), [move], ())][:1]
    old = [move for move in waiting if (gap.until - move.day).days > 62]
    return odd + [(ODD // 2, not_ticked(_as(gap, move.cents), [move])) for move in old[:3]]


def _as(gap: Gap, cents: int) -> Gap:
    return Gap(gap.account, cents, gap.since, gap.until, gap.first, gap.last, gap.statement, gap.count)


def moved(early: Gap, late: Gap, evidence: Evidence) -> list[Suspect]:
    """A gap that a later statement heals: a line ticked in the wrong month, or that statement's balance."""
    own = [move for move in evidence.moves if move.account == early.account.slug and not move.stray]
    too_late = [move for move in own if late.holds(move.statement_on) and move.cents == early.cents]
    too_early = [move for move in own if early.holds(move.statement_on) and move.cents == -early.cents]
    found = [(10 * PERCENT, _elsewhere(early, move, early.until)) for move in too_late if move.day <= early.until]
    found += [(10 * PERCENT, _elsewhere(early, move, late.until)) for move in too_early]
    true = (early.statement.closing_cents or 0) - early.cents if early.statement else 0
    return [*found, (5 * PERCENT, _other_balance(early, true, evidence.year))]


def _elsewhere(gap: Gap, move: Move, on: dt.date) -> Hypothesis:
    held = day(move.statement_on) if move.statement_on else ""
    return Hypothesis(
        kinds.TICKED_ELSEWHERE,
        "E3",
        f"{told(move)} est pointée sur le relevé du {held} : elle est sans doute sur celui du {day(on)}.",
        gap.cents,
        0,
        f"/pointage/ligne/{move.posting_id}/",
        "Dépointer cette ligne",
        gap.account.slug,
        move.entry_id,
    )
