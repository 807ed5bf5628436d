"""Handing in, taking back and mending, on the cooperative's own pages."""

import datetime as dt
import re
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.models import Mandate, Role
from retkoop.identity.services import give_mandate
from retkoop.identity.tests.cast import signed_in, signed_in_under
from retkoop.yearend.models import ActivityReport, ReportState
from retkoop.yearend.queries.activity import progress_of
from retkoop.yearend.services import workflow
from retkoop.yearend.tests.reports import TODAY, make_report_desk

pytestmark = pytest.mark.django_db
HUB, SUBMIT, BACK = "/compte-rendu/?annee=2024-2025", "/compte-rendu/transmettre/", "/compte-rendu/reprendre/"


@pytest.fixture
def desk(cast):
    with travel(TODAY):
        made = make_report_desk(cast)
        made.make_ready()
        yield made


def browser(desk, role=Role.MANDATAIRE):
    return signed_in_under(Mandate.objects.get(cooperative=desk.desk.cooperative, role=role))


def send(client, desk, path, **fields):
    form = {"operation_key": uuid.uuid4().hex, "version": desk.report.version, "annee": "2024-2025", **fields}
    return client.post(path, form)


def text(response):
    return response.content.decode()


def test_the_confirmation_says_that_the_books_will_close(desk):
    html = text(browser(desk).get(f"{SUBMIT}?annee=2024-2025"))
    assert "data-closes" in html
    assert "Clôturer le cahier et transmettre" in html


def test_handing_in_ends_on_the_summary_which_says_that_it_is_finished_and_who_is_written_to(desk):
    client = browser(desk)
    answer = send(client, desk, SUBMIT)
    assert (answer.status_code, answer["Location"]) == (303, HUB)
    page = text(client.get(HUB))
    assert "Votre saisie est terminée" in page
    assert "Un message de confirmation part à anne@exemple.fr." in page
    assert "Reprendre ma saisie" in page


def test_a_report_is_taken_back_until_the_ad_opens_it(desk):
    client = browser(desk)
    send(client, desk, SUBMIT)
    assert send(client, desk, BACK)["Location"] == HUB
    assert desk.report.state == ReportState.IN_PROGRESS
    send(client, desk, SUBMIT)
    desk.open()
    send(client, desk, BACK)
    page = text(client.get(HUB))
    assert "votre AD l’a ouvert" in page
    assert "Reprendre ma saisie" not in page
    assert desk.report.state == ReportState.IN_REVIEW


def test_missing_papers_are_told_and_may_come_by_post(desk):
    desk.report.papers.filter(kind="statement").delete()
    client = browser(desk)
    refused = send(client, desk, SUBMIT)
    assert (refused.status_code, desk.report.state) == (422, ReportState.IN_PROGRESS)
    assert "ou dites que vous les envoyez par courrier" in text(refused)
    assert send(client, desk, SUBMIT, by_post="oui").status_code == 303
    assert re.findall(r'data-awaited="([^"]+)"', text(client.get(HUB))) == ["paper:bank:banque"]


def test_what_stands_in_the_way_is_listed_with_the_page_that_mends_it(desk):
    desk.pay(100)
    desk.desk.bank.statements.filter(ends_on=dt.date(2025, 8, 31)).update(closing_cents=1)
    page = text(browser(desk).get(HUB))
    assert re.findall(r'data-lack="([^"]+)"', page) == ["control:E3"]
    assert "Transmettre à mon AD" not in page


def test_reasons_are_a_to_do_list_on_the_summary_and_on_the_home_page(desk):
    desk.submit()
    desk.open()
    desk.give_back(
        workflow.Reason("7560", "7560 Familles", "Une recette manque.", opens_year=True),
        workflow.Reason("paper:bank:banque", "Relevé", "Illisible."),
    )
    client = browser(desk)
    for page in (HUB, "/accueil/"):
        html = text(client.get(page))
        assert re.findall(r'data-reason="([^"]+)"><a href="([^"]+)"', html) == [
            ("7560", "/cahier/?compte=7560&amp;annee=2024-2025"),
            ("paper:bank:banque", "/compte-rendu/documents/?annee=2024-2025"),
        ]
    home = text(client.get("/accueil/"))
    assert "À faire, environ 6 minutes" in home  # three for each
    assert '<li data-task="mend"><span class="count-badge">2</span> <a href="/compte-rendu/?annee=2024-2025">' in home
    desk.submit()
    home = text(client.get("/accueil/"))
    assert ("data-reason" in home, 'data-task="mend"' in home) == (False, False)


