"""The AD's pages of the adhésions: list, sheet, tariff, résiliation, federal share; who may what; queries that do not grow."""

import datetime as dt
import re
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.models import MembershipCall
from retkoop.membership.models import FederalPayment, Resignation, Sheet, SheetState, Tariff
from retkoop.membership.queries.adhesions import Declared
from retkoop.membership.tests.adhesion_desk import FIRST, TODAY
from retkoop.membership.tests.campaign_desk import make_campaign

pytestmark = pytest.mark.django_db
TYPED = {
    "pupil_cents": "2,05", "adult_cents": "8,00", "federal_pupil_cents": "1,19", "federal_adult_cents": "1,19",
    "insurance_pupil_cents": "0,25", "insurance_adult_cents": "0,25", "minimum_cents": "0", "review_cents": "33",
    "deadline": "30/11/2025", "resignation_by": "31/10/2025", "insurance_contract": "MAE-MAIF", "engagement": "Je m’engage.",
    "annee": "2025-2026",
}  # fmt: skip


@pytest.fixture
def desk(cast):
    chart.load()
    with travel(TODAY):
        yield make_campaign(cast)


@pytest.fixture
def ad(cast):
    return signed_in(cast.ad_accountant)


def post(client, path, **data):
    return client.post(path, {"operation_key": uuid.uuid4().hex, **data})


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_counts_each_state_and_is_narrowed_to_one(desk, ad):
    desk.validate(desk.send(desk.a))
    desk.send(desk.b, engaged=False)
    desk.another("102").fill()
    page = read(ad, "/ad/adhesions/")
    assert re.findall(r'data-state="(\w+)"', page) == ["sent", "filling", "validated"]
    assert re.findall(r'<option value="(\w+)">([^<]+)</option>', page) == [
        ("waiting", "à valider (1)"), ("filling", "en cours (1)"), ("sent", "transmise (1)"), ("validated", "validée (1)"),
        ("unengaged", "sans engagement (1)"), ("unpaid", "à encaisser (1)"),
        ("debit", "prélèvement"), ("cheque", "chèque"), ("transfer", "virement"),
    ]  # fmt: skip
    assert re.findall(r'data-state="(\w+)"', read(ad, "/ad/adhesions/?etat=unengaged")) == ["sent"]
    assert ad.get("/ad/adhesions/?annee=2031-2032").status_code == 404
    assert "Valider les adhésions" not in read(signed_in(desk.cast.ad_reader), "/ad/adhesions/")


