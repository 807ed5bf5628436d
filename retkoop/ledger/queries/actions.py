"""« État des actions »: what each project brought in and cost in a year, from one grouped sum."""

from dataclasses import dataclass

from django.db.models import Count, Q

from retkoop.core.money import sum_cents
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import AccountClass, Action, FiscalYear, Posting


@dataclass(frozen=True)
class ActionState:
    """An action in a year: income and expense in cents (both ≥ 0 but for refunds), and its number of entries."""

    action: Action
    income_cents: int = 0
    expense_cents: int = 0
    entries: int = 0

    @property
    def result_cents(self) -> int:
        """Income less expense."""
        return self.income_cents - self.expense_cents


def actions_of(cooperative: Cooperative) -> list[Action]:
    """The cooperative's actions, by name."""
    return list(Action.objects.filter(cooperative=cooperative).order_by("name"))


def action_states(year: FiscalYear) -> list[ActionState]:
    """Every action of the cooperative, those without an entry this year included; two queries."""
    charge, income = Q(account__kind=AccountClass.CHARGE), Q(account__kind=AccountClass.INCOME)
    sums = (
        Posting.objects.filter(entry__year=year, entry__action__isnull=False, until_version__isnull=True)
        .values("entry__action_id")
        .annotate(
            charges=sum_cents("cents", filter=charge),
            incomes=sum_cents("cents", filter=income),
            entries=Count("entry_id", distinct=True),
        )
        .values_list("entry__action_id", "incomes", "charges", "entries")
    )
    known = {action_id: (-incomes, charges, entries) for action_id, incomes, charges, entries in sums}
    return [ActionState(action, *known.get(action.pk, (0, 0, 0))) for action in actions_of(year.cooperative)]
