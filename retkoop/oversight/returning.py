"""The form that gives a report back: a few lines « where, what, may the books open », read and shown again as typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retkoop.yearend.fields import WHOLE
from retkoop.yearend.services.workflow import Reason

LINES = 5


@dataclass(frozen=True)
class ReturnLine:
    """A line of the form as it was typed."""

    rank: int
    field: str = ""
    text: str = ""
    opens: bool = False


def blank_lines() -> list[ReturnLine]:
    return [ReturnLine(rank) for rank in range(1, LINES + 1)]


def typed_lines(sent: Mapping[str, str]) -> list[ReturnLine]:
    """The lines as they were sent."""
    return [
        ReturnLine(
            rank,
            sent.get(f"field_{rank}", ""),
            sent.get(f"text_{rank}", "").strip(),
            sent.get(f"opens_{rank}", "") == "oui",
        )
        for rank in range(1, LINES + 1)
    ]


def reasons_of(lines: Sequence[ReturnLine], places: Sequence[tuple[str, str]]) -> list[Reason]:
    """The reasons of the lines on which something was chosen or written; an unknown place is the whole report."""
    labels = dict(places)
    return [
        Reason(
            line.field if line.field in labels else WHOLE,
            labels.get(line.field, "Ensemble du compte-rendu"),
            line.text,
            line.opens,
        )
        for line in lines
        if line.text or line.field in labels
    ]
