"""Soft warnings: each one raised, accepted with one tick, kept in the history, switched off by an AD."""

import datetime as dt
import json
from pathlib import Path

import pytest

from retkoop.identity.models import AuditEvent
from retkoop.ledger import words
from retkoop.ledger.models import FiscalYear, Grant, InventoryLine
from retkoop.ledger.tests.entry_desk import lines_of, warned
from retkoop.ledger.warnings import WARNINGS

pytestmark = pytest.mark.django_db
LABELS = json.loads((Path(__file__).parent / "data" / "labels.json").read_text(encoding="utf-8"))


def test_every_warning_has_a_title_and_an_explanation():
    assert len(WARNINGS) == 13
    assert all(kind.title and kind.explanation for kind in WARNINGS.values())


def test_the_same_date_amount_and_side_as_another_entry(entry_desk):
    entry_desk.write(bank=-1_250)
    assert warned(entry_desk.spend()) == ["duplicate-entry"]
    assert warned(entry_desk.spend(date="05/10/2025")) == []
    assert warned(entry_desk.spend("12,51")) == []
    received = entry_desk.enter(in_banque="12,50", v_family_contributions="12,50", date="04/10/2025")
    assert received.status_code == 303


def test_a_cheque_already_used_this_year_or_carried_from_the_last(entry_desk):
    entry_desk.write(bank=-900, cheque="4000116")
    entry_desk.write(bank=-800, day=dt.date(2025, 6, 28), label="Zoo", year=entry_desk.last_year, cheque="4000115")
    response = entry_desk.spend(cheque="4000115")
    assert warned(response) == ["cheque-reused"]
    assert "déjà inscrit le 28/06" in response.content.decode()
    assert warned(entry_desk.spend(cheque="4000116")) == ["cheque-reused"]
    assert entry_desk.spend(cheque="4000117").status_code == 303


def test_the_cheque_of_a_family_may_bear_any_number(entry_desk):
    entry_desk.write(bank=-900, cheque="4000116")
    response = entry_desk.enter(in_banque="5", v_family_contributions="5", cheque="4000116")
    assert response.status_code == 303


def test_a_skipped_cheque(entry_desk):
    entry_desk.write(bank=-900, cheque="0004116")
    response = entry_desk.spend(cheque="0004118")
    assert warned(response) == ["cheque-skipped"]
    assert "il manque le 0004117" in response.content.decode()


def test_the_first_cheque_of_a_book_or_of_a_new_chequebook_is_not_a_skip(entry_desk):
    assert entry_desk.spend(cheque="500").status_code == 303
    assert entry_desk.spend(cheque="9000001", date="03/10/2025").status_code == 303


def test_a_piece_already_used_this_year(entry_desk):
    entry_desk.write(bank=-900, piece="D7")
    assert warned(entry_desk.spend(piece="d07")) == ["piece-reused"]


def test_a_date_that_has_not_come(entry_desk):
    assert warned(entry_desk.spend(date="07/10/2025")) == ["future-date"]


def test_cash_below_zero_at_a_later_date_even_if_not_today(entry_desk):
    entry_desk.write(cash=5_000, day=dt.date(2025, 9, 10))
    entry_desk.write(cash=-4_000, day=dt.date(2025, 10, 1))
    response = entry_desk.enter(out_caisse="20", v_activities="20", date="15/09/2025")
    assert warned(response) == ["cash-negative"]
    assert "10,00" in response.content.decode()
    assert entry_desk.enter(out_caisse="10", v_activities="10", date="15/09/2025").status_code == 303


def test_cash_above_the_ceiling_of_the_ad(entry_desk):
    response = entry_desk.enter(in_caisse="300,01", v_activity_income="300,01")
    assert warned(response) == ["cash-ceiling"]
    assert entry_desk.enter(in_caisse="300", v_activity_income="300").status_code == 303


def test_a_bank_overdrawn_counts_the_year_before(entry_desk):
    assert warned(entry_desk.spend("1000,01")) == ["bank-overdrawn"]
    assert entry_desk.spend("1000").status_code == 303


