"""What a proposal says, whatever its source: pure reading of its payload.

A transfer between cooperatives says one amount, on the exceptional account of
its direction; a called adhésion says its `lines`, already split, signed as
postings (cents, charge > 0, refund < 0).
"""

import datetime as dt
from typing import Any

from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME
from retkoop.ledger.content import Line
from retkoop.ledger.models import Means

TRANSFER, MEMBERSHIP = "transfer", "adhesion"
IN, OUT = "in", "out"
MEMBERSHIP_DUES, INSURANCE, REVIEW = "occe_dues", "insurance", "other_charges"
_NEAR = {TRANSFER: dt.timedelta(days=31), MEMBERSHIP: dt.timedelta(days=150)}


def lines_of(said: dict[str, Any]) -> tuple[Line, ...]:
    """The operating lines of the entry that a payload proposes."""
    if "lines" in said:
        return tuple(Line(account, cents) for account, cents in said["lines"])
    entering = said["direction"] == IN
    return (Line(EXCEPTIONAL_INCOME, -said["cents"]) if entering else Line(EXCEPTIONAL_CHARGES, said["cents"]),)


def net_cents(said: dict[str, Any]) -> int:
    """What the bank gains (> 0) or pays (< 0)."""
    return int(said["cents"]) if said["direction"] == IN else -int(said["cents"])


def means_of(said: dict[str, Any]) -> str:
    """How the money moves: a transfer unless the payload says it."""
    return str(said.get("means", Means.TRANSFER))


def nearness(source: str) -> dt.timedelta:
    """How far from the proposal's date an entry may be that is perhaps the same one."""
    return _NEAR[source]


def resembles(said: dict[str, Any], account: str, cents: int) -> bool:
    """Is a posting on that account perhaps what the payload proposes, written already (split or not)?"""
    lines = lines_of(said)
    return Line(account, cents) in lines or (account == MEMBERSHIP_DUES and len(lines) > 1 and cents == -net_cents(said))
