"""What was said to be saved is kept, whatever dies (P1); what is sent again after a death is not doubled (P3).

200 kills, or 10,000 with `RETKOOP_PROVE=1`; the seed of the instants is printed.
"""

import os
import random
import secrets

import pytest
from django.db import connection

from retkoop.core.clock import travel
from retkoop.identity.audit import verify_chain
from retkoop.identity.models import AuditEvent
from retkoop.identity.tests.cast import make_cast
from retkoop.ledger.invariants import check
from retkoop.ledger.tests.entry_desk import TODAY, make_entry_desk
from tests.killing import Killer

PROVE = os.environ.get("RETKOOP_PROVE") == "1"
LOTS, KILLS = (20, 500) if PROVE else (2, 100)


@pytest.fixture
def killer(committed_db):
    seed = secrets.randbits(32)
    print(f"kills: seed {seed}")
    with travel(TODAY):
        made = Killer(make_entry_desk(make_cast()), random.Random(seed))
        made.warm()
        yield made


@pytest.mark.parametrize("lot", range(LOTS))
def test_killing_the_serving_process_loses_and_doubles_nothing(killer, lot):
    for kill in range(KILLS):
        killer.kill_once()
        assert killer.faults(deep=kill % 20 == 0) == []
    assert killer.faults(deep=True) == []
    cooperative = killer.desk.cast.cooperative_a
    assert list(check(cooperative)) == []
    assert verify_chain(cooperative) == []
    told = f"{len(killer.acknowledged)} acknowledged, {killer.retried} sent again, {killer.kept_unsaid} of them kept already"
    print(f"{KILLS} kills: {told}")
    assert (len(killer.acknowledged) > KILLS / 10, killer.retried > KILLS / 10, killer.kept_unsaid > 0) == (True, True, True)


def test_the_harness_sees_what_is_lost_and_what_is_doubled(killer):
    killer.kill_once()
    kept = AuditEvent.objects.filter(op_key__startswith="kill-").count()
    killer.acknowledged.append("entry-9999")
    killer.desk.write(bank=100, label="behind the form's back")
    assert killer.faults(deep=True) == [
        "acknowledged and lost: entry-9999",
        f"{kept + 1} entries for {kept} operations",
    ]


def test_the_serving_process_waits_for_the_disk_at_each_commit(killer):
    """A kill cannot show it: without FULL (2), none of 200 acknowledged inserts outlived a simulated power cut.

    PostgreSQL waits unless somebody tells it not to; this cluster is told so by its command line, never by us.
    """
    while not killer.durability:
        killer.kill_once()
    told = {"sqlite": "synchronous=2 journal_mode=wal", "postgresql": "synchronous_commit from command line"}
    assert killer.durability == {told[connection.vendor]}
