"""What the AD asks again of a quitus or of a document that is there: no page calls it done before it was replaced."""

import datetime as dt
import re

import pytest

from retkoop.core.clock import travel
from retkoop.identity.models import Mandate, Role
from retkoop.identity.tests.cast import signed_in_under
from retkoop.yearend.models import Paper, PaperKind
from retkoop.yearend.services import workflow
from retkoop.yearend.services.papers import refuse_paper
from retkoop.yearend.services.quitus import withdraw_quitus
from retkoop.yearend.tests.reports import TODAY, make_report_desk

pytestmark = pytest.mark.django_db
DONE = re.compile(r'<li class="(\w+)"[^>]*><span class="dot".*?<a href="/compte-rendu/([a-z]*)', re.DOTALL)
QUITUS = workflow.Reason("quitus", "Page Quitus", "La signature du parent manque.")
STATEMENT = workflow.Reason("paper:bank:banque", "Relevé", "On ne lit pas le solde.")


@pytest.fixture
def desk(cast):
    with travel(TODAY):
        made = make_report_desk(cast)
        made.make_ready()
        yield made


def page(desk, place):
    client = signed_in_under(Mandate.objects.get(cooperative=desk.desk.cooperative, role=Role.MANDATAIRE))
    answer = client.get(f"/compte-rendu/{place}?annee=2024-2025")
    assert answer.status_code == 200
    return answer.content.decode()


def steps(desk, place):
    return {name: state for state, name in DONE.findall(page(desk, place))}


def give_back(desk, *reasons):
    desk.submit()
    desk.open()
    desk.give_back(*reasons)


def test_a_quitus_that_the_ad_asks_to_sign_again_is_no_longer_praised(desk):
    assert 'data-quitus="stands"' in page(desk, "quitus/")
    give_back(desk, QUITUS)
    shown = page(desk, "quitus/")
    assert 'data-quitus="again"' in shown
    assert "«\u202fLa signature du parent manque.\u202f»" in shown
    assert ("Bravo" in shown, "Retirer et refaire ce quitus" in shown) == (False, True)
    assert "Votre AD demande de refaire le quitus." in page(desk, "")
    assert {place: steps(desk, place)["quitus"] for place in ("crf/", "documents/")} == {"crf/": "later", "documents/": "later"}


def test_once_signed_again_it_is_praised_again(desk):
    give_back(desk, QUITUS)
    withdraw_quitus(quitus=desk.report.quitus.get(), author=desk.teacher)
    assert steps(desk, "crf/")["quitus"] == "later"
    desk.give_quitus()
    shown = page(desk, "quitus/")
    assert ('data-quitus="stands"' in shown, "Bravo" in shown) == (True, True)
    assert {place: steps(desk, place)["quitus"] for place in ("crf/", "documents/")} == {"crf/": "done", "documents/": "done"}


def test_a_quitus_that_the_ad_refused_says_why_on_its_own_page(desk):
    refuse_paper(year=desk.year, subject="quitus", reason="Deux fois la même personne.", author=desk.ad)
    shown = page(desk, "quitus/")
    assert ("data-refused" in shown, "Deux fois la même personne." in shown, "Bravo" in shown) == (True, True, False)
    desk.give_quitus()
    shown = page(desk, "quitus/")
    assert ("data-refused" in shown, 'data-quitus="stands"' in shown) == (False, True)


def test_a_report_taken_back_after_it_was_mended_keeps_what_was_asked(desk):
    give_back(desk, QUITUS)
    desk.submit()
    desk.take_back()
    assert 'data-quitus="again"' in page(desk, "quitus/")


def test_a_document_that_the_ad_wants_again_is_to_be_seen_to_until_another_comes(desk):
    give_back(desk, STATEMENT)
    shown = page(desk, "documents/")
    assert "On ne lit pas le solde." in shown.split("data-need=", 1)[1]
    assert ("Tous les documents sont là" in shown, "à revoir</span>" in shown) == (False, True)
    assert "Votre AD demande de revoir 1 document." in page(desk, "")
    assert steps(desk, "crf/")["documents"] == "later"
    Paper.objects.filter(kind=PaperKind.STATEMENT).delete()
    desk.hand_in_papers()
    assert "Tous les documents sont là" in page(desk, "documents/")


def test_the_crf_ticks_the_documents_once_they_are_all_there_and_not_before(desk):
    assert (steps(desk, "crf/")["documents"], steps(desk, "quitus/")["documents"]) == ("done", "done")
    Paper.objects.filter(kind=PaperKind.STATEMENT).update(refused_at=dt.datetime(2025, 9, 15, tzinfo=dt.UTC), refusal="Flou")
    assert (steps(desk, "crf/")["documents"], steps(desk, "quitus/")["documents"]) == ("later", "later")
    Paper.objects.filter(kind=PaperKind.STATEMENT).delete()
    assert (steps(desk, "crf/")["documents"], steps(desk, "quitus/")["documents"]) == ("later", "later")
