"""An upload cut at any byte is absent; a whole one is complete (trust.md P9). A served site, real sockets.

Thirty cuts; a thousand in the long proof (RETKOOP_PROVE).
"""

import contextlib
import os
import random
import socket
from urllib.parse import urlsplit

import pytest

from retkoop.documents import queries, vault
from retkoop.documents.models import Document
from retkoop.documents.tests import samples
from retkoop.identity.tests.cast import make_cast, signed_in
from tests.server import live_server_process

CUTS = 1000 if os.environ.get("RETKOOP_PROVE") else 30
BOUNDARY = "frontiere"


def request_for(data: bytes, host: str, session: str, key: str) -> bytes:
    token = "a" * 32
    fields = {"csrfmiddlewaretoken": token, "operation_key": key}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="fichiers"; filename="a.jpg"\r\n')
    body = "".join(parts).encode() + b"Content-Type: image/jpeg\r\n\r\n" + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST /documents/ HTTP/1.1\r\nHost: {host}\r\nCookie: sessionid={session}; csrftoken={token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n"
        f"X-Retkoop-Upload: 1\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def send(host: str, port: int, message: bytes) -> bytes:
    """Send these bytes, no more, and give what is answered."""
    answer = b""
    with socket.create_connection((host, port), timeout=20) as line:
        line.sendall(message)
        line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while chunk := line.recv(65536):
                answer += chunk
    return answer


@pytest.mark.usefixtures("committed_db")
def test_an_upload_cut_anywhere_leaves_nothing_and_a_whole_one_everything(committed_db, settings):
    cast = make_cast()
    session = signed_in(cast.mandataire_a).cookies[settings.SESSION_COOKIE_NAME].value
    data = samples.photo(300, 400) + b"\x00" * 400  # readable even when its end is missing: only the length tells
    env = {**committed_db.env, "RETKOOP_SECRET_KEY": settings.SECRET_KEY}
    with live_server_process(committed_db.data_dir, env=env) as server:
        place = urlsplit(server.url)
        host, port = place.hostname or "", place.port or 0
        whole = request_for(data, place.netloc, session, "k" * 32)
        dice = random.Random(9)
        near_the_end = [len(whole) - back for back in (1, 2, 3, 8, 17, 18, 100, 300, 420)]
        for number, cut in enumerate([*near_the_end, *(dice.randrange(1, len(whole)) for _ in range(CUTS - 9))]):
            answer = send(host, port, request_for(data, place.netloc, session, f"{number:032d}")[:cut])
            assert b" 201 " not in answer[:20], cut
            assert Document.objects.count() == 0, cut
        assert [path for path in vault.root().rglob("*") if path.is_file()] == []
        answer = send(host, port, whole)
        assert b" 201 " in answer[:20]
    document = Document.objects.get()
    assert vault.path_of(document.original.name).read_bytes() == data
    assert list(queries.check()) == []
