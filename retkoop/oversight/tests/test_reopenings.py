"""A cooperative asks for a closed year to be reopened; its AD answers."""

import datetime as dt
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.models import AuditEvent
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.services import closing
from retkoop.ledger.tests.books import make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    with travel(dt.date(2025, 9, 15)):
        yield


@pytest.fixture
def asked(cast, today):
    """A closed year of a cooperative of the AD 085, which its mandataire asks to reopen."""
    desk = make_desk("200")
    desk.pay(2_000)
    desk.receive(2_000)
    closing.close_year(year=desk.year, author=author(cast.mandataire_a))
    return closing.request_reopening(year=desk.year, reason="Une facture oubliée", author=author(cast.mandataire_a))


def answer(person, asked, decision="accord", text="D’accord, jusqu’au 30.", key=""):
    form = {"operation_key": key or uuid.uuid4().hex, "decision": decision, "answer": text}
    return signed_in(person).post(f"/ad/reouvertures/{asked.pk}/", form)


def test_a_request_is_announced_and_listed_to_its_ad_alone(cast, asked):
    browser = signed_in(cast.ad_reader)
    assert browser.get("/ad/").context["waiting"] == 1
    page = browser.get("/ad/reouvertures/")
    assert list(page.context["requests"]) == [asked]
    assert "Une facture oubliée" in page.content.decode()
    assert list(signed_in(cast.other_ad).get("/ad/reouvertures/").context["requests"]) == []


def test_granting_reopens_the_year_in_the_name_of_the_ad(cast, asked):
    response = answer(cast.ad_accountant, asked)
    assert (response.status_code, response["Location"]) == (303, "/ad/reouvertures/")
    asked.refresh_from_db()
    assert (asked.granted, asked.answer, asked.answered_by) == (True, "D’accord, jusqu’au 30.", cast.ad_accountant)
    assert not type(asked.year).objects.get(pk=asked.year_id).closed
    event = AuditEvent.objects.get(verb="reopening.answered")
    assert (event.actor, event.on_behalf) == (cast.ad_accountant, cast.ad_085)
    assert signed_in(cast.ad_reader).get("/ad/").context["waiting"] == 0


def test_refusing_leaves_the_year_closed(cast, asked):
    answer(cast.ad_accountant, asked, "refus", "Corrigez-la dans l’année ouverte.")
    asked.refresh_from_db()
    assert (asked.granted, type(asked.year).objects.get(pk=asked.year_id).closed) == (False, True)


def test_an_answer_sent_twice_is_given_once(cast, asked):
    key = uuid.uuid4().hex
    assert [answer(cast.ad_accountant, asked, key=key).status_code for _ in range(2)] == [303, 303]
    assert AuditEvent.objects.filter(verb="reopening.answered").count() == 1
    assert answer(cast.ad_accountant, asked).status_code == 422


def test_an_answer_without_a_sentence_or_a_choice_says_what_is_missing(cast, asked):
    response = answer(cast.ad_accountant, asked, "", "")
    assert (response.status_code, sorted(response.context["form"].errors)) == (422, ["answer", "decision"])


def test_an_ad_reader_and_another_ad_cannot_answer(cast, asked):
    assert answer(cast.ad_reader, asked).status_code == 403
    foreign = answer(cast.other_ad, asked)
    absent = signed_in(cast.other_ad).get("/ad/reouvertures/999999/")
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    asked.refresh_from_db()
    assert asked.granted is None
