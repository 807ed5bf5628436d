"""`/archives/`: the accounts of each past year, from wherever they are known, in one shape.

A validated report speaks first; then what the AD typed of a year before the
cooperative came here; then the figures of a year kept here and not validated.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from retkoop.core.dates import format_long
from retkoop.core.schoolyear import SchoolYear
from retkoop.documents.models import Document
from retkoop.identity.models import Cooperative
from retkoop.ledger.chart import BROUGHT_FORWARD, chart_for
from retkoop.ledger.models import AccountClass, FiscalYear, YearMode
from retkoop.ledger.queries.actions import ActionState, action_states
from retkoop.yearend.models import PastReport, Report, ReportState, ValidatedReport
from retkoop.yearend.queries.figures import known_figures
from retkoop.yearend.queries.shapes import Line, Treasury


@dataclass(frozen=True)
class Amount:
    """An account and its cents."""

    key: str
    code: str
    label: str
    cents: int


@dataclass(frozen=True)
class Accounts:
    """A year's accounts. `source`: where they come from; `story` says it; `year` is None before the cooperative came."""

    slug: str
    source: Literal["validated", "past", "current"]
    story: str
    charges: tuple[Amount, ...]
    incomes: tuple[Amount, ...]
    treasuries: tuple[Amount, ...]
    brought_forward_cents: int
    year: FiscalYear | None = None
    pdf: Document | None = None
    """The validated report."""
    old: Document | None = None
    """The report of that time, when the figures were typed afterwards."""
    superseded: tuple[ValidatedReport, ...] = ()
    state: str = ""

    @property
    def reported(self) -> bool:
        """Is there a report of it, validated or not?"""
        return self.state in ReportState.values

    @property
    def charges_cents(self) -> int:
        return sum(amount.cents for amount in self.charges)

    @property
    def incomes_cents(self) -> int:
        return sum(amount.cents for amount in self.incomes)

    @property
    def result_cents(self) -> int:
        return self.incomes_cents - self.charges_cents

    @property
    def closing_cents(self) -> int:
        """What the cooperative held on 31 August."""
        return sum(amount.cents for amount in self.treasuries)

    @property
    def end(self) -> dt.date:
        return SchoolYear.parse(self.slug).end

    @property
    def actions(self) -> list[ActionState]:
        """The year's projects, those that moved money; none outside a book kept here."""
        if self.year is None:
            return []
        return [state for state in action_states(self.year) if state.entries]


def archives_of(cooperative: Cooperative, years: Iterable[FiscalYear], today: dt.date) -> list[Accounts]:
    """Every year that has ended, and those that the AD typed; the latest first."""
    found = {year.slug: _of_year(year) for year in years if year.end < today}
    for past in PastReport.objects.filter(cooperative=cooperative, removed_at__isnull=True).select_related("on_behalf"):
        slug = SchoolYear(past.first).slug
        if slug not in found or (found[slug].source == "current" and found[slug].state == ""):
            found[slug] = _of_past(past, cooperative)
    return [found[slug] for slug in sorted(found, reverse=True)]


def accounts_of(cooperative: Cooperative, years: Iterable[FiscalYear], slug: str) -> Accounts | None:
    """The accounts of one year, a running one too; None when nothing is known of it."""
    year = next((row for row in years if row.slug == slug), None)
    known = _of_year(year) if year is not None else None
    if known is not None and (known.source == "validated" or known.state):
        return known
    try:
        first = SchoolYear.parse(slug).first
    except ValueError:
        return None
    past = past_of(cooperative, first)
    return _of_past(past, cooperative) if past is not None else known


def past_of(cooperative: Cooperative, first: int) -> PastReport | None:
    """What the AD typed of the school year that began in `first`."""
    rows = PastReport.objects.select_related("document", "on_behalf")
    return rows.filter(cooperative=cooperative, first=first, removed_at__isnull=True).first()


def _of_year(year: FiscalYear) -> Accounts:
    report = Report.objects.filter(year=year).first()
    versions = list(ValidatedReport.objects.filter(report=report).select_related("pdf", "on_behalf")) if report else []
    live = next((row for row in versions if row.superseded_at is None), None)
    if live is not None:
        return _of_validated(live, year, tuple(row for row in versions if row.superseded_at is not None))
    figures = known_figures(year, report)
    story = f"Compte-rendu {report.get_state_display()}." if report is not None else _unreported(year)
    touched = "kept" if report is not None or figures.touched else ""
    return Accounts(
        slug=year.slug,
        source="current",
        story=story,
        charges=_lines(figures.charges),
        incomes=_lines(figures.incomes),
        treasuries=_lines(figures.treasuries),
        brought_forward_cents=figures.brought_forward_cents or 0,
        year=year,
        superseded=tuple(versions),
        state=report.state if report is not None else touched,
    )


def _unreported(year: FiscalYear) -> str:
    """What is true of a year without a report."""
    if year.mode == YearMode.TOTALS:
        return "Totaux pas encore validés."
    if year.closed:
        return "Cahier clôturé ; ces comptes n’ont pas été validés ici."
    return "Cahier pas encore clôturé, comptes pas encore validés."


def _lines(rows: Iterable[Line | Treasury]) -> tuple[Amount, ...]:
    return tuple(Amount(row.key, row.code, row.label, row.cents) for row in rows)


def _of_validated(row: ValidatedReport, year: FiscalYear, superseded: tuple[ValidatedReport, ...]) -> Accounts:
    figures: dict[str, Any] = json.loads(row.content)["figures"]
    by = f" par l’{row.on_behalf.name}" if row.on_behalf else ""
    return Accounts(
        slug=year.slug,
        source="validated",
        story=f"Compte-rendu validé{by} le {format_long(row.at.date())}.",
        charges=_amounts(figures["charges"]),
        incomes=_amounts(figures["incomes"]),
        treasuries=_amounts(figures["treasuries"]),
        brought_forward_cents=figures["brought_forward_cents"] or 0,
        year=year,
        pdf=row.pdf,
        superseded=superseded,
        state="validated",
    )


def _amounts(rows: list[dict[str, Any]]) -> tuple[Amount, ...]:
    return tuple(Amount(row["key"], row["code"], row["label"], row["cents"]) for row in rows)


def _of_past(past: PastReport, cooperative: Cooperative) -> Accounts:
    chart = chart_for(cooperative.association_id, past.first)

    def amounts(kind: str) -> tuple[Amount, ...]:
        return tuple(Amount(a.key, a.code, a.label, past.figures.get(a.key, 0)) for a in chart.of_kind(kind))

    by = past.on_behalf.name if past.on_behalf else cooperative.association.name
    return Accounts(
        slug=SchoolYear(past.first).slug,
        source="past",
        story=f"Comptes saisis par l’{by} le {format_long(past.typed_at.date())}.",
        charges=amounts(AccountClass.CHARGE),
        incomes=amounts(AccountClass.INCOME),
        treasuries=amounts(AccountClass.TREASURY),
        brought_forward_cents=past.figures.get(BROUGHT_FORWARD, 0),
        old=past.document,
        state="past",
    )
