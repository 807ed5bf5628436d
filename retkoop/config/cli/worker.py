"""`retkoop worker`: jobs enqueued by services, what is done once a day, and the reminders, which depend on the hour.

It looks for ready jobs without taking any lock, and lets django-tasks-db's own
worker run what it finds. Nothing that a user awaits depends on it.
"""

import argparse
import datetime as dt
import logging
import signal
import time
from types import FrameType

INTERVAL_SECONDS = 2.0
FIRST_DAILY_SECONDS = 60.0
REMINDERS_SECONDS = 600.0
logger = logging.getLogger("retkoop.worker")


def run(_options: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT."""
    import django

    django.setup()
    from retkoop.config.preflight import refuse_or_go

    refuse_or_go()
    loop()
    return 0


def loop() -> None:
    """Run ready jobs, then wait; once a day, the daily work; every ten minutes, reminders. Returns after SIGTERM or SIGINT."""
    stopping = False

    def ask_to_stop(_signum: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    begun = time.monotonic()
    done_on: dt.date | None = None
    next_reminders = begun + FIRST_DAILY_SECONDS
    looked_at: dict[int, dt.date] = {}
    while not stopping:
        run_ready_jobs()
        if time.monotonic() - begun > FIRST_DAILY_SECONDS:
            done_on = daily(done_on)
        if time.monotonic() > next_reminders:
            remind(looked_at)
            next_reminders = time.monotonic() + REMINDERS_SECONDS
        pause = time.monotonic() + INTERVAL_SECONDS
        while not stopping and time.monotonic() < pause:
            time.sleep(0.1)


def run_ready_jobs() -> None:
    """Everything that waits in the job table, in its order."""
    from django.db import OperationalError, close_old_connections
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    close_old_connections()
    try:
        if DBTaskResult.objects.ready().exists():
            Worker(
                queue_names=["*"],
                interval=0,
                batch=True,
                backend_name="default",
                startup_delay=False,
                max_tasks=None,
                worker_id="retkoop",
                excluded_queue_names=[],
            ).run()
    except OperationalError:
        logger.exception("the job table could not be read; trying again")


def daily(done_on: dt.date | None) -> dt.date:
    """The daily work, unless done today; the date on which it was last done or tried."""
    from retkoop.core import clock

    today = clock.today()
    if done_on == today:
        return today
    from django.core.management import call_command
    from django.db import DatabaseError

    from retkoop.documents.services import remove_orphans
    from retkoop.identity.services import forget_ended_sessions, forget_old_failures
    from retkoop.interchange.backup import BackupRefused, daily_backup
    from retkoop.yearend.services.verifiers import forget_addresses

    forget_old_failures()
    forget_ended_sessions()
    forget_addresses()
    try:
        daily_backup()
    except BackupRefused as refusal:
        logger.error("no backup today: %s", refusal)
    except OSError:
        logger.exception("no backup today")
    try:
        remove_orphans()
    except (OSError, DatabaseError):
        logger.exception("what killed receptions left could not be removed")
    for command in ("clearsessions", "prune_db_task_results"):
        try:
            call_command(command, verbosity=0)
        except Exception:
            logger.exception("daily %s failed", command)
    return today


def remind(looked_at: dict[int, dt.date]) -> None:
    """The calendar's reminders that may leave now; `looked_at`: on which day each AD was last looked at."""
    from django.db import DatabaseError

    from retkoop.agenda.services.reminders import send_reminders
    from retkoop.core import clock

    try:
        send_reminders(clock.now(), looked_at)
    except (DatabaseError, OSError):
        logger.exception("the reminders could not be written; trying again")
