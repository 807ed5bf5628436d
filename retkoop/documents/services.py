"""Receiving a file: everything slow happens before the book is locked, everything else in one transaction.

Alone (its own audited act):

    document = receive(cooperative=…, author=…, name=…, stream=…, content_type_claimed=…)

Inside another room's act, so that attaching is ONE act:

    with prepared(name=…, stream=…, content_type_claimed=…) as ready:   # spooled, decoded, reduced: seconds
        with audit.act(cooperative, author, "entry.attach", operation=…) as done:
            document = store(cooperative=cooperative, author=author, ready=ready)   # a rename and a row
            …link it, say it in done.payload (facts(document))…

Several files chosen at once: `prepared_uploads(uploads)` gives the list of what is ready.

Leaving `prepared` through an exception takes back the files of a row that was
rolled back. Only a killed process leaves any, and `remove_orphans` finds them.
"""

import datetime as dt
import fcntl
import json
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from retkoop.core import clock, sandbox
from retkoop.core.refusal import Refusal
from retkoop.documents import queries, vault
from retkoop.documents.kinds import HEAD_BYTES, PDF, SUFFIXES, Kind, kind_of, named
from retkoop.documents.models import Document
from retkoop.identity import audit
from retkoop.identity.models import Cooperative

FIELD = "fichiers"
READER_SECONDS, READER_MEMORY_MB, READER_FILE_MB = 20, 512, 128
PAGES_AT_ONCE = 5
COMBINED_TIMES = 4  # several photos may together weigh four times the limit of one file


class Refused(Refusal):
    """The file is not received; the message is the French sentence for its sender."""

    def __init__(self, message: str, field: str = FIELD) -> None:
        super().__init__(message, field)


@dataclass(frozen=True)
class Upload:
    """A file as it arrives: the sender's name for it, its bytes, what the browser says that it is."""

    name: str
    stream: vault.Readable
    content_type_claimed: str = ""


@dataclass
class Prepared:
    """A file spooled, decoded and reduced in its work folder, not yet stored. Sizes in bytes."""

    folder: Path
    name: str
    kind: Kind
    size: int
    sha256: str
    pages: int
    copy_type: str
    copy_size: int
    place: str = ""

    @property
    def original_file(self) -> str:
        return f"original{self.kind.suffix}"

    @property
    def copy_file(self) -> str:
        return f"copy{SUFFIXES[self.copy_type][0]}"


@contextmanager
def prepared(*, name: str, stream: vault.Readable, content_type_claimed: str = "") -> Iterator[Prepared]:
    """Spool, decode and reduce one file, outside any transaction. Raises Refused."""
    with prepared_uploads([Upload(name, stream, content_type_claimed)]) as (ready,):
        yield ready


@contextmanager
def prepared_uploads(uploads: Sequence[Upload]) -> Iterator[list[Prepared]]:
    """As `prepared`, for what was chosen at once: several photos become one PDF, each PDF stays itself.

    Raises Refused, for the whole, when one file cannot be received.
    """
    if not uploads:
        raise Refused("Aucun fichier n’a été choisi : choisissez une photo ou un PDF, puis envoyez-le.")
    with ExitStack() as stack:
        yield [stack.enter_context(_prepared(group)) for group in _groups(uploads)]


@contextmanager
def _prepared(uploads: Sequence[Upload]) -> Iterator[Prepared]:
    folder = vault.workplace()
    ready: Prepared | None = None
    try:
        ready = _alone(folder, uploads[0]) if len(uploads) == 1 else _bound(folder, uploads)
        yield ready
    except BaseException:
        if ready is not None and ready.place and not _has_row(ready):
            vault.discard(vault.path_of(ready.place))
        raise
    finally:
        vault.discard(folder)


def _groups(uploads: Sequence[Upload]) -> list[list[Upload]]:
    """The files of each document to be: every PDF alone, all photos together."""
    photos = [upload for upload in uploads if not _says_pdf(upload)]
    pdfs = [[upload] for upload in uploads if _says_pdf(upload)]
    return [photos, *pdfs] if photos else pdfs


def _says_pdf(upload: Upload) -> bool:
    return upload.content_type_claimed == PDF.content_type or upload.name.lower().endswith(PDF.suffix)


def store(*, cooperative: Cooperative, author: audit.Author, ready: Prepared) -> Document:
    """Put a prepared file in its place and write its row. Not audited: call it inside your own `audit.act`.

    A file that this cooperative already holds, bit for bit, is not stored twice; the row is new all the same.
    """
    document = Document(
        cooperative=cooperative,
        sha256=ready.sha256,
        name=ready.name,
        content_type=ready.kind.content_type,
        size=ready.size,
        pages=ready.pages,
        received_at=clock.now(),
        received_by=author.person,
    )
    twin = _twin(cooperative, ready)
    if twin is not None:
        document.original, document.copy = twin.original.name, twin.copy.name
        document.copy_type, document.copy_size = twin.copy_type, twin.copy_size
    else:
        ready.place = vault.place(ready.folder, cooperative.pk, clock.now().year)
        document.original = f"{ready.place}/{ready.original_file}"
        document.copy = f"{ready.place}/{ready.copy_file}"
        document.copy_type, document.copy_size = ready.copy_type, ready.copy_size
    document.save(force_insert=True)
    return document


