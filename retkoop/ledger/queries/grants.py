"""Public grants: the entries under 7410, their lines of detail, and the proof of each. A fixed number of queries."""

from dataclasses import dataclass

from retkoop.ledger.chart import PUBLIC_GRANTS, chart_for
from retkoop.ledger.models import Attachment, Entry, FiscalYear, Grant, Posting


@dataclass(frozen=True)
class GrantEntry:
    """An entry of the year under 7410: what it brings (cents) and what its lines of detail say already (cents)."""

    entry: Entry
    cents: int
    detailed_cents: int

    @property
    def left_cents(self) -> int:
        """What is still to be detailed."""
        return self.cents - self.detailed_cents


@dataclass(frozen=True)
class GrantLine:
    """A line of detail, and the first receipt of its entry (a document's id; None: no file yet)."""

    grant: Grant
    receipt_id: int | None
    has_receipt: bool


@dataclass(frozen=True)
class Grants:
    """The page `/subventions/`; `code` is the number of the account this year."""

    code: str
    entries: tuple[GrantEntry, ...]
    lines: tuple[GrantLine, ...]
    removed: tuple[Grant, ...]

    @property
    def book_cents(self) -> int:
        """What the year holds under 7410."""
        return sum(row.cents for row in self.entries)

    @property
    def detailed_cents(self) -> int:
        """What the lines of detail add up to."""
        return sum(line.grant.cents for line in self.lines)

    @property
    def left_cents(self) -> int:
        """What is still to be detailed; below zero when the detail says more than the book."""
        return self.book_cents - self.detailed_cents


def grants_of(year: FiscalYear) -> Grants:
    """The entries under 7410 of the year and their lines of detail, by date."""
    account = chart_for(year.cooperative.association_id, year.first).by_key[PUBLIC_GRANTS]
    postings = list(
        Posting.objects.filter(year=year, account_id=account.id, until_version__isnull=True)
        .select_related("entry")
        .order_by("entry__date", "entry__number")
    )
    rows = list(Grant.objects.filter(year=year).select_related("entry", "document").order_by("on", "pk"))
    standing = [row for row in rows if row.removed_at is None]
    detailed: dict[int, int] = {}
    for row in standing:
        detailed[row.entry_id or 0] = detailed.get(row.entry_id or 0, 0) + row.cents
    return Grants(
        code=account.code,
        entries=tuple(GrantEntry(posting.entry, -posting.cents, detailed.get(posting.entry_id, 0)) for posting in postings),
        lines=_with_receipts(standing),
        removed=tuple(row for row in rows if row.removed_at is not None),
    )


def grant_lines(year: FiscalYear) -> tuple[GrantLine, ...]:
    """The lines of detail of the year that stand, by date; two queries."""
    return _with_receipts(list(Grant.objects.filter(year=year, removed_at__isnull=True).order_by("on", "pk")))


def _with_receipts(grants: list[Grant]) -> tuple[GrantLine, ...]:
    receipts: dict[int, int | None] = {}
    entries = {row.entry_id for row in grants if row.entry_id}
    held = Attachment.objects.filter(entry__in=entries, removed_at__isnull=True).order_by("pk") if entries else None
    for entry_id, document_id in held.values_list("entry_id", "document_id") if held is not None else ():
        receipts[entry_id] = receipts.get(entry_id) or document_id
    return tuple(_line(row, receipts) for row in grants)


def _line(grant: Grant, receipts: dict[int, int | None]) -> GrantLine:
    entry_id = grant.entry_id or 0
    return GrantLine(
        grant,
        grant.document_id or receipts.get(entry_id),
        grant.document_id is not None or entry_id in receipts,
    )
