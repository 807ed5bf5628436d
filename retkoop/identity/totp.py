"""Codes of six digits that change every thirty seconds (RFC 6238, by pyotp), and the codes kept for a rainy day.

Pure functions: nothing is read or written here. Authenticator applications
follow the real time, so the machine's clock counts, whatever a demo shows.
"""

import datetime as dt
import io
import secrets
import unicodedata

import pyotp
import segno
from django.utils.crypto import constant_time_compare

STEP_SECONDS = 30
DRIFT = 1  # steps before and after that are accepted: a phone's clock is seldom right to the second
ISSUER = "Retkoop"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that a hand mixes up
_LENGTH = 12


def new_secret() -> str:
    """160 random bits, in base 32."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """The `otpauth:` address that applications read from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(text: str) -> bytes:
    """The QR code of a text, as an SVG file: dark on white whatever the theme, because phones need it so."""
    drawn = io.BytesIO()
    segno.make(text, micro=False).save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff")
    return drawn.getvalue()


def matching_step(secret: str, code: str, at: dt.datetime) -> int | None:
    """The time step of which this is the code, the one of `at` or a neighbour; None when it is of none."""
    totp = pyotp.TOTP(secret)
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if constant_time_compare(totp.generate_otp(step), code):
            found = step
    return found


def new_recovery_code() -> str:
    """« k7mq-x2hd-9wtp »: 59 random bits."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, _LENGTH, 4))


def plain(typed: str) -> str:
    """A code without the spaces, dashes and capitals that people add."""
    folded = unicodedata.normalize("NFKC", typed).lower()
    return "".join(char for char in folded if char.isascii() and char.isalnum())


def in_fours(secret: str) -> str:
    """The secret in groups of four, for those who type it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
