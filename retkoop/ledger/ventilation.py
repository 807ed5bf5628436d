"""« Aide à la ventilation »: everyday examples, the account of each, and whether a cooperative may pay it.

The examples are data (`data/ventilation.json`, from reference/domain.md §8); an
AD may put its own verdict and words in place of ours (`PurchaseAdvice`).
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from retkoop.core.text import fold
from retkoop.ledger.chart import Chart
from retkoop.ledger.models import PurchaseAdvice

_DATA = Path(__file__).parent / "data" / "ventilation.json"
VERDICTS = {"allowed": ("autorisé", "check"), "tolerated": ("toléré", "info"), "forbidden": ("interdit", "cross")}


@dataclass(frozen=True)
class Example:
    """« J’ai acheté… »: `account` is a key of the chart, or None for a transfer; `note` may be empty."""

    key: str
    text: str
    account: str | None
    verdict: str
    note: str
    title: str = ""
    local: bool = False

    @property
    def word(self) -> str:
        return VERDICTS[self.verdict][0]

    @property
    def picture(self) -> str:
        return VERDICTS[self.verdict][1]


@cache
def examples() -> dict[str, Example]:
    """The examples by key, in the file's order."""
    data = json.loads(_DATA.read_text(encoding="utf-8"))
    return {item["key"]: Example(**item) for item in data["examples"]}


def _title(example: Example, chart: Chart) -> str:
    """The account's code and name; a transfer has none, and neither has what is not to be bought."""
    if example.account:
        return chart.by_key[example.account].title
    return "" if example.verdict == "forbidden" else "Pas de ventilation"


def advice_for(association_id: int, chart: Chart, search: str = "") -> list[Example]:
    """The examples with the chart's titles and the AD's own words, those that hold every word of `search`."""
    own = {row.key: row for row in PurchaseAdvice.objects.filter(association_id=association_id)}
    words = fold(search).split()
    found = []
    for example in examples().values():
        shown = replace(example, title=_title(example, chart))
        advice = own.get(example.key)
        if advice is not None and advice.verdict in VERDICTS:
            shown = replace(shown, verdict=advice.verdict, note=advice.text, local=True)
        body = fold(f"{shown.text} {shown.note} {shown.title} {shown.word}")
        if all(word in body for word in words):
            found.append(shown)
    return found
