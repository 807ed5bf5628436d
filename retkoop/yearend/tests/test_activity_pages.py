"""`/compte-rendu/cra/`: the guides' words, the two buttons, saving as one types, what each one may do."""

import datetime as dt
import re
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.tests.worked import TODAY, make_worked
from retkoop.yearend.models import ActivityReport, Report
from retkoop.yearend.queries.activity import progress_of
from retkoop.yearend.services.questionnaires import load_questionnaire, load_shipped
from retkoop.yearend.tests.questions import NOBODY, other_file, own_file

pytestmark = pytest.mark.django_db
CRA, PROJECTS = "/compte-rendu/cra/", "/compte-rendu/cra/projets/"


@pytest.fixture
def year(cast):
    with travel(TODAY):
        made = make_worked(cast.cooperative_a, Author(cast.mandataire_a))
        yield made.year


@pytest.fixture
def garden(year):
    return load_questionnaire(raw=other_file(), author=NOBODY)


@pytest.fixture
def client(cast, year):
    return signed_in(cast.mandataire_a)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\u202f", " "))


def send(client, path=CRA, *, key="", version=0, htmx=False, **data):
    sent = {"operation_key": key or uuid.uuid4().hex, "annee": "2024-2025", "version": version}
    sent |= {"asked": "garden garden_beds garden_name grows", **data}
    return client.post(path, sent, headers={"HX-Request": "true"} if htmx else {})


def test_the_page_has_the_guides_title_section_and_buttons_on_pink(client, year):
    load_shipped()
    answer = client.get(CRA)
    page = answer.content.decode()
    assert "<h1>Compte Rendu d’Activité (CRA) 2024-2025</h1>" in page
    assert "Fonctionnement de la coopérative scolaire sur l’année</h2>" in page
    assert page.count('class="card zone-pink"') == 3
    assert "Valider les modifications</button>" in page
    assert "Passer à la suite" in page
    assert "modèle, en attente du questionnaire fédéral" in page
    assert "modèle, en attente du questionnaire fédéral" in client.get(PROJECTS).content.decode()


def test_an_official_questionnaire_is_no_model_and_the_pages_follow_it(client, garden):
    page = client.get(CRA).content.decode()
    assert "modèle" not in page
    assert re.findall(r'data-question="(\w+)"', page) == ["garden", "garden_beds", "garden_name", "grows"]
    assert re.findall(r'id="cra-(\w+)" data-question="\w+" hidden', page) == ["garden_beds", "garden_name", "grows"]


def test_an_ads_own_questions_follow_those_of_the_federation(client, cast, garden):
    load_questionnaire(raw=own_file(), author=NOBODY, association=cast.ad_085)
    page = client.get(CRA).content.decode()
    assert re.findall(r'data-question="(\w+)"', page)[-2:] == ["ad_choir", "ad_choir_day"]
    assert "ad_choir" not in signed_in(cast.mandataire_c).get(f"{CRA}?annee=2025-2026").content.decode()


def test_without_a_questionnaire_the_page_says_whom_to_ask(client):
    assert "Il n’y a pas encore de questions" in text_of(client.get(CRA))


def test_validating_keeps_the_answers_and_stays_passing_on_leads_to_the_next_page(client, year, garden):
    answer = send(client, q_garden="oui", q_garden_beds=" 1 2 ", q_garden_name="Le Clos", q_grows=["roses", "fougères"])
    assert (answer.status_code, answer["Location"]) == (303, f"{CRA}?annee=2024-2025")
    told = {"garden": True, "garden_beds": 12, "garden_name": "Le Clos", "grows": ["roses"]}
    assert progress_of(year).answers == told
    answer = send(client, version=1, q_garden="oui", q_garden_beds="12", suite="1")
    assert (answer.status_code, answer["Location"]) == (303, f"{PROJECTS}?annee=2024-2025")
    answer = send(client, PROJECTS, version=2, asked="", suite="1")
    assert (answer.status_code, answer["Location"]) == (303, "/compte-rendu/crf/?annee=2024-2025")


def test_what_cannot_be_read_is_refused_beside_its_question_and_all_is_kept(client, year, garden):
    answer = send(client, q_garden="oui", q_garden_beds="une dizaine", q_garden_name="Le Clos")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="une dizaine"' in page
    assert 'aria-invalid="true"' in page
    assert "Écrivez un nombre entier" in page
    assert ">Le Clos</textarea>" in page
    assert 'name="q_garden" id="id_q_garden" value="oui" checked' in page
    assert Report.objects.count() == 0