def receive(
    *,
    cooperative: Cooperative,
    author: audit.Author,
    name: str,
    stream: vault.Readable,
    content_type_claimed: str = "",
    operation: audit.Operation | None = None,
) -> Document:
    """Receive one file as an act of its own. Raises Refused, audit.Replay, audit.OperationConflict."""
    upload = Upload(name, stream, content_type_claimed)
    return receive_all(cooperative=cooperative, author=author, uploads=[upload], operation=operation)[0]


def receive_all(
    *,
    cooperative: Cooperative,
    author: audit.Author,
    uploads: Sequence[Upload],
    operation: audit.Operation | None = None,
) -> list[Document]:
    """Receive what was chosen at once as one act: several photos are bound into one PDF, each PDF stays itself.

    A bound original keeps JPEG bytes untouched and other kinds without loss.
    Raises Refused, audit.Replay, audit.OperationConflict.
    """
    with (
        prepared_uploads(uploads) as ready,
        audit.act(cooperative, author, "document.receive", operation=operation) as done,
    ):
        documents = [store(cooperative=cooperative, author=author, ready=each) for each in ready]
        done.about("document", documents[0].pk)
        done.payload = {"documents": [facts(document) for document in documents]}
        return documents


def facts(document: Document) -> dict[str, Any]:
    """What an audit event should say of a received file."""
    return {
        "document": document.pk,
        "name": document.name,
        "sha256": document.sha256,
        "size": document.size,
        "pages": document.pages,
        "content_type": document.content_type,
    }


