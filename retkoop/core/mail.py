"""Outgoing mail: written now, sent by the worker.

A mail is a job recorded in the transaction that causes it: a rollback takes it
back, and nothing that a person awaits depends on the mail server being up.
Links are built by the callers from `settings.BASE_URL`, never from a request.
"""

import datetime as dt
import smtplib
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django_tasks import task

from retkoop.core import clock

ATTEMPTS = 6
FIRST_WAIT = dt.timedelta(minutes=5)


class FolderBackend(EmailBackend):
    """In a demo or a local trial, mails are files in `mails/` under the data folder."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        Path(settings.MAILS_DIR).mkdir(parents=True, exist_ok=True)
        kwargs["file_path"] = str(settings.MAILS_DIR)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


def send(*, to: str, subject: str, template: str, context: dict[str, object], until: dt.datetime | None = None) -> None:
    """Record a mail for one person from `<template>.txt` and `<template>.html`; nothing when `to` is empty.

    `until`: the instant after which it is no longer sent, for what must not
    disturb at night. Raises ValidationError when `to` is not exactly one address.
    """
    if not to:
        return
    validate_email(to)
    text = render_to_string(f"{template}.txt", context)
    html = render_to_string(f"{template}.html", context)
    latest = until.isoformat() if until else ""
    deliver.enqueue(to=to, subject=" ".join(subject.split()), text=text, html=html, until=latest)


@task()
def deliver(to: str, subject: str, text: str, html: str, attempt: int = 1, until: str = "") -> None:
    """Hand one mail to the server; when it is down, try again after 5, 10, 20… minutes. Dropped once `until` is past."""
    if until and clock.now() >= dt.datetime.fromisoformat(until):
        return
    message = EmailMultiAlternatives(subject, text, to=[to])
    message.attach_alternative(html, "text/html")
    try:
        message.send()
    except (OSError, smtplib.SMTPException):
        if attempt >= ATTEMPTS:
            raise
        later = clock.now() + FIRST_WAIT * 2 ** (attempt - 1)
        deliver.using(run_after=later).enqueue(to=to, subject=subject, text=text, html=html, attempt=attempt + 1, until=until)
