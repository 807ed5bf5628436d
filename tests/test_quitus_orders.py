"""What was approved is what is filed (P10): books changed and changed back, signed, closed, withdrawn, in any order.

A small model keeps what each quitus was given on; the quitus stands exactly
while the books are that again. `RETKOOP_PROVE=1` plays 2,000 orders.
"""

import os
import random
import secrets

import pytest
from django.db import transaction

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal
from retkoop.identity.models import LoginFailures
from retkoop.ledger.models import Entry, FiscalYear, Posting, Statement
from retkoop.ledger.services import closing, entries, follow, pointing
from retkoop.ledger.tests.worked import LAST_DAY, TODAY
from retkoop.yearend.models import Quitus, QuitusKind, Report, Verifier
from retkoop.yearend.queries.digest import digest_of
from retkoop.yearend.queries.quitus import quitus_standing, quitus_state
from retkoop.yearend.services.quitus import withdraw_quitus
from retkoop.yearend.services.verifiers import decide, send_code
from retkoop.yearend.tests.quitus_desk import LEA, MARC, code_of, make_quitus_desk

PROVE = os.environ.get("RETKOOP_PROVE") == "1"
ORDERS, STEPS = (2_000, 14) if PROVE else (12, 14)


class Story:
    """One order of acts on a cooperative's year, and what a reader of the books would say of each quitus."""

    def __init__(self, desk, seed: int) -> None:
        self.desk, self.random = desk, random.Random(seed)
        self.given: dict[int, object] = {}
        self.asked: dict[int, object] = {}
        self.added: list[Entry] = []
        self.done: list[str] = []

    def books(self) -> object:
        """The books as a reader sees them: independent of the digest, from rows alone."""
        year = self.desk.year
        posted = Posting.objects.filter(year=year, until_version=None, entry__number__gt=0)
        return (
            sorted(posted.values_list("entry__number", "account__key", "treasury_id", "cents", "statement__ends_on"), key=str),
            list(
                Entry.objects.filter(year=year, number__gt=0, cancelled_at=None)
                .order_by("number")
                .values_list("number", "date")
            ),
            list(year.cash_counts.filter(cancelled_at=None).order_by("on", "pk").values_list("on", "pieces"))[-1:],
            list(Statement.objects.filter(ends_on=LAST_DAY).values_list("closing_cents")),
            list(year.grants.filter(removed_at=None).order_by("pk").values_list("cents", "funder")),
        )

    def play(self, steps: int) -> None:
        acts = [
            self.spend, self.cancel_or_restore, self.point, self.count, self.correct_grant, self.rename,
            self.print_and_sign, self.ask, self.answer, self.answer, self.close, self.reopen, self.withdraw,
        ]  # fmt: skip
        for _ in range(steps):
            act = self.random.choice(acts)
            self.done.append(act.__name__)
            try:
                with transaction.atomic():
                    act()
            except Refusal:
                self.done[-1] += " (refused)"
            self.agree()

    def agree(self) -> None:
        """The quitus that stands, and each one's changed parts, are those of the model."""
        now, report = self.books(), Report.objects.filter(year=self.desk.year).first()
        if report is None:
            return
        live = {pk: seen for pk, seen in self.given.items() if not Quitus.objects.get(pk=pk).withdrawn_at}
        standing = quitus_standing(report)
        assert (standing is not None) == any(seen == now for seen in live.values()), self.done
        if standing is not None:
            assert live[standing.pk] == now, self.done
        digest = digest_of(self.desk.year)
        for pk, seen in {**self.asked, **self.given}.items():
            assert quitus_state(Quitus.objects.get(pk=pk), digest).outdated == (seen != now), self.done
        given = set(Quitus.objects.filter(given_at__isnull=False).values_list("pk", flat=True))
        assert given == set(self.given), self.done

    # --- the books

    def spend(self) -> None:
        self.desk.change_books(self.random.choice([100, 250]))
        self.added.append(Entry.objects.filter(year=self.desk.year).latest("number"))

    def cancel_or_restore(self) -> None:
        row = Entry.objects.get(pk=self.desk.worked.entries["bus"].pk)
        act = entries.restore_entry if row.cancelled else entries.cancel_entry
        act(entry=row, version=row.version, author=self.desk.author)

    def point(self) -> None:
        live = Posting.objects.filter(
            entry=self.desk.worked.entries["trip"], treasury=self.desk.worked.bank, until_version=None
        )
        posting = live.get()
        statement = Statement.objects.get(treasury=self.desk.worked.bank, ends_on=LAST_DAY)
        pointing.set_tick(posting=posting, ticked=posting.statement_id is None, statement=statement, author=self.desk.author)

    def count(self) -> None:
        pieces = self.random.choice([{2_000: 2, 500: 1}, {2_000: 1, 1_000: 1}])
        follow.count_cash(
            year=self.desk.year, treasury=self.desk.worked.box, on=LAST_DAY, pieces=pieces, author=self.desk.author
        )

    def correct_grant(self) -> None:
        row = self.desk.year.grants.select_related("entry").earliest("pk")
        funder = self.random.choice(["Mairie de Challans", "Mairie de Soullans"])
        content = follow.GrantContent(row.funder_type, funder, row.object, row.cents, row.on, row.entry)
        follow.save_grant(year=self.desk.year, content=content, author=self.desk.author, grant=row, version=row.version)

    def rename(self) -> None:
        """What approves nothing: the label of an entry."""
        if self.desk.year.closed:
            return
        Entry.objects.filter(pk=self.desk.worked.entries["late"].pk).update(label=f"Familles {self.random.random()}")

    def close(self) -> None:
        closing.close_year(year=self.desk.year, author=self.desk.author)

    def reopen(self) -> None:
        closing.reopen_year(year=self.desk.year, reason="Oubli", author=self.desk.helping)

    # --- the quitus

    def print_and_sign(self) -> None:
        quitus = self.desk.print()
        if self.random.random() < 0.3:
            self.spend()
        self.desk.sign(quitus, LEA, MARC)
        self.given[quitus.pk] = self.books()

    def ask(self) -> None:
        quitus = self.desk.invite(LEA, MARC)
        self.asked[quitus.pk] = self.books()

    def answer(self) -> None:
        waiting = Verifier.objects.filter(
            cooperative=self.desk.cast.cooperative_a, decision="waiting", replaced_at=None, quitus__withdrawn_at=None,
            quitus__kind=QuitusKind.ELECTRONIC,
        ).select_related("cooperative").first()  # fmt: skip
        if waiting is None:
            return
        seen = self.asked[waiting.quitus_id]
        changed = seen != self.books()
        LoginFailures.objects.all().delete()  # an hour has passed
        send_code(verifier=waiting)
        quitus = decide(verifier=waiting, code=code_of(waiting), gives=self.random.random() < 0.85, observations="Vu")
        assert not changed, self.done
        if quitus.given_at is not None:
            self.given[quitus.pk] = seen

    def withdraw(self) -> None:
        quitus = Quitus.objects.filter(withdrawn_at=None).last()
        if quitus is not None:
            withdraw_quitus(quitus=quitus, author=self.desk.author)


@pytest.mark.django_db
def test_a_quitus_stands_exactly_while_the_books_are_what_was_approved(cast):
    seed = secrets.randbits(32) if PROVE else 20_260_901
    print("seed", seed)
    with travel(TODAY):
        desk = make_quitus_desk(cast)
        stood = 0
        for order in range(ORDERS):
            with transaction.atomic():
                story = Story(desk, seed + order)
                story.play(STEPS)
                stood += bool(story.given)
                transaction.set_rollback(True)
    assert stood > ORDERS // 4
    assert FiscalYear.objects.get(pk=desk.year.pk).closed_at is None