def test_answers_are_kept_as_one_types_and_only_what_changed_is_sent_back(client, year, garden):
    key = uuid.uuid4().hex
    answer = send(client, key=key, htmx=True, q_garden="oui")
    page = answer.content.decode()
    assert (answer.status_code, re.findall(r'id="cra-(\w+)"', page)) == (200, ["etat", "version", "garden_beds", "grows"])
    assert 'name="version" value="1"' in page
    assert "Enregistré à" in page
    again = send(client, key=key, htmx=True, version=1, q_garden="oui", q_garden_beds="beaucoup").content.decode()
    assert "n’en est pas un" in again
    answer = send(client, key=key, version=1, q_garden="oui", q_garden_beds="3")
    assert (answer.status_code, progress_of(year).answers["garden_beds"]) == (303, 3)


def test_a_second_tab_does_not_overwrite_the_first(client, year, garden):
    send(client, q_garden="oui", q_garden_beds="3")
    kept = send(client, htmx=True, q_garden="oui", q_garden_beds="4")
    assert (kept.status_code, "autre onglet" in kept.content.decode()) == (422, True)
    sent = send(client, q_garden="oui", q_garden_beds="4", q_garden_name="Le Clos")
    assert (sent.status_code, "Le Clos" in sent.content.decode()) == (409, True)
    assert ActivityReport.objects.get().answers["garden_beds"] == 3


def test_a_question_that_was_not_on_the_page_is_left_as_it_is(client, year, garden):
    send(client, q_garden="oui", q_garden_beds="3")
    send(client, version=1, asked="garden", q_garden="oui")
    assert progress_of(year).answers["garden_beds"] == 3


def test_proposed_answers_say_where_they_come_from(client, year):
    load_shipped()
    assert re.findall(r'data-question="(\w+)" data-mark="([^"]+)"', client.get(PROJECTS).content.decode()) == [
        ("actions_count", "compté dans votre cahier")
    ]
    assert "compté dans votre cahier" in text_of(client.get(PROJECTS))


def test_the_second_page_sums_up_and_says_bravo_only_when_nothing_required_is_missing(client, year):
    load_shipped()
    before = client.get(PROJECTS).content.decode()
    assert ("Récapitulatif" in before, "Bravo" in before) == (True, False)
    asked = " ".join(question.key for question in progress_of(year).form.asked if question.page == 1)
    numbers = {"q_classes": "5", "q_pupils": "120", "q_school_type": "primary"}
    send(client, asked=asked, **numbers)
    middle = text_of(client.get(PROJECTS))
    assert ("Bravo" in middle, "Nombre de projets ou d’actions menés dans l’année" in middle) == (False, True)
    asked = " ".join(question.key for question in progress_of(year).form.asked if question.page == 2)
    send(client, PROJECTS, version=1, asked=asked, q_actions_count="3")
    after = client.get(PROJECTS)
    assert "Bravo ! Votre compte-rendu d’activité est complet." in text_of(after)
    assert "data-missing" not in after.content.decode()


def test_before_the_ads_date_the_questions_are_only_read(client, garden):
    with travel(dt.date(2025, 5, 31)):
        answer = client.get(f"{CRA}?annee=2024-2025")
        page = answer.content.decode()
        assert "s’ouvre le 1 er juin 2025" in text_of(answer).replace("1er", "1 er")
        assert ('<fieldset class="no-legend stack-tight" disabled>' in page, "Valider les modifications" in page) == (
            True,
            False,
        )
        assert send(client, q_garden="oui").status_code == 422


def test_a_report_that_is_handed_in_is_only_read(client, garden):
    send(client, q_garden="oui")
    Report.objects.update(state="submitted")
    page = client.get(CRA).content.decode()
    assert ("reprenez votre saisie" in page, "Valider les modifications" in page) == (True, False)
    assert send(client, version=1).status_code == 422


def test_a_reader_reads_and_does_not_write(cast, year, garden):
    client = signed_in(cast.reader_a)
    assert "Valider les modifications" not in client.get(CRA).content.decode()
    assert send(client, q_garden="oui").status_code == 403


def test_the_ad_answers_in_its_own_name(cast, year, garden):
    client = signed_in(cast.ad_accountant, cast.cooperative_a)
    assert send(client, q_garden="oui").status_code == 303
    event = cast.cooperative_a.events.get(verb="cra.validated")
    assert (event.actor, event.on_behalf) == (cast.ad_accountant, cast.ad_085)
