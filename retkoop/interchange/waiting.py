"""A file to import, kept between its preview and its confirmation: one a person and cooperative, for an hour.

It lies in the data folder under ids and its own SHA-256, never under what the
sender called it; the confirmation names the digest, so that exactly what was
shown is what is written.
"""

import hashlib
import os
import re
import time
import uuid
from pathlib import Path

from django.conf import settings

from retkoop.identity.models import Cooperative, Person

KEPT_SECONDS = 3600
_DIGEST = re.compile(r"[0-9a-f]{64}")


def folder() -> Path:
    """Where they lie; no backup takes them."""
    return Path(settings.DATA_DIR) / "imports"


def keep(cooperative: Cooperative, person: Person, data: bytes) -> str:
    """Keep a file in the place of the person's former one; its digest. Sweeps what has waited too long."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(data).hexdigest()
    forget(cooperative, person)
    _sweep(place)
    partial = place / f".{uuid.uuid4().hex}"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(data)
    partial.rename(place / _name(cooperative, person, digest))
    return digest


def find(cooperative: Cooperative, person: Person, digest: str) -> bytes | None:
    """The file that this person keeps under that digest, None once it is gone or too old."""
    if not _DIGEST.fullmatch(digest):
        return None
    path = folder() / _name(cooperative, person, digest)
    try:
        if _age(path) > KEPT_SECONDS:
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def forget(cooperative: Cooperative, person: Person) -> None:
    """Remove the person's file."""
    for path in folder().glob(f"{cooperative.pk}-{person.pk}-*"):
        path.unlink(missing_ok=True)


def _name(cooperative: Cooperative, person: Person, digest: str) -> str:
    return f"{cooperative.pk}-{person.pk}-{digest}"


def _age(path: Path) -> int:
    return int(time.time() - path.stat().st_mtime)  # the age of a file is the machine's affair, not the clock's


def _sweep(place: Path) -> None:
    for path in place.iterdir():
        try:
            if _age(path) > KEPT_SECONDS:
                path.unlink()
        except FileNotFoundError:
            continue
