"""The served site of the browser tests, and the hand that prepares its books.

One site for the process, on SCHOOL_DAY, with a made-up federation. Each test
asks for a cooperative of its own, made through the services in the site's
database by a thread that is bound to it: the other tests of the process keep
theirs, and Playwright's event loop, which Django refuses, stays elsewhere.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings as django_settings
from django.db import connection, connections
from django.http import HttpRequest
from django.test.utils import override_settings

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import services as identity
from retkoop.identity import session
from retkoop.identity.audit import Author
from retkoop.identity.hashers import Argon2idHasher
from retkoop.identity.models import Association, Cooperative, Federation, Mandate, Person, Role
from retkoop.identity.sessions import SessionStore
from retkoop.ledger import chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.services import openings, treasuries
from retkoop.ledger.services.entries import record_entry
from retkoop.yearend.services.questionnaires import load_shipped
from tests.server import Server, live_server_process

PASSWORD = "craie tableau marelle préau"
SCHOOL_DAY = dt.date(2026, 10, 15)
T = TypeVar("T")


@dataclass(frozen=True)
class Account:
    """How somebody enters: the identifier that they type, and the mandate of their sessions."""

    identifier: str
    person: int
    mandate: int
    cooperative: int | None = None


@dataclass
class School:
    """The served site and the hand in its database."""

    server: Server
    data: Path
    hand: "Hand"
    numbers: Iterator[int] = field(default_factory=lambda: count(201))

    @property
    def url(self) -> str:
        return self.server.url

    def cooperative(self, prepare: Callable[[Cooperative, Author], object] | None = None) -> Account:
        """A new cooperative of the AD 085 with its mandataire; `prepare` writes its books."""
        return self.hand.run(_new_cooperative, str(next(self.numbers)), prepare)

    def staff(self, role: Role) -> Account:
        """The person of the AD or of the federation."""
        return self.hand.run(_staff, role)

    def session_key(self, account: Account) -> str:
        """The cookie of a session just begun."""
        return self.hand.run(_session_key, account.mandate)


class Hand:
    """A thread whose database connection is the site's, on the site's day."""

    def __init__(self, database: str, data: Path, blocker: Any) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._blocker = blocker
        default = {**django_settings.STORAGES["default"], "OPTIONS": {"location": data / "files"}}
        self._settings = {
            "DATA_DIR": data,
            "MEDIA_ROOT": data / "files",
            "STORAGES": {**django_settings.STORAGES, "default": default},
        }
        self._pool.submit(self._bind, database).result()

    @staticmethod
    def _bind(database: str) -> None:
        connection.settings_dict = {**connection.settings_dict, "NAME": database}

    def run(self, act: Callable[..., T], *arguments: object, on: dt.date = SCHOOL_DAY) -> T:
        """Do `act` in the site's database and wait for its answer."""

        def there() -> T:
            with override_settings(**self._settings), travel(on):
                return act(*arguments)

        with self._blocker.unblock():
            return self._pool.submit(there).result()

    def close(self) -> None:
        """Leave the database."""
        self._pool.submit(connections.close_all).result()
        self._pool.shutdown()


@contextmanager
def served_school(database: str, data: Path, env: Mapping[str, str], blocker: Any) -> Iterator[School]:
    """Serve `database` with its made-up federation on SCHOOL_DAY."""
    hand = Hand(database, data, blocker)
    hand.run(_found)
    site = {
        **env,
        "RETKOOP_ENV": "demo",
        "RETKOOP_TODAY": SCHOOL_DAY.isoformat(),
        "RETKOOP_SECRET_KEY": django_settings.SECRET_KEY,
    }
    with live_server_process(data, env=site, arguments=("--no-worker", "--workers", "1")) as server:
        yield School(server, data, hand)
    hand.close()


def _found() -> None:
    """The federation, two ADs and their people."""
    federation = identity.create_federation(name="Fédération de démonstration", demo=True)
    chart.load()
    load_shipped()
    _person("Fédora Réseau", Role.FEDERATION, federation)
    for code, name, department in (("085", "OCCE de la Vendée", "Vendée"), ("038", "OCCE de l’Isère", "Isère")):
        association = identity.create_association(
            federation=federation,
            code=code,
            name=name,
            department=department,
            phone="02 00 00 00 85",
            email=f"ad{code}@exemple.fr",
            office_hours="mardi et jeudi, 9 h à 17 h",
        )
        if code == "085":
            _person("Adèle Compte", Role.AD_ACCOUNTANT, association)


_encoded: list[str] = []


def _person(name: str, role: Role, organisation: Federation | Association | Cooperative) -> Mandate:
    if not _encoded:
        _encoded.append(Argon2idHasher().encode(PASSWORD, "selselselselsel1"))
    person = identity.create_person(full_name=name)
    starts = dt.date(2020, 9, 1)
    mandate = identity.give_mandate(person=person, role=role, organisation=organisation, starts=starts)
    identity.set_demo_password(person=person, password="", encoded=_encoded[0])
    return mandate


def _new_cooperative(number: str, prepare: Callable[[Cooperative, Author], object] | None) -> Account:
    association = Association.objects.get(code="085")
    cooperative = identity.create_cooperative(
        association=association, number=number, name="École des Marais", town="Challans", created_on=dt.date(2020, 9, 1)
    )
    mandate = _person("Anne Maret", Role.MANDATAIRE, cooperative)
    if prepare is not None:
        prepare(cooperative, Author(mandate.person))
    return Account(cooperative.identifier, mandate.person_id, mandate.pk, cooperative.pk)


def _staff(role: Role) -> Account:
    mandate = Mandate.objects.get(role=role)
    names = {Role.FEDERATION: "federation", Role.AD_ACCOUNTANT: "ad085"}
    return Account(names[role], mandate.person_id, mandate.pk)


def _session_key(mandate: int) -> str:
    request = HttpRequest()
    request.session = SessionStore()
    session.sign_in(request, Mandate.objects.select_related("person").get(pk=mandate))
    request.session.save()
    return request.session.session_key or ""


def running_year(
    cooperative: Cooperative, author: Author, *, first: int = 2026, entries: int = 0, receipts: bool = True
) -> None:
    """A bank with 1 850,00 € on its last statement, a cash box with 45,00 €, then `entries` cheques of 150,00 €.

    `receipts`: they are expected.
    """
    year = SchoolYear(first)
    eve = year.start - dt.timedelta(days=1)
    bank = treasuries.open_treasury(cooperative=cooperative, account="bank", label="Banque", opened=year.start, author=author)
    cash = treasuries.open_treasury(cooperative=cooperative, account="cash", label="Caisse", opened=year.start, author=author)
    years = openings.open_first_year(cooperative=cooperative, first=year, today=SCHOOL_DAY, author=author)
    contents = [openings.OpeningContent(bank, 185_000, eve), openings.OpeningContent(cash, 4_500)]
    openings.type_opening(year=years[0], on=year.start, contents=contents, author=author)
    for index in range(entries):
        day = year.start + dt.timedelta(days=2 * index)
        spent = (Line("bank", -15_000, bank.pk), Line("activities", 15_000))
        content = EntryContent(
            day, f"Bus n° {index + 1}", spent, piece=f"D{index + 1}", means="cheque", cheque=str(4_000_101 + index),
            receipt_expected=receipts,
        )  # fmt: skip
        record_entry(year=years[0], content=content, author=author)


def person_of(account: Account) -> Person:
    """In the hand's thread: who that is."""
    return Person.objects.get(pk=account.person)
