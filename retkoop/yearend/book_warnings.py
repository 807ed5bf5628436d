"""What is odd in a whole year's book, seen at report time: what each entry's own warnings could not see, or let pass.

These read the year's rows, so they stand on a part of the page that is
fetched after it (`/compte-rendu/crf/verifications/`). A fixed number of queries.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db.models import Count, Exists, OuterRef

from retkoop.core.dates import format_day
from retkoop.core.money import format_euros, sum_cents
from retkoop.ledger.chart import DURABLE_GOODS, chart_for
from retkoop.ledger.models import Entry, FiscalYear, InventoryLine, Posting, TreasuryKind
from retkoop.ledger.queries.balances import treasuries_of
from retkoop.ledger.queries.years import chain
from retkoop.yearend.warnings import Warning

WIDEST_GAP = 12
MOST_NAMED = 6


def book_warnings(year: FiscalYear) -> list[Warning]:
    """The warnings of the year's book, those that the AD mutes included."""
    return [*_below_zero(year), *_cheques(year), *_pieces(year), *_inventory(year)]


def _below_zero(year: FiscalYear) -> list[Warning]:
    """The first day on which a bank or the cash box was below zero, and by how much."""
    rows = (
        Posting.objects.filter(year__in=chain(year), until_version__isnull=True, treasury__isnull=False)
        .values_list("treasury_id", "entry__date")
        .annotate(cents=sum_cents("cents"))
        .order_by("entry__date")
    )
    moves: dict[int, list[tuple[dt.date, int]]] = {}
    for treasury_id, day, cents in rows:
        moves.setdefault(treasury_id or 0, []).append((day, cents))
    found = []
    for treasury in treasuries_of(year.cooperative):
        below = _first_below(moves.get(treasury.pk, []), year.start)
        if below is None or treasury.kind == TreasuryKind.ADVANCE:
            continue
        day, cents = below
        cash = treasury.kind == TreasuryKind.CASH
        message = f"« {treasury.label} » était à {format_euros(cents)} le {format_day(day)}."
        path = f"/cahier/?annee={year.slug}&mois={day:%Y-%m}"
        found.append(Warning("crf-cash-below-zero" if cash else "crf-bank-overdrawn", message, cents, path))
    return found


def _first_below(moves: Iterable[tuple[dt.date, int]], start: dt.date) -> tuple[dt.date, int] | None:
    running = 0
    for day, cents in moves:
        running += cents
        if running < 0 and day >= start:
            return day, running
    return None


def _cheques(year: FiscalYear) -> list[Warning]:
    """Own cheques written twice, and numbers missing between two of the same chequebook."""
    rows = (
        Posting.objects.filter(year=year, until_version__isnull=True, treasury__kind=TreasuryKind.BANK, cents__lt=0)
        .exclude(entry__cheque="")
        .values_list("entry__cheque", flat=True)
    )
    times = Counter(rows)
    found = []
    path = f"/cahier/?annee={year.slug}"
    twice = sorted(number for number, count in times.items() if count > 1)
    if twice:
        message = f"{_named('Ce chèque est', 'Ces chèques sont', twice)} dans plusieurs écritures : {_list(twice)}."
        found.append(Warning("crf-cheque-reused", message, 0, f"{path}&q={twice[0]}"))
    missing = _missing(sorted(int(number) for number in times if number.isascii() and number.isdigit()))
    if missing:
        lacking = _named("Ce chèque n’est", "Ces chèques ne sont", missing)
        message = f"{lacking} dans aucune écriture : {_list(missing)}. Gardez-les dans le chéquier s’ils sont annulés."
        found.append(Warning("crf-cheque-gap", message, 0, path))
    return found


def _missing(numbers: Sequence[int]) -> list[str]:
    """The numbers between two neighbours; a wide gap is another chequebook."""
    found: list[str] = []
    for before, after in pairwise(numbers):
        if 1 < after - before <= WIDEST_GAP:
            found += [str(number) for number in range(before + 1, after)]
    return found


def _pieces(year: FiscalYear) -> list[Warning]:
    own = Entry.objects.filter(year=year, cancelled_at__isnull=True, number__gt=0).exclude(piece="")
    twice = list(own.values_list("piece", flat=True).annotate(n=Count("pk")).filter(n__gt=1).order_by("piece_sort"))
    if not twice:
        return []
    message = (
        f"{_named('Ce numéro de pièce est', 'Ces numéros de pièce sont', twice)} dans plusieurs écritures : {_list(twice)}."
    )
    return [Warning("crf-piece-reused", message, 0, f"/cahier/?annee={year.slug}&tri=piece")]


def _inventory(year: FiscalYear) -> list[Warning]:
    """Purchases of durable goods that no line of the inventory tells."""
    account = chart_for(year.cooperative.association_id, year.first).by_key[DURABLE_GOODS]
    told = InventoryLine.objects.filter(entry=OuterRef("entry_id"), removed_at__isnull=True)
    rows = Posting.objects.filter(
        ~Exists(told), year=year, until_version__isnull=True, account_id=account.id, cents__gt=0
    ).values_list("entry__label", "cents")
    lines = list(rows)
    if not lines:
        return []
    total = sum(cents for _, cents in lines)
    message = (
        f"{format_euros(total)} au compte {account.code} sans ligne d’inventaire : {_list([label for label, _ in lines])}."
    )
    return [Warning("crf-inventory-missing", message, total, "/inventaire/")]


def _named(one: str, many: str, rows: Sequence[object]) -> str:
    return one if len(rows) == 1 else many


def _list(words: Sequence[str]) -> str:
    shown = ", ".join(words[:MOST_NAMED])
    return shown if len(words) <= MOST_NAMED else f"{shown} et {len(words) - MOST_NAMED} autres"
