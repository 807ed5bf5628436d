"""A French CSV recorded into a year that has no entry yet: all its lines in one act, ticks on their statements."""

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.interchange.french_csv import BadLine, GoodLine, Reading
from retkoop.ledger.models import Draft, Entry, FiscalYear, Posting
from retkoop.ledger.services._book import CLOSED, Book
from retkoop.ledger.services.entries import write_entry
from retkoop.ledger.services.transfers import tell_other_side


def import_csv(
    *,
    year: FiscalYear,
    reading: Reading,
    author: audit.Author,
    operation: audit.Operation | None = None,
    bad_as_drafts: bool = False,
) -> FiscalYear:
    """Record every good line, in the file's order; all or nothing.

    Bad lines forbid it, unless `bad_as_drafts`: each then becomes a draft,
    kept as written, to be corrected on screen. A transfer to another
    cooperative is proposed there, as one that is typed. Raises Refusal.
    """
    try:
        with audit.act(year.cooperative, author, "book.imported", operation=operation) as act:
            book = Book.of(year)
            _refuse(book, reading, bad_as_drafts=bad_as_drafts)
            states = []
            for line in reading.good:
                entry, postings = _written(book, line)
                states.append({"year": book.year.slug, "entry": book.state(entry, postings, fresh=True)})
            for bad in reading.bad:
                _draft(book, bad, author)
            act.about("year", book.year.pk)
            act.payload = {"year": book.year.slug, "entries": states, "drafts": len(reading.bad)}
        written = book.year
    except audit.Replay as replay:
        written = FiscalYear.objects.get(pk=replay.subject_id)
    _tell_others(written)
    return written


def _tell_others(year: FiscalYear) -> None:
    """After the act: the books of the others are locked one at a time, each in its own."""
    named = Entry.objects.filter(year=year, counterparty_cooperative__isnull=False, cancelled_at__isnull=True)
    for entry in named.select_related("cooperative").order_by("number"):
        tell_other_side(entry)


def refuse_occupied(year: FiscalYear) -> None:
    """Raises Refusal when the year is closed, or has entries already."""
    if year.closed:
        raise Refusal(CLOSED)
    if Entry.objects.filter(year=year, number__gt=0).exists():
        message = f"L’année {year.slug} a déjà des écritures : un cahier entier s’importe dans une année vide."
        raise Refusal(message)


def _refuse(book: Book, reading: Reading, *, bad_as_drafts: bool) -> None:
    refuse_occupied(book.year)
    if reading.bad and not bad_as_drafts:
        count = len(reading.bad)
        what = "une ligne ne peut" if count == 1 else f"{count} lignes ne peuvent"
        message = f"Rien n’a été importé : {what} pas être lue{'' if count == 1 else 's'}."
        raise Refusal(message, "file")


def _written(book: Book, line: GoodLine) -> tuple[Entry, list[Posting]]:
    entry, postings = write_entry(book, line.content)
    for posting in postings:
        day = line.statements.get(posting.treasury_id or 0)
        if day is not None:
            posting.statement = book.statement(book.treasuries[posting.treasury_id or 0], day)
            posting.save(update_fields=["statement"])
    return entry, postings


def _draft(book: Book, bad: BadLine, author: audit.Author) -> None:
    if author.person is None:
        message = "Il faut être connecté pour garder des lignes en brouillon."
        raise Refusal(message)
    cells = bad.cells
    payload = {"receipt_expected": "on"} | {
        name: cells[name] for name in ("piece", "date", "label", "cheque", "action", "counterparty") if name in cells
    }
    for key, text in cells.items():
        side, _, name = key.partition(":")
        if text and side == "account":
            payload[f"v_{name}"] = text
        elif text and side in {"in", "out"}:
            payload[f"{side}_{book.treasuries[int(name)].slug}"] = text
    payload["note"] = f"Ligne {bad.number} du fichier importé. {' '.join(bad.reasons)}"
    Draft.objects.create(
        cooperative=book.cooperative, year=book.year, payload=payload, saved_at=clock.now(), saved_by=author.person
    )
