"""Entries proposed by other cooperatives or by the AD: those that wait, where each would be written, and what resembles it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Cooperative
from retkoop.ledger.chart import ChartAccount, chart_for
from retkoop.ledger.models import (
    AccountClass,
    Entry,
    FiscalYear,
    Means,
    Posting,
    Proposal,
    ProposalState,
    Treasury,
    TreasuryKind,
)
from retkoop.ledger.proposed import TRANSFER, lines_of, means_of, nearness, resembles
from retkoop.ledger.queries.balances import treasuries_of


@dataclass(frozen=True)
class Offer:
    """A proposal, the day and the year in which it would be written (None: no open year), its bank, and a look-alike."""

    proposal: Proposal
    on: dt.date
    year: FiscalYear | None
    bank: Treasury | None
    alike: Entry | None
    lines: tuple[tuple[ChartAccount, int], ...] = ()
    """Its accounts in the chart of that year, with their cents as the cahier shows them (a refund: < 0)."""

    @property
    def transfer(self) -> bool:
        """Is it the other side of a transfer between cooperatives?"""
        return self.proposal.source == TRANSFER

    @property
    def means(self) -> str:
        """« Prélèvement »."""
        return Means(means_of(self.proposal.payload)).label

    @property
    def entering(self) -> bool:
        """Would money enter the bank?"""
        return bool(self.proposal.payload["direction"] == "in")

    @property
    def cents(self) -> int:
        """The amount, > 0."""
        return int(self.proposal.payload["cents"])

    @property
    def told_on(self) -> dt.date:
        """The date of the other cooperative's entry, of the payment or of the call."""
        return dt.date.fromisoformat(self.proposal.payload["date"])


def offers_of(cooperative: Cooperative, years: Sequence[FiscalYear], today: dt.date) -> list[Offer]:
    """The open proposals, the oldest first; a fixed number of queries."""
    rows = list(Proposal.objects.filter(cooperative=cooperative, state=ProposalState.OPEN).order_by("made_at", "pk"))
    if not rows:
        return []
    for row in rows:
        row.cooperative = cooperative
    banks = [row for row in treasuries_of(cooperative) if row.kind == TreasuryKind.BANK]
    accounts = {line.account for row in rows for line in lines_of(row.payload)}
    alike = list(
        Posting.objects.filter(
            year__in=years, until_version__isnull=True, account__key__in=accounts, entry__number__gt=0
        ).select_related("entry", "account")[:500]
    )
    return [_offer(row, years, banks, alike, today) for row in rows]


def dismissed_of(cooperative: Cooperative) -> list[Proposal]:
    """The latest proposals put aside, to be taken up again; not those that the other side withdrew."""
    rows = Proposal.objects.filter(cooperative=cooperative, state=ProposalState.DISMISSED).order_by("-made_at")[:40]
    return [row for row in rows if "withdrawn" not in row.payload][:20]


def _offer(row: Proposal, years: Sequence[FiscalYear], banks: list[Treasury], postings: list[Posting], today: dt.date) -> Offer:
    told = dt.date.fromisoformat(row.payload["date"])
    year = _open_year(years, told)
    on = told if year else today
    year = year or _open_year(years, today)
    bank = next((each for each in banks if each.opened <= on and (each.closed is None or each.closed >= on)), None)
    alike = (
        each.entry
        for each in postings
        if resembles(row.payload, each.account.key, each.cents) and abs(each.entry.date - told) <= nearness(row.source)
    )
    return Offer(row, on, year, bank, next(alike, None), _shown(row, year, SchoolYear.of(on)))


def _shown(row: Proposal, year: FiscalYear | None, school_year: SchoolYear) -> tuple[tuple[ChartAccount, int], ...]:
    chart = chart_for(row.cooperative.association_id, year.first if year else school_year.first)
    told = [(chart.by_key[line.account], line.cents) for line in lines_of(row.payload)]
    return tuple((account, -cents if account.kind == AccountClass.INCOME else cents) for account, cents in told)


def _open_year(years: Sequence[FiscalYear], day: dt.date) -> FiscalYear | None:
    return next((year for year in years if not year.closed and year.start <= day <= year.end), None)
