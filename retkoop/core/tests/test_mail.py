"""Mails: recorded with what causes them, sent later, tried again when the server is down."""

import datetime as dt

import pytest
from django.core import mail as outgoing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from retkoop.core import clock
from retkoop.core.mail import ATTEMPTS, deliver, send

LINK = "https://retkoop.example/acces/abc/"


def record(to="martin@example.org", subject="Votre accès"):
    send(to=to, subject=subject, template="identity/mail/reset", context={"link": LINK})


def recorded():
    return [job.args_kwargs["kwargs"] for job in DBTaskResult.objects.order_by("enqueued_at")]


@pytest.mark.django_db
def test_a_mail_is_recorded_at_once_and_sent_by_the_worker():
    record(subject="Votre\naccès")
    assert outgoing.outbox == []
    (job,) = recorded()
    deliver.call(**job)
    (message,) = outgoing.outbox
    assert isinstance(message, EmailMultiAlternatives)
    ((html, kind),) = message.alternatives
    assert (message.to, message.subject, kind) == (["martin@example.org"], "Votre accès", "text/html")
    assert (LINK in message.body, LINK in str(html)) == (True, True)


@pytest.mark.django_db
def test_a_rollback_takes_the_mail_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        record()
        raise RuntimeError
    assert recorded() == []


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["a@example.org, b@example.org", "a@example.org\nBcc: b@example.org", "martin"])
def test_a_mail_has_exactly_one_recipient(to):
    with pytest.raises(ValidationError):
        record(to)
    assert recorded() == []


@pytest.mark.django_db
def test_without_an_address_nothing_is_recorded():
    record("")
    assert recorded() == []


@pytest.fixture
def folder(settings, tmp_path):
    """The demo's way of sending, to a folder of this test."""
    settings.EMAIL_BACKEND = "retkoop.core.mail.FolderBackend"
    settings.MAILS_DIR = tmp_path / "mails"
    return settings.MAILS_DIR


def test_in_a_demo_a_mail_is_a_file(folder):
    deliver.call(to="martin@example.org", subject="Bonjour", text=LINK, html=LINK)
    (file,) = folder.iterdir()
    assert "To: martin@example.org" in file.read_text()


@pytest.mark.django_db
def test_when_the_server_is_down_the_mail_is_tried_again_later(folder):
    folder.write_text("a file where the folder should be")
    job = {"to": "martin@example.org", "subject": "Bonjour", "text": "a", "html": "b", "until": "2999-01-01T00:00:00+00:00"}
    deliver.call(**job, attempt=2)
    (again,) = DBTaskResult.objects.all()
    assert again.args_kwargs["kwargs"] == {**job, "attempt": 3}
    assert dt.timedelta(minutes=9) < again.run_after - clock.now() <= dt.timedelta(minutes=10)


def test_a_mail_that_never_leaves_ends_as_a_failed_job(folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="mails"):
        deliver.call(to="martin@example.org", subject="Bonjour", text="a", html="b", attempt=ATTEMPTS)
