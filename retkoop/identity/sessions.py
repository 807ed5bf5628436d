"""Django's session store on the database, its row read by a fixed statement: it is read on every request.

The table holds the SHA-256 of each key (its first 40 hex digits, the width of
the column), never the key itself: who reads the database enters nowhere, and
a session is ended from afar by the digest that the list of sessions keeps.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession

from retkoop.core import canonical, clock, sql

_ROW = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
_WIDTH = 40


def stored_key(session_key: str) -> str:
    """Under which name the table keeps the session of that cookie."""
    return canonical.sha256(session_key)[:_WIDTH]


class SessionStore(db.SessionStore):
    """The same table, the same signed contents and the same end of life as Django's own."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, when it is unknown or over."""
        found = sql.fetch(_ROW, [stored_key(self.session_key or ""), sql.moment(clock.machine())])
        if not found:
            self._session_key = None
            return {}
        return dict(self.decode(found[0][0]))

    def exists(self, session_key: str) -> bool:
        """Is that key taken?"""
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row to be written."""
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """End the session of that key, or this one."""
        key = session_key or self.session_key
        if key:
            super().delete(stored_key(key))
