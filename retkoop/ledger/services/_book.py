"""What every writing service reads first, under the book's lock."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from retkoop.core import sql
from retkoop.core.refusal import Refusal
from retkoop.identity.models import Cooperative
from retkoop.ledger.canonical import entry_state
from retkoop.ledger.chart import Chart, chart_for
from retkoop.ledger.models import Action, Entry, FiscalYear, Posting, Statement, Treasury, YearMode
from retkoop.ledger.queries import stored
from retkoop.ledger.queries.balances import treasuries_of

CLOSED = "Cette année est clôturée : on peut la lire, plus l’écrire. Votre AD peut la rouvrir si vous le lui demandez."
SEALED = "Le compte-rendu de cette année est chez votre AD, ou validé : ceci ne change plus."
TOTALS_ONLY = "Cette année se tient ailleurs : ici, seulement ses totaux. Depuis l’accueil, choisissez de tenir le cahier ici."


@dataclass
class Book:
    """A year of a cooperative's book, seen from inside a writing service."""

    year: FiscalYear
    cooperative: Cooperative

    @classmethod
    def of(cls, year: FiscalYear) -> "Book":
        """Re-read the year under the lock. Raises Refusal when it is closed."""
        return cls.fresh(stored.year(year.pk), year.cooperative)

    @classmethod
    def fresh(cls, year: FiscalYear, cooperative: Cooperative) -> "Book":
        """The year as just read under the lock. Raises Refusal when it is closed."""
        if year.closed:
            raise Refusal(CLOSED)
        year.cooperative = cooperative
        return cls(year, cooperative)

    @classmethod
    def to_write_in(cls, year: FiscalYear, treasuries: Iterable[Treasury] = ()) -> "Book":
        """The year as the caller read it, for an act that takes a number: `take_number` then looks at its state again.

        One query less on the path of every entry. Raises Refusal when it is known to be closed.
        """
        if year.closed:
            raise Refusal(CLOSED)
        if year.mode == YearMode.TOTALS:
            raise Refusal(TOTALS_ONLY)
        book = cls(year, year.cooperative)
        known = {treasury.pk: treasury for treasury in treasuries}
        if known:
            book.treasuries = known
        return book

    @cached_property
    def treasuries(self) -> dict[int, Treasury]:
        return {treasury.pk: treasury for treasury in treasuries_of(self.cooperative)}

    @cached_property
    def chart(self) -> Chart:
        return chart_for(self.cooperative.association_id, self.year.first)

    @cached_property
    def zone(self) -> str:
        return self.cooperative.association.time_zone

    def take_number(self) -> int:
        """The year's next gapless number, taken in this transaction. Raises Refusal on a closed year."""
        taken = sql.fetch(
            "UPDATE ledger_fiscalyear SET next_number = next_number + 1"
            " WHERE id = %s AND closed_at IS NULL RETURNING next_number",
            [self.year.pk],
        )
        if not taken:
            raise Refusal(CLOSED)
        return int(taken[0][0]) - 1

    def action(self, name: str) -> Action | None:
        """The cooperative's action of that name, made if new; None for an empty name."""
        cleaned = " ".join(name.split())
        if not cleaned:
            return None
        found, _ = Action.objects.get_or_create(cooperative=self.cooperative, name=cleaned[:60])
        return found

    def statement(self, treasury: Treasury, ends_on: dt.date) -> Statement:
        """The statement of that account and date, made without a balance if it is not known yet."""
        found = stored.statement(treasury.pk, ends_on)
        if found is None:
            found = Statement(cooperative=self.cooperative, treasury=treasury, ends_on=ends_on)
            sql.insert([found])
        return found

    def state(self, entry: Entry, postings: Iterable[Posting], *, fresh: bool = False) -> dict[str, Any]:
        """The entry's canonical state for the audit trail; `fresh`: it has no receipt nor cheque slip yet."""
        rows = list(postings)
        days = stored.statement_days([posting.statement_id for posting in rows if posting.statement_id])
        return entry_state(
            entry,
            rows,
            chart=self.chart,
            treasuries=self.treasuries,
            statement_days=days,
            action=entry.action.name if entry.action else "",
            receipts=[] if fresh else stored.attached_digests(entry.pk),
            slips=[] if fresh else stored.slip_states(entry.pk),
        )


def refuse_sealed(year_id: int) -> None:
    """Inside an act: what stays open after closing stops with the report. Raises Refusal."""
    if stored.year(year_id).sealed:
        raise Refusal(SEALED)
