"""Guessing does not work, and nobody can be locked out by a pupil (trust.md P13).

Every try is counted before its password is looked at, in the database that all
workers share, under each key that it touches: the account as typed, the
network (an IPv6 /64 counts as one), the AD's prefix, everyone. Past a few free
failures a key makes the next try wait, twice as long each time, up to a
ceiling; a try that comes too early is refused unread, and counts for nothing.
A right password takes its own counts back. A device that has already signed in
is counted under keys of its own instead of the account's, the prefix's and
everyone's, so that a flood does not keep the real user out.
"""

import datetime as dt
import hashlib
import ipaddress
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from retkoop.core import clock
from retkoop.core.locks import writer_turn
from retkoop.identity.models import LoginFailures

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """`free` failures in a `window` cost nothing; the next wait 1, 2, 4… seconds, `ceiling` at most."""

    free: int
    ceiling: int
    window: dt.timedelta = dt.timedelta(hours=1)
    alert: bool = False

    def wait(self, failures: int) -> int:
        """Seconds that must pass after the last failure."""
        over = failures - self.free
        return 0 if over < 0 else min(2 ** min(over, 20), self.ceiling)


# A person has two doors, the organisation's identifier and their e-mail address: at most 2 × 42 guesses
# an hour are evaluated, under the 100 of P13. The free failures of a network are for a school that
# shares one address.
ACCOUNT = Rule(free=5, ceiling=120)
NETWORK = Rule(free=30, ceiling=60)
PREFIX = Rule(free=200, ceiling=10)
EVERYONE = Rule(free=300, ceiling=2, window=dt.timedelta(minutes=5), alert=True)
LETTERS_ASKED = Rule(free=3, ceiling=3600)
UNKNOWN_LINKS = Rule(free=100, ceiling=60)


class Throttled(Exception):  # noqa: N818
    """Too many failures: nothing was looked at; try again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


Keys = Mapping[str, Rule]


def login_keys(account: str, code: str, address: str, device: str) -> dict[str, Rule]:
    """The keys that a login touches. `device`: the id of a device that knows this account, or ""."""
    if device:
        return {_key("device", f"{device}|{account}"): ACCOUNT, _key("network", network(address)): NETWORK}
    keys = {
        _key("account", account): ACCOUNT,
        _key("network", network(address)): NETWORK,
        "everyone": EVERYONE,
    }
    if code:
        keys[_key("prefix", code)] = PREFIX
    return keys


def person_keys(person_id: int) -> dict[str, Rule]:
    """The key of a signed-in person who types their password again."""
    return {_key("person", str(person_id)): ACCOUNT}


def factor_keys(person_id: int, address: str) -> dict[str, Rule]:
    """The keys of a second factor shown at login; a right password does not take them back."""
    return {_key("factor", str(person_id)): ACCOUNT, _key("network", network(address)): NETWORK}


def letter_keys(account: str, address: str) -> dict[str, Rule]:
    """The keys of « oublié ? », so that nobody's letter box is flooded."""
    return {_key("letters", account): LETTERS_ASKED, _key("letters-network", network(address)): NETWORK}


def code_keys(verifier_id: int) -> dict[str, Rule]:
    """The key of the codes by which a vérificateur signs, so that their letter box is not flooded."""
    return {_key("quitus-code", str(verifier_id)): LETTERS_ASKED}


def invitation_keys(email: str, organisation: str) -> dict[str, Rule]:
    """The key of the invitations of one organisation to one address, so that no letter box is flooded."""
    return {_key("invitation", f"{organisation}|{email}"): LETTERS_ASKED}


def note_unknown_link(address: str) -> None:
    """A personal link that opens nothing was tried: it is counted by network (the answer is the same)."""
    with suppress(Throttled):
        charge({_key("unknown-link", network(address)): UNKNOWN_LINKS})


def charge(keys: Keys) -> None:
    """Count a try as failed, before it is evaluated. Raises Throttled, having counted nothing."""
    now = clock.now()
    with writer_turn(), transaction.atomic():
        LoginFailures.objects.bulk_create(
            [LoginFailures(key=key, window_start=now, last_at=now) for key in keys], ignore_conflicts=True
        )
        rows = list(LoginFailures.objects.select_for_update().filter(key__in=keys).order_by("key"))
        wait = max(_renewed(row, keys[row.key], now) for row in rows)
        if wait > 0:
            raise Throttled(wait)
        for row in rows:
            row.count += 1
            row.last_at = now
        LoginFailures.objects.bulk_update(rows, ["window_start", "count", "last_at"])
    for row in rows:
        if keys[row.key].alert and row.count == keys[row.key].free:
            logger.warning("login failures: %d in %s, all accounts together", row.count, keys[row.key].window)


def forgive(keys: Keys) -> None:
    """The password was right: the account starts afresh, the shared keys take this one try back."""
    with writer_turn(), transaction.atomic():
        own = [key for key, rule in keys.items() if rule is ACCOUNT]
        LoginFailures.objects.filter(key__in=own).delete()
        shared = LoginFailures.objects.filter(key__in=[key for key in keys if key not in own], count__gt=0)
        shared.update(count=F("count") - 1)


def forget_old_failures() -> int:
    """Drop the counts that nobody has touched for a day; the number of rows dropped (daily job)."""
    with writer_turn(), transaction.atomic():
        dropped, _ = LoginFailures.objects.filter(last_at__lt=clock.now() - dt.timedelta(days=1)).delete()
    return dropped


def network(address: str) -> str:
    """An IPv4 address as it is; an IPv6 address by its /64, which is one household or school."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _renewed(row: LoginFailures, rule: Rule, now: dt.datetime) -> int:
    """Begin a new window when the old one is over; the seconds still to wait (rounded up)."""
    if not dt.timedelta() <= now - row.window_start < rule.window:
        row.window_start, row.count = now, 0
    left = row.last_at + dt.timedelta(seconds=rule.wait(row.count)) - now
    return max(0, -(-left // dt.timedelta(seconds=1))) if row.count else 0


def _key(kind: str, what: str) -> str:
    """At most 80 characters, whatever was typed; nothing readable is kept of an identifier."""
    return f"{kind}:{hashlib.sha256(what.encode()).hexdigest()[:40]}"
