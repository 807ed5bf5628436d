"""What still stands between a report and its AD: controls, required answers, the quitus and the documents.

A **lack** in the way forbids handing in; one that is **awaited** may come by
post: the report leaves, says what it waits for, and is not validated before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.ledger.controls import Control
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.services.closing import refuse_closing
from retkoop.yearend.controls import controls
from retkoop.yearend.fields import paper_field
from retkoop.yearend.models import PaperKind, Report, ReportRules
from retkoop.yearend.queries.activity import ActivityProgress, progress_of
from retkoop.yearend.queries.figures import known_figures
from retkoop.yearend.queries.papers import Need, needs_of
from retkoop.yearend.queries.reports import rules_of
from retkoop.yearend.queries.shapes import Figures

MOST_ANSWERS = 3


@dataclass(frozen=True)
class Lack:
    """Something missing, in words, and the page that gives it."""

    key: str
    words: str
    path: str


@dataclass(frozen=True)
class Readiness:
    """Where a report stands: `early` says from when it may be handed in, "" once it may."""

    early: str
    lacks: tuple[Lack, ...]
    awaited: tuple[Lack, ...]
    closes: bool
    """Will handing it in close the books?"""

    @property
    def ready(self) -> bool:
        """May it be handed in, if what is awaited comes by post?"""
        return not self.early and not self.lacks


@dataclass(frozen=True)
class Known:
    """What a page has already read of the report."""

    figures: Figures
    rules: ReportRules
    verdicts: list[Control]
    needs: Sequence[Need]
    activity: ActivityProgress


def known_of(report: Report) -> Known:
    """Everything that readiness looks at."""
    figures = known_figures(report.year, report)
    rules = rules_of(report.year.cooperative.association)
    return Known(
        figures,
        rules,
        controls(figures, rules),
        needs_of(report, figures),
        progress_of(report.year, report),
    )


def readiness_of(report: Report, known: Known | None = None) -> Readiness:
    """What the report still lacks today."""
    year = report.year
    known = known or known_of(report)
    lacks = [*_controls(known.verdicts), *_answers(known.activity, year), *_closing(year)]
    return Readiness(
        early=_early(year),
        lacks=tuple(lacks),
        awaited=tuple(_awaited(known.needs, year)),
        closes=year.mode == YearMode.BOOKS and not year.closed,
    )


def _early(year: FiscalYear) -> str:
    if clock.today(year.cooperative.association.time_zone) > year.end:
        return ""
    return f"Le compte-rendu {year.slug} se transmet à partir du 1er septembre {year.end.year}."


def _controls(verdicts: list[Control]) -> list[Lack]:
    """E7 only repeats what the others say."""
    wrong = [verdict for verdict in verdicts if verdict.id != "E7" and not verdict.ok]
    return [Lack(f"control:{verdict.id}", verdict.message, verdict.path) for verdict in wrong]


def _answers(progress: ActivityProgress, year: FiscalYear) -> list[Lack]:
    """Each by its words; many at once, by the page that lists them."""
    if len(progress.missing) > MOST_ANSWERS:
        words = f"Il manque {len(progress.missing)} réponses au compte-rendu d’activité."
        return [Lack("cra", words, _cra(progress.missing[0].page, year))]
    words = "Il manque une réponse au compte-rendu d’activité"
    return [Lack(f"cra.{each.key}", f"{words} : « {each.text} ».", _cra(each.page, year)) for each in progress.missing]


def _cra(page: int, year: FiscalYear) -> str:
    return f"/compte-rendu/cra/{'projets/' if page == 2 else ''}?annee={year.slug}"


def _closing(year: FiscalYear) -> list[Lack]:
    """What forbids closing the books, which handing in does."""
    if year.mode != YearMode.BOOKS or year.closed or _early(year):
        return []
    try:
        refuse_closing(year, clock.today(year.cooperative.association.time_zone))
    except Refusal as refusal:
        return [Lack("closing", refusal.message, f"/cloture/?annee={year.slug}")]
    return []


def _awaited(needs: Sequence[Need], year: FiscalYear) -> list[Lack]:
    """The quitus and the documents that are not there yet, or were refused."""
    places = {PaperKind.QUITUS: "/compte-rendu/quitus/"}
    return [
        Lack(paper_field(need), need.label, f"{places.get(need.kind, '/compte-rendu/documents/')}?annee={year.slug}")
        for need in needs
        if not need.there
    ]


def refuse_unready(report: Report) -> Readiness:
    """Inside an act: the report's readiness. Raises Refusal with the first thing in the way."""
    ready = readiness_of(report)
    if ready.early:
        raise Refusal(ready.early)
    if ready.lacks:
        raise Refusal(ready.lacks[0].words)
    return ready
