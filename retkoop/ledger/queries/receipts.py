"""Reads about receipts: those of an entry, those of a form not yet recorded."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from retkoop.core.dates import format_long
from retkoop.documents.models import Document
from retkoop.documents.queries import local_reception, pages_in_words, received_sentence, size_in_words
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Attachment, Entry


@dataclass(frozen=True)
class Receipt:
    """A receipt of an entry as screens show it; after an import its file may be missing (`document` is None)."""

    attachment: Attachment

    @property
    def pk(self) -> int:
        return self.attachment.pk

    @property
    def document(self) -> Document | None:
        return self.attachment.document

    @property
    def name(self) -> str:
        return self.document.name if self.document else "Justificatif sans fichier"

    @cached_property
    def story(self) -> str:
        """« Reçu le 3 mars 2026 à 14:32, 2 pages, 840 Ko »; "" without its file."""
        if self.document is None:
            return ""
        at = local_reception(self.document)
        facts = (pages_in_words(self.document.pages), size_in_words(self.document.size))
        return f"Reçu le {format_long(at.date())} à {at:%H:%M}, {', '.join(facts)}"

    @property
    def other_pages(self) -> range:
        """The numbers of the pages after the first."""
        return range(2, self.document.pages + 1 if self.document else 2)


def receipts_of(entry: Entry, *, removed: bool = False) -> list[Receipt]:
    """The receipts now on the entry, or those taken off it; the latest first."""
    rows = Attachment.objects.filter(entry=entry, removed_at__isnull=not removed).select_related("document")
    found = []
    for row in rows.order_by("-added_at", "-pk"):
        row.entry = entry
        if row.document is not None:
            row.document.cooperative = entry.cooperative
        found.append(Receipt(row))
    return found


def received_in_words(attachments: list[Attachment]) -> list[str]:
    """What the sender is told of each file."""
    return [received_sentence(row.document) for row in attachments if row.document is not None]


def documents_named(cooperative: Cooperative, ids: Collection[int]) -> list[Document]:
    """The cooperative's own documents among these ids, in the order received."""
    found = Document.objects.filter(cooperative=cooperative, pk__in=ids).order_by("pk") if ids else ()
    documents = list(found)
    for document in documents:
        document.cooperative = cooperative
    return documents
