"""The library of reasons for which an AD gives a report back: the shipped ones (data/reasons.json), then the AD's own."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retkoop.yearend.models import ReportRules

_FILE = Path(__file__).parent / "data" / "reasons.json"


@dataclass(frozen=True)
class Ready:
    """A ready sentence and the places it is meant for (the beginning of a field, « figure » for any of them)."""

    field: str
    text: str


@lru_cache(maxsize=1)
def shipped() -> tuple[Ready, ...]:
    """The sentences of the file."""
    return tuple(Ready(row["field"], row["text"]) for row in json.loads(_FILE.read_text())["reasons"])


def library(rules: ReportRules) -> tuple[Ready, ...]:
    """Every sentence that the AD may choose; its own are meant for any place."""
    return (*shipped(), *(Ready("", text) for text in rules.reasons))
