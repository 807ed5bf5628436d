"""The errors that one line of the book may carry, at the bank as in the cash box."""

import datetime as dt
from collections.abc import Iterator, Sequence

from retkoop.ledger.solver import kinds
from retkoop.ledger.solver.evidence import Evidence, Move, Proposal
from retkoop.ledger.solver.gaps import Gap
from retkoop.ledger.solver.hypotheses import ControlId, Hypothesis, amended, new_entry
from retkoop.ledger.solver.misprints import MILLION, meant_by
from retkoop.ledger.solver.words import alike, day, euros, side, told

Suspect = tuple[int, Hypothesis]  # its weight against the others: whole numbers, so that nothing here is ever a float

PERCENT = 10**12

# How often each slip is made, against the others: only their proportions count.
OFTEN = {
    kinds.LINE_MISSING: 20 * PERCENT,
    kinds.LINE_NOT_TICKED: 20 * PERCENT,
    kinds.LINE_NOT_ON_STATEMENT: 12 * PERCENT,
    kinds.WRONG_SIDE: 10 * PERCENT,
    kinds.SWAPPED_DIGITS: 10 * PERCENT,
    kinds.MISTYPED_AMOUNT: 10 * PERCENT,
    kinds.TWIN_ENTRY: 10 * PERCENT,
    kinds.OTHER_YEAR: 8 * PERCENT,
    kinds.CASH_COUNT: 20 * PERCENT,
    kinds.WRONG_OPENING: 6 * PERCENT,
    kinds.STATEMENT_BALANCE: 5 * PERCENT,
}
SURE = 1000 * PERCENT
TWIN_DAYS = 21
MOST_EQUAL = 60  # lines of the same amount that are looked at: in a huge book one of them is no better than another


def control_of(gap: Gap) -> ControlId:
    return "E3" if gap.account.kind == "bank" else "E4"


def wrong_lines(gap: Gap, moves: Sequence[Move], wider: Sequence[Move]) -> Iterator[Suspect]:
    """Wrong side, mistyped, twin: the lines among which the gap was born. `wider`: all those of the account."""
    if not moves:
        return
    same = [move for move in moves if move.cents == -gap.cents][:MOST_EQUAL]
    equal = [move for move in wider if move.cents == -gap.cents][: 4 * MOST_EQUAL]
    twins = {pair for move in same if (pair := twin_of(move, equal))}
    for move in moves:
        if move.carried:
            continue  # it is amended in the year that it comes from
        if 2 * move.cents == -gap.cents and not move.transfer:
            yield OFTEN[kinds.WRONG_SIDE] * _against(move) // (10 * len(moves)), _wrong_side(gap, move)
        yield from _misprint(gap, move, len(moves))
    for move, other in sorted(twins, key=lambda pair: pair[0].posting_id):
        yield OFTEN[kinds.TWIN_ENTRY] // len(twins), _twin_entry(gap, move, other)


def _against(move: Move) -> int:
    """Does the money go against the accounts (an expense that comes in)? Then the side is in doubt by itself. In tenths."""
    wrong = any(cents < 0 for _, _, cents in move.spread)
    return 150 if wrong else 4


def _wrong_side(gap: Gap, move: Move) -> Hypothesis:
    return Hypothesis(
        kinds.WRONG_SIDE,
        control_of(gap),
        f"{told(move)} : l’écart en est juste le double. C’est peut-être une {side(-move.cents)}.",
        gap.cents,
        0,
        amended(move, move.account, -move.cents),
        f"Écrire {euros(move.cents)} en {side(-move.cents)}",
        move.account,
        move.entry_id,
    )


def _misprint(gap: Gap, move: Move, count: int) -> Iterator[Suspect]:
    true = move.cents + gap.cents
    if true * move.cents <= 0:
        return
    kind, share = meant_by(abs(move.cents)).get(abs(true), ("", 0))
    if not kind:
        return
    why = "deux chiffres sont peut-être inversés" if kind == kinds.SWAPPED_DIGITS else "le montant est peut-être mal tapé"
    yield (
        OFTEN[kind] * share // (MILLION * count),
        Hypothesis(
            kind,
            control_of(gap),
            f"{told(move)} : {why}. Avec {euros(true)}, l’écart de {euros(gap.cents)} disparaît.",
            gap.cents,
            0,
            amended(move, move.account, true),
            f"Écrire {euros(true)}",
            move.account,
            move.entry_id,
        ),
    )


def twin_of(move: Move, wider: Sequence[Move]) -> tuple[Move, Move] | None:
    """The line that says the same thing, if any: same amount, near date, same words, no other cheque."""
    for other in wider:
        if other.entry_id == move.entry_id or other.cents != move.cents or (other.cheque and move.cheque != other.cheque):
            continue
        near = abs((other.day - move.day).days) <= TWIN_DAYS
        if near and (alike(other.label, move.label) or (move.cheque and other.cheque == move.cheque)):
            later = (other.carried, move.entry_id) > (move.carried, other.entry_id)  # what was carried is no entry to cancel
            return (move, other) if later else (other, move)
    return None


