"""Plain words: « J’ai payé… », and the four others; the same entry as by the full form, with fewer gestures."""

import pytest

from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Means
from retkoop.ledger.tests.entry_desk import NEW, errors, lines_of

pytestmark = pytest.mark.django_db


def test_the_five_ways_stand_first_and_the_full_form_is_one_click_away(entry_desk):
    page = entry_desk.get()
    for words in (
        "J’ai payé…",
        "J’ai reçu…",
        "J’ai déposé des espèces à la banque",
        "J’ai retiré des espèces",
        "Une autre coop",
    ):
        assert words in page
    assert page.index("J’ai payé…") < page.index('name="piece"')
    assert "?je=complet&amp;choix" in page


def test_the_last_way_chosen_is_remembered(entry_desk):
    person = entry_desk.cast.mandataire_a
    entry_desk.get(NEW, je="complet", choix="")
    person.refresh_from_db()
    assert person.full_form is True
    entry_desk.get(NEW, je="paye", choix="")
    person.refresh_from_db()
    assert person.full_form is False


def test_the_form_opens_as_it_was_last_chosen_and_as_the_guides_show_it_before_any_choice(entry_desk):
    def opened(**chosen):
        entry_desk.get(NEW, **chosen)
        return 'name="out_banque"' in entry_desk.get(NEW)

    assert [opened(), opened(je="paye"), opened(je="recu", choix=""), opened(je="complet", choix="")] == [
        True,
        True,
        False,
        True,
    ]


def test_paid_is_one_amount_one_place_one_account(entry_desk):
    page = entry_desk.get(NEW, je="paye")
    assert 'name="amount"' in page
    assert 'name="out_banque"' not in page
    response = entry_desk.enter(je="paye", amount="12,50", money="banque", account="activities")
    assert lines_of(entry_desk.recorded(response)) == {"bank": -1_250, "activities": 1_250}
    assert response["Location"].endswith("?enregistree=paye")


def test_paid_in_cash_for_several_accounts(entry_desk):
    entry_desk.write(cash=10_000, label="Kermesse")
    response = entry_desk.enter(
        je="paye", amount="15", money="caisse", account="plusieurs", v_activities="10", v_resale_purchases="5"
    )
    assert lines_of(entry_desk.recorded(response)) == {"cash": -1_500, "activities": 1_000, "resale_purchases": 500}


def test_received_under_a_charge_is_a_refund(entry_desk):
    response = entry_desk.enter(je="recu", amount="20", money="banque", account="activities")
    assert lines_of(entry_desk.recorded(response)) == {"bank": 2_000, "activities": -2_000}


def test_cash_deposited_and_withdrawn_are_transfers(entry_desk):
    withdrawn = entry_desk.enter(je="retrait", amount="60", label="Fonds de caisse")
    assert lines_of(entry_desk.recorded(withdrawn)) == {"bank": -6_000, "cash": 6_000}
    deposited = entry_desk.enter(je="depot", amount="40", label="Dépôt")
    assert lines_of(entry_desk.recorded(deposited)) == {"bank": 4_000, "cash": -4_000}


@pytest.mark.parametrize(
    ("direction", "lines"),
    [
        ("out", {"bank": -5_000, "exceptional_charges": 5_000}),
        ("in", {"bank": 5_000, "exceptional_income": -5_000}),
    ],
)
def test_money_of_another_cooperative_goes_to_the_exceptional_account_and_keeps_its_name(entry_desk, direction, lines):
    response = entry_desk.enter(
        je="coop", amount="50", money="banque", direction=direction, counterparty="085-101", label="Car partagé"
    )
    entry = entry_desk.recorded(response)
    assert lines_of(entry) == lines
    assert entry.counterparty == "085-101"
    assert entry.counterparty_cooperative == entry_desk.cast.cooperative_b


def test_the_other_cooperative_is_asked_for(entry_desk):
    response = entry_desk.enter(je="coop", amount="50", money="banque", direction="out", counterparty="")
    assert response.status_code == 422
    assert "Dites quelle coopérative" in errors(response)[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": ""}, "Il manque la somme"),
        ({"amount": "-5"}, "sans signe"),
        ({"money": "coffre"}, "choisissez la banque ou la caisse"),
        ({"account": ""}, "à quoi a servi cet argent"),
        ({"account": "bank"}, "à quoi a servi cet argent"),
        ({"v_insurance": "2"}, "Choisissez un seul compte"),
        ({"account": "plusieurs", "v_insurance": "2"}, "Il manque 10,50"),
    ],
)
def test_what_is_missing_is_said_in_plain_words_too(entry_desk, fields, said):
    response = entry_desk.enter(**{"je": "paye", "amount": "12,50", "money": "banque", "account": "activities", **fields})
    assert response.status_code == 422
    assert any(said in error for error in errors(response)), errors(response)


def test_the_amount_follows_from_one_way_of_telling_to_another(entry_desk):
    page = entry_desk.get(NEW, je="complet", amount="12,50", money="banque", account="activities", label="Bus")
    assert 'id="id_out_banque" value="12,50"' in page
    assert 'id="id_v_activities" value="12,50"' in page
    assert 'id="id_amount" value="12,50"' in entry_desk.get(NEW, je="paye", out_banque="12,50")


def test_cash_is_kept_as_the_means_when_it_is_said(entry_desk):
    entry_desk.write(cash=10_000, label="Kermesse")
    response = entry_desk.enter(je="paye", amount="5", money="caisse", account="activities", means="cash")
    assert entry_desk.recorded(response).means == Means.CASH


def test_a_reader_sees_an_entry_and_may_not_write(entry_desk):
    entry = entry_desk.write(bank=-1_000)
    reader = signed_in(entry_desk.cast.reader_a)
    assert reader.get(f"/ecritures/{entry.pk}/").status_code == 200
    assert b"Modifier en portrait" not in reader.get(f"/ecritures/{entry.pk}/").content
    for path in (NEW, f"/ecritures/{entry.pk}/modifier/", f"/ecritures/{entry.pk}/supprimer/", "/ecritures/remise/"):
        assert reader.get(path).status_code == 403, path


def test_the_entry_of_another_cooperative_does_not_exist(entry_desk):
    entry = entry_desk.write(bank=-1_000)
    stranger = signed_in(entry_desk.cast.mandataire_b)
    absent = stranger.get("/ecritures/999999/").content
    for path in ("", "modifier/", "supprimer/", "dupliquer/", "remise/", "bordereau.pdf"):
        response = stranger.get(f"/ecritures/{entry.pk}/{path}")
        assert (response.status_code, response.content) == (404, absent), path
