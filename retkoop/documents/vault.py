"""The folder of stored files: the only module of the house that writes there.

One folder a document, `<cooperative>/<year>/<uuid>/`, made of ids alone:
`original.<kind>` bit for bit, `copy.<kind>` for screens. It is filled under
`tmp/`, made durable (fsync of files and folders), then renamed into place in
one step, before the row that names it is committed: a document is complete
or absent, never half. `previews/` holds what can be drawn again.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.conf import settings

CHUNK = 256 * 1024
WORK, PREVIEWS = "tmp", "previews"


class Readable(Protocol):
    """What an uploaded or an opened file has in common."""

    def read(self, size: int = ..., /) -> bytes: ...


class TooLarge(Exception):  # noqa: N818 - a measure, not a fault
    """More bytes came than the limit."""


def root() -> Path:
    """The folder of all stored files."""
    return Path(settings.MEDIA_ROOT)


def path_of(name: str | None) -> Path:
    """The file of a stored name. Raises ValueError for no name, or one that would leave the folder."""
    path = (root() / (name or "")).resolve()
    if root().resolve() not in path.parents:
        message = f"outside the folder of files: {name!r}"
        raise ValueError(message)
    return path


def workplace() -> Path:
    """A new empty folder, private to one reception, on the same disk as the stored files."""
    folder = root() / WORK / uuid.uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    return folder


def discard(folder: Path) -> None:
    """Forget a folder of this vault, if it is still there."""
    shutil.rmtree(folder, ignore_errors=True)


def spool(stream: Readable, target: Path, limit: int) -> tuple[int, str]:
    """Write the stream to `target`, durably; its size in bytes and SHA-256. Raises TooLarge past `limit` bytes."""
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as handle:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge
            digest.update(chunk)
            handle.write(chunk)
        handle.flush()
        os.fsync(handle.fileno())
    return size, digest.hexdigest()


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def make_durable(path: Path) -> None:
    """Wait until the disk holds this file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def place(folder: Path, cooperative_id: int, year: int) -> str:
    """Move a finished work folder to its final place; the place, relative to the root."""
    for path in folder.iterdir():
        path.chmod(0o600)
        make_durable(path)
    make_durable(folder)
    parent = root() / str(cooperative_id) / str(year)
    missing = [step for step in (parent, *parent.parents) if not step.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    target = parent / folder.name
    folder.rename(target)
    for step in {parent, *(step.parent for step in missing)}:
        make_durable(step)
    return target.relative_to(root()).as_posix()


def preview_folder(place: str) -> Path:
    """Where the drawn pages of a stored document are kept."""
    folder = path_of(f"{PREVIEWS}/{place}")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def stored_folders() -> Iterator[Path]:
    """Every document's folder that is in its final place."""
    for cooperative in sorted(root().iterdir()) if root().exists() else ():
        if cooperative.name.isdigit():
            yield from sorted(cooperative.glob("*/*"))


def work_folders() -> Iterator[Path]:
    """The receptions under way, or cut short."""
    yield from sorted((root() / WORK).glob("*"))
