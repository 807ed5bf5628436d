"""A year whose report left: nothing that its figures rest on changes, and nobody reopens it."""

import datetime as dt

import pytest

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.models import AuditEvent
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.closings import closing_story
from retkoop.ledger.services import closing, follow, pointing
from retkoop.ledger.services._book import SEALED
from retkoop.ledger.tests.books import make_desk

pytestmark = pytest.mark.django_db
LAST = dt.date(2025, 8, 31)


@pytest.fixture
def desk():
    with travel(dt.date(2025, 9, 15)):
        made = make_desk("200")
        made.receive(2_000)
        yield made


def sealed(desk):
    """The year is closed and sealed by one larger act."""
    with audit.act(desk.cooperative, desk.teacher, "report.submitted") as act:
        closing.close_inside(act, desk.year)
        closing.seal_inside(act, desk.year)
    return FiscalYear.objects.get(pk=desk.year.pk)


def test_a_larger_act_tells_the_closing_and_the_seal_as_events_of_their_own(desk):
    year = sealed(desk)
    told = AuditEvent.objects.filter(cooperative=desk.cooperative).order_by("seq").values_list("verb", flat=True)
    assert list(told)[-3:] == ["year.closed", "year.sealed", "report.submitted"]
    assert audit.verify_chain(desk.cooperative) == []
    assert (year.closed, year.sealed) == (True, True)


def test_what_stays_open_after_closing_stops_with_the_report(desk):
    year = sealed(desk)
    content = follow.GrantContent("town", "Mairie", "Bus", 1_000, LAST)
    with pytest.raises(Refusal, match=SEALED):
        follow.save_grant(year=year, content=content, author=desk.teacher)
    with pytest.raises(Refusal, match=SEALED):
        follow.count_cash(year=year, treasury=desk.cash, on=LAST, pieces={100: 1}, author=desk.teacher)
    with pytest.raises(Refusal, match=SEALED):
        pointing.save_statement(treasury=desk.bank, ends_on=LAST, closing_cents=1, author=desk.teacher)
    after = pointing.save_statement(treasury=desk.bank, ends_on=dt.date(2025, 9, 30), closing_cents=1, author=desk.teacher)
    with pytest.raises(Refusal, match=SEALED):
        pointing.save_statement(
            treasury=desk.bank, ends_on=dt.date(2025, 8, 15), closing_cents=1, author=desk.teacher, statement=after
        )


def test_a_grant_and_a_count_of_a_sealed_year_are_not_taken_out(desk):
    grant = follow.save_grant(
        year=desk.year, content=follow.GrantContent("town", "Mairie", "Bus", 1_000, LAST), author=desk.teacher
    )
    count = follow.count_cash(year=desk.year, treasury=desk.cash, on=LAST, pieces={100: 1}, author=desk.teacher)
    sealed(desk)
    with pytest.raises(Refusal, match=SEALED):
        follow.remove_grant(grant=grant, author=desk.teacher)
    with pytest.raises(Refusal, match=SEALED):
        follow.cancel_count(count=count, author=desk.teacher)


def test_nobody_reopens_a_sealed_year_and_unsealing_gives_it_back(desk):
    year = sealed(desk)
    with pytest.raises(Refusal, match="transmis ou validé"):
        closing.reopen_year(year=year, author=desk.ad, reason="Une facture")
    with audit.act(desk.cooperative, desk.teacher, "report.taken_back") as act:
        closing.unseal_inside(act, year)
        closing.withdraw_inside(act, year)
    now = FiscalYear.objects.get(pk=year.pk)
    assert (now.closed, now.sealed) == (False, False)
    assert [event.closed for event in closing_story(now)] == [True, False]
    assert audit.verify_chain(desk.cooperative) == []
    desk.pay(500)


def test_a_closing_is_not_withdrawn_once_the_next_year_is_closed(desk):
    sealed(desk)
    with travel(dt.date(2026, 9, 15)):
        closing.close_year(year=desk.following, author=desk.teacher)
        with (
            pytest.raises(Refusal, match="L’année suivante est clôturée"),
            audit.act(desk.cooperative, desk.teacher, "report.taken_back") as act,
        ):
            closing.unseal_inside(act, desk.year)
            closing.withdraw_inside(act, desk.year)
    now = FiscalYear.objects.get(pk=desk.year.pk)
    assert (now.closed, now.sealed) == (True, True)
