"""Devices that have signed in before: a signed cookie that spares their user the delays of a flood.

It gives no right at all: it only chooses under which keys a try is counted
(see `services/throttle.py`). It names accounts by their digests, five at most.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from retkoop.core import canonical

_SALT = "retkoop.identity.device"
_DAYS = 180
_ACCOUNTS = 5
# In the order of trust: each browser also names those that it resembles.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
COOKIE = "appareil"
PATH = "/connexion/"


@dataclass(frozen=True)
class Device:
    """A browser: its random id and the digests of the accounts that it has opened."""

    id: str
    accounts: tuple[str, ...]

    def known_for(self, account: str) -> str:
        """The device's id when it has opened that account, else ""."""
        return self.id if _digest(account) in self.accounts else ""


def read(request: HttpRequest) -> Device:
    """The visitor's device; a new one when the cookie is missing, forged or too old."""
    try:
        facts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_DAYS * 86_400)
        return Device(str(facts["id"]), tuple(str(account) for account in facts["accounts"]))
    except (signing.BadSignature, KeyError, TypeError):
        return Device(secrets.token_hex(8), ())


def remember(response: HttpResponse, device: Device, account: str) -> None:
    """After a successful login: the device knows this account."""
    mine = _digest(account)
    accounts = [mine, *(other for other in device.accounts if other != mine)][:_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps({"id": device.id, "accounts": accounts}, salt=_SALT),
        max_age=_DAYS * 86_400,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def address(request: HttpRequest) -> str:
    """The visitor's IP: the connection's, or what our own proxy saw (the last of X-Forwarded-For)."""
    if settings.BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def words(request: HttpRequest) -> str:
    """« Firefox, Windows »: what the browser says of itself, in words of ours; "" when it says nothing known."""
    told = request.headers.get("User-Agent", "")
    found = (next((name for sign, name in signs if sign in told), "") for signs in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))


def _digest(account: str) -> str:
    return canonical.sha256(account)[:16]
