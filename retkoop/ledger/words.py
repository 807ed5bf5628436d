"""What a label gives away: an association's money booked as a public grant, a purchase that is not allowed.

The words are data (`data/words.json`, which states the rule of matching);
`tests/data/labels.json` holds labels that must hit and labels that must not.
A hit is only ever a warning: the user knows better.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from retkoop.core.text import fold

_DATA = Path(__file__).parent / "data" / "words.json"
_ABBREVIATION = re.compile(r"\b(?:\w\.){2,}")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Hit:
    """The phrase found in a label; `example` is a key of ventilation.json, or empty."""

    phrase: str
    example: str = ""


@cache
def _words() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return data


def _spell(text: str, *, accents: bool = False) -> str:
    """The words of a text between single spaces, one space at each end."""
    whole = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), text)
    return f" {' '.join(_WORD.findall(whole.lower() if accents else fold(whole)))} "


@cache
def _pattern(phrase: str, *, accents: bool = False) -> re.Pattern[str]:
    words = [f"{re.escape(word)}[sx]?" for word in _spell(phrase, accents=accents).split()]
    return re.compile(f"(?<= ){' '.join(words)}(?= )")


@cache
def _any(phrases: tuple[str, ...], *, accents: bool) -> re.Pattern[str]:
    """Matches where one of the phrases does: most labels hold none, which one search tells."""
    return re.compile("|".join(_pattern(phrase, accents=accents).pattern for phrase in phrases))


def _without(label: str, exceptions: Sequence[str]) -> str:
    if not _any(tuple(exceptions), accents=False).search(label):
        return label
    for exception in exceptions:
        label = _pattern(exception).sub("", label)
    return label


def _first(label: str, phrases: Sequence[str], *, accents: bool = False) -> str | None:
    if not _any(tuple(phrases), accents=accents).search(label):
        return None
    return next((phrase for phrase in phrases if _pattern(phrase, accents=accents).search(label)), None)


def association_money(label: str) -> Hit | None:
    """The words by which a label booked as a public grant (7410) tells of a gift or of an association."""
    words = _words()
    spelt = _without(_spell(label), words["exceptions"])
    phrase = _first(spelt, words["association_words"])
    if phrase is None and _first(spelt, words["public_words"]) is None:
        phrase = _first(spelt, words["gift_words"])
    return Hit(phrase) if phrase else None


def forbidden_purchase(label: str) -> Hit | None:
    """The words by which a label tells of a purchase on the « interdit » list (domain.md §8)."""
    words = _words()
    plain = _without(_spell(label), words["forbidden_exceptions"])
    accented = _spell(label, accents=True)
    for group in words["forbidden_purchases"]:
        accents = group.get("accents", False)
        phrase = _first(accented if accents else plain, group["phrases"], accents=accents)
        if phrase:
            return Hit(phrase, group["example"])
    return None
