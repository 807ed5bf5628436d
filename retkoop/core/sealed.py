"""Texts that only this installation can read: IBANs, the secrets of second factors (trust.md §6).

AES-256-GCM under a key that lives outside the database and its backups
(`RETKOOP_FIELD_KEY`, or the file `field_key` of the data folder). Each text is
bound to its place: what was sealed for one row opens in no other.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Unreadable(Exception):  # noqa: N818
    """The text was sealed under another key or for another place, or was changed since."""


def seal(text: str, place: str) -> str:
    """`text` sealed for `place` (« iban:12 »); another sealing of the same text looks otherwise."""
    nonce = os.urandom(_NONCE)
    key = _key("seal")
    body = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"1.{_name(key)}.{base64.urlsafe_b64encode(nonce + body).decode()}"


def unseal(sealed: str, place: str) -> str:
    """The text. Raises Unreadable."""
    version, _, rest = sealed.partition(".")
    name, _, body = rest.partition(".")
    key = _key("seal")
    if version != "1" or name != _name(key):
        message = "sealed under another key"
        raise Unreadable(message)
    try:
        raw = base64.urlsafe_b64decode(body)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        message = "not what was sealed here"
        raise Unreadable(message) from error


def fingerprint(text: str, kind: str) -> str:
    """The same text gives the same 64 hex digits, and nobody without the key can try texts against them."""
    return hmac.new(_key(f"index:{kind}"), text.encode(), hashlib.sha256).hexdigest()


def _key(purpose: str) -> bytes:
    """32 bytes for one purpose, drawn from the installation's field key."""
    return hmac.new(settings.FIELD_KEY.encode(), f"retkoop:{purpose}".encode(), hashlib.sha256).digest()


def _name(key: bytes) -> str:
    return hashlib.sha256(b"name:" + key).hexdigest()[:8]
