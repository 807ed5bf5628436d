"""Receipts (pièces justificatives) of entries: attached, removed, brought back. Open even after the closing."""

from collections.abc import Sequence

from retkoop.core import clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.documents.models import Document
from retkoop.documents.services import Prepared, store
from retkoop.identity import audit
from retkoop.ledger.export import entry_states
from retkoop.ledger.models import Attachment, Entry
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import Book


def attach_receipts(
    *,
    entry: Entry,
    ready: Sequence[Prepared],
    author: audit.Author,
    operation: audit.Operation | None = None,
    replaces: Attachment | None = None,
) -> list[Attachment]:
    """Store prepared files and attach them to an entry, as one act; `replaces` is taken off in the same act.

    Raises Refusal, audit.Replay (the view leads back to the entry), audit.OperationConflict.
    """
    with audit.act(entry.cooperative, author, "receipt.attached", operation=operation) as act:
        if replaces is not None:
            _take_off(entry, replaces)
        attached = [_attach_prepared(entry, each, author) for each in ready]
        _tell(act, entry)
    return attached


def attach_documents(
    *, entry: Entry, documents: Sequence[Document], author: audit.Author, operation: audit.Operation | None = None
) -> list[Attachment]:
    """Attach files that the cooperative already holds (one invoice may prove several entries). Raises Refusal."""
    with audit.act(entry.cooperative, author, "receipt.attached", operation=operation) as act:
        if any(document.cooperative_id != entry.cooperative_id for document in documents):
            message = "Ce document n’est pas de cette coopérative."
            raise Refusal(message)
        attached = [_attach(entry, document) for document in documents]
        _tell(act, entry)
    return attached


def attach_document(
    *, entry: Entry, document: Document, author: audit.Author, operation: audit.Operation | None = None
) -> Attachment:
    """As `attach_documents`, for one."""
    return attach_documents(entry=entry, documents=[document], author=author, operation=operation)[0]


def remove_receipt(*, attachment: Attachment, author: audit.Author, operation: audit.Operation | None = None) -> Attachment:
    """Take a receipt off its entry; the file stays, and `restore_receipt` brings it back."""
    with audit.act(attachment.cooperative, author, "receipt.removed", operation=operation) as act:
        current = Attachment.objects.select_related("entry__year", "entry__cooperative__association").get(pk=attachment.pk)
        _take_off(current.entry, current)
        _tell(act, current.entry)
    return current


def restore_receipt(*, attachment: Attachment, author: audit.Author, operation: audit.Operation | None = None) -> Attachment:
    """Undo a removal. Raises Refusal when the same file was attached again since."""
    with audit.act(attachment.cooperative, author, "receipt.restored", operation=operation) as act:
        current = Attachment.objects.select_related("entry__year", "entry__cooperative__association").get(pk=attachment.pk)
        twin = _twin(current.entry, current.sha256)
        if twin is not None and twin.pk != current.pk:
            message = "Le même fichier est déjà joint à cette écriture."
            raise Refusal(message)
        current.removed_at = None
        current.save(update_fields=["removed_at"])
        _tell(act, current.entry)
    return current


def expect_receipt(
    *,
    entry: Entry,
    expected: bool,
    version: int,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> Entry:
    """Say that an entry needs no receipt (or does again). Raises StaleVersion, Refusal (closed year)."""
    with audit.act(entry.cooperative, author, "receipt.expected", operation=operation) as act:
        book = Book.of(entry.year)
        current = Entry.objects.select_related("action").get(pk=entry.pk)
        if current.version != version:
            raise StaleVersion
        current.receipt_expected = expected
        current.version += 1
        current.save(update_fields=["receipt_expected", "version"])
        act.about("entry", current.pk)
        act.payload = {"year": book.year.slug, "entry": book.state(current, _postings.last(current))}
    return current


def _twin(entry: Entry, sha256: str) -> Attachment | None:
    """The receipt of that digest now on the entry."""
    return Attachment.objects.filter(entry=entry, sha256=sha256, removed_at__isnull=True).select_related("document").first()


def _attach_prepared(entry: Entry, ready: Prepared, author: audit.Author) -> Attachment:
    """The same file sent twice stays one receipt, and is not stored again."""
    twin = _twin(entry, ready.sha256)
    if twin is not None and twin.document is not None:
        return twin
    return _attach(entry, store(cooperative=entry.cooperative, author=author, ready=ready))


def _attach(entry: Entry, document: Document) -> Attachment:
    """A receipt that was known by its digest alone (an imported book) gets its file; the same file stays one receipt."""
    twin = _twin(entry, document.sha256)
    if twin is None:
        return Attachment.objects.create(
            cooperative=entry.cooperative,
            entry=entry,
            document=document,
            sha256=document.sha256,
            added_at=clock.now(),
        )
    if twin.document is None:
        twin.document = document
        twin.save(update_fields=["document"])
    return twin


def _take_off(entry: Entry, attachment: Attachment) -> None:
    if attachment.entry_id != entry.pk:
        message = "Ce justificatif n’est pas celui de cette écriture."
        raise Refusal(message)
    attachment.removed_at = clock.now()
    attachment.save(update_fields=["removed_at"])


def _tell(act: audit.Act, entry: Entry) -> None:
    book = Book(entry.year, entry.cooperative)
    act.about("entry", entry.pk)
    (state,) = entry_states(entry.year, book.treasuries, [entry.pk])
    act.payload = {"year": entry.year.slug, "entry": state}
