"""Reads: what is said of a received file, and whether files and rows agree."""

import datetime as dt
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from retkoop.documents import vault
from retkoop.documents.models import Document
from retkoop.identity.models import Cooperative

Finding = dict[str, str]
RETENTION_YEARS = 10
ORPHAN = "file without a row: "
UNDER_WAY = dt.timedelta(hours=1)


def received_sentence(document: Document) -> str:
    """« Reçu à 14:32, 2 pages. Conservez l’original 10 ans. », at the hour of the cooperative's AD."""
    hour = local_reception(document).strftime("%H:%M")
    return f"Reçu à {hour}, {pages_in_words(document.pages)}. Conservez l’original {RETENTION_YEARS} ans."


def local_reception(document: Document) -> dt.datetime:
    """When it was received, where the cooperative lives."""
    return document.received_at.astimezone(ZoneInfo(document.cooperative.association.time_zone))


def pages_in_words(pages: int) -> str:
    """« 1 page », « 2 pages »."""
    return f"{pages} page{'s' if pages > 1 else ''}"


def size_in_words(size: int) -> str:
    """Bytes as « 840 Ko » or « 2,4 Mo » (with narrow no-break space)."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\u202fKo"
    return f"{size / 1_000_000:.1f}".replace(".", ",") + "\u202fMo"


def missing_files() -> Iterator[Finding]:
    """D1: a row whose original or copy is not in the folder, or not of its size."""
    for document in _all():
        for name, size in ((document.original.name, document.size), (document.copy.name, document.copy_size)):
            if not name:
                continue
            path = vault.path_of(name)
            if not path.is_file():
                yield _finding("D1", document, f"document {document.pk}: missing file {name}")
            elif path.stat().st_size != size:
                yield _finding("D1", document, f"document {document.pk}: {name} has not its {size} bytes")


def orphan_files(*, older_than: dt.timedelta = UNDER_WAY) -> Iterator[Finding]:
    """D2: a stored file that no row names; receptions under way (younger than `older_than`) are left out."""
    known = set(Document.objects.values_list("original", flat=True)) | set(Document.objects.values_list("copy", flat=True))
    identifiers = {str(one.pk): one.identifier for one in Cooperative.objects.select_related("association")}
    before = time.time() - older_than.total_seconds()  # the age of a file is the machine's affair, not the clock's
    for folder in vault.stored_folders():
        for path in sorted(folder.glob("*")):
            name = path.relative_to(vault.root()).as_posix()
            if name not in known and path.stat().st_mtime <= before:
                owner = folder.parts[-3]
                yield {"cooperative": identifiers.get(owner, owner), "invariant": "D2", "detail": f"{ORPHAN}{name}"}


def verify_digests() -> Iterator[Finding]:
    """D3: an original that is no longer bit for bit what was received. Reads every file."""
    for document in _all():
        path = vault.path_of(document.original.name)
        if path.is_file() and vault.digest_of(path) != document.sha256:
            yield _finding("D3", document, f"document {document.pk}: {document.original.name} has changed")


def check() -> Iterator[Finding]:
    """D1, D2 and D3 in one sweep."""
    yield from missing_files()
    yield from orphan_files()
    yield from verify_digests()


def _all() -> Iterator[Document]:
    rows = Document.objects.select_related("cooperative__association").order_by("pk")
    yield from rows.iterator(chunk_size=500)


def _finding(invariant: str, document: Document, detail: str) -> Finding:
    return {"cooperative": document.cooperative.identifier, "invariant": invariant, "detail": detail}
