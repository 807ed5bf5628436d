"""Which report is meant: that of a year, its AD's rules, and the year of which « Le Compte-Rendu » speaks."""

import datetime as dt
from collections.abc import Sequence

from retkoop.identity.models import Association
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import Report, ReportRules
from retkoop.yearend.models.reports import FROZEN


def report_of(year: FiscalYear) -> Report | None:
    """The year's report; None while nothing of it has been written."""
    found = Report.objects.filter(year=year).first()
    if found is not None:
        found.year = year
    return found


def rules_of(association: Association) -> ReportRules:
    """What the AD asks of a report; the federation's defaults, unsaved, when it said nothing."""
    found = ReportRules.objects.filter(association=association).first()
    return found or ReportRules(association=association)


def year_of_report(years: Sequence[FiscalYear], today: dt.date) -> FiscalYear:
    """The year of which the yearly report speaks on `today`; `years` oldest first, never empty.

    The last year that has ended, unless its report is validated while that of
    an earlier one is under way; before any year has ended, the running one, as
    a preview.
    """
    ended = [year for year in years if year.end < today]
    if not ended:
        return years[-1]
    states = dict(Report.objects.filter(year__in=ended).values_list("year_id", "state"))
    if states.get(ended[-1].pk) not in FROZEN:
        return ended[-1]
    waiting = [year for year in ended if year.pk in states and states[year.pk] not in FROZEN]
    return waiting[-1] if waiting else ended[-1]
