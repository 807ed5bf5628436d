"""Remise de chèques: many cheques, one entry, one line to point; the slips are its detail."""

from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.core.money import format_euros
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.ledger.content import EntryContent
from retkoop.ledger.models import ChequeSlip, Entry, FiscalYear
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import Book
from retkoop.ledger.services.entries import amend_inside, current_of, write_entry

MOST_CHEQUES = 200


@dataclass(frozen=True)
class Slip:
    """A cheque of the deposit: who wrote it (may be empty), on which bank, cents > 0."""

    issuer: str
    bank: str
    cents: int


def record_deposit(
    *,
    year: FiscalYear,
    content: EntryContent,
    slips: Sequence[Slip],
    author: audit.Author,
    operation: audit.Operation | None = None,
    overridden: tuple[str, ...] = (),
) -> Entry:
    """Write the entry of a deposit and its slips. Raises Refusal when they do not add up to the bank line."""
    try:
        with audit.act(year.cooperative, author, "entry.recorded", operation=operation) as act:
            book = Book.to_write_in(year)
            _refuse_odd(content, slips)
            entry, postings = write_entry(book, content)
            _write(entry, slips)
            act.about("entry", entry.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(entry, postings)}
            if overridden:
                act.payload["overridden"] = sorted(overridden)
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    return entry


def amend_deposit(
    *,
    entry: Entry,
    version: int,
    content: EntryContent,
    slips: Sequence[Slip],
    author: audit.Author,
    operation: audit.Operation | None = None,
    untick_confirmed: bool = False,
    overridden: tuple[str, ...] = (),
) -> Entry:
    """Change a deposit and its slips together. Raises StaleVersion, TickWouldFall, Refusal."""
    try:
        with audit.act(entry.cooperative, author, "entry.amended", operation=operation) as act:
            book = Book.of(entry.year)
            current = current_of(entry, version)
            _refuse_odd(content, slips)
            amend_inside(book, current, content, untick_confirmed=untick_confirmed)
            ChequeSlip.objects.filter(entry=current).delete()
            _write(current, slips)
            act.about("entry", current.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(current, _postings.live(current))}
            if overridden:
                act.payload["overridden"] = sorted(overridden)
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    return current


def _write(entry: Entry, slips: Sequence[Slip]) -> None:
    ChequeSlip.objects.bulk_create(
        ChequeSlip(cooperative=entry.cooperative, entry=entry, rank=rank, issuer=slip.issuer, bank=slip.bank, cents=slip.cents)
        for rank, slip in enumerate(slips, 1)
    )


def _refuse_odd(content: EntryContent, slips: Sequence[Slip]) -> None:
    if not slips:
        message = "Il manque les chèques : écrivez au moins un montant."
        raise Refusal(message, "slips")
    if len(slips) > MOST_CHEQUES:
        message = f"Une remise tient en {MOST_CHEQUES} chèques : faites-en deux."
        raise Refusal(message, "slips")
    total = sum(slip.cents for slip in slips)
    if total != content.net_cents or len(content.treasury_lines) != 1:
        message = f"Les chèques font {format_euros(total)} et l’écriture {format_euros(content.net_cents)}."
        raise Refusal(message, "slips")
