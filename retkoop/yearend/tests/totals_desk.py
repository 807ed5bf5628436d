"""The worked year typed as totals: what a teacher sends, and what the service stores."""

import datetime as dt
import re
import uuid
from dataclasses import dataclass

from django.test import Client

from retkoop.core.clock import travel
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger import chart
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.services import openings
from retkoop.yearend.models import PastReport

TODAY = dt.date(2025, 9, 20)
PAGE = "/compte-rendu/crf/"
TYPED = {
    "v_resale_purchases": "420", "v_insurance": "15,00", "v_activities": "2 000 + 105,40", "v_occe_dues": "150",
    "v_other_charges": "9,50", "v_durable_goods": "180.10", "v_resale_sales": "600", "v_activity_income": "1 200,00 €",
    "v_public_grants": "300+200", "v_family_contributions": "980", "t_bank": "2205", "t_cash": "45", "s_bank": "2 290,00",
    "i_bank_0_label": "Bus du musée", "i_bank_0_cheque": "4000117", "i_bank_0_on": "27/06/2025", "i_bank_0_amount": "-110",
    "i_bank_1_label": "Dernières familles", "i_bank_1_amount": "+25,00", "n_2000": "1", "n_1000": "2", "n_500": "1",
    "g_0_type": "town", "g_0_funder": "Mairie de Challans", "g_0_amount": "300",
    "g_1_type": "department", "g_1_funder": "Conseil départemental", "g_1_amount": "200",
}  # fmt: skip


def make_totals_year(cooperative: Cooperative, author: Author, *, before: int | None = 185_000) -> FiscalYear:
    """2024-2025 in totals, with the past report of the year before unless `before` is None."""
    chart.load()
    with travel(TODAY):
        years = openings.open_first_year(
            cooperative=cooperative, first=SchoolYear(2024), today=TODAY, author=author, mode=YearMode.TOTALS
        )
    if before is not None:
        PastReport.objects.create(
            cooperative=cooperative,
            first=2023,
            figures={},
            closing_cents=before,
            typed_at=dt.datetime(2025, 9, 1, tzinfo=dt.UTC),
        )
    return years[0]


@dataclass
class Page:
    """The page as it is shown: its HTML and the hidden fields of its form."""

    html: str

    def hidden(self) -> dict[str, str]:
        form = self.html[self.html.index("data-crf") :]
        return {
            name: value
            for tag in re.findall(r'<input type="hidden"[^>]*>', form)
            for name in re.findall(r'name="([^"]+)"', tag)
            for value in (re.findall(r'value="([^"]*)"', tag) or [""])
            if name != "csrfmiddlewaretoken"
        }

    def states(self) -> dict[str, str]:
        """Control → state."""
        return dict(re.findall(r'data-control="(E\d)" data-state="(\w+)"', self.html))


def opened(client: Client) -> Page:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return Page(answer.content.decode())


def send(client: Client, fields: dict[str, str], page: Page | None = None, **more: str):
    """Type over what the page holds, and send it with a new key."""
    shown = page or opened(client)
    return client.post(PAGE, {**shown.hidden(), "operation_key": uuid.uuid4().hex, **fields, **more})
