"""A cheque that will not be paid (lost, cancelled, outdated): the contrary entry, in an open year, never the closed one."""

from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.ledger.chart import EXCEPTIONAL_INCOME
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import AccountClass, Entry, FiscalYear, Means, Posting, TreasuryKind
from retkoop.ledger.queries.pointing import default_statement_day
from retkoop.ledger.services._book import Book
from retkoop.ledger.services.entries import write_entry

REASONS = {"lost": "perdu", "cancelled": "annulé", "outdated": "périmé"}


@dataclass(frozen=True)
class Contrary:
    """What closes a cheque: the operating lines by account key (signed cents) that undo it, and what one calls it."""

    label: str
    lines: tuple[Line, ...]


def contrary_of(posting: Posting, label: str, cheque: str, reason: str, year: FiscalYear) -> Contrary:
    """The entry that gives the money back: under its own accounts in the same open year, else as exceptional income."""
    bank = Line(posting.treasury.account.key if posting.treasury else "", -posting.cents, posting.treasury_id)
    text = f"Chèque {cheque} {REASONS[reason]} : {label}"[:200]
    operating: tuple[Line, ...] = (Line(EXCEPTIONAL_INCOME, posting.cents),)
    if posting.year_id == year.pk and posting.item_date is None:
        own = Posting.objects.filter(entry=posting.entry_id, until_version__isnull=True).select_related("account")
        rows = [row for row in own if row.pk != posting.pk]
        if rows and all(row.account.kind in {AccountClass.CHARGE, AccountClass.INCOME} for row in rows):
            operating = tuple(Line(row.account.key, -row.cents) for row in rows)
    return Contrary(text, (bank, *operating))


def close_cheque(
    *,
    posting: Posting,
    reason: str,
    year: FiscalYear,
    label: str,
    cheque: str,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> Entry:
    """Record the contrary entry today in the open `year`, and tick both lines on one statement so that both leave the list.

    `reason`: a key of REASONS. Raises Refusal when the line is no longer an unpointed cheque, or its year is closed.
    """
    try:
        with audit.act(year.cooperative, author, "cheque.closed", operation=operation) as act:
            book = Book.to_write_in(year)
            source = Book.of(posting.year)
            current = Posting.objects.select_related("entry__action", "entry__year", "treasury__account").get(pk=posting.pk)
            _refuse_settled(current)
            contrary = contrary_of(current, label, cheque, reason, book.year)
            day = min(max(clock.today(book.zone), book.year.start), book.year.end)
            entry, postings = write_entry(
                book,
                EntryContent(day, contrary.label, contrary.lines, means=Means.CHEQUE, cheque=cheque, receipt_expected=False),
            )
            _tick_both(book, current, postings, entry)
            act.about("entry", entry.pk)
            act.payload = {
                "year": book.year.slug,
                "entry": book.state(entry, postings, fresh=True),
                "entries": [
                    {
                        "year": source.year.slug,
                        "entry": source.state(
                            current.entry, Posting.objects.filter(entry=current.entry_id, until_version__isnull=True)
                        ),
                    }
                ],
                "reason": reason,
            }
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    return entry


def _refuse_settled(posting: Posting) -> None:
    if posting.until_version is not None or posting.statement_id is not None:
        message = "Cette ligne a été pointée ou modifiée entre-temps : il n’y a plus rien à solder."
        raise Refusal(message)
    if posting.treasury is None or posting.treasury.kind != TreasuryKind.BANK or posting.cents >= 0:
        message = "Seul un chèque écrit par la coopérative se solde ainsi."
        raise Refusal(message)


def _tick_both(book: Book, source: Posting, postings: list[Posting], entry: Entry) -> None:
    """Together they are worth nothing: on the same statement, they change no balance."""
    if source.treasury is None:
        return
    day = default_statement_day(book.year, max(entry.date, source.item_date or source.entry.date), clock.today(book.zone))
    statement = book.statement(source.treasury, day)
    own = next(posting for posting in postings if posting.treasury_id == source.treasury_id)
    Posting.objects.filter(pk__in=[source.pk, own.pk]).update(statement=statement)
    own.statement = source.statement = statement
