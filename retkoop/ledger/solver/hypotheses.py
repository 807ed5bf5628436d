"""What the solver answers: one probable error, told in French, with the page that mends it."""

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from retkoop.core.money import format_amount
from retkoop.ledger.solver.evidence import Move

ControlId = Literal["E2", "E3", "E4", "E5", "E6"]


@dataclass(frozen=True)
class Hypothesis:
    """A probable error. `kind`: its stable id; `cents`: the part of the gap that it explains, signed.

    `score`: how much it is to be believed, 0 to 100. `path` opens the page
    that mends it, filled in with the change; `words` name that link. `where`
    is the account, or the field of a typed report. `also`: at most two other
    lines of which the same may be said.
    """

    kind: str
    control: ControlId
    sentence: str
    cents: int
    score: int
    path: str
    words: str
    where: str = ""
    entry_id: int | None = None
    also: "tuple[Hypothesis, ...]" = ()

    def scored(self, score: int, also: "tuple[Hypothesis, ...]" = ()) -> "Hypothesis":
        """The same, believed otherwise, with the other lines that the same slip may be on."""
        return replace(self, score=score, also=also)


def amended(move: Move, account: str, cents: int) -> str:
    """The page of an entry with another amount, sense or account proposed: nothing changes until it is saved."""
    if move.transfer:  # both sides change together: the page is shown as it is
        return f"/ecritures/{move.entry_id}/modifier/"
    fields = {f"in_{move.account}": "", f"out_{move.account}": ""}
    fields[f"{'in' if cents > 0 else 'out'}_{account}"] = format_amount(abs(cents))
    if len(move.spread) == 1:
        key, kind, _ = move.spread[0]
        fields[f"v_{key}"] = format_amount(-cents if kind == "charge" else cents)
    return f"/ecritures/{move.entry_id}/modifier/?{urlencode(fields)}"


def transferred(move: Move, box: str) -> str:
    """The page of an entry of the bank, proposed as a transfer with the cash box: no account of the chart."""
    amount = format_amount(abs(move.cents))
    fields = {f"v_{key}": "" for key, _, _ in move.spread}
    fields[f"{'out' if move.cents > 0 else 'in'}_{box}"] = amount
    return f"/ecritures/{move.entry_id}/modifier/?{urlencode(fields)}"


def new_entry(year: str, cents: int, **fields: str) -> str:
    """The form of a new entry, filled in with an amount."""
    return f"/ecritures/nouvelle/?{urlencode({'annee': year, **fields, 'amount': format_amount(abs(cents))})}"
