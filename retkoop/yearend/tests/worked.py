"""The worked year of the books (retkoop/ledger/tests/worked.py), reconciled: what a report must say to the cent."""

import datetime as dt

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Posting
from retkoop.ledger.services.pointing import save_statement, set_ticks
from retkoop.ledger.tests.worked import LAST_DAY, TODAY, Worked, make_worked

STATEMENT = 229_000
NOT_YET = ("bus", "late")


def make_reconciled(cooperative: Cooperative, author: Author, *, closing: int | None = STATEMENT) -> Worked:
    """The worked year with its statement of 31 August: every bank line is on it but the cheque and the deposit."""
    with travel(TODAY):
        made = make_worked(cooperative, author)
        reconcile(made, LAST_DAY, closing)
    return made


def reconcile(made: Worked, on: dt.date, closing: int | None) -> None:
    """A statement that holds every bank line of the year but NOT_YET."""
    statement = save_statement(treasury=made.bank, ends_on=on, closing_cents=closing, author=made.author)
    live = Posting.objects.filter(year=made.year, treasury=made.bank, until_version__isnull=True, statement__isnull=True)
    left = {made.entries[name].pk for name in NOT_YET}
    shown = frozenset(posting.pk for posting in live)
    ticked = frozenset(posting.pk for posting in live if posting.entry_id not in left)
    set_ticks(statement=statement, ticked=ticked, shown=shown, author=made.author)
