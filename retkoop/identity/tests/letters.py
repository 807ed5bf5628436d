"""The letters that a test has caused, read from the jobs that will send them."""

import re
from dataclasses import dataclass

from django_tasks_db.models import DBTaskResult


@dataclass(frozen=True)
class Letter:
    """One e-mail: to whom, and what it says."""

    to: str
    subject: str
    text: str

    @property
    def link(self) -> str:
        """The only link of the letter."""
        (link,) = re.findall(r"https?://\S+", self.text)
        return str(link)


def letters() -> list[Letter]:
    """Every letter so far, oldest first."""
    jobs = [result.args_kwargs["kwargs"] for result in DBTaskResult.objects.order_by("enqueued_at")]
    return [Letter(job["to"], job["subject"], job["text"]) for job in jobs if "to" in job]
