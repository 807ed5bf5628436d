"""Attestation and certificat: only once final, from the frozen sheets alone, the same bytes for ever, nobody else's."""

import datetime as dt
import re

import pypdfium2
import pytest

from retkoop.core.clock import travel
from retkoop.identity.models import Cooperative
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.membership.models import Tariff
from retkoop.membership.queries.adhesions import Declared
from retkoop.membership.services.resignations import resign
from retkoop.membership.tests.adhesion_desk import FIRST, TODAY
from retkoop.membership.tests.campaign_desk import make_campaign

pytestmark = pytest.mark.django_db
ATTESTATION, CERTIFICATE = (f"/archives/adhesions/{FIRST}/{name}.pdf" for name in ("attestation", "certificat"))


@pytest.fixture
def desk(cast):
    chart.load()
    with travel(TODAY):
        yield make_campaign(cast)


def words(pdf):
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    return re.sub(r"[\s  ]+", " ", text)


def test_the_attestation_shows_cotisation_and_assurance_apart(desk, cast):
    desk.validate(desk.send(desk.a, review_copies=1, supplement_cents=500))
    client = signed_in(cast.reader_a)
    said = words(client.get(ATTESTATION).content)
    amounts = ["Cotisation OCCE 117,75", "Assurance 13,75", "Abonnement à Animation & Éducation 33,00", "Total 164,50"]
    assert [part for part in amounts if part not in said] == []
    assert ("Élèves : 50" in said, "Total des adhérents : 55" in said, "Avenant" in said) == (True, True, False)
    covered = words(client.get(CERTIFICATE).content)
    asked = [
        "MAE-MAIF, contrat 3 456 789",
        "du 1er septembre 2025 au 31 août 2026",
        "responsabilité civile",
        "Marais",
    ]
    assert [part for part in asked if part not in covered] == []


def test_both_are_the_same_bytes_whatever_changes_afterwards(desk, cast):
    desk.validate(desk.send(desk.a))
    client = signed_in(cast.mandataire_a)
    before = [client.get(path).content for path in (ATTESTATION, CERTIFICATE)]
    Cooperative.objects.filter(pk=cast.cooperative_a.pk).update(name="École Jules-Ferry")
    Tariff.objects.update(insurance_contract="Autre", pupil_cents=900)
    with travel(dt.date(2027, 3, 1)):
        later = signed_in(cast.mandataire_a)
        assert [later.get(path).content for path in (ATTESTATION, CERTIFICATE)] == before


def test_amendments_are_listed_and_counted(desk, cast):
    desk.validate(desk.send(desk.a))
    desk.validate(desk.amend(desk.a, (Declared("CP", 20, 1),)))
    said = words(signed_in(cast.mandataire_a).get(ATTESTATION).content)
    assert ("Avenant 1 06/10/2025 20 1 −69,70 −8,50 0,00 −78,20" in said, "Total 48,30" in said) == (True, True)


def test_they_are_there_once_validated_and_engaged_to(desk, cast):
    client = signed_in(cast.mandataire_a)
    sheet = desk.send(desk.a, engaged=False)
    for state in ("transmise", "validée, il manque l’engagement du mandataire"):
        page = client.get("/archives/adhesions/").content.decode()
        assert (state in page, "attestation.pdf" in page, client.get(ATTESTATION).status_code) == (True, False, 404)
        desk.validate(sheet) if state == "transmise" else desk.a.engage()
    assert "attestation.pdf" in client.get("/archives/adhesions/").content.decode()
    assert [client.get(path).status_code for path in (ATTESTATION, CERTIFICATE)] == [200, 200]


def test_a_resignation_shows_as_such(desk, cast):
    day = dt.date(2025, 10, 1)
    resign(cooperative=cast.cooperative_a, first=FIRST, written_on=day, received_on=day, author=desk.ad)
    page = signed_in(cast.mandataire_a).get("/archives/adhesions/").content.decode()
    assert re.findall(r'data-final="(\w+)"', page) == ["non"]
    assert "2025-2026\u202f: résiliée" in page


def test_nobody_gets_another_ones(desk, cast):
    desk.validate(desk.send(desk.a))
    other = signed_in(cast.mandataire_b)
    for path in (ATTESTATION, CERTIFICATE):
        assert other.get(path).status_code == 404
        assert other.get(path).content == other.get(path.replace(str(FIRST), "1999")).content
    assert signed_in(cast.ad_accountant, cast.cooperative_a).get(ATTESTATION).status_code == 200
