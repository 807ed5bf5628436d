"""How an amount is mistyped: from what is written to what may have been meant."""

from retkoop.ledger.solver.kinds import MISTYPED_AMOUNT, SWAPPED_DIGITS

MILLION = 10**6
_DIGITS = "0123456789"


def meant_by(cents: int) -> dict[int, tuple[str, int]]:
    """What an amount (cents > 0) may stand for: the true amount → (kind, its share among such slips, per MILLION)."""
    found: dict[int, tuple[str, int]] = {}
    for ways, kind, percent in (
        (_other_digit(cents), MISTYPED_AMOUNT, 10),
        (_one_less(cents), MISTYPED_AMOUNT, 20),
        (_one_more(cents), MISTYPED_AMOUNT, 30),
        (_moved_comma(cents), MISTYPED_AMOUNT, 50),
        (_swapped(cents), SWAPPED_DIGITS, 100),
    ):
        for true in ways - {cents, 0}:
            found[true] = (kind, MILLION * percent // (100 * len(ways)))
    return found


def _swapped(cents: int) -> set[int]:
    digits = str(cents)
    swaps = {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(len(digits) - 1)}
    return {int(text) for text in swaps if text[0] != "0"}


def _moved_comma(cents: int) -> set[int]:
    return {cents * 10, cents * 100} | {cents // by for by in (10, 100) if cents % by == 0}


def _one_less(cents: int) -> set[int]:
    """A digit of the euros was dropped."""
    text = str(cents // 100)
    longer = {text[:at] + digit + text[at:] for at in range(len(text) + 1) for digit in _DIGITS}
    return {int(other) * 100 + cents % 100 for other in longer if other[0] != "0"}


def _one_more(cents: int) -> set[int]:
    """A digit of the euros is one too many: a key pressed twice."""
    text = str(cents // 100)
    shorter = {text[:at] + text[at + 1 :] for at in range(len(text))} if len(text) > 1 else set()
    return {int(other) * 100 + cents % 100 for other in shorter if other[0] != "0"}


def _other_digit(cents: int) -> set[int]:
    text = str(cents)
    others = {text[:at] + digit + text[at + 1 :] for at in range(len(text)) for digit in _DIGITS}
    return {int(other) for other in others if other[0] != "0"}
