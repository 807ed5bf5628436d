"""What is still missing in a year, where to do it, and how long it takes (data/minutes.json).

The same list serves the home page (« 3 écritures à pointer… environ 4
minutes ») and the closing page. A fixed number of queries.
"""

import datetime as dt
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef

from retkoop.core import clock
from retkoop.ledger.chart import DURABLE_GOODS, chart_for
from retkoop.ledger.controls import Control, controls
from retkoop.ledger.models import (
    Attachment,
    CashCount,
    Draft,
    Entry,
    FiscalYear,
    InventoryLine,
    Posting,
    Proposal,
    ProposalState,
    YearMode,
)
from retkoop.ledger.queries.bilan import Bilan, bilan_of
from retkoop.ledger.queries.cheques import outdated_cheques
from retkoop.ledger.queries.years import previous_of

CASH_COUNT_EVERY = dt.timedelta(days=60)
_FILE = Path(__file__).parent / "data" / "minutes.json"


@dataclass(frozen=True)
class Task:
    """Something missing: how many, in words, where it is done, and its median time in seconds."""

    key: str
    count: int
    words: str
    path: str
    seconds: int
    blocks_closing: bool = False

    @property
    def minutes(self) -> int:
        """At least one minute, rounded up."""
        return max(1, math.ceil(self.seconds / 60))


@dataclass(frozen=True)
class Todo:
    """Everything that is missing in a year."""

    tasks: tuple[Task, ...]

    @property
    def seconds(self) -> int:
        return sum(task.seconds for task in self.tasks)

    @property
    def minutes(self) -> int:
        """The whole, rounded up to the minute; 0 when nothing is missing."""
        return math.ceil(self.seconds / 60)


@lru_cache(maxsize=1)
def medians() -> dict[str, dict[str, Any]]:
    """The per-task medians and words, from the one data file."""
    return {row["key"]: row for row in json.loads(_FILE.read_text())["tasks"]}


def task(key: str, count: int, path: str, *, detail: str = "", blocks_closing: bool = False) -> Task:
    """A task of `count` items, its time being the sum of their medians; `detail` names the one item when alone."""
    facts = medians()[key]
    words = str(facts["one"] if count == 1 else facts["many"])
    if count == 1 and detail:
        words = f"{words} : « {detail} »"
    return Task(key, count, words, path, count * int(facts["seconds"]), blocks_closing)


def todo_of(year: FiscalYear, figures: Bilan | None = None) -> Todo:
    """What is missing in the year, in the order in which it is best done.

    While the year runs, the cash is asked for every two months, not after each coin.
    """
    if year.mode != YearMode.BOOKS:
        return Todo(())
    known = figures or bilan_of(year)
    if year.closed:
        return Todo(tuple(_receipts(year)))
    found = [
        *_opening(year, known),
        *_drafts(year),
        *_proposals(year),
        *_unpointed(known),
        *_outdated(year, known),
        *_receipts(year),
        *_cash(year, known),
        *_grants(known),
        *_inventory(year),
    ]
    return Todo(tuple(found))


def _opening(year: FiscalYear, figures: Bilan) -> list[Task]:
    if figures.opening.written or figures.opening.provisional or previous_of(year) is not None:
        return []
    return [task("opening", 1, "/ouverture/")]


def _drafts(year: FiscalYear) -> list[Task]:
    drafts = list(Draft.objects.filter(year=year, done_at__isnull=True).order_by("saved_at")[:100])
    if not drafts:
        return []
    label = str(drafts[0].payload.get("label", ""))
    path = f"/ecritures/nouvelle/?brouillon={drafts[0].pk}" if len(drafts) == 1 else "/ecritures/brouillons/"
    return [task("draft", len(drafts), path, detail=label, blocks_closing=True)]


def _proposals(year: FiscalYear) -> list[Task]:
    count = Proposal.objects.filter(cooperative_id=year.cooperative_id, state=ProposalState.OPEN).count()
    return [task("proposal", count, "/propositions/")] if count else []


def _unpointed(figures: Bilan) -> list[Task]:
    count = sum(state.unticked for state in figures.treasuries)
    return [task("point", count, "/pointage/")] if count else []


def _outdated(year: FiscalYear, figures: Bilan) -> list[Task]:
    if not any(state.unticked for state in figures.treasuries):
        return []
    cheques = outdated_cheques(year, clock.today(year.cooperative.association.time_zone))
    if not cheques:
        return []
    path = f"/ecritures/cheque-perdu/{cheques[0].posting.pk}/" if len(cheques) == 1 else "/pointage/#cheques-perimes"
    return [task("outdated_cheque", len(cheques), path, detail=cheques[0].label)]


def _receipts(year: FiscalYear) -> list[Task]:
    held = Attachment.objects.filter(entry=OuterRef("pk"), removed_at__isnull=True)
    missing = Entry.objects.filter(
        ~Exists(held), year=year, number__gt=0, cancelled_at__isnull=True, receipt_expected=True
    ).order_by("date", "number")
    rows = list(missing.values_list("pk", "label")[:1000])
    if not rows:
        return []
    path = f"/ecritures/{rows[0][0]}/" if len(rows) == 1 else "/cahier/?justificatif=manquant"
    return [task("receipt", len(rows), path, detail=rows[0][1])]


def _cash(year: FiscalYear, figures: Bilan) -> list[Task]:
    verdict = _control(figures, "E4")
    if verdict.ok:
        return []
    latest = CashCount.objects.filter(year=year, cancelled_at__isnull=True).order_by("on", "pk").last()
    if latest is not None and not figures.cash.moved_since:
        return [task("cash_gap", 1, "/caisse/")]
    today = clock.today(year.cooperative.association.time_zone)
    counted_on = latest.on if latest is not None else year.start
    if today <= year.end and today - counted_on < CASH_COUNT_EVERY:
        return []
    return [task("cash_count", 1, "/caisse/")]


def _grants(figures: Bilan) -> list[Task]:
    return [] if _control(figures, "E5").ok else [task("grant", 1, "/subventions/")]


def _control(figures: Bilan, control_id: str) -> Control:
    return next(control for control in controls(figures) if control.id == control_id)


def _inventory(year: FiscalYear) -> list[Task]:
    """Purchases of durable goods that no line of the inventory tells."""
    chart = chart_for(year.cooperative.association_id, year.first)
    told = InventoryLine.objects.filter(entry=OuterRef("entry_id"), removed_at__isnull=True)
    rows = list(
        Posting.objects.filter(
            ~Exists(told), year=year, until_version__isnull=True, account_id=chart.by_key[DURABLE_GOODS].id, cents__gt=0
        ).values_list("entry__label", flat=True)[:500]
    )
    return [task("inventory", len(rows), "/inventaire/", detail=rows[0])] if rows else []
