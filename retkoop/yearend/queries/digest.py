"""The digest of what a quitus approves: one SHA-256 per part of the books, so that a change can be named.

Made of values alone (numbers, days, cents, stable keys), never of rows' ids,
so that closing the year, importing it or adding a receipt leaves it as it is.

| Part (books) | What changes it | What does not |
|---|---|---|
| `entries` | number, day, means, cheque number, cancelled or not | label, piece, action, the other school's name, receipts |
| `postings` | account, treasury, cents; the report à nouveau and its open items | their words |
| `pointage` | a bank line on a statement dated by the year's end, and which statement | ticks of later months |
| `cash` | the last count of the year: day, notes and coins | the counts before it |
| `statement` | day and balance of each bank's last statement of the year | its scan, the statements before it |
| `grants` | funder, object, day, cents, entry | its proof |

A year kept in totals only has `totals` (every typed figure), `items` (2.c),
`transfers`, `cash` (the pieces counted) and `grants`.
"""

import datetime as dt
from typing import Any

from retkoop.core import canonical
from retkoop.ledger.models import CashCount, Entry, FiscalYear, Grant, Posting, Statement, TreasuryKind, YearMode
from retkoop.ledger.queries.balances import treasuries_of
from retkoop.ledger.queries.years import chain, opening_of
from retkoop.yearend.models import NamedTransfer, Report, TypedFigure, TypedItem
from retkoop.yearend.queries.from_totals import figures_from_totals
from retkoop.yearend.queries.totals import GRANT

Parts = dict[str, str]
WORDS = {
    "entries": "les écritures",
    "postings": "les montants des écritures ou le report à nouveau",
    "pointage": "le pointage",
    "cash": "le comptage de la caisse",
    "statement": "le solde du relevé de banque",
    "grants": "le détail des subventions",
    "totals": "les totaux saisis",
    "items": "les factures à payer ou les produits à recevoir",
    "transfers": "les virements entre coopératives",
}


def digest_of(year: FiscalYear) -> Parts:
    """The SHA-256 of each part of the year's books, or of what was typed when the year has totals only."""
    parts = _of_books(year) if year.mode == YearMode.BOOKS else _of_totals(year)
    return {name: canonical.sha256(canonical.dumps(rows)) for name, rows in parts.items()}


def whole_digest(parts: Parts) -> str:
    """One SHA-256 over all parts."""
    return canonical.sha256(canonical.dumps(parts))


def short_digest(parts: Parts) -> str:
    """« 4F2A 90BC 17DE », twelve signs of the whole: what is printed, and can be read aloud."""
    start = whole_digest(parts)[:12].upper()
    return " ".join(start[place : place + 4] for place in range(0, 12, 4))


def changed_parts(approved: Parts, now: Parts) -> tuple[str, ...]:
    """The parts that are no longer as they were approved, in the order of `WORDS`."""
    names = [*WORDS, *sorted({*approved, *now} - set(WORDS))]
    return tuple(name for name in names if approved.get(name) != now.get(name))


def _of_books(year: FiscalYear) -> dict[str, Any]:
    slugs = {treasury.pk: treasury.slug for treasury in treasuries_of(year.cooperative)}
    return {
        "entries": _entries(year),
        "postings": _postings(year, slugs),
        "pointage": _pointage(year, slugs),
        "cash": _cash(year, slugs),
        "statement": _statements(year, slugs),
        "grants": _grants(year),
    }


def _entries(year: FiscalYear) -> list[Any]:
    rows = Entry.objects.filter(year=year, number__gt=0).order_by("number")
    return [
        [row.number, row.date.isoformat(), row.means, row.cheque, row.cancelled]
        for row in rows.only("number", "date", "means", "cheque", "cancelled_at")
    ]


def _postings(year: FiscalYear, slugs: dict[int, str]) -> dict[str, Any]:
    rows = Posting.objects.filter(year=year, until_version__isnull=True, entry__number__gt=0)
    moved = rows.values_list("entry__number", "account__key", "treasury_id", "cents")
    return {"moved": sorted([n, key, slugs.get(pk or 0, ""), cents] for n, key, pk, cents in moved)} | _opening(year, slugs)


