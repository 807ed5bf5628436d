"""The review page: the evidence beside each figure, the steps that the AD takes, and who may take them."""

import re
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.services.closing import request_reopening
from retkoop.yearend.models import ReportState, ReviewReason
from retkoop.yearend.services import workflow
from retkoop.yearend.tests.reports import TODAY, make_report_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast):
    with travel(TODAY):
        made = make_report_desk(cast)
        made.make_ready()
        made.submit()
        yield made


def path(desk, step=""):
    return f"/ad/comptes-rendus/{desk.report.pk}/{step}"


def send(person, desk, step, **fields):
    form = {"operation_key": uuid.uuid4().hex, "version": desk.report.version, **fields}
    return signed_in(person).post(path(desk, f"{step}/"), form)


def text(response):
    return response.content.decode()


def test_the_page_shows_figures_controls_and_each_document_beside_its_figure(cast, desk):
    page = signed_in(cast.ad_reader).get(path(desk))
    html = text(page)
    bank = html[html.index('data-field="512"') :]
    assert 'data-proof="bank:banque"' in bank[: bank.index("</tr>")]
    assert re.findall(r'data-control="(E\d)" data-state="(\w+)"', html) == [
        ("E2", "ok"), ("E3", "ok"), ("E4", "off"), ("E5", "off"), ("E6", "off"), ("E7", "ok"),
    ]  # fmt: skip
    assert "Commencer le contrôle" not in html  # a reader of the AD only reads


def test_a_proof_is_seen_without_leaving_the_report_and_only_by_its_ad(cast, desk):
    html = text(signed_in(cast.ad_reader).get(path(desk)))
    picture = re.findall(r'src="(/ad/comptes-rendus/[^"]+\.jpg)"', html)[0]
    original = re.findall(r'href="(/ad/comptes-rendus/[^"]+/original)"', html)[0]
    assert signed_in(cast.ad_reader).get(picture)["Content-Type"].startswith("image/")
    assert signed_in(cast.ad_reader).get(original)["Content-Disposition"].startswith("attachment")
    for address in (picture, original, path(desk)):
        assert signed_in(cast.other_ad).get(address).status_code == 404
        assert signed_in(cast.mandataire_a).get(address).status_code == 403
    other = re.sub(r"documents/\d+/", "documents/999999/", original)
    assert signed_in(cast.ad_reader).get(other).status_code == 404


def test_the_books_open_at_the_lines_of_an_account(cast, desk):
    browser = signed_in(cast.ad_accountant)
    place = "/cahier/?annee=2024-2025&compte=7560"
    assert f'value="{place.replace("&", "&amp;")}"' in text(browser.get(path(desk)))
    answer = browser.post(f"/ad/ouvrir/{desk.desk.cooperative.identifier}/", {"suite": place})
    assert (answer.status_code, answer["Location"]) == (303, place)
    assert "Familles" in text(browser.get(place))
    away = browser.post(f"/ad/ouvrir/{desk.desk.cooperative.identifier}/", {"suite": "https://exemple.fr/"})
    assert away["Location"] == "/accueil/"


def test_a_clean_report_is_opened_and_validated_from_the_list(cast, desk):
    listed = text(signed_in(cast.ad_accountant).get("/ad/comptes-rendus/?annee=2024-2025"))
    assert f'action="{path(desk, "ouvrir/")}"' in listed
    opened = send(cast.ad_accountant, desk, "ouvrir")
    assert (opened.status_code, opened["Location"]) == (303, path(desk))
    validated = send(cast.ad_accountant, desk, "valider")
    assert (validated.status_code, validated["Location"], desk.report.state) == (303, "/ad/comptes-rendus/", "validated")


