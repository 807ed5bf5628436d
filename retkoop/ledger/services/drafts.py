"""Drafts (« brouillons »): an entry not yet finished, outside the book and its numbers.

Whatever is typed is kept as it is, readable or not. Finishing a draft records
the entry and closes the draft in one act.
"""

from collections.abc import Mapping

from retkoop.core import clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity import audit
from retkoop.ledger.content import EntryContent
from retkoop.ledger.models import Draft, Entry, FiscalYear
from retkoop.ledger.services._book import Book
from retkoop.ledger.services.entries import write_entry
from retkoop.ledger.services.transfers import tell_other_side

_GONE = "Ce brouillon est déjà terminé ou retiré : rechargez la page."


def save_draft(
    *,
    year: FiscalYear,
    typed: Mapping[str, str],
    author: audit.Author,
    operation: audit.Operation | None = None,
    draft: Draft | None = None,
    version: int | None = None,
) -> Draft:
    """Keep what is typed, in a new draft or in the one given with its `version`.

    Raises StaleVersion when somebody else saved it since, Refusal on a closed year.
    """
    if author.person is None:
        message = "Connectez-vous pour garder un brouillon."
        raise Refusal(message)
    try:
        with audit.act(year.cooperative, author, "draft.saved", operation=operation) as act:
            Book.to_write_in(year)
            current = Draft(cooperative=year.cooperative, version=0) if draft is None else _open_draft(draft, version)
            current.year, current.payload = year, dict(typed)
            current.saved_at, current.saved_by = clock.now(), author.person
            current.version += 1
            current.save()
            act.about("draft", current.pk)
            act.payload = {"year": year.slug}
    except audit.Replay as replay:
        return Draft.objects.get(pk=replay.subject_id)
    return current


def remove_draft(*, draft: Draft, author: audit.Author, operation: audit.Operation | None = None) -> Draft:
    """Put a draft aside for good; asking twice changes nothing. Raises Refusal on a closed year."""
    try:
        with audit.act(draft.cooperative, author, "draft.removed", operation=operation) as act:
            Book.of(draft.year)
            current = Draft.objects.get(pk=draft.pk)
            if current.done_at is None:
                current.done_at = clock.now()
                current.save(update_fields=["done_at"])
            act.about("draft", current.pk)
            act.payload = {"year": draft.year.slug}
    except audit.Replay as replay:
        return Draft.objects.get(pk=replay.subject_id)
    return current


def finish_draft(
    *,
    draft: Draft,
    version: int,
    year: FiscalYear,
    content: EntryContent,
    author: audit.Author,
    operation: audit.Operation | None = None,
    overridden: tuple[str, ...] = (),
) -> Entry:
    """Record the entry and close its draft, in one act. Raises Refusal (a broken rule), StaleVersion."""
    try:
        with audit.act(draft.cooperative, author, "entry.recorded", operation=operation) as act:
            book = Book.to_write_in(year)
            current = _open_draft(draft, version)
            entry, postings = write_entry(book, content)
            current.done_at = clock.now()
            current.save(update_fields=["done_at"])
            act.about("entry", entry.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(entry, postings, fresh=True)}
            if overridden:
                act.payload["overridden"] = sorted(overridden)
    except audit.Replay as replay:
        entry = Entry.objects.get(pk=replay.subject_id)
    tell_other_side(entry)
    return entry


def _open_draft(draft: Draft, version: int | None) -> Draft:
    current = Draft.objects.get(pk=draft.pk)
    if current.done_at is not None:
        raise Refusal(_GONE)
    if version is not None and current.version != version:
        raise StaleVersion
    return current