def test_a_single_reason_is_a_task_that_opens_the_page_that_mends_it(desk):
    desk.submit()
    desk.open()
    desk.give_back()
    home = text(browser(desk).get("/accueil/"))
    assert re.findall(r'data-task="mend">.*?href="([^"]+)">([^<]+)<', home) == [
        ("/compte-rendu/cra/?annee=2024-2025", "demande de votre AD\u202f: «\u202fClasses\u202f»")
    ]


def test_each_page_shows_what_the_ad_asked_of_it(desk):
    desk.submit()
    desk.open()
    desk.give_back(
        workflow.Reason("7560", "7560 Familles", "Une recette manque.", opens_year=True),
        workflow.Reason("cra.classes", "Classes", "Combien de classes ?"),
        workflow.Reason("quitus", "Page Quitus", "La signature est illisible."),
    )
    client = browser(desk)
    told = {
        place: re.findall(r'data-reason="([^"]+)"', text(client.get(f"/compte-rendu/{place}/?annee=2024-2025")))
        for place in ("cra", "crf", "quitus", "documents")
    }
    assert told == {"cra": ["cra.classes"], "crf": ["7560"], "quitus": ["quitus"], "documents": ["quitus"]}


def test_a_validated_report_is_downloaded_from_the_home_page_byte_for_byte(desk):
    desk.submit()
    desk.open()
    desk.validate()
    client = browser(desk)
    html = text(client.get("/accueil/"))
    assert "Votre compte-rendu 2024-2025 est validé\u202f: télécharger" in html
    link = re.findall(r'href="(/documents/\d+/original)"', html)[0]
    first = b"".join(client.get(link).streaming_content)
    with travel(dt.date(2026, 9, 15)):
        again = b"".join(browser(desk).get(link).streaming_content)
    assert (first == again, first[:5]) == (True, b"%PDF-")


def test_both_values_are_told_where_the_report_a_nouveau_moved(desk):
    desk.submit()
    desk.open()
    desk.validate()
    desk.reopen()
    desk.give_back(workflow.Reason("512", "512", "Une facture manque.", opens_year=True))
    desk.pay(5_000)
    desk.give_quitus()
    desk.hand_in_papers()
    desk.submit()
    desk.open()
    desk.validate()
    page = text(browser(desk).get("/compte-rendu/?annee=2025-2026"))
    told = re.findall(r'data-forward="(\d)">.*?data-cents="(\d+)"', page, re.S)
    assert told == [("1", "20000"), ("2", "15000")]


def test_only_the_mandataire_hands_in(cast, desk):
    helper = signed_in(cast.ad_accountant, desk.desk.cooperative)
    assert send(helper, desk, SUBMIT).status_code == 403
    assert "C’est au mandataire de transmettre" in text(helper.get(HUB))
    assert send(signed_in(cast.mandataire_b), desk, SUBMIT).status_code == 404
    assert desk.report.state == ReportState.IN_PROGRESS


def test_the_ad_s_list_says_balanced_once_the_controls_were_seen_right(desk, cast):
    own = desk.desk.cooperative
    reading = give_mandate(person=cast.reader_a, role=Role.READER, organisation=own, starts=dt.date(2024, 9, 1))
    assert signed_in_under(reading).get(HUB).status_code == 200
    assert not desk.report.balanced  # whoever only reads writes nothing
    browser(desk).get(HUB)
    assert desk.report.balanced
    desk.desk.bank.statements.filter(ends_on=dt.date(2025, 8, 31)).update(closing_cents=1)
    browser(desk).get(HUB)
    assert not desk.report.balanced


def test_many_missing_answers_are_one_line_and_the_last_ones_are_named(desk):
    activity = ActivityReport.objects.get(report=desk.report)
    kept = activity.answers
    activity.answers = {}
    activity.save()
    page = text(browser(desk).get(HUB))
    missing = len(progress_of(desk.year).missing)
    assert (missing > 3, f"Il manque {missing} réponses au compte-rendu d’activité." in page) == (True, True)
    assert re.findall(r'data-lack="([^"]+)"', page) == ["cra"]
    activity.answers = {key: value for key, value in kept.items() if key not in {"classes", "pupils"}}
    activity.save()
    assert re.findall(r'data-lack="([^"]+)"', text(browser(desk).get(HUB))) == ["cra.classes", "cra.pupils"]
