"""Guessing does not work, and the real user still enters (trust.md P13); the simulations are in test_guessing.py."""

import datetime as dt
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.db import connection

from retkoop.core import clock
from retkoop.identity import services
from retkoop.identity.models import LoginFailures
from retkoop.identity.services import throttle
from retkoop.identity.services.throttle import ACCOUNT, EVERYONE, NETWORK, PREFIX, Throttled
from retkoop.identity.tests.cast import PASSWORD, make_cast

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
WRONG = "ce n’est pas le bon"


class CountingHasher(MD5PasswordHasher):
    """Counts the passwords that were looked at."""

    verified = 0

    def verify(self, password, encoded):
        CountingHasher.verified += 1
        return super().verify(password, encoded)


@pytest.fixture
def at(monkeypatch):
    """Moves the machine's own clock (the hour, which travel() leaves alone)."""

    def move(seconds):
        monkeypatch.setattr(clock, "now", lambda: NOON + dt.timedelta(seconds=seconds))

    move(0)
    return move


@pytest.fixture
def counting(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.verified = 0
    return CountingHasher


def attempt(identifier, password=WRONG, address="192.0.2.1", device=""):
    """What became of a try: "in", "wrong", or the seconds to wait."""
    try:
        services.log_in(identifier=identifier, password=password, address=address, device=device)
    except Throttled as throttled:
        return throttled.seconds
    except services.Unrecognised:
        return "wrong"
    return "in"


@pytest.mark.parametrize(
    ("rule", "waits"),
    [
        (ACCOUNT, {4: 0, 5: 1, 6: 2, 7: 4, 11: 64, 12: 120, 500: 120}),
        (NETWORK, {29: 0, 30: 1, 31: 2, 35: 32, 36: 60, 9000: 60}),
        (PREFIX, {199: 0, 200: 1, 203: 8, 204: 10}),
        (EVERYONE, {299: 0, 300: 1, 301: 2, 9000: 2}),
    ],
)
def test_the_wait_rises_and_has_a_ceiling(rule, waits):
    assert {failures: rule.wait(failures) for failures in waits} == waits


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one(address, network):
    assert throttle.network(address) == network


@pytest.mark.parametrize("identifier", ["085-099", "085-998", "977-001", "ad085", "federation", "anne@exemple.fr", "?"])
def test_every_evaluated_try_looks_at_three_hashes_whoever_exists(cast, at, counting, identifier):
    attempt(identifier)
    counting.verified = 0
    assert attempt(identifier) == "wrong"
    assert counting.verified == 3


def test_passwords_are_kept_as_owasp_advises(settings):
    settings.PASSWORD_HASHERS = ["retkoop.identity.hashers.Argon2idHasher"]
    assert make_password(PASSWORD).split("$")[:4] == ["argon2", "argon2id", "v=19", "m=19456,t=2,p=1"]


def test_a_throttled_try_looks_at_no_password_even_the_right_one(cast, at, counting):
    assert [attempt("085-101", address=f"192.0.2.{n}") for n in range(5)] == ["wrong"] * 5
    counting.verified = 0
    assert attempt("085-101", PASSWORD, address="198.51.100.1") == 1
    assert counting.verified == 0
    at(1)
    assert attempt("085-101", PASSWORD, address="198.51.100.1") == "in"


def test_spellings_of_one_identifier_share_one_count(cast, at):
    spellings = ["085-101", "085 101", "085101", "085–101", " 085-101"]
    assert [attempt(typed, address=f"192.0.2.{n}") for n, typed in enumerate(spellings)] == ["wrong"] * 5
    assert attempt("085.101", address="198.51.100.1") == 1


@pytest.fixture
def quick(settings):
    """The hash of the dummies is not what is measured here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.once
def test_a_spray_over_an_ad_is_slowed_whatever_the_address(cast, at, quick):
    outcomes = [attempt(f"085-{n:03}", address=f"10.1.{n // 250}.{n % 250}") for n in range(260)]
    assert outcomes[:200] == ["wrong"] * 200
    assert set(outcomes[200:]) == {1}


@pytest.mark.once
def test_a_spray_over_everyone_is_told_in_the_log_once(cast, at, quick, caplog):
    with caplog.at_level(logging.WARNING, logger="retkoop.identity.services.throttle"):
        for n in range(320):
            attempt(f"{n % 90:02}{n % 10}-{n:03}", address=f"10.2.{n // 250}.{n % 250}")
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.once
def test_a_known_device_enters_through_a_flood_on_its_account(cast, at, quick):
    for n in range(260):
        attempt("085-101", address=f"10.3.{n // 250}.{n % 250}")
        attempt(f"085-{n:03}", address=f"10.4.{n // 250}.{n % 250}")
    assert isinstance(attempt("085-101", PASSWORD, address="198.51.100.9"), int)
    assert attempt("085-101", PASSWORD, address="198.51.100.9", device="d1") == "in"


def test_a_known_device_does_not_guess_freely_either(cast, at, quick):
    assert [attempt("085-101", address=f"10.5.0.{n}", device="d1") for n in range(5)] == ["wrong"] * 5
    assert attempt("085-101", address="10.5.0.9", device="d1") == 1


def test_a_known_device_still_waits_for_its_network(cast, at, quick):
    for n in range(30):
        attempt(f"085-{n:03}", address="192.0.2.1")
    assert attempt("085-101", PASSWORD, address="192.0.2.1", device="d1") == 1


def test_the_right_password_starts_the_account_afresh_and_takes_its_own_tries_back(cast, at, quick):
    for _ in range(4):
        attempt("085-101")
    counts = sorted(LoginFailures.objects.values_list("count", flat=True))
    assert attempt("085-101", PASSWORD) == "in"
    assert counts == [4, 4, 4, 4]
    assert sorted(LoginFailures.objects.values_list("count", flat=True)) == [4, 4, 4]


def test_a_window_that_is_over_forgets(cast, at, quick):
    for _ in range(5):
        attempt("085-101")
    assert attempt("085-101") == 1
    at(3600)
    assert attempt("085-101") == "wrong"


def test_no_identifier_is_kept_readable_and_old_counts_are_dropped(cast, at, quick):
    attempt("anne@exemple.fr" + "x" * 200)
    assert [key for key in LoginFailures.objects.values_list("key", flat=True) if "anne" in key or len(key) > 80] == []
    at(86_400 + 1)
    assert services.forget_old_failures() == 3
    assert LoginFailures.objects.count() == 0


def test_the_page_says_how_long_to_wait_and_the_device_that_entered_before_is_spared(cast, client):
    def post(browser, password, address):
        form = {"identifiant": "085-101", "mot_de_passe": password}
        return browser.post("/connexion/", form, REMOTE_ADDR=address)

    assert post(client, PASSWORD, "198.51.100.7").status_code == 303
    cookie = client.cookies["appareil"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/connexion/")
    client.post("/deconnexion/")
    stranger = type(client)()
    for n in range(8):
        refused = post(stranger, WRONG, f"10.6.0.{n}")
    assert refused.status_code == 429
    wait = int(refused["Retry-After"])
    assert f"attendez {wait} seconde" in refused.content.decode()
    assert post(client, PASSWORD, "198.51.100.7").status_code == 303


def test_guesses_made_at_the_same_instant_do_not_slip_through(committed_db, at, quick):
    make_cast()

    def guess(n):
        try:
            return attempt("085-101", address=f"10.8.0.{n}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(16)))
    assert sorted(map(str, outcomes)) == ["1"] * 11 + ["wrong"] * 5


def test_a_forged_device_is_a_stranger(cast, client):
    client.cookies["appareil"] = "forged:cookie:here"
    form = {"identifiant": "085-101", "mot_de_passe": WRONG}
    statuses = [client.post("/connexion/", form, REMOTE_ADDR=f"10.7.0.{n}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
