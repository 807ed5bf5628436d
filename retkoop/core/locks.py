"""A fair lock between processes for SQLite writers.

SQLite makes a second writer poll, up to seconds under load; queueing on a
file lock first keeps the worst case short (performance.md §1). PostgreSQL
needs none: the book's row lock queues by itself.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

_thread_lock = threading.RLock()
_held: dict[int, int] = {}


@contextmanager
def writer_turn() -> Iterator[None]:
    """Wait for one's turn to write, on SQLite; nothing on PostgreSQL. Re-entrant within a thread."""
    if connection.vendor != "sqlite":
        yield
        return
    with _thread_lock:
        depth = _held.get(0, 0)
        descriptor = -1
        if depth == 0:
            path = settings.DATA_DIR / "writer.lock"
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        _held[0] = depth + 1
        try:
            yield
        finally:
            _held[0] = depth
            if depth == 0:
                os.close(descriptor)
