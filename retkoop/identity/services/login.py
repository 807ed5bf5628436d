"""Logging in: one form, an identifier and a password.

A cooperative's identifier may stand for several people; the password selects
the person among the live mandates. Exactly three Argon2 verifications are made
at every evaluated try, whoever exists: dummy hashes fill the empty places, so
that the time tells nothing. Beyond three people of one organisation (in the
order of the roles, those whose mandate has ended last), each one's own e-mail
address is their identifier. A password that fits someone of today and someone
of former years opens the door of the former's successor, as if the former had
never been.
"""

import secrets
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from retkoop.core import clock
from retkoop.identity.identifiers import Identifier, Kind, parse
from retkoop.identity.models import Mandate, Person
from retkoop.identity.queries import candidates, is_live
from retkoop.identity.services import throttle

VERIFICATIONS = 3


@dataclass(frozen=True)
class Admission:
    """The password is right: `mandate` is the one to begin with, live or ended; `several` when there is a choice."""

    mandate: Mandate
    several: bool
    account: str


class Unrecognised(Exception):  # noqa: N818
    """No mandate that opens anything goes with this identifier and this password."""


class Ambiguous(Exception):  # noqa: N818
    """Two people of the organisation chose the same password: the e-mail address must decide."""


def log_in(*, identifier: str, password: str, address: str, device: str) -> Admission:
    """Who may enter. `address`: the visitor's IP; `device`: the id of a device that knows the account, or "".

    Raises throttle.Throttled (no password was evaluated), Unrecognised, Ambiguous.
    """
    who = parse(identifier)
    keys = throttle.login_keys(who.key, who.code, address, device)
    throttle.charge(keys)
    mandates = candidates(who)
    people = {mandate.person_id: mandate.person for mandate in mandates}
    chosen = _of_today(_selected(list(people.values())[:VERIFICATIONS], password), mandates)
    if not chosen:
        raise Unrecognised
    throttle.forgive(keys)
    if len(chosen) > 1:
        raise Ambiguous
    Person.objects.filter(pk=chosen[0].pk).update(previous_login=F("last_login"), last_login=clock.now())
    return _admission(who, [mandate for mandate in mandates if mandate.person_id == chosen[0].pk])


def _of_today(chosen: list[Person], mandates: list[Mandate]) -> list[Person]:
    """Those with a live mandate, when there are any."""
    live = {mandate.person_id for mandate in mandates if is_live(mandate)}
    return [person for person in chosen if person.pk in live] or chosen


def _admission(who: Identifier, mandates: list[Mandate]) -> Admission:
    """The identifier typed decides the organisation; an e-mail address may leave a choice."""
    return Admission(mandates[0], who.kind is Kind.EMAIL and len(mandates) > 1, who.key)


def _selected(people: list[Person], password: str) -> list[Person]:
    """Those whose password it is, at the cost of exactly VERIFICATIONS hashes."""
    hashes = [person.password for person in people]
    hashes += [_dummy(settings.PASSWORD_HASHERS[0])] * (VERIFICATIONS - len(hashes))
    right = [check_password(password, encoded) for encoded in hashes]
    return [person for person, is_right in zip(people, right, strict=False) if is_right]


@cache
def _dummy(hasher: str) -> str:  # noqa: ARG001
    """A hash of a password that nobody knows, made once for each preferred hasher."""
    return make_password(secrets.token_hex(16))