def test_ticked_adhesions_are_validated_and_paid_once(desk, ad):
    sheets = [desk.send(desk.a), desk.send(desk.b)]
    key = {"operation_key": uuid.uuid4().hex, "sheet": [sheet.pk for sheet in sheets], "way": "debit", "on": "03/10/2025"}
    answers = [ad.post("/ad/adhesions/valider/", key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (
        list(Sheet.objects.values_list("state", "payment", "paid_on"))
        == [(SheetState.VALIDATED, "debit", dt.date(2025, 10, 3))] * 2
    )
    assert MembershipCall.objects.count() == 2
    assert "2 adhésions validées" in read(ad, "/ad/adhesions/")


def test_all_of_the_list_are_validated_by_one_button_and_what_cannot_be_is_named(desk, ad):
    first, second = desk.send(desk.a), desk.send(desk.b)
    assert post(ad, "/ad/adhesions/valider/").status_code == 422
    wrong = post(ad, "/ad/adhesions/valider/", sheet=[first.pk], on="03/10/2025")
    assert (wrong.status_code, "prélèvement, chèque ou virement" in wrong.content.decode()) == (422, True)
    desk.validate(first)
    assert post(ad, "/ad/adhesions/valider/", sheet=[first.pk]).status_code == 303
    assert "085-099 n’est pas validée. Cette adhésion est déjà validée." in read(ad, "/ad/adhesions/")
    post(ad, "/ad/adhesions/valider/", toutes="1")
    assert desk.again(second).state == SheetState.VALIDATED


def test_a_sheet_shows_what_changed_and_is_paid_validated_or_given_back(desk, ad):
    desk.validate(desk.send(desk.a))
    sheet = desk.amend(desk.a, (Declared("CP", 20, 1), Declared("CM2", 21, 1), Declared("CE1-CE2", 26, 1, 1, member=False)))
    path = f"/ad/adhesions/{sheet.pk}/"
    page = read(ad, path)
    told = ["CP : 25 → 21", "CM2 : nouvelle ligne : 22", "CE1-CE2 : 28 → 0", "Autres adultes : n’y est plus : 2 l’autre fois"]
    assert re.findall(r"<li data-change>([^<]+)</li>", page) == [line.replace(" :", "\u202f:") for line in told]
    assert ("Pris par Anne Maret le 06/10/2025" in page, "déclaration précédente" in page) == (True, True)
    version = {"version": sheet.adhesion.version}
    missing = post(ad, f"{path}paiement/", payer="parents", way="cheque", **version)
    assert (missing.status_code, "Mairie de Challans" in missing.content.decode()) == (422, True)
    paid = post(
        ad, f"{path}paiement/", payer="parents", payer_name="Amicale", way="cheque", on="3/10", reference="77", **version
    )
    assert (paid.status_code, desk.again(sheet).payer_name) == (303, "Amicale")
    assert post(ad, f"{path}valider/", **version).status_code == 409
    assert post(ad, f"{path}rendre/", version=version["version"] + 1).status_code == 422
    assert post(ad, f"{path}rendre/", version=version["version"] + 1, reason="CM2 ?").status_code == 303
    assert "Rendue à la coopérative le 06/10/2025" in read(ad, path)
    assert "«\u202fCM2 ?\u202f»" in read(signed_in(desk.cast.mandataire_a), "/adhesion/")
    assert post(ad, f"{path}valider/", version=desk.again(sheet).adhesion.version).status_code == 422


def test_the_tariff_starts_from_last_year_and_a_sent_sheet_keeps_its_prices(desk, ad):
    Tariff.objects.all().delete()
    blank = read(ad, "/ad/adhesions/tarif/")
    assert ("Livret A" in blank, 'value="31/10/2025"' in blank) == (True, True)
    refused = post(ad, "/ad/adhesions/tarif/", **{**TYPED, "federal_adult_cents": "9", "version": "0"})
    assert (refused.status_code, "comprise dans la cotisation" in refused.content.decode()) == (422, True)
    assert post(ad, "/ad/adhesions/tarif/", version="0", **TYPED).status_code == 303
    assert post(ad, "/ad/adhesions/tarif/", version="0", **TYPED).status_code == 409
    tariff = Tariff.objects.get()
    assert (tariff.pupil_cents, tariff.adult_cents, tariff.review_cents, tariff.supplement) == (205, 800, 3_300, False)
    sheet = desk.send(desk.a)
    assert post(ad, "/ad/adhesions/tarif/", version="1", **{**TYPED, "pupil_cents": "3"}).status_code == 303
    assert 'data-sent="1"' in read(ad, "/ad/adhesions/tarif/")
    before, after = desk.validate(sheet), desk.validate(desk.send(desk.b))
    assert after.membership_cents - before.membership_cents == 50 * 95
    with travel(dt.date(2026, 7, 1)):
        page = read(signed_in(desk.cast.ad_accountant), "/ad/adhesions/tarif/?annee=2026-2027")
    assert ("Ce sont les prix de 2025-2026" in page, 'value="3,00"' in page, 'value="30/11/2026"' in page) == (True,) * 3


def test_a_resignation_is_recorded_late_ones_refused_and_cancelled(desk, ad):
    path = "/ad/adhesions/resiliation/085-099/"
    assert post(ad, path, first="2025", written_on="01/10/2025", received_on="30/09/2025").status_code == 422
    assert post(ad, path, first="2025", written_on="01/10/2025", received_on="02/10/2025").status_code == 303
    assert "résiliée" in read(ad, "/ad/adhesions/?etat=resigned")
    row = Resignation.objects.get()
    assert post(ad, f"/ad/adhesions/resiliation/{row.pk}/annuler/").status_code == 303
    with travel(dt.date(2025, 11, 20)):
        late = post(signed_in(desk.cast.ad_accountant), path, first="2025", written_on="15/11/2025", received_on="16/11/2025")
        assert (late.status_code, "reste due" in late.content.decode()) == (422, True)
    assert ad.get("/ad/adhesions/resiliation/038-012/").content == ad.get("/ad/adhesions/resiliation/085-998/").content


def test_the_federation_sees_each_share_and_records_what_it_receives(desk, ad):
    desk.validate(desk.send(desk.a))
    desk.validate(desk.amend(desk.a, (Declared("CP", 20, 1),)))
    desk.validate(desk.send(desk.b))
    due = (21 + 55) * 119
    own = read(ad, "/ad/adhesions/federation/")
    assert f'data-cents="{due}"' in own
    federation = signed_in(desk.cast.federation_person)
    shares = read(federation, "/federation/parts/")
    assert re.findall(r'data-share="(\w+)".*?data-cents="(-?\d+)"', shares) == [("038", "0"), ("085", str(due))]
    path = "/federation/parts/085/"
    assert post(federation, path, cents="0", paid_on="3/10/2025").status_code == 422
    assert post(federation, path, cents="50,00", paid_on="03/10/2025", reference="VIR 1").status_code == 303
    assert "en partie" in read(ad, "/ad/adhesions/federation/")
    row = FederalPayment.objects.get()
    assert post(federation, f"/federation/paiements/{row.pk}/annuler/").status_code == 303
    assert "à régler" in read(federation, path)
    for client, pdf in ((ad, "/ad/adhesions/federation/part.pdf"), (federation, f"{path}part.pdf")):
        assert client.get(pdf).content[:5] == b"%PDF-"
    assert ad.get(path).status_code == 403
    assert federation.get("/federation/parts/999/").status_code == 404


@pytest.mark.parametrize("path", ["/ad/adhesions/", "/ad/adhesions/federation/", "/federation/parts/"])
def test_more_cooperatives_cost_no_more_queries(desk, path, django_assert_max_num_queries):
    client = signed_in(desk.cast.federation_person if path.startswith("/federation") else desk.cast.ad_accountant)

    def queries():
        with django_assert_max_num_queries(9) as seen:
            client.get(path)
        return len(seen)

    desk.validate(desk.send(desk.a))
    short = queries()
    desk.validate(desk.amend(desk.a, (Declared("CP", 20, 1),)))
    desk.send(desk.b)
    desk.validate(desk.send(desk.another("102")))
    assert queries() == short


def test_others_neither_see_nor_touch_an_adhesion(desk, cast):
    sheet = desk.send(desk.a)
    other = signed_in(cast.other_ad)
    for path in (f"/ad/adhesions/{sheet.pk}/", "/ad/adhesions/999999/"):
        assert other.get(path).status_code == 404
        assert post(other, f"{path}valider/", version="2").status_code == 404
    assert post(other, "/ad/adhesions/valider/", sheet=[sheet.pk]).status_code == 422
    assert post(signed_in(cast.ad_reader), f"/ad/adhesions/{sheet.pk}/valider/", version="2").status_code == 403
    assert signed_in(cast.mandataire_a).get("/ad/adhesions/").status_code == 403
    assert desk.again(sheet).state == SheetState.SENT
    assert Sheet.objects.filter(adhesion__first=FIRST).count() == 1