def test_a_report_is_returned_with_ready_and_free_words(cast, desk):
    send(cast.ad_accountant, desk, "ouvrir")
    html = text(signed_in(cast.ad_accountant).get(path(desk)))
    assert html.count('<option value="Le relevé est illisible') == 1
    answer = send(
        cast.ad_accountant, desk, "renvoyer", field_1="7560", text_1="Séparez la cotisation.", opens_1="oui",
        field_2="paper:bank:banque", text_2="Le relevé est illisible.", text_4="Appelez-nous.",
    )  # fmt: skip
    assert (answer.status_code, desk.report.state, desk.year.closed) == (303, ReportState.RETURNED, False)
    told = list(ReviewReason.objects.values_list("field", "text", "opens_year"))
    assert told == [
        ("7560", "Séparez la cotisation.", True),
        ("paper:bank:banque", "Le relevé est illisible.", False),
        ("report", "Appelez-nous.", False),
    ]


def test_a_refused_return_keeps_everything_typed(cast, desk):
    send(cast.ad_accountant, desk, "ouvrir")
    answer = send(cast.ad_accountant, desk, "renvoyer", field_1="quitus", text_1="À signer.", opens_1="oui")
    assert (answer.status_code, desk.report.state) == (422, ReportState.IN_REVIEW)
    html = text(answer)
    assert "ne se rouvre que pour un chiffre" in html
    assert 'value="À signer."' in html
    assert '<option value="quitus" selected>' in html


def test_a_page_that_is_no_longer_of_now_is_a_conflict(cast, desk):
    send(cast.ad_accountant, desk, "ouvrir")
    old = desk.report.version - 1
    assert send(cast.ad_accountant, desk, "valider", version=old).status_code == 409
    assert send(cast.ad_accountant, desk, "renvoyer", version=old, text_1="x").status_code == 409


def test_a_validated_report_is_archived_and_reopened_with_a_reason(cast, desk):
    send(cast.ad_accountant, desk, "ouvrir")
    send(cast.ad_accountant, desk, "valider")
    assert send(cast.ad_accountant, desk, "archiver").status_code == 303
    assert send(cast.ad_accountant, desk, "rouvrir").status_code == 422
    assert send(cast.ad_accountant, desk, "rouvrir", reason="Une facture oubliée").status_code == 303
    assert desk.report.state == ReportState.IN_REVIEW
    assert "remplacée le" in text(signed_in(cast.ad_reader).get(path(desk)))


@pytest.mark.parametrize("step", ["ouvrir", "valider", "renvoyer", "rouvrir", "archiver"])
def test_only_the_ad_that_may_write_takes_a_step(cast, desk, step):
    statuses = [send(person, desk, step).status_code for person in (cast.ad_reader, cast.mandataire_a, cast.federation_person)]
    assert (statuses, send(cast.other_ad, desk, step).status_code) == ([403] * 3, 404)


def test_the_page_costs_the_same_queries_for_three_lines_as_for_one(cast, desk, django_assert_max_num_queries):
    workflow.open_review(report=desk.report, author=desk.ad)
    desk.give_back(workflow.Reason("7560", "7560", "À revoir", opens_year=True))
    browser, counts = signed_in(cast.ad_reader), []
    for more in (1, 2):
        for _ in range(more):
            desk.pay(1_000)
        with django_assert_max_num_queries(75) as counted:
            browser.get(path(desk))
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_request_to_reopen_a_book_whose_report_is_away_leads_to_the_report(cast, desk):
    asked = request_reopening(year=desk.year, reason="Un chèque oublié", author=desk.teacher)
    page = f"/ad/reouvertures/{asked.pk}/"
    assert f'href="{path(desk)}"' in text(signed_in(cast.ad_accountant).get(page))
    form = {"operation_key": uuid.uuid4().hex, "decision": "accord", "answer": "Entendu"}
    refused = signed_in(cast.ad_accountant).post(page, form)
    assert (refused.status_code, desk.year.closed, desk.year.sealed) == (422, True, True)
    listed = text(signed_in(cast.ad_reader).get("/ad/comptes-rendus/?annee=2024-2025"))
    assert "Un chèque oublié" in listed
