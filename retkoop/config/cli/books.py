"""The sub-commands that read and write whole books: check, export, import, backup, restore."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retkoop.core.schoolyear import SchoolYear
    from retkoop.identity.models import Cooperative
    from retkoop.ledger.models import FiscalYear

BOOK = (
    (("cooperative",), {"help": "identifiant, par exemple 085-099"}),
    (("year",), {"help": "exercice, par exemple 2025-2026"}),
)
EXPORT = (
    *BOOK,
    (("--format",), {"choices": ("json", "csv"), "default": "json", "help": "json : l’export canonique ; csv : les écritures"}),
)
IMPORT = (
    *BOOK,
    (("file",), {"type": Path, "help": "export canonique (json) ou cahier en CSV français"}),
    (("--dry-run",), {"action": "store_true", "help": "dit ce qui serait importé, n’écrit rien"}),
)
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


def export_book(options: argparse.Namespace) -> int:
    """Write a year's book to the standard output."""
    import django

    django.setup()
    from retkoop.core.refusal import Refusal
    from retkoop.interchange.exports import book_csv
    from retkoop.ledger.export import book_bytes

    try:
        year = year_of(options.cooperative, options.year)
    except Refusal as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(book_csv(year) if options.format == "csv" else book_bytes(year))
    sys.stdout.buffer.flush()
    return 0


def year_of(identifier: str, slug: str) -> "FiscalYear":
    """The year of that cooperative. Raises Refusal."""
    from retkoop.core.refusal import Refusal

    cooperative = _cooperative(identifier)
    year = cooperative.years.filter(end__year=_school_year(slug).end.year).first()
    if year is None:
        message = f"{cooperative.identifier} n’a pas d’exercice {slug}."
        raise Refusal(message)
    year.cooperative = cooperative
    return year


def import_book(options: argparse.Namespace) -> int:
    """Read a whole book into an empty year, all or nothing; each bad line is named."""
    import django

    django.setup()
    from django.db import transaction

    from retkoop.core.locks import writer_turn
    from retkoop.core.refusal import Refusal
    from retkoop.identity.audit import Author
    from retkoop.ledger.services.openings import open_year

    try:
        data = options.file.read_bytes()
        with writer_turn(), transaction.atomic():
            cooperative = _cooperative(options.cooperative)
            year = open_year(cooperative=cooperative, school_year=_school_year(options.year), author=Author(None))
            print(_imported(data, year))
            transaction.set_rollback(options.dry_run)
    except (Refusal, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if options.dry_run:
        print("Essai : rien n’a été écrit.")
    return 0


def _imported(data: bytes, year: "FiscalYear") -> str:
    """What was read, in a sentence. Raises Refusal with every bad line."""
    from retkoop.core import clock
    from retkoop.core.refusal import Refusal
    from retkoop.identity.audit import Author
    from retkoop.interchange import french_csv
    from retkoop.interchange.services import canonical_book, french_book
    from retkoop.ledger.chart import chart_for

    if data.lstrip()[:1] == b"{":
        state = canonical_book.read_book(data)
        canonical_book.import_book(year=year, state=state, author=Author(None))
        return f"{year.slug} : {sum(1 for entry in state['entries'] if entry['number'])} écritures."
    association = year.cooperative.association
    reading = french_csv.read(
        data,
        year=year,
        treasuries=list(year.cooperative.treasuries.select_related("account")),
        chart=chart_for(association.pk, year.first),
        today=clock.today(association.time_zone),
    )
    if reading.bad:
        lines = [f"ligne {bad.number} : {' '.join(bad.reasons)}" for bad in reading.bad]
        raise Refusal("\n".join([*lines, "Rien n’a été importé : corrigez ces lignes, puis recommencez."]), "file")
    french_book.import_csv(year=year, reading=reading, author=Author(None))
    return f"{year.slug} : {len(reading.good)} écritures."


def _cooperative(identifier: str) -> "Cooperative":
    from retkoop.core.refusal import Refusal
    from retkoop.identity.identifiers import parse
    from retkoop.identity.models import Cooperative

    who = parse(identifier)
    found = (
        Cooperative.objects.select_related("association")
        .filter(association__code=who.code, number=who.number, withdrawn_at__isnull=True)
        .first()
    )
    if found is None:
        message = f"Il n’y a pas de coopérative {identifier} ici."
        raise Refusal(message)
    return found


def _school_year(slug: str) -> "SchoolYear":
    from retkoop.core.refusal import Refusal
    from retkoop.core.schoolyear import SchoolYear

    try:
        return SchoolYear.parse(slug)
    except ValueError as problem:
        message = f"« {slug} » n’est pas un exercice : écrivez par exemple 2025-2026."
        raise Refusal(message) from problem
