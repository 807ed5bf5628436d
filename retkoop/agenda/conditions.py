"""How each step of the year is known to be done: named conditions over what the other rooms hold.

Nothing is ticked by hand. A condition says « not_concerned » when the step has
no meaning for the cooperative: no book last year, no cash box, a résiliation;
« not_yet » when it cannot be done: nobody is late for what is not open.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from retkoop.agenda.year import Planned

STATEMENT_SLACK = dt.timedelta(days=6)
CRA_PAGES = frozenset({"1", "2"})


class Done(StrEnum):
    """What a condition answers."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not_yet"
    NOT_CONCERNED = "not_concerned"


@dataclass(frozen=True)
class YearFacts:
    """What is known of a fiscal year: whether it exists, is kept here, is closed, has drafts, was counted, was handed in."""

    exists: bool = False
    books: bool = False
    closed: bool = False
    drafts: bool = False
    counted: bool = False
    cash: bool = False
    sent: bool = False
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What is known of a cooperative.

    `unticked`: the date of its oldest bank line that is not pointed; `pointed`: that of its last statement.
    """

    years: Mapping[int, YearFacts] = field(default_factory=dict)
    unticked: dt.date | None = None
    pointed: dt.date | None = None
    proposals: bool = False
    confirmed_on: dt.date | None = None
    tariff: bool = False
    adhesion_sent: bool = False
    engaged: bool = False
    resigned: bool = False

    def year(self, first: int) -> YearFacts:
        """The facts of a fiscal year, known or not."""
        return self.years.get(first, YearFacts())

    def pointed_until(self, day: dt.date) -> bool:
        """Is every bank line up to that day pointed, or a statement of about that day or later ticked?

        A cheque that nobody has cashed yet must not hold up the month.
        """
        nothing_left = self.unticked is None or self.unticked > day
        return nothing_left or (self.pointed is not None and self.pointed >= day - STATEMENT_SLACK)


Condition = Callable[[Facts, Planned], Done]


def _answer(done: bool, concerned: bool = True) -> Done:
    if not concerned:
        return Done.NOT_CONCERNED
    return Done.YES if done else Done.NO


def cash_counted(facts: Facts, step: Planned) -> Done:
    """The cash was counted on the last day of the year, or its report is handed in."""
    year = facts.year(step.about)
    return _answer(year.counted or year.sent, year.books and (year.cash or year.counted))


def identity_confirmed(facts: Facts, step: Planned) -> Done:
    """« Valider les modifications » since the window opened, even if nothing changed."""
    return _answer(facts.confirmed_on is not None and facts.confirmed_on >= step.begins)


def last_year_pointed(facts: Facts, step: Planned) -> Done:
    """Last year is closed, or has no draft and is pointed to its end."""
    year = facts.year(step.about)
    ready = not year.drafts and facts.pointed_until(dt.date(step.about + 1, 8, 31))
    return _answer(year.closed or year.sent or ready, year.books)


def adhesion_sent(facts: Facts, _step: Planned) -> Done:
    """The adhésion has left for the AD and a mandataire has engaged, without whom it is not final. The tariff opens it."""
    sent = facts.adhesion_sent and facts.engaged
    return Done.NOT_YET if not (facts.tariff or sent or facts.resigned) else _answer(sent, not facts.resigned)


def report_sent(facts: Facts, step: Planned) -> Done:
    """Last year's report is with the AD, or validated."""
    year = facts.year(step.about)
    return _answer(year.sent, year.exists)


def month_pointed(facts: Facts, step: Planned) -> Done:
    """The month's bank lines are pointed."""
    year = facts.year(step.about)
    return _answer(step.month is not None and (year.closed or facts.pointed_until(step.month)), year.books)


def books_current(facts: Facts, step: Planned) -> Done:
    """No draft, no entry proposed and not answered, and the bank pointed to the end of May."""
    year = facts.year(step.about)
    ready = not year.drafts and not facts.proposals and facts.pointed_until(dt.date(step.about + 1, 5, 31))
    return _answer(year.closed or ready, year.books)


def questionnaire_filled(facts: Facts, step: Planned) -> Done:
    """Both pages of the year's CRA are validated."""
    year = facts.year(step.about)
    return _answer(year.sent or year.pages >= CRA_PAGES, year.exists)


CONDITIONS: dict[str, Condition] = {
    condition.__name__: condition
    for condition in (
        cash_counted,
        identity_confirmed,
        last_year_pointed,
        adhesion_sent,
        report_sent,
        month_pointed,
        books_current,
        questionnaire_filled,
    )
}
