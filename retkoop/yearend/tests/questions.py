"""Questionnaires of the tests: another one than the shipped, and an AD's own."""

import json
from typing import Any

from retkoop.identity.audit import Author

NOBODY = Author(None)
OTHER: list[dict[str, Any]] = [
    {"key": "garden", "text": "La coopérative a un jardin", "type": "tick", "required": True},
    {
        "key": "garden_beds",
        "text": "Combien de carrés ?",
        "type": "whole",
        "carry": True,
        "show_if": {"key": "garden", "is": True},
    },
    {"key": "garden_name", "text": "Son nom", "type": "text", "show_if": [{"key": "garden_beds", "at_least": 3}]},
    {
        "key": "grows",
        "text": "On y cultive",
        "type": "choices",
        "choices": [{"key": "leeks", "text": "des poireaux"}, {"key": "roses", "text": "des roses"}],
        "show_if": {"key": "garden", "is": True},
    },
]


def file_of(questions: list[dict[str, Any]], **changes: Any) -> bytes:
    """A file of one section on page 1, in force from 2024-2025."""
    told = {
        "format": "retkoop-questionnaire-1",
        "title": "Le jardin",
        "from_year": "2024-2025",
        "version": 2,
        "official": True,
        "sections": [{"title": "Le jardin", "page": 1, "questions": questions}],
    }
    return json.dumps(told | changes).encode()


def other_file(**changes: Any) -> bytes:
    """Four questions about a garden, as a federation might load them."""
    return file_of(OTHER, **changes)


def own_file() -> bytes:
    """What an AD adds: two questions on page 1, the second of which hangs on the federation's."""
    return file_of(
        [
            {"key": "ad_choir", "text": "Une chorale", "type": "tick"},
            {"key": "ad_choir_day", "text": "Quel jour ?", "type": "text", "show_if": {"key": "garden", "is": True}},
        ],
        title="Les questions de l’OCCE 85",
    )
