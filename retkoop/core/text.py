"""Words and numbers of pieces and cheques: their order, the next one, and spelling made comparable."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Literal

KEY_LENGTH = 60
PIECE_LENGTH = 20

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'"})
_RUN = re.compile(r"[0-9]+|[a-z]+")
_NUMBERED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
_SIDED = re.compile(r"([dr])[^a-z0-9]*", re.IGNORECASE)
_RECENT = 10
_SIDES = "d|r"


def fold(text: str) -> str:
    """Lower case, no accents, one space between words: for searching and for learning."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = text
    for _ in range(2):  # a decomposed letter may have a lower case of its own
        folded = unicodedata.normalize("NFKD", folded.casefold().translate(_LIGATURES))
        folded = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(folded.split())


def natural_key(piece: str) -> str:
    """A text of at most 60 letters and digits whose plain order is the natural one: D1 < D2 < D11, 9 < 10.

    Each number is written after its length, on two digits, so that no padding limits it; other signs are
    left out, because databases disagree on their order.
    """
    parts = []
    for run in _RUN.findall(fold(piece)):
        if run[0].isdigit():
            digits = run.lstrip("0")
            parts.append(f"{min(len(digits), 99):02d}{digits}")
        else:
            parts.append(run)
    return "".join(parts)[:KEY_LENGTH]


def next_piece(pieces: Sequence[str], side: Literal["out", "in"] | None) -> str:
    """The next piece number of a book, `pieces` being its numbers in the order they were typed.

    « 1 » for an empty book. A book that numbers its expenses D1, D2… and its receipts R1, R2… keeps one
    sequence for each; zeros in front are kept (D01, D02). An empty text when nothing sensible fits.
    """
    numbered = [(match[1], match[2]) for piece in pieces if (match := _NUMBERED.fullmatch(piece.strip()))]
    if not numbered:
        return "1"
    scheme = _scheme([prefix for prefix, _ in numbered])
    members = [(prefix, digits) for prefix, digits in numbered if _scheme_of(prefix) == scheme]
    if scheme != _SIDES:
        return _fitting(*_after(members))
    letter = {"out": "d", "in": "r", None: members[-1][0][0].lower()}[side]
    same = [(prefix, digits) for prefix, digits in members if prefix[0].lower() == letter]
    if same:
        return _fitting(*_after(same))
    prefix, digits = members[-1]
    first = letter.upper() if prefix[0].isupper() else letter
    return _fitting(first + prefix[1:], "1".zfill(len(digits)) if digits[0] == "0" else "1")


def next_cheque(cheques: Sequence[str]) -> str:
    """The first unused number after the most recent one (the last of `cheques`); "" when there is none."""
    for cheque in reversed(cheques):
        if match := _NUMBERED.fullmatch(cheque.strip()):
            used = set(cheques)
            prefix, digits = match[1], match[2]
            for step in range(1, len(cheques) + 2):
                following = _fitting(prefix, str(int(digits) + step).zfill(len(digits)))
                if following not in used:
                    return following
    return ""


def _scheme_of(prefix: str) -> str:
    return _SIDES if _SIDED.fullmatch(prefix) else prefix


def _scheme(prefixes: Sequence[str]) -> str:
    """How the book is numbered: the commonest way among the last ones, the latest when two are as common."""
    recent = [_scheme_of(prefix) for prefix in prefixes[-_RECENT:]]
    return Counter(reversed(recent)).most_common(1)[0][0]


def _after(members: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Prefix and digits of the number after the highest, as wide as it."""
    highest = max(int(digits) for _, digits in members)
    prefix, digits = next((prefix, digits) for prefix, digits in reversed(members) if int(digits) == highest)
    return prefix, str(highest + 1).zfill(len(digits))


def _fitting(prefix: str, digits: str) -> str:
    piece = prefix + digits
    return piece if len(piece) <= PIECE_LENGTH else ""