def _twin_entry(gap: Gap, move: Move, other: Move) -> Hypothesis:
    return Hypothesis(
        kinds.TWIN_ENTRY,
        control_of(gap),
        f"{told(move)} : la même chose est déjà écrite le {day(other.day)}. Si c’est un doublon, supprimez-le.",
        gap.cents,
        0,
        "/ouverture/" if move.carried else f"/ecritures/{move.entry_id}/supprimer/",
        "Revoir l’ouverture" if move.carried else "Supprimer le doublon",
        move.account,
        move.entry_id,
    )


def strays(gap: Gap, evidence: Evidence) -> Iterator[Suspect]:
    """The lines of the same amount that stand in the book of another year."""
    others = [move for move in evidence.moves if move.stray and move.account == gap.account.slug]
    for move in others:
        if move.cents != gap.cents:
            continue
        weight = OFTEN[kinds.OTHER_YEAR] * (10 if _year_away(move.day, gap) else 1) // (10 * len(others))
        yield (
            weight,
            Hypothesis(
                kinds.OTHER_YEAR,
                control_of(gap),
                f"{told(move)} est dans le cahier d’une autre année : sa date est peut-être fausse.",
                gap.cents,
                0,
                f"/ecritures/{move.entry_id}/modifier/",
                "Corriger la date",
                move.account,
                move.entry_id,
            ),
        )


def _year_away(on: dt.date, gap: Gap) -> bool:
    """One year sooner or later, does that day fall where the gap was born (and little before)?"""
    start = max(gap.since, dt.date.min + dt.timedelta(days=90)) - dt.timedelta(days=60)
    return any(start <= on + dt.timedelta(days=days) <= gap.until for days in (-366, -365, 365, 366))


def openings(gap: Gap, year: str) -> Iterator[Suspect]:
    """The opening: against the report of the year before when it is known, else as an amount mistyped."""
    account = gap.account
    if not gap.first:
        return
    true = account.opening_cents + gap.cents
    if account.before_cents is not None:
        if account.before_cents == true:
            yield SURE, wrong_opening(gap, true, year, control_of(gap))
        return
    _, share = meant_by(abs(account.opening_cents)).get(abs(true), ("", 0))
    if share and true * account.opening_cents > 0:
        yield OFTEN[kinds.WRONG_OPENING] * share // MILLION, wrong_opening(gap, true, year, control_of(gap))


def wrong_opening(gap: Gap, true: int, year: str, control: ControlId) -> Hypothesis:
    """The account did not open with what it held."""
    account = gap.account
    return Hypothesis(
        kinds.WRONG_OPENING,
        control,
        f"{account.label} s’ouvre avec {euros(account.opening_cents)} : ce devrait être {euros(true)}.",
        gap.cents,
        0,
        f"/ouverture/?annee={year}",
        "Revoir l’ouverture",
        account.slug,
    )


def missing(gap: Gap, moves: Sequence[Move], evidence: Evidence) -> Iterator[Suspect]:
    """Nothing of the book explains it: the line is not there. Proposals not yet recorded come first."""
    for proposal in evidence.proposals:
        if proposal.cents == gap.cents:
            yield SURE // 2, _proposed(gap, proposal)
    seen = MILLION * sum(1 for move in moves if abs(move.cents) == abs(gap.cents)) // (len(moves) + 20)
    often = OFTEN[kinds.LINE_MISSING] // (1 if gap.account.kind == "bank" else 2)
    yield often * (_usual(abs(gap.cents)) + seen) // (2 * MILLION), _missing(gap, evidence.year)


def _usual(cents: int) -> int:
    """How often any line has that very amount: small and round ones more often. In parts of a MILLION."""
    for step, percent in ((1000, 10), (500, 6), (100, 6)):
        if cents % step == 0:
            return MILLION * percent * step // (100 * (cents + 5000))
    return 1 + MILLION // (5 * (cents + 5000))


def _missing(gap: Gap, year: str) -> Hypothesis:
    bank = gap.account.kind == "bank"
    when = day(gap.until)
    place = f"Le relevé du {when} montre" if bank else f"Au {when}, la caisse compte"
    way = f"en {side(gap.cents)}" if bank else f"de {'plus' if gap.cents > 0 else 'moins'}"
    lead = {"je": "recu" if gap.cents > 0 else "paye", "money": gap.account.slug}
    return Hypothesis(
        kinds.LINE_MISSING,
        control_of(gap),
        f"{place} {euros(gap.cents)} {way} qu’aucune ligne du cahier ne dit : il manque sans doute une écriture.",
        gap.cents,
        0,
        new_entry(year, gap.cents, **lead),
        "Écrire la ligne oubliée",
        gap.account.slug,
    )


def _proposed(gap: Gap, proposal: Proposal) -> Hypothesis:
    return Hypothesis(
        kinds.LINE_MISSING,
        control_of(gap),
        f"« {proposal.label} », {euros(proposal.cents)}, vous est proposée et n’est pas encore dans le cahier.",
        gap.cents,
        0,
        "/propositions/",
        "Voir cette proposition",
        gap.account.slug,
    )
