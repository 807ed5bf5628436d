"""What awaits a cooperative in its school year: the steps with their dates and what is known of each; an AD's rules.

Three queries, whatever the number of cooperatives: the home page asks for one,
the reminders for all those of an AD.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from retkoop.agenda.conditions import CONDITIONS, Done, Facts, YearFacts
from retkoop.agenda.holidays import zone_of_department
from retkoop.agenda.models import AgendaRules, DueDate
from retkoop.agenda.year import Choice, Planned, current_year, planned
from retkoop.core import clock
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association, Cooperative
from retkoop.ledger.models import (
    Balance,
    CashCount,
    Draft,
    FiscalYear,
    Posting,
    Proposal,
    ProposalState,
    Statement,
    TreasuryKind,
    YearMode,
)
from retkoop.membership.models import Engagement, Resignation, SchoolCard, Sheet, SheetState, Tariff
from retkoop.yearend.models import ActivityReport, Report
from retkoop.yearend.steps import SENT

LATE, NOW, LATER, DONE, PAST = "late", "now", "later", "done", "past"
_LEFT = (SheetState.SENT, SheetState.VALIDATED)
_FIXED = {"adhesion": "deadline", "resignation": "resignation_by"}


@dataclass(frozen=True)
class Item:
    """A step of a cooperative's year.

    `state`: late, now, later (or not open yet), done, or past (an information that is over).
    """

    planned: Planned
    state: str
    path: str

    @property
    def key(self) -> str:
        return self.planned.key

    @property
    def title(self) -> str:
        return self.planned.title

    @property
    def due(self) -> dt.date:
        return self.planned.due

    @property
    def minutes(self) -> int:
        return self.planned.step.minutes

    @property
    def information(self) -> bool:
        """Is it only told, never known to be done?"""
        return not self.planned.step.known


@dataclass(frozen=True)
class Agenda:
    """The school year of a cooperative as it stands on `today`, in the order of the dates."""

    first: int
    today: dt.date
    items: tuple[Item, ...]

    @property
    def slug(self) -> str:
        """« 2026-2027 »."""
        return SchoolYear(self.first).slug

    def pending(self, said: Mapping[int, Iterable[str]] | None = None) -> list[Item]:
        """What is late, then what is to be done now; of a monthly step only the oldest.

        `said`: by fiscal year (its first calendar year), the tasks that the page already tells (ledger/todo.py);
        a step that says the same of that year is left out.
        """
        told = {first: set(tasks) for first, tasks in (said or {}).items()}
        seen, found = set(), []
        for item in sorted(self.items, key=lambda each: (each.state != LATE, each.due)):
            step = item.planned.step
            if (
                item.state not in {LATE, NOW}
                or step.tasks & told.get(item.planned.about, set())
                or (step.monthly and step.key in seen)
            ):
                continue
            seen.add(step.key)
            found.append(item)
        return found

    @property
    def done(self) -> list[Item]:
        return [item for item in self.items if item.state == DONE]

    @property
    def next(self) -> Item | None:
        """The first that is still to come."""
        return next((item for item in self.items if item.state == LATER and item.due >= self.today), None)


@dataclass(frozen=True)
class Rules:
    """An AD's rules: its zone of school holidays, whether mails leave, its own dates by step, those that its tariffs set."""

    zone: str
    mails: bool
    version: int
    own: Mapping[str, Choice]
    fixed: Mapping[str, dt.date]


def agenda_of(cooperative: Cooperative) -> Agenda:
    """The year of one cooperative, today where it lives."""
    return agendas_of([cooperative], clock.today(cooperative.association.time_zone))[cooperative.pk]


def agendas_of(cooperatives: Sequence[Cooperative], today: dt.date) -> dict[int, Agenda]:
    """The school year of each cooperative, by its id; their associations come along. Three queries."""
    first = current_year(today)
    own = _choices(DueDate.objects.filter(association__in={each.association_id for each in cooperatives}))
    plans: dict[tuple[int, object, object], list[Planned]] = {}
    found = {}
    rows, years = _rows(cooperatives, first), _years(cooperatives, first)
    for row in rows:
        fixed = {key: day for key, name in _FIXED.items() if (day := row[name]) is not None}
        place = (row["association_id"], row["deadline"], row["resignation_by"])
        if place not in plans:
            plans[place] = planned(first, own.get(row["association_id"]), fixed)
        facts = _facts(row, _with_idle(years.get(row["pk"], {}), row["since"], first))
        items = [item for each in plans[place] if (item := _item(each, facts, today)) is not None]
        found[row["pk"]] = Agenda(first, today, tuple(items))
    return found


def rules_of(association: Association, today: dt.date) -> Rules:
    """The AD's rules; the federation's when it said nothing, the zone being that of its département."""
    row = AgendaRules.objects.filter(association=association).first()
    tariff = Tariff.objects.filter(association=association, first=current_year(today)).first()
    return Rules(
        zone=row.zone if row else zone_of_department(association.code),
        mails=row.mails if row else True,
        version=row.version if row else 0,
        own=_choices(DueDate.objects.filter(association=association)).get(association.pk, {}),
        fixed={key: getattr(tariff, name) for key, name in _FIXED.items()} if tariff else {},
    )


def _choices(dates: Iterable[DueDate]) -> dict[int, dict[str, Choice]]:
    found: dict[int, dict[str, Choice]] = {}
    for each in dates:
        found.setdefault(each.association_id, {})[each.key] = Choice(each.month, each.day, each.off)
    return found


