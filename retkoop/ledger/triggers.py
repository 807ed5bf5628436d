"""The database's own guards, one SQL file per engine and room (`<room>/sql/`), installed after every migration.

SQLite drops a table's triggers whenever a migration rebuilds it, so they are
not migrations: `install()` is idempotent, `missing()` compares the catalogue
with the file at start-up and in `check-books` (model.md, trap 3).
"""

import re
from pathlib import Path

from django.db import connection, transaction

from retkoop.ledger.models import Zero

_ROOMS = Path(__file__).parent.parent
_NAME = re.compile(r"CREATE (?:OR REPLACE )?TRIGGER (\w+)")


def _statements() -> list[str]:
    texts = [path.read_text() for path in sorted(_ROOMS.glob(f"*/sql/{connection.vendor}.sql"))]
    return [block.strip() for text in texts for block in text.split("--;\n")]


def expected() -> frozenset[str]:
    """The names of the triggers that this engine must have."""
    return frozenset(match for block in _statements() for match in _NAME.findall(block))


def installed() -> frozenset[str]:
    """The names of our triggers that the database has."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rk_%'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'rk\\_%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return frozenset(row[0] for row in cursor.fetchall())


def missing() -> frozenset[str]:
    """Guards that should stand and do not."""
    return expected() - installed()


def install() -> None:
    """Put every guard in place, replacing older versions; also the single row of `Zero`."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in installed():
                cursor.execute(f"DROP TRIGGER {name}")
        for statement in _statements():
            cursor.execute(statement)
    Zero.objects.get_or_create(v=0)
