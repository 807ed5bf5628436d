"""Typed readings of the environment: the only door to `os.environ` for settings."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


def env_str(name: str, default: str = "") -> str:
    """The variable's text, or the default when it is absent or empty."""
    return os.environ.get(name) or default


def env_bool(name: str, *, default: bool) -> bool:
    """True for 1, true, yes, oui, on; False for anything else that is set."""
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    return raw.strip().lower() in {"1", "true", "yes", "oui", "on"}


def env_list(name: str) -> list[str]:
    """Comma-separated values, spaces removed, empty ones dropped."""
    return [part.strip() for part in env_str(name).split(",") if part.strip()]


def kept_secret(data: Path, name: str = "secret_key") -> str:
    """A secret of this installation: made once, kept in the data folder, readable by its owner only."""
    path = data / name
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


def sqlite_database(path: Path) -> dict[str, object]:
    """SQLite that keeps what it acknowledged: WAL, FULL sync, write lock taken first (trust.md §1)."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-16000; PRAGMA mmap_size=268435456"
            ),
        },
    }


def database_from_url(url: str) -> dict[str, object]:
    """`postgresql://user:password@host:port/name` or `postgresql:///name?host=/socket/folder`, pooled.

    Raises ValueError for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        message = f"RETKOOP_DATABASE_URL: expected postgresql://…, got {parts.scheme}://"
        raise ValueError(message)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": query.get("port", str(parts.port or "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 8, "timeout": 20},
            "server_side_binding": True,  # with the next line: a statement is planned once, not at each call
            "prepare_threshold": 3,
        },
    }