def _rows(cooperatives: Sequence[Cooperative], first: int) -> list[dict[str, Any]]:
    """What is known of each cooperative outside its fiscal years."""
    here = OuterRef("pk")
    bank = {"treasury__cooperative": here, "treasury__kind": TreasuryKind.BANK}
    waiting = Posting.objects.filter(
        **bank, statement__isnull=True, until_version__isnull=True, entry__cancelled_at__isnull=True
    ).order_by("entry__date")
    tariff = Tariff.objects.filter(association=OuterRef("association"), first=first)
    sheets = Sheet.objects.filter(cooperative=here)
    ended = Resignation.objects.filter(cooperative=here, cancelled_at__isnull=True)
    oldest = FiscalYear.objects.filter(cooperative=here).order_by("start")
    annotated = Cooperative.objects.filter(pk__in=[each.pk for each in cooperatives]).annotate(
        unticked=Subquery(waiting.values("entry__date")[:1]),
        pointed=Subquery(Statement.objects.filter(**bank).order_by("-ends_on").values("ends_on")[:1]),
        proposed=Exists(Proposal.objects.filter(cooperative=here, state=ProposalState.OPEN)),
        confirmed_at=Subquery(SchoolCard.objects.filter(cooperative=here).values("confirmed_at")[:1]),
        adhesion_sent=Exists(sheets.filter(adhesion__first=first, state__in=_LEFT)),
        engaged=Exists(Engagement.objects.filter(cooperative=here, first=first)),
        resigned=Exists(ended.filter(first=first)),
        resigned_before=Exists(ended.filter(first__lt=first)),
        member_before=Exists(sheets.filter(adhesion__first=first - 1, state=SheetState.VALIDATED)),
        since=Subquery(oldest.values("end")[:1]),
        deadline=Subquery(tariff.values("deadline")[:1]),
        resignation_by=Subquery(tariff.values("resignation_by")[:1]),
    )
    names = [*annotated.query.annotations]
    return list(annotated.order_by("pk").values("pk", "association_id", *names))


def _years(cooperatives: Sequence[Cooperative], first: int) -> dict[int, dict[int, YearFacts]]:
    """What is known of this fiscal year and the last, by cooperative."""
    here = OuterRef("pk")
    counts = CashCount.objects.filter(year=here, on=OuterRef("end"), cancelled_at__isnull=True)
    reports: QuerySet[Report] = Report.objects.filter(year=here)
    rows = (
        FiscalYear.objects.filter(
            cooperative__in=[each.pk for each in cooperatives],
            end__gte=SchoolYear(first - 1).end,
            end__lte=SchoolYear(first).end,
        )
        .annotate(
            drafted=Exists(Draft.objects.filter(year=here, done_at__isnull=True)),
            counted=Exists(counts),
            cash=Exists(Balance.objects.filter(year=here, treasury__kind=TreasuryKind.CASH)),
            report_state=Subquery(reports.values("state")[:1]),
            pages=Subquery(ActivityReport.objects.filter(report__year=here).values("pages")[:1]),
        )
        .order_by("pk")
        .values("cooperative_id", "end", "mode", "closed_at", "drafted", "counted", "cash", "report_state", "pages")
    )
    found: dict[int, dict[int, YearFacts]] = {}
    for row in rows:
        found.setdefault(row["cooperative_id"], {})[row["end"].year - 1] = YearFacts(
            exists=True,
            books=row["mode"] == YearMode.BOOKS,
            closed=row["closed_at"] is not None,
            drafts=row["drafted"],
            counted=row["counted"],
            cash=row["cash"],
            sent=row["report_state"] in SENT,
            pages=frozenset(row["pages"] or ()),
        )
    return found


def _with_idle(known: Mapping[int, YearFacts], since: dt.date | None, first: int) -> dict[int, YearFacts]:
    """A year that nobody has looked at yet stands like an empty one, kept as the one before: it opens at the first look."""
    found = dict(known)
    for each in (first - 1, first):
        if each not in found and since is not None and since <= SchoolYear(each).end:
            before = found.get(each - 1)
            found[each] = YearFacts(exists=True, books=before.books if before else True)
    return found


def _facts(row: Mapping[str, Any], years: Mapping[int, YearFacts]) -> Facts:
    confirmed = row["confirmed_at"]
    gone = row["resigned_before"] and not row["adhesion_sent"] and not row["member_before"]
    return Facts(
        years=years,
        unticked=row["unticked"],
        pointed=row["pointed"],
        proposals=row["proposed"],
        confirmed_on=confirmed.date() if confirmed else None,
        tariff=row["deadline"] is not None,
        adhesion_sent=row["adhesion_sent"],
        engaged=row["engaged"],
        resigned=row["resigned"] or gone,
    )


def _item(step: Planned, facts: Facts, today: dt.date) -> Item | None:
    """The step as it stands; None when the cooperative is not concerned."""
    condition = CONDITIONS.get(step.step.known)
    done = condition(facts, step) if condition else Done.NO
    if done is Done.NOT_CONCERNED:
        return None
    path = step.step.path
    if step.step.dated and facts.year(step.about).exists:
        path += f"?annee={SchoolYear(step.about).slug}"
    state = LATER if done is Done.NOT_YET else _state(step, done is Done.YES, today)
    return Item(step, state, path)


def _state(step: Planned, done: bool, today: dt.date) -> str:
    if today < step.begins:
        return LATER
    if done:
        return DONE
    if today <= step.due:
        return NOW
    return LATE if step.step.known else PAST
