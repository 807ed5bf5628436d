"""A gap of the cash box: the count itself, what was paid in cash but written at the bank, transfers by halves."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from retkoop.core.text import fold
from retkoop.ledger.solver import kinds
from retkoop.ledger.solver.evidence import Evidence, Move
from retkoop.ledger.solver.gaps import Gap
from retkoop.ledger.solver.hypotheses import Hypothesis, amended, new_entry, transferred
from retkoop.ledger.solver.lines import OFTEN, PERCENT, Suspect, missing, openings, strays, wrong_lines
from retkoop.ledger.solver.words import day, euros, told

PIECES = (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
_TIMES = {1: 50, 2: 20, 3: 10, 4: 5, 5: 5, 10: 5}  # in percent
_BY_CASH = ("depot", "espece", "remise", "versement", "liquide")
_WITHDRAWN = ("retrait", "espece", "liquide", "dab", "fond de caisse")


def cash_suspects(gap: Gap, evidence: Evidence) -> list[Suspect]:
    """What may explain a gap between a count and the book, each with its weight."""
    own = [move for move in evidence.moves if move.account == gap.account.slug and not move.stray]
    inside = [move for move in own if gap.holds(move.day)]
    elsewhere = [move for move in evidence.moves if move.account != gap.account.slug and not move.stray]
    return [
        *_counted(gap),
        *_other_treasury(gap, elsewhere),
        *_halves(gap, elsewhere),
        *wrong_lines(gap, inside, own),
        *strays(gap, evidence),
        *openings(gap, evidence.year),
        *missing(gap, own, evidence),
    ]


def _counted(gap: Gap) -> Iterator[Suspect]:
    """One kind of note or coin, some too many or too few; or counted in its neighbour's box."""
    pieces = gap.count.pieces if gap.count else {}
    present = [value for value in PIECES if pieces.get(value)]
    if not gap.last or not pieces:
        return
    for value in PIECES:
        number, rest = divmod(abs(gap.cents), value)
        held = pieces.get(value, 0)
        true = held - (number if gap.cents > 0 else -number)
        share = _TIMES.get(number, 0) if not rest and true >= 0 else 0
        if share:
            among = len(present) if held else 4 * len(PIECES)
            yield OFTEN[kinds.CASH_COUNT] * share // (100 * among), _recount(gap, value, held, true)
    for typed, true in pairwise(PIECES):
        for wrong, right in ((typed, true), (true, typed)):
            number = pieces.get(wrong, 0)
            if number and not pieces.get(right) and number * (wrong - right) == gap.cents:
                yield OFTEN[kinds.CASH_COUNT] * 3 // 10, _recount(gap, wrong, number, 0)


def piece(value: int) -> str:
    """« billets de 20 € », « pièces de 0,50 € »."""
    amount = euros(value).replace(",00", "")
    return f"{'billets' if value >= 500 else 'pièces'} de {amount}"


def _recount(gap: Gap, value: int, held: int, true: int) -> Hypothesis:
    return Hypothesis(
        kinds.CASH_COUNT,
        "E4",
        f"Recomptez les {piece(value)} : vous en avez compté {held}. "
        f"Avec {true}, {euros(value * abs(held - true))} d’écart s’expliquent.",
        gap.cents,
        0,
        "/caisse/",
        "Recompter la caisse",
        str(value),
    )


def _other_treasury(gap: Gap, elsewhere: Sequence[Move]) -> Iterator[Suspect]:
    """A line of the bank that no statement shows and that equals the gap: it was paid, or received, in cash."""
    own = [move for move in elsewhere if not move.transfer and not move.carried]  # what was carried is not amended here
    waiting = [move for move in own if move.statement_on is None and move.day <= gap.until]
    for move in waiting:
        if move.cents == gap.cents:
            yield 15 * PERCENT // ((5 if move.cheque else 1) * len(waiting)), in_cash(gap, move)


def in_cash(gap: Gap, move: Move) -> Hypothesis:
    """Written at the bank, it moved the cash box."""
    verb = "reçue" if move.cents > 0 else "payée"
    return Hypothesis(
        kinds.WRONG_TREASURY,
        "E4",
        f"{told(move)} est écrite à la banque : elle a sans doute été {verb} en espèces.",
        gap.cents,
        0,
        amended(move, gap.account.slug, move.cents),
        "La mettre en caisse",
        gap.account.slug,
        move.entry_id,
    )


def at_bank(gap: Gap, bank: str, move: Move) -> Hypothesis:
    """Written in the cash box, it went through the bank."""
    return Hypothesis(
        kinds.WRONG_TREASURY,
        "E4",
        f"{told(move)} est écrite en caisse : la banque la montre sur son relevé, et la caisse ne l’a pas vue.",
        gap.cents,
        0,
        amended(move, bank, move.cents),
        "La mettre en banque",
        gap.account.slug,
        move.entry_id,
    )


def _halves(gap: Gap, elsewhere: Sequence[Move]) -> Iterator[Suspect]:
    """Cash taken to the bank and written as an income, or withdrawn and written as an expense."""
    opposite = [move for move in elsewhere if move.cents == -gap.cents and not move.transfer and not move.carried]
    for move in opposite:
        words = _BY_CASH if move.cents > 0 else _WITHDRAWN
        said = any(word in fold(move.label) for word in words) or move.means == "cash"
        yield 15 * PERCENT // len(opposite) if said else 3 * PERCENT // len(elsewhere), one_sided(gap, move)


def one_sided(gap: Gap, move: Move) -> Hypothesis:
    """Only the bank's side of a transfer is in the book."""
    what = "un dépôt d’espèces" if move.cents > 0 else "un retrait d’espèces"
    return Hypothesis(
        kinds.ONE_SIDED_TRANSFER,
        "E4",
        f"{told(move)} : c’est peut-être {what}, écrit d’un seul côté. La caisse, elle, n’a pas bougé dans le cahier.",
        gap.cents,
        0,
        transferred(move, gap.account.slug),
        "En faire un virement interne",
        gap.account.slug,
        move.entry_id,
    )


def not_written(gap: Gap, other: Gap, year: str) -> Hypothesis:
    """The box lost what the bank won, or the reverse, and no line says it."""
    deposit = gap.cents < 0
    what = "un dépôt d’espèces à la banque" if deposit else "un retrait d’espèces"
    return Hypothesis(
        kinds.ONE_SIDED_TRANSFER,
        "E4",
        f"La caisse a {euros(gap.cents)} de {'moins' if deposit else 'plus'}, et la banque {euros(gap.cents)} de "
        f"{'plus' if deposit else 'moins'} que le cahier au {day(other.until)} : {what} n’est pas écrit.",
        gap.cents,
        0,
        new_entry(year, gap.cents, je="depot" if deposit else "retrait"),
        "Écrire ce virement interne",
        gap.account.slug,
    )
