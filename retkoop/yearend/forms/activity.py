"""The answers of a page of the CRA as they were typed: read, never lost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from retkoop.yearend.questionnaire import CHOICE, CHOICES, LARGEST_WHOLE, LONGEST_TEXT, TICK, WHOLE, Asked

_SPACES = re.compile(r"[\s\u00a0\u202f]+")


@dataclass
class Typed:
    """`values` by key (None: left empty), `errors` and `texts` of what could not be read; keys not sent are absent."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def name_of(question: Asked) -> str:
    """The name of the question's field."""
    return f"q_{question.key}"


def typed_answers(asked: Sequence[Asked], data: QueryDict) -> Typed:
    """What the form says of the questions that it showed (its field « asked » names them)."""
    found = Typed()
    sent = set(data.get("asked", "").split())
    for question in asked:
        if question.key in sent:
            _read(question, data, found)
    return found


def _read(question: Asked, data: QueryDict, found: Typed) -> None:
    name, keys = name_of(question), [choice.key for choice in question.choices]
    if question.kind == TICK:
        found.values[question.key] = name in data
    elif question.kind == CHOICES:
        chosen = set(data.getlist(name))
        found.values[question.key] = [key for key in keys if key in chosen]
    elif question.kind == CHOICE:
        found.values[question.key] = data.get(name) if data.get(name) in keys else None
    elif question.kind == WHOLE:
        _whole(question, data.get(name, ""), found)
    else:
        _text(question, data.get(name, ""), found)


def _whole(question: Asked, text: str, found: Typed) -> None:
    digits = _SPACES.sub("", text)
    if not digits:
        found.values[question.key] = None
    elif digits.isascii() and digits.isdigit() and int(digits[:9]) <= LARGEST_WHOLE and len(digits) < 9:
        found.values[question.key] = int(digits)
    else:
        found.texts[question.key] = text
        found.errors[question.key] = f"Écrivez un nombre entier, par exemple 12 (« {text.strip()[:40]} » n’en est pas un)."


def _text(question: Asked, text: str, found: Typed) -> None:
    kept = "".join(char for char in text.replace("\r\n", "\n") if char.isprintable() or char == "\n").strip()
    if len(kept) <= LONGEST_TEXT:
        found.values[question.key] = kept or None
        return
    found.texts[question.key] = text
    found.errors[question.key] = f"{LONGEST_TEXT} caractères au plus : il y en a {len(kept)}. Raccourcissez un peu."
