"""Backup and restore of a whole installation: its database and its stored files.

A backup is a folder `retkoop-2026-11-21T023000Z` holding the database's copy
(`database.sqlite3` or `database.dump`), `files/` and `manifest.json`: the
SHA-256 of each file, the tip of every book's audit chain, how many rows of
each kind, the instant. It is made under another name and renamed at the end,
so that half a backup is never taken for a whole one. The database is copied
before the files: stored files precede their rows, so none can be missing.
Restoring verifies every digest first and only goes into an empty place.
"""

import datetime as dt
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from retkoop.core import canonical, clock
from retkoop.documents import vault
from retkoop.interchange import snapshots
from retkoop.ledger import triggers

FORMAT, VERSION = "retkoop-backup", 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
KEPT_DAYS = 35
NAME = re.compile(r"^retkoop-(\d{4}-\d{2}-\d{2}T\d{6}Z)(?:-\d+)?$")
STAYS = frozenset({"secret_key", "field_key", "static", "backups", "imports", "writer.lock"})


class BackupRefused(Exception):  # noqa: N818 - a refusal, told to the operator in French
    """Why nothing was saved or restored."""


def backup(folder: Path) -> Path:
    """Save everything into a new dated folder inside `folder`; that new folder.

    Raises BackupRefused when the database cannot be copied.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        now = clock.now()
        final = _free(folder, f"retkoop-{now:%Y-%m-%dT%H%M%SZ}")
        partial = folder / f".{final.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        try:
            facts = _copy_database(partial)
            _copy_files(partial / "files")
            _write_manifest(partial, now, facts)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        partial.rename(final)
        _flush(folder)
    return final


def daily_backup() -> Path | None:
    """Today's backup in the installation's own folder, unless it stands already; older than 35 are removed."""
    folder = Path(settings.BACKUP_DIR)
    last = last_backup()
    if last is not None and last.date() == clock.now().date():
        return None
    made = backup(folder)
    for old in _finished(folder)[:-KEPT_DAYS]:
        shutil.rmtree(old)
    return made


def last_backup() -> dt.datetime | None:
    """The instant of the newest whole backup in the installation's own folder."""
    finished = _finished(Path(settings.BACKUP_DIR))
    return _instant(finished[-1]) if finished else None


def restore(source: Path) -> dict[str, Any]:
    """Put a backup back into this installation's empty data folder and empty database; its manifest.

    Raises BackupRefused, naming the file, when one bit differs from what was
    saved, or when the place is not empty.
    """
    manifest = verify(source)
    _refuse_engine(manifest)
    _refuse_occupied()
    data = Path(settings.DATA_DIR)
    data.mkdir(parents=True, exist_ok=True)
    _restore_files(source / "files")
    connection.close()
    _in_words(snapshots.restore, source)
    triggers.install()
    found = snapshots.facts()
    if found != {name: manifest[name] for name in ("heads", "counts")}:
        message = "La base restaurée ne contient pas ce que dit le manifeste : ne l’utilisez pas."
        raise BackupRefused(message)
    return manifest


def verify(source: Path) -> dict[str, Any]:
    """The manifest, once every file of the backup was read and found intact. Raises BackupRefused."""
    manifest = _read_manifest(source)
    for item in manifest["files"]:
        path = source / item["path"]
        if not path.is_file():
            message = f"Il manque {item['path']} dans cette sauvegarde : elle n’est pas restaurée."
            raise BackupRefused(message)
        if path.stat().st_size != item["size"] or vault.digest_of(path) != item["sha256"]:
            message = f"{item['path']} n’est plus ce qui a été sauvegardé : cette sauvegarde n’est pas restaurée."
            raise BackupRefused(message)
    return manifest


def _copy_database(partial: Path) -> dict[str, Any]:
    facts: dict[str, Any] = _in_words(snapshots.save, partial)
    return facts


