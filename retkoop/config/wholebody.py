"""A form cut on its way is no form: its last amount or file would be half of what was sent.

The web server gives what came before the line broke, and Django takes a short
body for the whole: « 123 » cut after « 12 » would be twelve euros. Here the
length that was announced must have come, else reading fails and nothing is
done (trust.md P1, P9).
"""

from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http.response import HttpResponseBase


class CutShort(ConnectionError):  # noqa: N818 - what happened to the request
    """The request ended before its announced length; Django treats it as an unreadable form."""


class WholeBody:
    """`wsgi.input` that fails when it ends early."""

    def __init__(self, source: Any, length: int) -> None:
        self._source = source
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes. Raises CutShort at an early end."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data: bytes = self._source.read(wanted) if wanted else b""
        self._left -= len(data)
        if len(data) < wanted:
            raise CutShort
        return data

    def readline(self, size: int = -1, /) -> bytes:
        """At most one line of at most `size` bytes. Raises CutShort at an early end."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data: bytes = self._source.readline(wanted) if wanted else b""
        self._left -= len(data)
        if len(data) < wanted and not data.endswith(b"\n"):
            raise CutShort
        return data


class WholeBodyHandler(WSGIHandler):
    """Django's own application, which reads whole forms or none."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and length != "0":
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return super().__call__(environ, start_response)
