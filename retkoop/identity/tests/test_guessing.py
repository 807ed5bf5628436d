"""The simulations of P13: one network on many tries, many networks on one account, one try on every number.

Full sizes (10,000, 10,000 and 50,000 tries in an hour, 1,000 tries timed) with `RETKOOP_PROVE=1`; each
simulation proves the same with fewer, in an hour that is as long.
"""

import datetime as dt
import logging
import os
import statistics
import time

import pytest

from retkoop.core import clock
from retkoop.identity.services import throttle
from retkoop.identity.tests.cast import PASSWORD
from retkoop.identity.tests.test_throttle import NOON, WRONG, attempt

pytestmark = pytest.mark.django_db
PROVE = os.environ.get("RETKOOP_PROVE") == "1"
TRIES = 10_000 if PROVE else 200
NUMBERS = 50_000 if PROVE else 300
TIMED = 1_000 if PROVE else 15
A_HOUR = 3600


@pytest.fixture(autouse=True)
def quick(settings):
    """What the hash costs is measured in one test only."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def hour(monkeypatch):
    """Moves to a share of an hour that begins at noon."""

    def move(share):
        monkeypatch.setattr(clock, "now", lambda: NOON + dt.timedelta(seconds=share * A_HOUR))

    return move


def address(number):
    return f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"


def played(hour, tries, who, where):
    """An attacker whose tries are spread over one hour; how many of each account were evaluated."""
    evaluated: dict[str, int] = {}
    for number in range(tries):
        hour(number / tries)
        identifier = who(number)
        if attempt(identifier, address=where(number)) == "wrong":
            evaluated[identifier] = evaluated.get(identifier, 0) + 1
    return evaluated


def waited_in(hour, identifier, **where):
    """The real user types the right password and waits when asked to, a few times; the seconds that it took."""
    waited = 0
    for _ in range(4):
        hour(1 + waited / A_HOUR)
        answer = attempt(identifier, PASSWORD, **where)
        if answer == "in":
            return waited
        assert isinstance(answer, int), answer
        waited += answer
    raise AssertionError(waited)


def test_one_network_guesses_little_and_the_real_user_enters(cast, hour):
    evaluated = played(hour, TRIES, lambda number: f"085-{100 + number % 9}", lambda _: "192.0.2.1")
    assert sum(evaluated.values()) <= 30 + 6 + 60
    assert max(evaluated.values()) <= 100
    assert waited_in(hour, "085-101", address="198.51.100.1") <= 120


def test_many_networks_guess_one_account_less_than_a_hundred_times_an_hour(cast, hour):
    by_number = played(hour, TRIES, lambda _: "085-101", address)
    by_address = played(hour, TRIES, lambda _: "bruno@exemple.fr", lambda number: address(number + 2**20))
    assert by_number["085-101"] + by_address["bruno@exemple.fr"] <= 100
    assert waited_in(hour, "085-101", address="198.51.100.1") <= 120
    assert waited_in(hour, "085-101", address="198.51.100.2", device="known") == 0


def test_a_spray_over_every_number_is_told_within_five_minutes_and_guesses_each_once(cast, hour, monkeypatch, caplog):
    """In the short run the threshold of the alert is as much smaller as the spray."""
    if not PROVE:
        monkeypatch.setattr(throttle, "EVERYONE", throttle.Rule(free=3, ceiling=2, window=throttle.EVERYONE.window, alert=True))
    told: list[float] = []
    with caplog.at_level(logging.WARNING, logger="retkoop.identity.services.throttle"):
        for number in range(NUMBERS):
            hour(number / NUMBERS)
            attempt(f"{number // 1000 % 96:02}0-{number % 1000:03}", address=address(number))
            told += [number * A_HOUR / NUMBERS] if len(caplog.records) > len(told) else []
    assert told[0] < 300
    assert waited_in(hour, "085-101", address="198.51.100.1") <= 120
    assert waited_in(hour, "085-101", address="198.51.100.2", device="known") == 0


def test_a_known_identifier_and_an_unknown_one_take_the_same_time(cast, hour, settings):
    """By the clock on the wall in the long proof; by the processor's own otherwise, which no neighbour disturbs."""
    now = time.perf_counter if PROVE else time.process_time
    settings.PASSWORD_HASHERS = ["retkoop.identity.hashers.Argon2idHasher"]
    spent: dict[str, list[float]] = {"085-101": [], "085-998": []}
    for number in range(TIMED):
        for identifier, times in spent.items():
            hour(number * 24)  # each in a window of its own
            began = now()
            assert attempt(identifier, WRONG, address=address(number)) == "wrong"
            times.append(now() - began)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) < 0.010
