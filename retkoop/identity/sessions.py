"""Django's session store on the database, its row read by a fixed statement: it is read on every request."""

from typing import Any

from django.contrib.sessions.backends import db

from retkoop.core import clock, sql

_ROW = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """The same table, the same signed contents and the same end of life as Django's own."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, when it is unknown or over."""
        found = sql.fetch(_ROW, [self.session_key, sql.moment(clock.machine())])
        if not found:
            self._session_key = None
            return {}
        return dict(self.decode(found[0][0]))
