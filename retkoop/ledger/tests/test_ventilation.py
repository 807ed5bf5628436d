"""« Aide à la ventilation »: for everyone, searchable, with the AD's own words."""

import re
import uuid

import pytest

from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.models import PurchaseAdvice
from retkoop.ledger.ventilation import examples

pytestmark = pytest.mark.django_db
PAGE = "/aide/ventilation/"


@pytest.fixture
def charted(cast):
    chart.load()
    return cast


def shown(response):
    return re.findall(r'<li id="([\w-]+)" data-advice>', response.content.decode())


def test_at_least_eighty_examples_are_open_to_everyone(charted, client):
    response = client.get(PAGE)
    assert response.status_code == 200
    assert shown(response) == list(examples())
    assert len(examples()) >= 80
    page = response.content.decode()
    for verdict in ("autorisé", "toléré", "interdit"):
        assert f"</svg>{verdict}</span>" in page


def test_a_search_needs_every_word_without_accents(charted, client):
    found = shown(client.get(PAGE, {"q": "photos REVENDRE"}))
    assert "photos-classe" in found
    assert len(found) < 10
    assert shown(client.get(PAGE, {"q": "dromadaire"})) == []


def test_the_code_is_that_of_the_ad(charted, client):
    response = signed_in(charted.mandataire_a).get(PAGE, {"q": "cotisation occe"})
    assert "6281 Cotisation OCCE" in response.content.decode()


def test_beside_the_form_only_the_list_is_sent(charted):
    response = signed_in(charted.mandataire_a).get(PAGE, {"fragment": ""}, headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<div class="advice"')
    assert "<form" not in response.content.decode()


def test_an_ad_writes_its_own_rule_and_only_its_cooperatives_read_it(charted, client):
    accountant = signed_in(charted.ad_accountant)
    assert "Écrire la règle de notre AD" in accountant.get(PAGE).content.decode()
    address = "/ad/ventilation/chocolats-revente/"
    sent = {"operation_key": uuid.uuid4().hex, "verdict": "forbidden", "text": "Chez nous, c’est non."}
    assert accountant.post(address, sent).status_code == 303
    ours = signed_in(charted.mandataire_a).get(PAGE, {"q": "chocolats"}).content.decode()
    theirs = signed_in(charted.mandataire_c).get(PAGE, {"q": "chocolats"}).content.decode()
    assert "Chez nous, c’est non." in ours
    assert "Chez nous, c’est non." not in theirs
    back = {"operation_key": uuid.uuid4().hex, "remove": "1", "verdict": "forbidden", "text": ""}
    assert accountant.post(address, back).status_code == 303
    assert PurchaseAdvice.objects.count() == 0


@pytest.mark.parametrize(
    ("verdict", "text", "said"),
    [("peut-être", "", "Choisissez"), ("allowed", "x" * 301, "300 caractères")],
)
def test_a_rule_that_cannot_be_kept_is_refused(charted, verdict, text, said):
    accountant = signed_in(charted.ad_accountant)
    sent = {"operation_key": uuid.uuid4().hex, "verdict": verdict, "text": text}
    response = accountant.post("/ad/ventilation/chocolats-revente/", sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert PurchaseAdvice.objects.count() == 0


def test_a_cooperative_cannot_write_the_rule_of_its_ad(charted):
    assert signed_in(charted.mandataire_a).get("/ad/ventilation/chocolats-revente/").status_code == 403
    assert signed_in(charted.ad_accountant).get("/ad/ventilation/rien/").status_code == 404
