"""What the yearly report adds to the list « À faire » of the home page: what the AD asked to mend, and its time."""

from collections.abc import Sequence

from retkoop.ledger.todo import Task, task
from retkoop.yearend.queries.news import ToMend


def mend_tasks(asked: Sequence[ToMend]) -> list[Task]:
    """One task for each report that came back, the latest year first; a single reason opens the page that mends it."""
    by_year: dict[str, list[ToMend]] = {}
    for one in asked:
        by_year.setdefault(one.reason.report.year.slug, []).append(one)
    return [_task(slug, own) for slug, own in by_year.items()]


def _task(slug: str, asked: list[ToMend]) -> Task:
    path = asked[0].path if len(asked) == 1 else f"/compte-rendu/?annee={slug}"
    return task("mend", len(asked), path, detail=asked[0].reason.label)
