"""A past report typed by an AD: the cooperative, the year, a box for each account of the chart of that year."""

from typing import Any

from django import forms

from retkoop.core.money import format_amount
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association
from retkoop.ledger.chart import Chart, chart_for
from retkoop.ledger.forms.pieces import EurosField
from retkoop.yearend.models import PastReport
from retkoop.yearend.queries.past import typed_accounts

YEARS_BACK = 10


class PastReportForm(forms.Form):
    """Boxes are named after the accounts' stable keys; an empty one is zero."""

    cooperative = forms.CharField(
        label="Identifiant de la coopérative",
        max_length=12,
        help_text="Par exemple 085-099.",
        error_messages={"required": "Écrivez l’identifiant de la coopérative, par exemple 085-099."},
    )
    year = forms.ChoiceField(
        label="Année du compte-rendu",
        error_messages={"required": "Choisissez l’année.", "invalid_choice": "Choisissez une des années de la liste."},
    )

    def __init__(self, data: Any = None, *, association: Association, current: SchoolYear, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        slugs = [SchoolYear(current.first - back).slug for back in range(1, YEARS_BACK + 1)]
        chosen = str((self.data.get("year") if data is not None else self.initial.get("year")) or slugs[0])
        if chosen not in slugs and "year" in self.initial:
            slugs.append(chosen)
        year: Any = self.fields["year"]
        year.choices = [(slug, slug) for slug in slugs]
        first = SchoolYear.parse(chosen).first if chosen in slugs else current.first - 1
        self.chart: Chart = chart_for(association.pk, first)
        for account in typed_accounts(self.chart):
            self.fields[account.key] = EurosField(label=account.title, required=False, max_length=120)

    def figures(self) -> dict[str, int]:
        """Cents by account key, of a valid form."""
        return {account.key: self.cleaned_data[account.key] or 0 for account in typed_accounts(self.chart)}

    def group(self, *kinds: str) -> list[forms.BoundField]:
        """The boxes of these classes of accounts, in the chart's order."""
        return [self[account.key] for account in typed_accounts(self.chart) if account.kind in kinds]

    @property
    def charges(self) -> list[forms.BoundField]:
        return self.group("charge")

    @property
    def incomes(self) -> list[forms.BoundField]:
        return self.group("income")

    @property
    def held(self) -> list[forms.BoundField]:
        """The treasuries, then the report à nouveau."""
        return self.group("treasury") + self.group("opening")

    @staticmethod
    def showing(past: PastReport) -> dict[str, Any]:
        """The initial values of the form that changes a report."""
        boxes = {key: format_amount(cents) for key, cents in past.figures.items()}
        return {"cooperative": past.cooperative.identifier, "year": SchoolYear(past.first).slug, **boxes}