def page_picture(document: Document, number: int) -> tuple[Path, str]:
    """The picture of a page (from 1) of the reduced copy, and its content type; drawn once, then kept.

    Raises LookupError for a page that does not exist, Refused when it cannot be drawn.
    """
    if not 1 <= number <= document.pages:
        raise LookupError(number)
    copy = vault.path_of(document.copy.name)
    if document.copy_type != PDF.content_type:
        return copy, document.copy_type
    folder = vault.preview_folder(str(PurePosixPath(document.copy.name or "").parent))
    picture = folder / f"{number}.jpg"
    if not picture.is_file():
        with (folder / "lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # the pages of one view ask for the same drawing at the same time
            if not picture.is_file():
                _draw(copy, folder, number, document.pages)
    return picture, "image/jpeg"


def remove_orphans(*, older_than: dt.timedelta = dt.timedelta(days=1)) -> int:
    """Remove what killed receptions left: work folders, and stored files that no row names. How many folders."""
    before = time.time() - older_than.total_seconds()
    stale = [folder for folder in vault.work_folders() if folder.stat().st_mtime <= before]
    for finding in queries.orphan_files(older_than=older_than):
        folder = vault.path_of(finding["detail"].removeprefix(queries.ORPHAN)).parent
        place = folder.relative_to(vault.root()).as_posix()
        if not Document.objects.filter(original__startswith=f"{place}/").exists() and folder not in stale:
            stale.append(folder)
    for folder in stale:
        vault.discard(folder)
    return len(stale)


def shown_name(name: str) -> str:
    """The sender's file name as it may be shown: no folder, no control or direction mark, at most 150 letters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    plain = " ".join(plain.split()).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    if dot and stem and len(suffix) <= 5:
        return f"{stem[:150]}.{suffix}"
    return plain[:150] or "document"


def _alone(folder: Path, upload: Upload) -> Prepared:
    source, kind, size, sha256 = _spooled(folder, upload, "source")
    source = source.rename(folder / f"original{kind.suffix}")
    job = {"op": "reduce", "source": str(source), "copy": str(folder / "copy")}
    answer = _read(kind.module, job)
    return _finished(folder, shown_name(upload.name), kind, (size, sha256), answer)


def _bound(folder: Path, uploads: Sequence[Upload]) -> Prepared:
    sources, total = [], 0
    for rank, upload in enumerate(uploads):
        source, kind, size, _ = _spooled(folder, upload, f"source-{rank}")
        if kind is PDF:
            raise Refused(
                f"« {shown_name(upload.name)} » est un PDF : envoyez les PDF un par un. "
                "Seules des photos peuvent être réunies en un seul document."
            )
        total += size
        if total > COMBINED_TIMES * settings.MAX_DOCUMENT_BYTES:
            raise Refused(_too_large(total, COMBINED_TIMES * settings.MAX_DOCUMENT_BYTES, "Ces photos pèsent"))
        sources.append(source)
    original = folder / f"original{PDF.suffix}"
    job = {"op": "combine", "sources": [str(path) for path in sources], "original": str(original)}
    answer = _read(PDF.module, job | {"copy": str(folder / "copy")})
    for source in sources:
        source.unlink()
    name = f"{PurePosixPath(shown_name(uploads[0].name)).stem} ({queries.pages_in_words(len(sources))}).pdf"
    return _finished(folder, name, PDF, (original.stat().st_size, vault.digest_of(original)), answer)


def _spooled(folder: Path, upload: Upload, as_name: str) -> tuple[Path, Kind, int, str]:
    path, limit = folder / as_name, settings.MAX_DOCUMENT_BYTES
    known = getattr(upload.stream, "size", None)
    if isinstance(known, int) and known > limit:
        raise Refused(_too_large(known, limit))
    try:
        size, sha256 = vault.spool(upload.stream, path, limit)
    except vault.TooLarge as error:
        raise Refused(_too_large(limit + 1, limit, "Ce fichier dépasse")) from error
    if size == 0:
        raise Refused("Ce fichier est vide. Vérifiez qu’il s’ouvre chez vous, puis choisissez-le de nouveau.")
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    kind = kind_of(head)
    if kind is None:
        raise Refused(_foreign(named(head)))
    return path, kind, size, sha256


def _foreign(words: str) -> str:
    if words == "une photo HEIC":
        return (
            "Ce fichier est une photo HEIC, que tous les ordinateurs ne savent pas ouvrir. Sur l’iPhone, choisissez "
            "« Le plus compatible » dans Réglages, Appareil photo, Formats, ou envoyez une capture de la photo."
        )
    return (
        f"Ce fichier est {words} : une pièce s’envoie en photo (JPEG, PNG, WebP) ou en PDF. "
        "Prenez-le en photo, ou enregistrez-le en PDF."
    )


def _too_large(size: int, limit: int, verb: str = "Ce fichier pèse") -> str:
    weight, most = f"{size / 2**20:.1f}".replace(".", ","), limit // 2**20
    if verb == "Ce fichier dépasse":
        said = f"Ce fichier dépasse la limite de {most} Mo."
    else:
        said = f"{verb} {weight} Mo, la limite est de {most} Mo."
    return f"{said} Reprenez la photo à une taille plus petite, ou envoyez les pages en plusieurs fichiers."


def _finished(folder: Path, name: str, kind: Kind, original: tuple[int, str], answer: dict[str, Any]) -> Prepared:
    copy_type = answer["copy_type"]
    copy = (folder / "copy").rename(folder / f"copy{SUFFIXES[copy_type][0]}")
    return Prepared(
        folder=folder,
        name=name,
        kind=kind,
        size=original[0],
        sha256=original[1],
        pages=answer["pages"],
        copy_type=copy_type,
        copy_size=copy.stat().st_size,
    )


def run_reader(module: str, jobs: list[dict[str, Any]]) -> bytes:
    """The answers, in JSON, of a reader to its jobs, within the limits of one file. Raises sandbox.SandboxRefused."""
    payload = json.dumps(jobs).encode()
    return sandbox.run_limited(module, payload, seconds=READER_SECONDS, memory_mb=READER_MEMORY_MB, file_mb=READER_FILE_MB)


def _read(module: str, job: dict[str, Any]) -> dict[str, Any]:
    """One job in a limited child process. Raises Refused, also when the child died of it."""
    try:
        answer: dict[str, Any] = json.loads(run_reader(module, [job]))[0]
    except (sandbox.SandboxRefused, ValueError, LookupError) as error:
        raise Refused(
            "Ce fichier n’a pas pu être lu : il est abîmé, ou trop lourd à ouvrir. "
            "Reprenez la photo, ou enregistrez le document en PDF plus simple."
        ) from error
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer


def _draw(copy: Path, folder: Path, number: int, pages: int) -> None:
    first = number - (number - 1) % PAGES_AT_ONCE
    wanted = [page for page in range(first, min(first + PAGES_AT_ONCE, pages + 1)) if not (folder / f"{page}.jpg").exists()]
    parts = {str(page): str(folder / f"{page}.part") for page in wanted}
    _read(PDF.module, {"op": "draw", "source": str(copy), "pages": parts})
    for page in wanted:
        (folder / f"{page}.part").rename(folder / f"{page}.jpg")


def _twin(cooperative: Cooperative, ready: Prepared) -> Document | None:
    for known in cooperative.documents.filter(sha256=ready.sha256, size=ready.size).order_by("-pk")[:5]:
        if vault.path_of(known.original.name).is_file() and vault.path_of(known.copy.name).is_file():
            return known
    return None


def _has_row(ready: Prepared) -> bool:
    return Document.objects.filter(original=f"{ready.place}/{ready.original_file}").exists()
