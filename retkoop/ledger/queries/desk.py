"""What the entry desk reads around one entry: accounts that may be used, balances, and lookalikes; few indexed queries."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from retkoop.core.text import natural_key
from retkoop.ledger.content import EntryContent
from retkoop.ledger.models import Balance, Entry, EntryKind, FiscalYear, Posting, Treasury, TreasuryKind
from retkoop.ledger.queries.balances import treasuries_of


def usable_treasuries(year: FiscalYear, keep: Iterable[int] = ()) -> tuple[Treasury, ...]:
    """The accounts alive at some day of the year, banks first; those of `keep` (ids) in any case."""
    kept = set(keep)
    return tuple(
        row
        for row in treasuries_of(year.cooperative)
        if row.pk in kept or (row.opened <= year.end and (row.closed is None or row.closed >= year.start))
    )


def present_balances(year: FiscalYear, years: Sequence[FiscalYear]) -> dict[int, int]:
    """Cents on each treasury at the year's end as the book stands, in one query; `years`: the cooperative's, oldest first.

    The sums of the run of years that ends with this one and begins with the
    last written opening or after the last closed year (see `queries.years.chain`).
    """
    opened = Entry.objects.filter(year=OuterRef("year"), kind=EntryKind.OPENING, cancelled_at__isnull=True)
    rows = Balance.objects.filter(year__in=[row.pk for row in years if row.start <= year.start], treasury__isnull=False)
    sums: dict[int, dict[int, int]] = {}
    written: set[int] = set()
    for year_id, treasury_id, debit, credit, has_opening in rows.annotate(opened=Exists(opened)).values_list(
        "year_id", "treasury_id", "debit", "credit", "opened"
    ):
        sums.setdefault(year_id, {})[treasury_id or 0] = debit - credit
        if has_opening:
            written.add(year_id)
    totals: dict[int, int] = {}
    for row in sorted(years, key=lambda one: one.start, reverse=True):
        if row.start > year.start:
            continue
        for treasury_id, cents in sums.get(row.pk, {}).items():
            totals[treasury_id] = totals.get(treasury_id, 0) + cents
        if row.pk in written or row.closed:
            break
    return totals


def daily_moves(year: FiscalYear, since: dt.date, without: int | None = None) -> dict[int, dict[dt.date, int]]:
    """Cents moved per treasury and day after `since`, in one query; the entry `without` (id) left out."""
    rows = Posting.objects.filter(
        entry__year=year, entry__date__gt=since, until_version__isnull=True, treasury__isnull=False, entry__number__gt=0
    )
    moves: dict[int, dict[dt.date, int]] = {}
    for treasury_id, day, cents, entry_id in rows.values_list("treasury_id", "entry__date", "cents", "entry_id"):
        if entry_id != without:
            days = moves.setdefault(treasury_id or 0, {})
            days[day] = days.get(day, 0) + cents
    return moves


@dataclass(frozen=True)
class Lookalike:
    """Something already in the book that looks like the entry being typed; `why`: same, cheque, item, piece, deposit."""

    why: str
    entry_id: int
    date: dt.date
    label: str
    text: str


_COLUMNS = ("why", "entry_id", "day", "said", "text", "number")
_Rows = QuerySet[Posting, tuple[str, int, dt.date, str, str, int]]


def lookalikes(
    year: FiscalYear, content: EntryContent, *, cheques: Sequence[str], deposit: bool, without: int | None
) -> list[Lookalike]:
    """What resembles the entry, in one query of indexed branches.

    `cheques`: numbers to look for in the whole cooperative, carried items
    included; `deposit`: list the year's cash deposits; `without`: the entry itself.
    """
    branches = [_same_day(year, content)]
    if cheques:
        branches += [_cheques(year, cheques), _carried(year, cheques)]
    if content.piece:
        branches.append(_piece(year, content.piece))
    if deposit:
        branches.append(_deposits(year))
    rows = branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]
    seen: set[tuple[str, int, str]] = set()
    found = []
    for why, entry_id, day, label, text, _number in rows:
        if entry_id != without and (why, entry_id, text) not in seen:
            seen.add((why, entry_id, text))
            found.append(Lookalike(why, entry_id, day, label, text))
    return found


def _branch(rows: QuerySet[Posting], why: str, day: str, label: str, text: str) -> _Rows:
    named = rows.annotate(
        why=Value(why),
        day=Coalesce(F(day), F("entry__date")),
        said=F(label),
        text=F(text),
        number=F("entry__number"),
    )
    return named.values_list(*_COLUMNS)


def _live(year: FiscalYear) -> QuerySet[Posting]:
    return Posting.objects.filter(
        entry__year=year, entry__kind=EntryKind.ORDINARY, until_version__isnull=True, treasury__isnull=False
    )


def _same_day(year: FiscalYear, content: EntryContent) -> _Rows:
    """Same date, amount and side."""
    amounts = [line.cents for line in content.treasury_lines]
    rows = _live(year).filter(entry__date=content.date, cents__in=amounts)
    return _branch(rows, "same", "entry__date", "entry__label", "entry__piece")


def _cheques(year: FiscalYear, cheques: Sequence[str]) -> _Rows:
    """Cheques written by the cooperative, in any year."""
    rows = Posting.objects.filter(
        entry__cooperative=year.cooperative_id,
        entry__cheque__in=cheques,
        until_version__isnull=True,
        treasury__kind=TreasuryKind.BANK,
        cents__lt=0,
    )
    return _branch(rows, "cheque", "entry__date", "entry__label", "entry__cheque")


def _carried(year: FiscalYear, cheques: Sequence[str]) -> _Rows:
    """Cheques of a report à nouveau: those typed with the first opening have no entry of their own."""
    rows = Posting.objects.filter(
        entry__year__cooperative=year.cooperative_id,
        entry__kind=EntryKind.OPENING,
        item_cheque__in=cheques,
        until_version__isnull=True,
        origin__isnull=True,
    )
    return _branch(rows, "cheque", "item_date", "item_label", "item_cheque")


def _piece(year: FiscalYear, piece: str) -> _Rows:
    rows = _live(year).filter(entry__piece_sort=natural_key(piece), entry__cancelled_at__isnull=True).exclude(entry__piece="")
    return _branch(rows, "piece", "entry__date", "entry__label", "entry__piece")


def _deposits(year: FiscalYear) -> _Rows:
    """Cash that went to a bank."""
    banked = Posting.objects.filter(
        entry=OuterRef("entry"), until_version__isnull=True, treasury__kind=TreasuryKind.BANK, cents__gt=0
    )
    rows = _live(year).filter(treasury__kind=TreasuryKind.CASH, cents__lt=0).filter(Exists(banked))
    return _branch(rows, "deposit", "entry__date", "entry__label", "entry__piece")