def _opening(year: FiscalYear, slugs: dict[int, str]) -> dict[str, Any]:
    """The same while it is provisional and once it is written."""
    opening = opening_of(year)
    items = ([slugs[item.treasury_id], item.date.isoformat(), item.cheque, item.cents] for item in opening.items)
    return {"opening": {slugs[pk]: cents for pk, cents in opening.by_treasury.items() if cents}, "items": sorted(items)}


def _pointage(year: FiscalYear, slugs: dict[int, str]) -> list[Any]:
    """Bank lines of the year, and lines of before, on a statement of the year."""
    ticked = Posting.objects.filter(
        year__in=chain(year),
        until_version__isnull=True,
        treasury__kind=TreasuryKind.BANK,
        statement__ends_on__lte=year.end,
    )
    found = []
    for row in ticked.select_related("entry", "statement"):
        own = row.year_id == year.pk and row.entry.number > 0
        carried = not own and row.statement is not None and row.statement.ends_on >= year.start
        if not own and (not carried or (row.entry.number == 0 and row.item_date is None)):
            continue
        day, cheque = row.item_date or row.entry.date, row.item_cheque or row.entry.cheque
        named = [row.entry.number, "", ""] if own else [0, day.isoformat(), cheque]
        assert row.statement is not None
        found.append([*named, slugs[row.treasury_id or 0], row.cents, row.statement.ends_on.isoformat()])
    return sorted(found)


def _cash(year: FiscalYear, slugs: dict[int, str]) -> list[Any]:
    last: dict[int, CashCount] = {}
    for count in CashCount.objects.filter(year=year, cancelled_at__isnull=True).order_by("on", "pk"):
        last[count.treasury_id] = count
    return sorted([slugs[pk], row.on.isoformat(), _pieces(row.pieces)] for pk, row in last.items())


def _pieces(counted: dict[str, int] | None) -> list[list[int]]:
    return sorted([int(value), int(number)] for value, number in (counted or {}).items() if int(number))


def _statements(year: FiscalYear, slugs: dict[int, str]) -> list[Any]:
    last: dict[int, Statement] = {}
    rows = Statement.objects.filter(
        cooperative_id=year.cooperative_id, closing_cents__isnull=False, ends_on__range=(year.start, year.end)
    )
    for row in rows.order_by("ends_on", "pk"):
        last[row.treasury_id] = row
    return sorted([slugs[pk], row.ends_on.isoformat(), row.closing_cents] for pk, row in last.items())


def _grants(year: FiscalYear) -> list[Any]:
    rows = Grant.objects.filter(year=year, removed_at__isnull=True).values_list(
        "on", "funder_type", "funder", "object", "cents", "entry__number"
    )
    return sorted([_iso(day), *facts, number or 0] for day, *facts, number in rows)


def _of_totals(year: FiscalYear) -> dict[str, Any]:
    report = Report.objects.filter(year=year).first()
    return {
        "totals": {"typed": _typed(report), "brought_forward": figures_from_totals(year, report).brought_forward_cents},
        "items": _items(report),
        "transfers": _transfers(report),
        "cash": _pieces(report.cash_pieces if report else None),
        "grants": _grants(year),
    }


def _typed(report: Report | None) -> list[Any]:
    rows = TypedFigure.objects.filter(report=report).exclude(key__startswith=GRANT) if report else TypedFigure.objects.none()
    return sorted([key, cents] for key, cents in rows.values_list("key", "cents"))


def _items(report: Report | None) -> list[Any]:
    if report is None:
        return []
    rows = TypedItem.objects.filter(report=report, removed_at__isnull=True).values_list("bank", "on", "cheque", "cents")
    return sorted([bank, _iso(day), cheque, cents] for bank, day, cheque, cents in rows)


def _transfers(report: Report | None) -> list[Any]:
    if report is None:
        return []
    rows = NamedTransfer.objects.filter(report=report, removed_at__isnull=True).values_list("other_id", "other_name", "cents")
    return sorted([other or 0, name, cents] for other, name, cents in rows)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
