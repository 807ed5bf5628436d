"""Reads about one entry: itself, its lines, its cheque slips, its drafts' list."""

from dataclasses import dataclass

from django.db.models import Q

from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Action, ChequeSlip, Draft, Entry, EntryKind, FiscalYear, Posting, TreasuryKind


def entry_of(cooperative: Cooperative, entry_id: int, *, opening: bool = False) -> Entry | None:
    """An entry of the cooperative; the report à nouveau only when asked for."""
    rows = Entry.objects.filter(cooperative=cooperative, pk=entry_id).select_related("action")
    return rows.first() if opening else rows.filter(kind=EntryKind.ORDINARY).first()


def lines_of(entry: Entry) -> list[Posting]:
    """The live postings, or for a cancelled entry those that its cancelling closed; treasuries first."""
    until = entry.version if entry.cancelled else None
    rows = Posting.objects.filter(entry=entry, until_version=until).select_related("treasury", "statement", "account")
    return sorted(rows, key=lambda row: (row.treasury_id is None, row.pk))


def slips_of(entry: Entry) -> list[ChequeSlip]:
    """The cheques of a deposit, in their order."""
    return list(ChequeSlip.objects.filter(entry=entry).order_by("rank"))


def action_names(cooperative: Cooperative) -> list[str]:
    """The cooperative's actions, for choosing one."""
    return list(Action.objects.filter(cooperative=cooperative).order_by("name").values_list("name", flat=True))


def drafts_of(cooperative: Cooperative) -> list[Draft]:
    """The unfinished drafts, the latest first."""
    return list(
        Draft.objects.filter(cooperative=cooperative, done_at__isnull=True)
        .select_related("saved_by", "year")
        .order_by("-saved_at", "-pk")
    )


def draft_of(cooperative: Cooperative, draft_id: int) -> Draft | None:
    """An unfinished draft of the cooperative."""
    return Draft.objects.filter(cooperative=cooperative, pk=draft_id, done_at__isnull=True).select_related("year").first()


@dataclass(frozen=True)
class UnpointedCheque:
    """Where an entry's cheque still waits: its own line, or the one carried to the next year."""

    posting_id: int


def waiting_cheque(entry: Entry, lines: list[Posting], years: list[FiscalYear]) -> UnpointedCheque | None:
    """The line by which the entry's unpaid cheque may be closed today, if there is one."""
    open_years = {year.pk for year in years if not year.closed}
    for row in lines:
        if not entry.cheque or row.cents >= 0 or row.treasury is None or row.treasury.kind != TreasuryKind.BANK:
            continue
        if row.statement_id is None and row.year_id in open_years:
            return UnpointedCheque(row.pk)
        carried = Posting.objects.filter(
            Q(origin=row) | Q(origin__origin=row), until_version__isnull=True, statement__isnull=True, year__in=open_years
        ).first()
        if carried is not None:
            return UnpointedCheque(carried.pk)
    return None
