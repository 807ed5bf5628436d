"""Two jobs for the worker's tests."""

from django.core.mail import send_mail
from django_tasks import task


@task()
def write_to(address: str) -> None:
    """Send a letter."""
    send_mail("Bonjour", "Bonjour", None, [address])


@task()
def break_down() -> None:
    """Fail, as a job may."""
    raise RuntimeError("broken on purpose")
