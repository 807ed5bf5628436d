"""A cooperative that keeps its books elsewhere: its totals typed in the report, and the past reports that its AD typed."""

import datetime as dt

from retkoop.identity.audit import Author
from retkoop.ledger.models import FiscalYear, FunderType
from retkoop.yearend.queries.totals import STATEMENT, Amount, GrantRow, ItemRow, Totals
from retkoop.yearend.services.past_reports import PastRow, type_past_report
from retkoop.yearend.services.totals import save_totals

_PAST = (
    {"activity_income": 110_000, "family_contributions": 95_000, "activities": 180_400, "occe_dues": 15_000,
     "insurance": 1_650, "brought_forward": 128_050, "bank": 133_000, "cash": 3_000},
    {"activity_income": 118_000, "family_contributions": 97_500, "activities": 184_750, "occe_dues": 15_600,
     "insurance": 1_700, "brought_forward": 136_000, "bank": 145_450, "cash": 4_000},
    {"activity_income": 125_500, "family_contributions": 101_200, "public_grants": 30_000, "activities": 224_270,
     "occe_dues": 15_900, "insurance": 1_750, "brought_forward": 149_450, "bank": 160_030, "cash": 4_200},
)  # fmt: skip
_AMOUNTS = {
    "resale_purchases": ("210", 21_000),
    "insurance": ("18,00", 1_800),
    "activities": ("1 890 + 422,40", 231_240),
    "occe_dues": ("162,00", 16_200),
    "other_charges": ("24,60", 2_460),
    "durable_goods": ("145", 14_500),
    "resale_sales": ("320", 32_000),
    "activity_income": ("1 450", 145_000),
    "public_grants": ("400 + 200", 60_000),
    "family_contributions": ("1 120,50", 112_050),
    "bank": ("2 218,30", 221_830),
    "cash": ("42,50", 4_250),
    f"{STATEMENT}bank": ("2 310,30", 231_030),
}
_PIECES = {2_000: 1, 1_000: 2, 200: 1, 50: 1}


def type_totals(year: FiscalYear, author: Author) -> None:
    """The worked report of docs/demo.md, every control « Bravo ! »."""
    spring = dt.date(year.end.year, 3, 12)
    save_totals(
        year=year,
        author=author,
        version=0,
        totals=Totals(
            amounts={key: Amount(text, cents) for key, (text, cents) in _AMOUNTS.items()},
            items=(
                ItemRow("bank", "Entrées du musée", dt.date(year.end.year, 6, 26), "7004512", Amount("-132", -13_200)),
                ItemRow("bank", "Vente de gâteaux", dt.date(year.end.year, 7, 2), "", Amount("+40", 4_000)),
            ),
            grants=(
                GrantRow(FunderType.TOWN, "Mairie", "Sortie au musée", spring, 40_000),
                GrantRow(FunderType.DEPARTMENT, "Conseil départemental", "Fête du livre", spring, 20_000),
            ),
            pieces=_PIECES,
        ),
    )


def type_past_reports(year: FiscalYear, author: Author) -> None:
    """The three years before `year`, as its AD typed them."""
    for back, figures in enumerate(reversed(_PAST), start=1):
        type_past_report(row=PastRow(year.cooperative, year.first - back, figures), author=author)
