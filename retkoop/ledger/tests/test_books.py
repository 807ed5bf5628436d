"""The save path, the ticks and the summer between two years, to the cent."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.audit import Operation, OperationConflict
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.export import book_state
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Balance, Entry, Posting, Statement
from retkoop.ledger.queries import balances, years
from retkoop.ledger.services import closing, entries, openings, pointing
from retkoop.ledger.tests.books import Desk, make_desk

pytestmark = pytest.mark.django_db
JUNE = dt.date(2025, 6, 28)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = make_desk()
    with travel(dt.date(2025, 9, 15)):
        yield made


def open_with(desk: Desk, bank: int, cash: int = 0, *items: openings.OpeningItemContent) -> None:
    contents = [
        openings.OpeningContent(desk.bank, bank, dt.date(2024, 8, 31), items),
        openings.OpeningContent(desk.cash, cash),
    ]
    openings.type_opening(year=desk.year, on=dt.date(2024, 9, 1), contents=contents, author=desk.teacher)


def state(desk: Desk, year=None) -> tuple[int, int, int]:
    """(bank, cash, pointed bank) in cents."""
    bank, cash = balances.treasury_states(year or desk.year)
    return bank.cents, cash.cents, bank.pointed_cents


def findings(desk: Desk) -> list[str]:
    return [f"{finding.invariant} {finding.detail}" for finding in check(desk.cooperative)]


def test_an_opening_counts_its_uncleared_items_in_the_book_but_not_on_the_statement(desk):
    open_with(desk, 100_000, 2_000, openings.OpeningItemContent(dt.date(2024, 8, 20), "Librairie", -5_000, "12"))
    assert state(desk) == (95_000, 2_000, 100_000)
    assert findings(desk) == []


def test_entries_take_gapless_numbers_and_keep_the_sums(desk):
    open_with(desk, 100_000)
    assert [desk.pay(1_000).number, desk.receive(500).number, desk.pay(250).number] == [1, 2, 3]
    assert state(desk) == (100_000 - 750, 0, 100_000)
    assert findings(desk) == []


def test_a_receipt_may_fill_bank_and_cash(desk):
    lines = (Line("bank", 4_000, desk.bank.pk), Line("cash", 1_000, desk.cash.pk), Line("family_contributions", -5_000))
    entries.record_entry(year=desk.year, content=EntryContent(JUNE, "Familles", lines), author=desk.teacher)
    assert state(desk) == (4_000, 1_000, 0)


def test_a_refund_lowers_its_charge(desk):
    desk.pay(5_000)
    lines = (Line("bank", 2_000, desk.bank.pk), Line("activities", -2_000))
    entries.record_entry(year=desk.year, content=EntryContent(JUNE, "Remboursement", lines), author=desk.teacher)
    kept = Balance.objects.get(year=desk.year, account__key="activities")
    assert (kept.debit, kept.credit) == (5_000, 2_000)


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "treasury"),
        ((("bank", 1_000),), "ventilation"),
        ((("bank", 1_000), ("activities", 900)), "ventilation"),
        ((("bank", -1_000), ("cash", 900)), "treasury"),
        ((("bank", -1_000), ("bank", 1_000)), "treasury"),
    ],
)
def test_an_entry_that_breaks_a_rule_is_refused_where_it_is_wrong(desk, lines, field):
    treasury = {"bank": desk.bank.pk, "cash": desk.cash.pk}
    content = EntryContent(JUNE, "Essai", tuple(Line(key, cents, treasury.get(key)) for key, cents in lines))
    with pytest.raises(Refusal) as refused:
        entries.record_entry(year=desk.year, content=content, author=desk.teacher)
    assert refused.value.field == field
    assert Entry.objects.filter(year=desk.year).count() == 0
    desk.year.refresh_from_db()
    assert desk.year.next_number == 1


def test_the_database_refuses_an_unbalanced_entry(desk):
    entry = desk.pay(1_000)
    loose = Posting(
        cooperative=desk.cooperative, year=desk.year, entry=entry, account_id=desk.bank.account_id,
        treasury=desk.bank, cents=5, from_version=9,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        loose.save()
        from django.db import connection

        connection.check_constraints() if connection.vendor == "sqlite" else connection.cursor().execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )


def test_the_same_form_sent_twice_is_one_entry_and_another_content_is_refused(desk):
    content = EntryContent(JUNE, "Bus", (Line("bank", -100, desk.bank.pk), Line("activities", 100)))
    sent = {"year": desk.year, "content": content, "author": desk.teacher}
    first = entries.record_entry(**sent, operation=Operation("k1", "same"))
    assert entries.record_entry(**sent, operation=Operation("k1", "same")).pk == first.pk
    with pytest.raises(OperationConflict):
        entries.record_entry(**sent, operation=Operation("k1", "other"))
    assert Entry.objects.filter(year=desk.year).count() == 1


def test_changing_words_keeps_the_tick_and_changing_the_amount_asks(desk):
    entry = desk.pay(1_000, tick=True)
    assert desk.bank_line(entry).statement.ends_on == dt.date(2025, 8, 31)
    ventilated = (Line("bank", -1_000, desk.bank.pk), Line("insurance", 1_000))
    entry = entries.amend_entry(
        entry=entry, version=1, content=EntryContent(JUNE, "Assurance", ventilated), author=desk.teacher
    )
    assert desk.bank_line(entry).statement is not None
    changed = EntryContent(JUNE, "Assurance", (Line("bank", -1_200, desk.bank.pk), Line("insurance", 1_200)))
    with pytest.raises(entries.TickWouldFall):
        entries.amend_entry(entry=entry, version=2, content=changed, author=desk.teacher)
    entry = entries.amend_entry(entry=entry, version=2, content=changed, author=desk.teacher, untick_confirmed=True)
    assert desk.bank_line(entry).statement is None
    assert state(desk) == (-1_200, 0, 0)
    assert findings(desk) == []


def test_a_stale_form_overwrites_nothing(desk):
    entry = desk.pay(1_000)
    content = EntryContent(JUNE, "Neuf", (Line("bank", -900, desk.bank.pk), Line("activities", 900)))
    entries.amend_entry(entry=entry, version=1, content=content, author=desk.teacher)
    with pytest.raises(StaleVersion):
        entries.amend_entry(entry=entry, version=1, content=content, author=desk.teacher)


def test_cancelling_keeps_the_number_and_undo_brings_back_the_tick(desk):
    entry = desk.pay(1_000, tick=True)
    entry = entries.cancel_entry(entry=entry, version=1, author=desk.teacher)
    assert (state(desk), entry.number) == ((0, 0, 0), 1)
    entry = entries.restore_entry(entry=entry, version=2, author=desk.teacher)
    assert state(desk) == (-1_000, 0, -1_000)
    assert findings(desk) == []


def test_the_next_year_opens_provisionally_with_the_closing_balance_at_every_moment(desk):
    open_with(desk, 100_000, 2_000)
    desk.pay(11_000, day=JUNE, cheque="400")
    opening = years.opening_of(desk.following)
    assert (opening.provisional, opening.by_treasury) == (True, {desk.bank.pk: 89_000, desk.cash.pk: 2_000})
    desk.receive(500, day=JUNE)
    assert years.opening_of(desk.following).by_treasury[desk.bank.pk] == 89_500
    assert [item.cents for item in years.opening_of(desk.following).items] == [-11_000, 500]


def test_an_uncleared_cheque_crosses_the_summer_and_is_ticked_in_the_next_year(desk):
    open_with(desk, 100_000)
    desk.receive(2_000, day=dt.date(2025, 5, 2), tick=True)
    desk.pay(11_000, day=JUNE, cheque="400")
    closing.close_year(year=desk.year, author=desk.teacher)
    opening = years.opening_of(desk.following)
    assert (opening.provisional, opening.by_treasury) == (False, {desk.bank.pk: 91_000})
    assert state(desk, desk.following) == (91_000, 0, 102_000)
    carried = Posting.objects.get(pk=opening.items[0].posting_id)
    pointing.set_tick(posting=carried, ticked=True, author=desk.teacher)
    assert state(desk, desk.following) == (91_000, 0, 91_000)
    assert state(desk) == (91_000, 0, 102_000)
    assert findings(desk) == []


def test_a_closed_year_is_read_only_in_the_services_and_in_the_database(desk):
    entry = desk.pay(1_000)
    closing.close_year(year=desk.year, author=desk.teacher)
    with pytest.raises(Refusal):
        desk.pay(500)
    with pytest.raises(Refusal):
        entries.cancel_entry(entry=entry, version=1, author=desk.teacher)
    for rows, change in (
        (Posting.objects.filter(entry=entry), {"until_version": 2}),
        (Entry.objects.filter(pk=entry.pk), {"label": "x"}),
        (Balance.objects.filter(year=desk.year), {"debit": 0}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(entry=entry).delete()


def test_a_year_closes_from_the_first_of_september_and_in_order(desk):
    desk.pay(1_000)
    with travel(dt.date(2025, 8, 31)), pytest.raises(Refusal):
        closing.close_year(year=desk.year, author=desk.teacher)
    with travel(dt.date(2026, 9, 1)), pytest.raises(Refusal):
        closing.close_year(year=desk.following, author=desk.teacher)
    with travel(dt.date(2025, 9, 1)):
        assert closing.close_year(year=desk.year, author=desk.teacher).closed


def test_the_ad_reopens_and_unchanged_items_keep_their_ticks(desk):
    open_with(desk, 100_000)
    kept, changed = desk.pay(11_000, day=JUNE, cheque="400"), desk.pay(2_000, day=JUNE, cheque="401")
    closing.close_year(year=desk.year, author=desk.teacher)
    for item in years.opening_of(desk.following).items:
        with travel(dt.date(2025, 10, 6)):
            pointing.set_tick(posting=Posting.objects.get(pk=item.posting_id), ticked=True, author=desk.teacher)
    with pytest.raises(Refusal):
        closing.reopen_year(year=desk.year, author=desk.teacher, reason="moi")
    closing.reopen_year(year=desk.year, author=desk.ad, reason="Chèque mal saisi")
    assert findings(desk) == []
    lines = (Line("bank", -2_500, desk.bank.pk), Line("activities", 2_500))
    entries.amend_entry(
        entry=changed, version=1, content=EntryContent(JUNE, "Bus", lines, cheque="401"),
        author=desk.teacher, untick_confirmed=True,
    )  # fmt: skip
    closing.close_year(year=desk.year, author=desk.teacher)
    items = years.opening_of(desk.following).items
    assert [(item.cents, item.statement_day) for item in items] == [(-11_000, dt.date(2025, 9, 30)), (-2_500, None)]
    assert state(desk, desk.following) == (86_500, 0, 89_000)
    assert kept.version == 1
    assert findings(desk) == []


def test_a_statement_that_stops_before_an_entry_cannot_hold_it(desk):
    entry = desk.pay(1_000, day=JUNE)
    statement = pointing.save_statement(treasury=desk.bank, ends_on=dt.date(2025, 5, 31), closing_cents=0, author=desk.teacher)
    with pytest.raises(Refusal):
        pointing.set_tick(posting=desk.bank_line(entry), ticked=True, statement=statement, author=desk.teacher)


def test_a_statement_is_right_when_its_balance_is_that_of_its_ticked_lines(desk):
    open_with(desk, 100_000)
    desk.pay(1_000, day=dt.date(2025, 5, 10), tick=True)
    late = desk.pay(700, day=dt.date(2025, 5, 12))
    statement = pointing.save_statement(
        treasury=desk.bank, ends_on=dt.date(2025, 5, 31), closing_cents=98_300, author=desk.teacher
    )
    assert balances.statement_gap(statement, desk.year) == -1_700
    both = frozenset({desk.bank_line(late).pk})
    pointing.set_ticks(statement=statement, ticked=both, shown=both, author=desk.teacher)
    assert balances.statement_gap(statement, desk.year) == -1_000
    first = desk.bank_line(Entry.objects.get(year=desk.year, number=1))
    pointing.set_tick(posting=first, ticked=False, author=desk.teacher)
    pointing.set_tick(posting=first, ticked=True, statement=statement, author=desk.teacher)
    assert balances.statement_gap(statement, desk.year) == 0
    assert findings(desk) == []


def redated(desk: Desk, day: dt.date) -> Statement:
    """The earliest statement, its date corrected."""
    statement = Statement.objects.filter(treasury=desk.bank).earliest("ends_on")
    return pointing.save_statement(
        treasury=desk.bank, ends_on=day, closing_cents=0, author=desk.teacher, statement=statement, version=statement.version
    )


def test_an_entry_comes_back_unticked_when_its_statement_was_redated_before_it(desk):
    entry = desk.pay(1_000, day=JUNE, tick=True)
    entry = entries.cancel_entry(entry=entry, version=1, author=desk.teacher)
    redated(desk, dt.date(2025, 5, 31))
    entry = entries.restore_entry(entry=entry, version=2, author=desk.teacher)
    assert desk.bank_line(entry).statement is None
    assert findings(desk) == []


def test_a_closed_year_s_cancelled_lines_keep_their_statement_s_date(desk):
    desk.pay(500, day=JUNE)
    entry = desk.pay(1_000, day=JUNE, tick=True)
    entries.cancel_entry(entry=entry, version=1, author=desk.teacher)
    closing.close_year(year=desk.year, author=desk.teacher)
    before = book_state(desk.year)["entries"]
    with pytest.raises(Refusal):
        redated(desk, dt.date(2025, 9, 10))
    assert book_state(desk.year)["entries"] == before


def test_a_statement_that_only_a_replaced_opening_used_is_not_exported(desk):
    for held in (dt.date(2024, 8, 20), dt.date(2024, 8, 31)):
        contents = [openings.OpeningContent(desk.bank, 1_000, held)]
        openings.type_opening(year=desk.year, on=dt.date(2024, 9, 1), contents=contents, author=desk.teacher)
    assert [row["ends_on"] for row in book_state(desk.year)["statements"]] == ["2024-08-31"]
