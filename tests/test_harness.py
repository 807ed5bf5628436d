"""The harness itself: commits are real in a copied database, served sites start and stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from retkoop.identity.models import Federation
from tests.server import ROOT, environment, live_server_process


@pytest.mark.django_db
def test_a_test_starts_on_an_empty_migrated_database():
    assert Federation.objects.count() == 0
    Federation.objects.create(name="One")


@pytest.mark.django_db
def test_the_next_test_does_not_see_what_the_first_wrote():
    assert Federation.objects.count() == 0


@pytest.mark.parametrize("turn", [1, 2])
def test_a_committed_database_is_copied_for_each_test_and_seen_by_other_threads(committed_db, turn):
    Federation.objects.create(name=f"Turn {turn}")
    seen: list[str] = []

    def look() -> None:
        seen.extend(Federation.objects.values_list("name", flat=True))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [f"Turn {turn}"]


def test_another_process_reads_what_a_committed_database_holds(committed_db):
    Federation.objects.create(name="Everyone")
    code = "import django; django.setup(); from retkoop.identity.models import Federation; print(Federation.objects.get().name)"
    env = {**environment(committed_db.data_dir, committed_db.env), "DJANGO_SETTINGS_MODULE": "retkoop.config.settings"}
    answer = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "Everyone"


def test_a_served_site_answers_and_stops_cleanly_on_sigterm(committed_db):
    with live_server_process(committed_db.data_dir, env=committed_db.env) as server:
        assert "Retkoop répond" in server.log.read_text()
        assert server.stop() == 0


def test_a_taken_port_is_told_at_once(committed_db):
    with live_server_process(committed_db.data_dir, env=committed_db.env) as server:
        port = server.url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "retkoop.config.cli", "serve", "--port", port]
        env = environment(committed_db.data_dir, committed_db.env)
        answer = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert answer.returncode == 1
    assert answer.stderr == f"Le port {port} est déjà pris : choisissez-en un autre, par exemple PORT={int(port) + 1}.\n"


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until(true: Callable[[], bool], seconds: float = 15) -> bool:
    """Does it become true in time?"""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_a_worker_that_dies_is_started_again_and_the_site_goes_on(committed_db):
    with live_server_process(committed_db.data_dir, env=committed_db.env, arguments=()) as server:
        web, worker = children(server.process.pid)
        os.kill(worker, signal.SIGKILL)
        assert wait_until(lambda: len(set(children(server.process.pid)) - {worker}) == 2)
        assert web in children(server.process.pid)
        assert server.stop() == 0


def test_when_the_supervisor_is_killed_the_processes_that_it_started_leave_too(committed_db):
    with live_server_process(committed_db.data_dir, env=committed_db.env, arguments=()) as server:
        started = children(server.process.pid)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(5)
        assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))


def test_when_the_web_server_dies_everything_stops_with_a_failure(committed_db):
    with live_server_process(committed_db.data_dir, env=committed_db.env, arguments=()) as server:
        web, worker = children(server.process.pid)
        os.kill(web, signal.SIGKILL)
        assert server.process.wait(20) != 0
        assert not Path(f"/proc/{worker}").exists()
