"""The background worker: jobs are run, the day's work is done once, and what fails does not stop the rest."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django_tasks_db.models import DBTaskResult

from retkoop.config.cli import worker
from retkoop.core import clock
from retkoop.identity.services import create_association, create_federation
from retkoop.identity.sessions import SessionStore
from retkoop.interchange.backup import last_backup
from tests import jobs


def test_a_waiting_job_is_run_once_and_kept_as_done(committed_db):
    jobs.write_to.enqueue("directrice@example.org")
    worker.run_ready_jobs()
    worker.run_ready_jobs()
    assert [message.to for message in mail.outbox] == [["directrice@example.org"]]
    assert [result.status for result in DBTaskResult.objects.all()] == ["SUCCESSFUL"]


def test_a_job_that_fails_is_kept_as_failed_and_the_next_one_still_runs(committed_db):
    jobs.break_down.enqueue()
    jobs.write_to.enqueue("directrice@example.org")
    worker.run_ready_jobs()
    assert sorted(result.status for result in DBTaskResult.objects.all()) == ["FAILED", "SUCCESSFUL"]
    assert len(mail.outbox) == 1


def test_the_daily_work_saves_everything_and_clears_old_sessions_once_a_day(committed_db):
    old = SessionStore()
    old.set_expiry(-10)
    old.save()
    with clock.travel(dt.date(2026, 3, 2)):
        assert worker.daily(None) == dt.date(2026, 3, 2)
        first = last_backup()
        assert worker.daily(dt.date(2026, 3, 2)) == dt.date(2026, 3, 2)
    assert first is not None
    assert (first.date(), last_backup()) == (dt.date(2026, 3, 2), first)
    assert Session.objects.count() == 0


def test_an_ad_is_looked_at_once_a_day_for_reminders_and_only_in_its_hours(committed_db):
    hour = clock.machine().hour
    noon, night = f"Etc/GMT{hour - 12:+d}", f"Etc/GMT{hour - 2 if hour < 12 else hour - 22:+d}"
    with clock.travel(dt.date(2026, 3, 5)):  # a Thursday; the sign of these zones is the other way round
        federation = create_federation(name="Fédération", demo=True)
        made = [
            create_association(federation=federation, code=code, name=f"OCCE {code}", department=code, time_zone=zone)
            for code, zone in (("085", noon), ("044", night))
        ]
        looked: dict[int, dt.date] = {}
        worker.remind(looked)
    assert looked == {made[0].pk: dt.date(2026, 3, 5)}


def test_a_backup_that_cannot_be_written_is_told_and_the_rest_of_the_day_goes_on(committed_db, caplog):
    Path(settings.BACKUP_DIR).write_text("a file stands where the folder should be")
    old = SessionStore()
    old.set_expiry(-10)
    old.save()
    worker.daily(None)
    assert [record.message for record in caplog.records] == ["no backup today"]
    assert Session.objects.count() == 0
