"""What awaits a cooperative in its school year: the steps with their dates and what is known of each; an AD's rules.

Three queries, whatever the number of cooperatives: the home page asks for one,
the reminders for all those of an AD.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retkoop.agenda.conditions import CONDITIONS, Done, Facts, YearFacts
from retkoop.agenda.holidays import zone_of_department
from retkoop.agenda.models import AgendaRules, DueDate
from retkoop.agenda.year import Choice, Planned, current_year, planned
from retkoop.core import clock, sql
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association, Cooperative
from retkoop.ledger.models import YearMode
from retkoop.membership.models import Tariff
from retkoop.yearend.steps import SENT

LATE, NOW, LATER, DONE, PAST = "late", "now", "later", "done", "past"
_FIXED = {"adhesion": "deadline", "resignation": "resignation_by"}
# fixed statements: composing these two would cost the home page more than reading them
_FACT_NAMES = (
    "pk", "association_id", "unticked", "pointed", "proposed", "confirmed_at", "adhesion_sent", "engaged", "resigned",
    "resigned_before", "member_before", "since", "deadline", "resignation_by",
)  # fmt: skip
_FACTS = """
SELECT c.id, c.association_id,
  (SELECT MIN(e.date) FROM ledger_treasury t
      JOIN ledger_posting p ON p.treasury_id = t.id JOIN ledger_entry e ON e.id = p.entry_id
    WHERE t.cooperative_id = c.id AND t.kind = 'bank' AND p.statement_id IS NULL AND p.until_version IS NULL
      AND p.treasury_id IS NOT NULL AND e.cancelled_at IS NULL),
  (SELECT MAX(s.ends_on) FROM ledger_treasury t JOIN ledger_statement s ON s.treasury_id = t.id
    WHERE t.cooperative_id = c.id AND t.kind = 'bank'),
  EXISTS (SELECT 1 FROM ledger_proposal o WHERE o.cooperative_id = c.id AND o.state = 'open'),
  (SELECT k.confirmed_at FROM membership_schoolcard k WHERE k.cooperative_id = c.id),
  EXISTS (SELECT 1 FROM membership_sheet h JOIN membership_adhesion a ON a.id = h.adhesion_id
    WHERE a.cooperative_id = c.id AND a.first = %s AND h.state IN ('sent', 'validated')),
  EXISTS (SELECT 1 FROM membership_engagement g WHERE g.cooperative_id = c.id AND g.first = %s),
  EXISTS (SELECT 1 FROM membership_resignation r WHERE r.cooperative_id = c.id AND r.first = %s AND r.cancelled_at IS NULL),
  EXISTS (SELECT 1 FROM membership_resignation r WHERE r.cooperative_id = c.id AND r.first < %s AND r.cancelled_at IS NULL),
  EXISTS (SELECT 1 FROM membership_sheet h JOIN membership_adhesion a ON a.id = h.adhesion_id
    WHERE a.cooperative_id = c.id AND a.first = %s AND h.state = 'validated'),
  (SELECT MIN(y."end") FROM ledger_fiscalyear y WHERE y.cooperative_id = c.id),
  f.deadline, f.resignation_by
FROM identity_cooperative c LEFT JOIN membership_tariff f ON f.association_id = c.association_id AND f.first = %s
WHERE c.id IN ({places}) ORDER BY c.id
"""
_YEARS = """
SELECT y.cooperative_id, y."end", y.mode, y.closed_at IS NOT NULL,
  EXISTS (SELECT 1 FROM ledger_draft d WHERE d.year_id = y.id AND d.done_at IS NULL),
  EXISTS (SELECT 1 FROM ledger_cashcount n WHERE n.year_id = y.id AND n."on" = y."end" AND n.cancelled_at IS NULL),
  EXISTS (SELECT 1 FROM ledger_balance b JOIN ledger_treasury t ON t.id = b.treasury_id
    WHERE b.year_id = y.id AND t.kind = 'cash'),
  r.state, v.pages
FROM ledger_fiscalyear y LEFT JOIN yearend_report r ON r.year_id = y.id LEFT JOIN yearend_activityreport v ON v.report_id = r.id
WHERE y.cooperative_id IN ({places}) AND y."end" BETWEEN %s AND %s ORDER BY y.id
"""


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
        fixed = {key: day for key, name in _FIXED.items() if (day := _day(row[name])) is not None}
        place = (row["association_id"], row["deadline"], row["resignation_by"])
        if place not in plans:
            plans[place] = planned(first, own.get(row["association_id"]), fixed)
        facts = _facts(row, _with_idle(years.get(row["pk"], {}), _day(row["since"]), first))
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
    keys = [each.pk for each in cooperatives]
    found = sql.fetch(_FACTS.format(places=sql.places(keys)), [first, first, first, first, first - 1, first, *keys])
    return [dict(zip(_FACT_NAMES, row, strict=True)) for row in found]


def _years(cooperatives: Sequence[Cooperative], first: int) -> dict[int, dict[int, YearFacts]]:
    """What is known of this fiscal year and the last, by cooperative."""
    keys = [each.pk for each in cooperatives]
    ends = [SchoolYear(first - 1).end, SchoolYear(first).end]
    found: dict[int, dict[int, YearFacts]] = {}
    for row in sql.fetch(_YEARS.format(places=sql.places(keys)), [*keys, *ends]):
        cooperative, end, mode, closed, drafted, counted, cash, state, pages = row
        found.setdefault(cooperative, {})[_required(end).year - 1] = YearFacts(
            exists=True,
            books=mode == YearMode.BOOKS,
            closed=bool(closed),
            drafts=bool(drafted),
            counted=bool(counted),
            cash=bool(cash),
            sent=state in SENT,
            pages=frozenset(json.loads(pages) if isinstance(pages, str) else pages or ()),
        )
    return found


def _required(value: object) -> dt.date:
    day = _day(value)
    assert day is not None
    return day


def _day(value: object) -> dt.date | None:
    """The day of a date or an instant as a fixed statement gives it: text on SQLite, a date on PostgreSQL."""
    return None if value is None else dt.date.fromisoformat(str(value)[:10])


def _with_idle(known: Mapping[int, YearFacts], since: dt.date | None, first: int) -> dict[int, YearFacts]:
    """A year that nobody has looked at yet stands like an empty one, kept as the one before: it opens at the first look."""
    found = dict(known)
    for each in (first - 1, first):
        if each not in found and since is not None and since <= SchoolYear(each).end:
            before = found.get(each - 1)
            found[each] = YearFacts(exists=True, books=before.books if before else True)
    return found


def _facts(row: Mapping[str, Any], years: Mapping[int, YearFacts]) -> Facts:
    gone = row["resigned_before"] and not row["adhesion_sent"] and not row["member_before"]
    return Facts(
        years=years,
        unticked=_day(row["unticked"]),
        pointed=_day(row["pointed"]),
        proposals=bool(row["proposed"]),
        confirmed_on=_day(row["confirmed_at"]),
        tariff=row["deadline"] is not None,
        adhesion_sent=bool(row["adhesion_sent"]),
        engaged=bool(row["engaged"]),
        resigned=bool(row["resigned"] or gone),
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