def test_a_grant_without_its_detail(entry_desk):
    grant = {"in_banque": "500", "v_public_grants": "500", "label": "Subvention mairie"}
    assert warned(entry_desk.enter(**grant)) == ["grant-without-detail"]
    Grant.objects.create(
        cooperative=entry_desk.cast.cooperative_a,
        year=entry_desk.year,
        funder_type="town",
        funder="Challans",
        cents=50_000,
        on=dt.date(2025, 10, 1),
    )
    assert entry_desk.enter(**grant).status_code == 303


def test_a_durable_good_without_its_line_of_inventory(entry_desk):
    bought = {"out_banque": "90", "v_durable_goods": "90", "label": "Enceinte"}
    assert warned(entry_desk.enter(**bought)) == ["inventory-missing"]
    InventoryLine.objects.create(
        cooperative=entry_desk.cast.cooperative_a, label="Enceinte", acquired_on=dt.date(2025, 10, 1), cents=9_000
    )
    assert entry_desk.enter(**bought).status_code == 303


def test_a_gift_booked_as_a_public_grant(entry_desk):
    response = entry_desk.enter(in_banque="500", v_public_grants="500", label="Don APE")
    assert warned(response) == ["gift-in-grants", "grant-without-detail"]


def test_the_third_deposit_of_cash(entry_desk):
    entry_desk.write(cash=20_000, day=dt.date(2025, 9, 5))
    for day in (10, 20):
        entry_desk.write(bank=1_000, cash=-1_000, day=dt.date(2025, 9, day), label="Dépôt")
    assert warned(entry_desk.enter(je="depot", amount="12")) == ["third-cash-deposit"]


def test_a_purchase_that_is_not_allowed(entry_desk):
    response = entry_desk.spend(label="Location du photocopieur")
    assert warned(response) == ["forbidden-purchase"]


@pytest.mark.parametrize("row", LABELS["association_money"], ids=lambda row: row["label"])
def test_labels_of_money_that_is_no_public_grant(row):
    assert (words.association_money(row["label"]) is not None) == row["hit"]


def test_one_tick_accepts_what_was_shown_and_a_new_warning_asks_again(entry_desk):
    entry_desk.write(bank=-1_250, piece="D1")
    first = entry_desk.spend(piece="D1")
    assert sorted(warned(first)) == ["duplicate-entry", "piece-reused"]
    assert first.content.decode().count('name="override"') == 1
    again = entry_desk.spend(piece="D1", override="duplicate-entry piece-reused", date="07/10/2025")
    assert again.status_code == 422
    assert "future-date" in warned(again)
    entry = entry_desk.recorded(entry_desk.spend(piece="D1", override="duplicate-entry piece-reused"))
    event = AuditEvent.objects.get(subject_type="entry", subject_id=entry.pk)
    assert json.loads(event.payload or "")["overridden"] == ["duplicate-entry", "piece-reused"]
    assert "Avertissement vérifié" in entry_desk.get(f"/ecritures/{entry.pk}/")


def test_what_was_accepted_once_is_not_asked_again_when_changing_the_entry(entry_desk):
    entry_desk.write(bank=-900, piece="D7")
    entry = entry_desk.recorded(entry_desk.spend(piece="D7", override="piece-reused"))
    response = entry_desk.spend(path=f"/ecritures/{entry.pk}/modifier/", piece="D7", label="Bus", version=1)
    assert response.status_code == 303


def test_an_ad_switches_a_warning_off(entry_desk):
    association = entry_desk.cast.ad_085
    association.muted_warnings = ["future-date"]
    association.save()
    assert entry_desk.spend(date="07/10/2025").status_code == 303


def test_an_entry_is_not_its_own_double(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend("900", piece="D7", cheque="12"))
    response = entry_desk.spend("950", path=f"/ecritures/{entry.pk}/modifier/", piece="D7", cheque="12", version=1)
    assert lines_of(entry_desk.recorded(response)) == {"bank": -95_000, "activities": 95_000}


def test_the_live_check_warns_without_writing(entry_desk):
    before = FiscalYear.objects.get(pk=entry_desk.year.pk).next_number
    response = entry_desk.spend(path="/ecritures/verifier/", date="07/10/2025")
    assert (response.status_code, warned(response)) == (200, ["future-date"])
    assert FiscalYear.objects.get(pk=entry_desk.year.pk).next_number == before
