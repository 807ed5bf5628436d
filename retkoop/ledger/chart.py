"""The chart of accounts in force for an AD and a school year, read once a process.

`load()` brings the versioned file into the tables, idempotently; codes and
words may change with it, keys never do.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from retkoop.identity.models import Association
from retkoop.ledger.models import Account, AccountClass, ChartLine

_FILE = Path(__file__).parent / "data" / "chart.json"
BROUGHT_FORWARD = "brought_forward"
PUBLIC_GRANTS = "public_grants"
DURABLE_GOODS = "durable_goods"
EXCEPTIONAL_CHARGES = "exceptional_charges"
EXCEPTIONAL_INCOME = "exceptional_income"
CASH = "cash"


@dataclass(frozen=True)
class ChartAccount:
    """An account as an AD numbers and names it in a year."""

    id: int
    key: str
    kind: str
    code: str
    label: str
    help: str
    rank: int

    @property
    def title(self) -> str:
        """« 7560 Participation volontaire des familles »."""
        return f"{self.code} {self.label}"


@dataclass(frozen=True)
class Chart:
    """Every account in force, by key, by id and by code; `charges` and `incomes` in the chart's order."""

    accounts: tuple[ChartAccount, ...]
    by_key: dict[str, ChartAccount] = field(default_factory=dict, compare=False)
    by_id: dict[int, ChartAccount] = field(default_factory=dict, compare=False)
    by_code: dict[str, ChartAccount] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, accounts: Iterable[ChartAccount]) -> "Chart":
        rows = tuple(sorted(accounts, key=lambda account: (account.rank, account.code)))
        return cls(rows, {a.key: a for a in rows}, {a.id: a for a in rows}, {a.code: a for a in rows})

    def of_kind(self, kind: str) -> tuple[ChartAccount, ...]:
        return tuple(account for account in self.accounts if account.kind == kind)

    @property
    def charges(self) -> tuple[ChartAccount, ...]:
        return self.of_kind(AccountClass.CHARGE)

    @property
    def incomes(self) -> tuple[ChartAccount, ...]:
        return self.of_kind(AccountClass.INCOME)

    @property
    def operating(self) -> tuple[ChartAccount, ...]:
        """Charges then incomes: the accounts of zone 7."""
        return self.charges + self.incomes


@lru_cache(maxsize=512)
def chart_for(association_id: int, first: int) -> Chart:
    """The chart of an AD for the school year that begins in `first`; an AD's own line prevails."""
    lines = (
        ChartLine.objects.filter(from_year__lte=first)
        .filter(Q(to_year__isnull=True) | Q(to_year__gte=first))
        .filter(Q(association__isnull=True) | Q(association_id=association_id))
        .select_related("account")
    )
    chosen: dict[int, ChartLine] = {}
    for line in sorted(lines, key=lambda row: (row.association_id is not None, row.from_year)):
        chosen[line.account_id] = line
    return Chart.of(
        ChartAccount(line.account_id, line.account.key, line.account.kind, line.code, line.label, line.help, line.rank)
        for line in chosen.values()
    )


_WRITTEN = ("to_year", "code", "label", "help", "rank")


def load(path: Path = _FILE) -> int:
    """Bring the file's accounts and lines into the tables; returns how many lines now stand.

    AD lines wait until their AD exists: `load()` again after creating one.
    """
    data: dict[str, Any] = json.loads(path.read_text())
    associations = {association.code: association.pk for association in Association.objects.all()}
    with transaction.atomic():
        accounts = _load_accounts({item["key"]: item["kind"] for item in data["accounts"]})
        known = {(line.account_id, line.association_id, line.from_year): line for line in ChartLine.objects.all()}
        told = {}
        for item in data["accounts"]:
            for line in item["lines"]:
                code = line["association"]
                if code is None or code in associations:
                    place = (accounts[item["key"]], associations[code] if code else None, line["from_year"])
                    told[place] = {name: line[name] for name in _WRITTEN}
        ChartLine.objects.bulk_create(
            ChartLine(account_id=place[0], association_id=place[1], from_year=place[2], **facts)
            for place, facts in told.items()
            if place not in known
        )
        for place, facts in told.items():
            line = known.get(place)
            if line is not None and facts != {name: getattr(line, name) for name in _WRITTEN}:
                ChartLine.objects.filter(pk=line.pk).update(**facts)
    chart_for.cache_clear()
    return len(told)


def _load_accounts(kinds: dict[str, str]) -> dict[str, int]:
    """Every account of the file, made or put right; its id by its key."""
    known = dict(Account.objects.values_list("key", "kind"))
    Account.objects.bulk_create(Account(key=key, kind=kind) for key, kind in kinds.items() if key not in known)
    for key, kind in kinds.items():
        if known.get(key, kind) != kind:
            Account.objects.filter(key=key).update(kind=kind)
    return dict(Account.objects.values_list("key", "pk"))
