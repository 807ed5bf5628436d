"""A fork server that is killed: a process which answers the entry form, dies by SIGKILL at a random instant, and is replaced.

The child has its own connection and commits for good. Before it sends a form
it says its name (`S`), once it is answered by a 303 it says so (`A`): what was
said between the two instants is in doubt, and the next child sends it again.
"""

import os
import random
import signal
import time
from dataclasses import dataclass, field

from django.db import connection, connections
from django.db.models import Count, Max
from django.test import Client

from retkoop.identity.models import AuditEvent
from retkoop.ledger import warnings
from retkoop.ledger.models import Entry
from retkoop.ledger.tests.entry_desk import NEW, EntryDesk


def form(name: str) -> dict[str, str]:
    """What is typed for the entry of that name: an amount of its own, every warning seen."""
    cents = 1_000 + int(name.rsplit("-", 1)[1])
    amount = f"{cents // 100},{cents % 100:02d}"
    return {
        "operation_key": f"kill-{name}".ljust(20, "x"),
        "je": "complet",
        "date": "06/10/2025",
        "label": name,
        "in_banque": amount,
        "v_family_contributions": amount,
        "tick": "on",
        "override": " ".join(warnings.WARNINGS),
    }


def durability() -> str:
    """How this process's connection commits."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return " ".join(
                f"{name}={cursor.execute(f'PRAGMA {name}').fetchone()[0]}" for name in ("synchronous", "journal_mode")
            )
        cursor.execute("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
        return f"synchronous_commit from {cursor.fetchone()[0]}"


@dataclass
class Killer:
    """Kills, remembers what was acknowledged, and says what is wrong afterwards."""

    desk: EntryDesk
    chance: random.Random
    acknowledged: list[str] = field(default_factory=list)
    doubtful: str = ""
    retried: int = 0
    kept_unsaid: int = 0
    sent: int = 0
    longest: float = 0.0
    durability: set[str] = field(default_factory=set)

    def warm(self) -> None:
        """Answer a form here first: the children inherit what is loaded, and kills fall within some forms' time."""
        for name in ("warm-1", "warm-2"):
            begun = time.monotonic()
            assert self.desk.client.post(NEW, form(name)).status_code == 303
            self.longest = min(max(0.05, 5 * (time.monotonic() - begun)), 0.1)

    def kill_once(self) -> None:
        """Start a serving process, let it write, kill it."""
        connections.close_all()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._serve(writing)
        os.close(writing)
        ready = os.read(reading, 1)
        time.sleep(self.chance.uniform(0, self.longest))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as rest:
            self._remember((ready + rest.read()).decode())
        self.kept_unsaid += (
            bool(self.doubtful) and AuditEvent.objects.filter(op_key=form(self.doubtful)["operation_key"]).exists()
        )

    def _serve(self, pipe: int) -> None:
        """In the child: send form after form until killed. Never returns."""
        try:
            client = Client()
            client.cookies = self.desk.client.cookies
            name = self.doubtful
            client.get("/connexion/")
            while True:
                if not name:
                    self.sent += 1
                    name = f"entry-{self.sent}"
                os.write(pipe, f"S {name}\n".encode())
                answer = client.post(NEW, form(name))
                os.write(pipe, f"D {durability()}\n".encode())
                os.write(pipe, f"{'A' if answer.status_code == 303 else f'status {answer.status_code} for'} {name}\n".encode())
                name = ""
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
            os.write(pipe, f"died {type(error).__name__} {error}\n".encode())
        finally:
            os._exit(1)

    def _remember(self, said: str) -> None:
        for line in said.splitlines():
            word, _, name = line.partition(" ")
            assert word in {"S", "D", "A"}, line
            if word == "D":
                self.durability.add(name)
            elif word == "S":
                self.retried += name == self.doubtful
                self.doubtful = name
                self.sent = max(self.sent, int(name.rsplit("-", 1)[1]))
            else:
                self.acknowledged.append(name)
                self.doubtful = ""

    def faults(self, *, deep: bool) -> list[str]:
        """What is wrong now, in the database itself; `deep` reads all of its pages."""
        found = []
        if deep and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA integrity_check")
                found += [f"integrity: {row[0]}" for row in cursor.fetchall() if row[0] != "ok"]
        labels = list(Entry.objects.filter(year=self.desk.year).values_list("label", flat=True))
        missing = sorted(set(self.acknowledged) - set(labels))
        found += [f"acknowledged and lost: {name}" for name in missing]
        found += [f"twice: {name}" for name in sorted({name for name in labels if labels.count(name) > 1})] if deep else []
        numbers = Entry.objects.filter(year=self.desk.year, number__gt=0).aggregate(n=Count("pk"), last=Max("number"))
        self.desk.year.refresh_from_db(fields=["next_number"])
        if not numbers["n"] == (numbers["last"] or 0) == self.desk.year.next_number - 1:
            found.append(f"numbers: {numbers}, next {self.desk.year.next_number}")
        keys = AuditEvent.objects.filter(op_key__startswith="kill-").aggregate(
            n=Count("pk"), apart=Count("op_key", distinct=True)
        )
        if len(labels) != keys["n"] or keys["n"] != keys["apart"]:
            found.append(f"{len(labels)} entries for {keys['n']} operations")
        return found
