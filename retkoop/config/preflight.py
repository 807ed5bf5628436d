"""What must be true before anyone is served; each refusal is a sentence that says what to do."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from retkoop.identity.models import Federation


def setting_refusals() -> list[str]:
    """Production without its own secret and host names is refused."""
    if not settings.PRODUCTION:
        return []
    refusals = []
    if not os.environ.get("RETKOOP_SECRET_KEY"):
        refusals.append("RETKOOP_SECRET_KEY manque : donnez une longue phrase secrète, propre à cette installation.")
    if not settings.ALLOWED_HOSTS:
        refusals.append("RETKOOP_HOSTS manque : donnez les noms du site, séparés par des virgules.")
    return refusals


def data_refusals() -> list[str]:
    """A migrated database that this environment must not serve, or that would not keep what it acknowledges."""
    refusals = []
    if settings.PRODUCTION and Federation.objects.filter(demo=True).exists():
        refusals.append("Cette base contient la démonstration : la production ne démarre que sur une base à elle.")
    if connection.vendor == "sqlite":
        refusals.extend(_sqlite_refusals())
    return refusals


def _sqlite_refusals() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        synchronous = cursor.fetchone()[0]
        cursor.execute("PRAGMA journal_mode")
        journal = cursor.fetchone()[0]
    if synchronous != 2 or journal not in {"wal", "memory"}:
        return [f"SQLite doit écrire en WAL et FULL (lu : {journal}, {synchronous}) : une panne perdrait des écritures."]
    return []


def refuse_or_go() -> None:
    """In production, raise ImproperlyConfigured with every refusal; leaves no connection open."""
    if not settings.PRODUCTION:
        return
    refusals = setting_refusals() or data_refusals()
    let_go()
    if refusals:
        raise ImproperlyConfigured(" ".join(refusals))


def let_go() -> None:
    """Close every connection, pool included, so that the process may fork or leave."""
    for one in connections.all(initialized_only=True):
        one.close()
        close_pool = getattr(one, "close_pool", None)
        if close_pool is not None:
            close_pool()