def _in_words(action: Any, place: Path) -> Any:
    try:
        return action(place)
    except snapshots.ToolMissing as problem:
        message = f"Le programme {problem} de PostgreSQL manque sur cette machine : installez postgresql-client."
        raise BackupRefused(message) from problem
    except snapshots.ToolFailed as problem:
        message = f"La copie de la base a échoué : {problem}"
        raise BackupRefused(message) from problem


def _copy_files(target: Path) -> None:
    """Every stored file: a second name for the same bytes on the same disk, else a copy."""
    target.mkdir()
    for path in _stored(Path(settings.MEDIA_ROOT)):
        copy = target / path.relative_to(settings.MEDIA_ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, copy)
        except OSError:
            shutil.copy2(path, copy)


def _stored(root: Path) -> Iterator[Path]:
    passing = {vault.WORK, vault.PREVIEWS}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.relative_to(root).parts[0] not in passing:
            yield path


def _write_manifest(partial: Path, now: dt.datetime, facts: dict[str, Any]) -> None:
    files = [
        {"path": path.relative_to(partial).as_posix(), "sha256": vault.digest_of(path), "size": path.stat().st_size}
        for path in sorted(partial.rglob("*"))
        if path.is_file()
    ]
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": now.isoformat(timespec="seconds"),
        "engine": connection.vendor,
        "files": files,
        **facts,
    }
    text = canonical.dumps(manifest)
    (partial / MANIFEST).write_text(text, encoding="utf-8")
    (partial / SEAL).write_text(canonical.sha256(text) + "\n")
    for name in (MANIFEST, SEAL):
        _flush(partial / name)


def _read_manifest(source: Path) -> dict[str, Any]:
    try:
        text = (source / MANIFEST).read_text(encoding="utf-8")
        seal = (source / SEAL).read_text().strip()
    except (OSError, UnicodeDecodeError) as problem:
        message = f"{source} n’est pas une sauvegarde entière : {MANIFEST} ou {SEAL} ne se lit pas."
        raise BackupRefused(message) from problem
    if canonical.sha256(text) != seal:
        message = f"{MANIFEST} n’est plus ce qui a été sauvegardé : cette sauvegarde n’est pas restaurée."
        raise BackupRefused(message)
    manifest: dict[str, Any] = json.loads(text)
    if (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        message = f"Cette sauvegarde est d’un format que cette version ne lit pas : {manifest.get('version')}."
        raise BackupRefused(message)
    return manifest


def _refuse_engine(manifest: dict[str, Any]) -> None:
    if manifest["engine"] != connection.vendor:
        message = f"Cette sauvegarde vient de {manifest['engine']}, cette installation utilise {connection.vendor}."
        raise BackupRefused(message)


def _refuse_occupied() -> None:
    data = Path(settings.DATA_DIR)
    found = sorted(path.name for path in data.iterdir() if path.name not in STAYS) if data.exists() else []
    if found:
        message = f"Le dossier {data} n’est pas vide ({', '.join(found)}) : on ne restaure que dans un dossier vide."
        raise BackupRefused(message)
    if snapshots.occupied():
        message = "La base n’est pas vide : on ne restaure que dans une base vide."
        raise BackupRefused(message)


def _restore_files(source: Path) -> None:
    """A true copy, not a second name: the restored files must not share their bytes with the backup."""
    target = Path(settings.MEDIA_ROOT)
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    if target.exists():
        target.rmdir()
    partial.rename(target)


def _finished(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if NAME.match(path.name) and (path / SEAL).is_file())


def _instant(path: Path) -> dt.datetime:
    match = NAME.match(path.name)
    assert match is not None
    return dt.datetime.strptime(match.group(1), "%Y-%m-%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def _free(folder: Path, name: str) -> Path:
    candidate, turn = folder / name, 1
    while candidate.exists():
        turn += 1
        candidate = folder / f"{name}-{turn}"
    return candidate


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder; the next one waits."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
