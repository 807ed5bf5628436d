"""The reports of the years before a cooperative came here: the ones known, and what is wrong with one to be typed.

The AD types them (guide 000) with the accounts of its own chart of that year;
`figures` maps an account's stable key to cents, spent for a charge, received
for an income, held for a treasury; « brought_forward » is the report à nouveau.
"""

from collections.abc import Mapping

from retkoop.core.money import format_euros
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association, Cooperative
from retkoop.ledger.chart import BROUGHT_FORWARD, Chart, ChartAccount
from retkoop.ledger.models import AccountClass, Entry, FiscalYear
from retkoop.yearend.models import PastReport, Report

EARLIEST = 1990


def past_reports_of(association: Association) -> list[PastReport]:
    """Those of the AD's cooperatives, by number and year; those taken out come with them."""
    rows = PastReport.objects.filter(cooperative__association=association, cooperative__withdrawn_at=None).select_related(
        "cooperative__association"
    )
    return list(rows.order_by("cooperative__number", "-first", "pk"))


def past_report_of(association: Association, pk: int) -> PastReport | None:
    """One of them; None for the absent and the foreign alike."""
    rows = PastReport.objects.select_related("cooperative__association")
    return rows.filter(cooperative__association=association, pk=pk).first()


def typed_accounts(chart: Chart) -> tuple[ChartAccount, ...]:
    """The boxes of a past report: charges, incomes, treasuries, then the report à nouveau."""
    return (*chart.operating, *chart.of_kind(AccountClass.TREASURY), chart.by_key[BROUGHT_FORWARD])


def closing_of(figures: Mapping[str, int], chart: Chart) -> int:
    """What the cooperative held at the end, in cents."""
    return sum(figures.get(account.key, 0) for account in chart.of_kind(AccountClass.TREASURY))


def balance_problem(figures: Mapping[str, int], chart: Chart) -> str:
    """Why such a report cannot have been validated, "" when its two sides are equal (E2)."""
    incomes = sum(figures.get(account.key, 0) for account in chart.incomes)
    charges = sum(figures.get(account.key, 0) for account in chart.charges)
    held, owed = closing_of(figures, chart), figures.get(BROUGHT_FORWARD, 0) + incomes - charges
    if held == owed:
        return ""
    return (
        f"Banque et caisse font {format_euros(held)}, report à nouveau et résultat font {format_euros(owed)} : "
        f"il y a {format_euros(abs(held - owed))} d’écart."
    )


def year_problem(cooperative: Cooperative, first: int, current: SchoolYear, *, but: int = 0) -> str:
    """Why no past report may be typed for that year, "" when it may. `but`: the report being changed."""
    slug = SchoolYear(first).slug
    if not EARLIEST <= first < current.first:
        return f"L’année {slug} n’est pas une année passée."
    typed = PastReport.objects.filter(cooperative=cooperative, first=first, removed_at__isnull=True).exclude(pk=but)
    if typed.exists():
        return f"Le compte-rendu {slug} de {cooperative.identifier} est déjà saisi : modifiez-le dans la liste."
    year = FiscalYear.objects.filter(cooperative=cooperative, end__year=first + 1).first()
    if year is not None and (Entry.objects.filter(year=year).exists() or Report.objects.filter(year=year).exists()):
        return f"L’année {slug} de {cooperative.identifier} est tenue ici : son compte-rendu se fait dans Retkoop."
    return ""
