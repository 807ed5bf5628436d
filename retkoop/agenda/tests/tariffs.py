"""A tariff for the tests of the calendar: only its dates matter here."""

import datetime as dt

from retkoop.core import clock
from retkoop.identity.models import Association
from retkoop.membership.models import Tariff


def make_tariff(association: Association, first: int, *, deadline: dt.date | None = None) -> Tariff:
    """The adhésion of the school year that begins in `first` is open, until 30 September unless said otherwise."""
    cents = dict.fromkeys(("pupil", "adult", "federal_pupil", "federal_adult", "insurance_pupil", "insurance_adult"), 1)
    return Tariff.objects.create(
        association=association,
        first=first,
        deadline=deadline or dt.date(first, 9, 30),
        resignation_by=dt.date(first, 10, 31),
        engagement="Je m’engage",
        changed_at=clock.now(),
        **{f"{name}_cents": value for name, value in cents.items()},
    )
