"""The sub-commands that read and write whole books: check, export, backup, restore."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

BOOK = (
    (("cooperative",), {"help": "identifiant, par exemple 085-099"}),
    (("year",), {"help": "exercice, par exemple 2025-2026"}),
)
EXPORT = (*BOOK, (("--format",), {"choices": ("csv", "json"), "default": "json", "help": "json (canonique) ou csv"}))
FOLDER = ((("folder",), {"type": Path, "help": "dossier"}),)


def check_books(_options: argparse.Namespace) -> int:
    """Print one JSON line for each broken invariant; 1 when there is one."""
    import django

    django.setup()
    count = 0
    for finding in findings():
        count += 1
        print(json.dumps(finding, ensure_ascii=False), flush=True)
    return 1 if count else 0


def findings() -> Iterator[dict[str, str]]:
    """Guards of the database, then each book's invariants and audit chain, then the stored files."""
    from retkoop.documents import queries as documents
    from retkoop.identity.chain import broken_links
    from retkoop.identity.models import Cooperative
    from retkoop.ledger import invariants, triggers

    for name in sorted(triggers.missing()):
        yield {"cooperative": "", "invariant": "guards", "detail": f"trigger {name} is missing"}
    for cooperative in Cooperative.objects.select_related("association").iterator(chunk_size=500):
        for found in invariants.check(cooperative):
            yield {"cooperative": cooperative.identifier, "invariant": found.invariant, "detail": found.detail}
        for detail in broken_links(cooperative):
            yield {"cooperative": cooperative.identifier, "invariant": "chain", "detail": detail}
    for missing in documents.check():
        yield dict(missing)


def backup(options: argparse.Namespace) -> int:
    """Save everything into a new folder inside the one given, and print its path."""
    import django

    django.setup()
    from retkoop.interchange.backup import BackupRefused
    from retkoop.interchange.backup import backup as save

    try:
        print(save(options.folder))
    except BackupRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup back into the empty data folder, bring it up to date, check every book."""
    import django

    django.setup()
    from retkoop.config.cli.prepare import migrate
    from retkoop.interchange.backup import BackupRefused
    from retkoop.interchange.backup import restore as put_back

    try:
        manifest = put_back(options.folder)
    except BackupRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    migrate()
    print(f"Sauvegarde du {manifest['made_at']} restaurée, {len(manifest['heads'])} coopératives.")
    return check_books(options)
