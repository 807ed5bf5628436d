"""What the screens of the yearly report share: the year of which they speak, and where it stands."""

from dataclasses import dataclass
from functools import cached_property

from retkoop.core import clock
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.controls import Control
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.web import annee_query, year_in_view, years_in_view
from retkoop.yearend.controls import balanced, controls
from retkoop.yearend.fields import is_figure
from retkoop.yearend.models import Report, ReportRules
from retkoop.yearend.queries.activity import progress_of
from retkoop.yearend.queries.figures import Figures, known_figures
from retkoop.yearend.queries.news import ToMend, reasons_to_mend
from retkoop.yearend.queries.papers import needs_for
from retkoop.yearend.queries.reports import report_of, rules_of, year_of_report
from retkoop.yearend.readiness import Known
from retkoop.yearend.services.progress import note_balanced
from retkoop.yearend.services.reports import LOCKED
from retkoop.yearend.steps import brief_steps, steps_of


@dataclass(frozen=True)
class Desk:
    """The report on the desk: its year, its row (None before the first write), its AD's rules, its figures."""

    year: FiscalYear
    report: Report | None
    rules: ReportRules
    figures: Figures

    @cached_property
    def known(self) -> Known:
        """Its papers and its CRA too, read once a page."""
        needs = needs_for(self.year, self.report, self.figures)
        return Known(self.figures, self.rules, self.verdicts, needs, progress_of(self.year, self.report))

    @cached_property
    def asked(self) -> tuple[ToMend, ...]:
        """What the AD asked to mend and is still to be done."""
        return reasons_to_mend(self.report) if self.report is not None and self.report.editable else ()

    @cached_property
    def verdicts(self) -> list[Control]:
        """The controls of its figures, computed once a page."""
        return controls(self.figures, self.rules)

    @property
    def editable(self) -> bool:
        """May the cooperative still change it?"""
        return self.report is None or self.report.editable

    @property
    def locked(self) -> str:
        """Why it may not be changed, in words; "" when it may."""
        return "" if self.report is None or self.report.editable else LOCKED[self.report.state]


def report_year(request: HouseRequest) -> FiscalYear:
    """The year named by the address or the form (`annee`), else the one that the report speaks of. Raises Http404."""
    if request.GET.get("annee") or request.POST.get("annee"):
        return year_in_view(request)
    return year_of_report(years_in_view(request), clock.today(request.association.time_zone))


def desk_of(request: HouseRequest) -> Desk:
    """Everything that the screens of the year's report read. Raises Http404 for an unknown year."""
    year = report_year(request)
    report = report_of(year)
    return Desk(year, report, rules_of(request.association), known_figures(year, report))


def page_context(request: HouseRequest, desk: Desk, here: str) -> dict[str, object]:
    """What every page of the room shows: the year, the steps, why nothing can be changed, whom to ask.

    `preview`: the year has not ended yet (« si je rendais aujourd'hui »).
    """
    if request.actor.may_write:  # whoever only reads changes nothing, not even what the AD's list is told
        note_balanced(desk.report, balanced=balanced(desk.verdicts))
    return {
        "year": desk.year,
        "annee_query": annee_query(request, desk.year),
        "report": desk.report,
        "steps": brief_steps(desk.year, desk.report, desk.figures, desk.verdicts, desk.asked, here)
        if here == "crf"
        else steps_of(desk.year, desk.report, desk.known, desk.asked, here),
        "locked": desk.locked,
        "preview": clock.today(request.association.time_zone) <= desk.year.end,
        "contact": contact_for(request.cooperative),
        "asked_here": _asked(desk.asked, here),
    }


_BEGINS = {"cra": ("cra",), "quitus": ("quitus",), "documents": ("paper", "quitus")}


def _asked(asked: tuple[ToMend, ...], here: str) -> list[ToMend]:
    """What the AD asked to mend on this very page."""
    begins = _BEGINS.get(here, ())
    return [one for one in asked if one.reason.field.startswith(begins) or (here == "crf" and is_figure(one.reason.field))]
