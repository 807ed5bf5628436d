"""Sent twice, kept once (P3); nobody overwrites anybody in silence (P4): every form of the site, found by reading it."""

import copy
import os
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from retkoop.core.clock import travel
from retkoop.documents.models import Document
from retkoop.identity.models import AuditEvent
from retkoop.identity.tests.cast import make_cast
from retkoop.ledger import warnings
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Account, ChartLine, Entry
from retkoop.ledger.tests.entry_desk import make_entry_desk
from tests.crawling import Form
from tests.filling import HARMLESS, WITHOUT_KEY, Visitor, filled, make_book, visitors, written_routes
from tests.full_book import TODAY
from tests.own_links import betrayals, secrets_now

FILED = {"envoyer_image"}


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """What happens inside leaves nothing, in the database nor in the browser (a form may change the session's key)."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


KEPT = ("ledger", "yearend", "membership")
PROVE = os.environ.get("RETKOOP_PROVE") == "1"
REFERENCE = {Account, ChartLine}


def rows() -> list[list[tuple[object, ...]]]:
    """Every row of every book, whole."""
    tables = [model for room in KEPT for model in apps.get_app_config(room).get_models() if model not in REFERENCE]
    with connection.cursor() as cursor:
        told = []
        for model in tables:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY "{model._meta.pk.column}"')
            told.append(cursor.fetchall())
    return told


def effects() -> tuple[int, int, list[list[tuple[object, ...]]]]:
    """How many acts the trail tells, how many different files are held, and all the books as they stand."""
    return AuditEvent.objects.count(), Document.objects.values("cooperative", "sha256").distinct().count(), rows()


def rewound(sent: dict[str, object]) -> dict[str, object]:
    """The same form for another sending: files are read from their beginning."""
    for value in sent.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return sent


class Probe:
    """Plays a form's fates and says what is wrong."""

    def __init__(self, visitor: Visitor, form: Form, button: str) -> None:
        self.visitor, self.form, self.button = visitor, form, button
        self.wrong: list[str] = []

    def send(self, sent: dict[str, object]) -> int:
        self.answer = self.visitor.client.post(self.form.action, rewound(sent))
        return int(self.answer.status_code)

    def place(self) -> str:
        return self.answer.headers.get("Location", "").partition("#")[0].partition("?")[0]

    def expect(self, what: str, seen: object, told: object) -> None:
        if seen != told:
            self.wrong.append(f"{self.form.route} {self.button} from {self.form.page}: {what}: {seen}, not {told}")

    def twice(self) -> None:
        """Nothing without a key; then one act; then the same place, and nothing more; other content is refused."""
        sent, before = filled(self.form, self.button), effects()
        self.expect("without a key", self.send({name: value for name, value in sent.items() if name != "operation_key"}), 400)
        self.expect("without a key changes nothing", effects() == before, True)
        secrets = secrets_now()
        self.expect("first", self.send(sent), 303)
        self.expect("betrays", betrayals(self.form.route, secrets, self.answer), [])
        if self.wrong:
            self.wrong.append(sentences(self.answer.content.decode()))
            return
        place, after = self.place(), effects()
        self.expect("one act at least", after[0] > before[0], True)
        self.expect("again", self.send(sent), 303)
        self.expect("again leads to", self.place(), place)
        self.expect("other content", self.send({**sent, "autre": "1"}), 409)
        self.expect("again changes nothing", effects() == after, True)
        if {"version", "draft_version"} & set(sent):
            finished = "draft" in sent and not self.button
            self.expect("another tab", self.send({**sent, "operation_key": uuid.uuid4().hex}), 422 if finished else 409)
            self.expect("another tab changes nothing", effects() == after, True)

    def received(self) -> None:
        """A file is kept before the form is finished; sent again, it is the same file, and no book has changed."""
        sent, before = filled(self.form, self.button), effects()
        for _ in range(2):
            self.expect("received", self.send(sent), 200)
            self.expect("received once", effects()[1:], (before[1] + 1, before[2]))

    def harmless(self) -> None:
        before = effects()
        self.expect("harmless", self.send(filled(self.form, self.button)) in {200, 303, 422}, True)
        self.expect("harmless changes nothing", effects() == before, True)


def sentences(html: str) -> str:
    """The refusals of a page."""
    return " · ".join(
        re.sub(r"<[^>]+>|\s+", " ", found) for found in re.findall(r"(?:error|refus|alert)[^>]*>(.{0,300})", html, re.S)
    )[:600]


@pytest.mark.django_db
def test_every_form_sent_twice_has_one_effect(cast):
    wrong, seen = [], set()
    with travel(TODAY):
        for visitor in visitors(cast, make_book(cast)):
            for form in visitor.forms():
                known = form.route in seen
                seen.add(form.route)
                if form.route in WITHOUT_KEY or (known and not PROVE):
                    continue  # each address once; in the long proof each way of its form, by each of its visitors
                for button in {"": 1} | {name: 1 for name, _, _ in form.buttons}:
                    probe = Probe(visitor, form, button)
                    with undone(visitor.client):
                        probe.received() if button in FILED else probe.harmless() if button in HARMLESS else probe.twice()
                    wrong += probe.wrong
    assert not wrong, "\n".join(wrong)
    assert written_routes() - seen - WITHOUT_KEY == set()


def test_eight_simultaneous_sendings_of_a_new_entry_are_one_entry(committed_db):
    with travel(TODAY):
        desk = make_entry_desk(make_cast())
        told: list[tuple[int, str]] = []

        def send(key: str) -> None:
            answer = desk.enter(
                key=key, label=key, in_banque="12,00", v_family_contributions="12,00", override=" ".join(warnings.WARNINGS)
            )
            told.append((answer.status_code, answer.headers.get("Location", "")))
            connection.close()

        for turn in range(25):
            told.clear()
            key = f"simultaneous-{turn:04d}"
            threads = [threading.Thread(target=send, args=(key,)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            entry = Entry.objects.get(label=key)
            assert told == [(303, f"/ecritures/{entry.pk}/?enregistree")] * 8
        assert Entry.objects.filter(year=desk.year).count() == 25
        assert list(check(desk.cast.cooperative_a)) == []
