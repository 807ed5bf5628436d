"""Drafts keep whatever is typed, outside the book; deposits of cheques; cheques that will not be paid."""

import datetime as dt
import re

import pytest

from retkoop.identity.audit import Author
from retkoop.ledger.invariants import check
from retkoop.ledger.models import ChequeSlip, Draft, Entry
from retkoop.ledger.queries.cheques import outdated_cheques, payable_until
from retkoop.ledger.services.closing import close_year
from retkoop.ledger.tests.entry_desk import errors, lines_of
from retkoop.ledger.todo import todo_of

pytestmark = pytest.mark.django_db
DEPOSIT = "/ecritures/remise/"


def test_a_draft_keeps_even_what_cannot_be_read(entry_desk):
    response = entry_desk.enter(out_banque="douze", label="", date="un jour", save_draft="1")
    assert (response.status_code, response["Location"]) == (303, "/ecritures/brouillons/")
    draft = Draft.objects.get()
    assert Entry.objects.filter(year=entry_desk.year).count() == 0
    page = entry_desk.get("/ecritures/brouillons/")
    assert f'data-draft="{draft.pk}"' in page
    resumed = entry_desk.get("/ecritures/nouvelle/", brouillon=str(draft.pk))
    assert 'id="id_out_banque" value="douze"' in resumed
    assert 'id="id_date" value="un jour"' in resumed


def test_finishing_a_draft_records_the_entry_and_closes_it_at_once(entry_desk):
    entry_desk.spend(save_draft="1")
    draft = Draft.objects.get()
    entry = entry_desk.recorded(entry_desk.spend(draft=draft.pk, draft_version=draft.version))
    draft.refresh_from_db()
    assert draft.done_at is not None
    assert lines_of(entry) == {"bank": -1_250, "activities": 1_250}
    assert list(check(entry_desk.cast.cooperative_a)) == []


def test_a_draft_saved_again_stays_one_draft(entry_desk):
    entry_desk.spend(save_draft="1")
    draft = Draft.objects.get()
    entry_desk.spend("13", save_draft="1", draft=draft.pk, draft_version=draft.version)
    draft.refresh_from_db()
    assert (Draft.objects.count(), draft.payload["out_banque"], draft.version) == (1, "13", 2)


def test_a_draft_changed_elsewhere_is_not_overwritten(entry_desk):
    entry_desk.spend(save_draft="1")
    draft = Draft.objects.get()
    entry_desk.spend("13", save_draft="1", draft=draft.pk, draft_version=1)
    late = entry_desk.spend("14", save_draft="1", draft=draft.pk, draft_version=1)
    assert late.status_code == 409
    draft.refresh_from_db()
    assert draft.payload["out_banque"] == "13"


def test_a_draft_is_put_aside(entry_desk):
    entry_desk.spend(save_draft="1")
    draft = Draft.objects.get()
    assert entry_desk.post(f"/ecritures/brouillons/{draft.pk}/retirer/").status_code == 303
    assert "Aucun brouillon" in entry_desk.get("/ecritures/brouillons/")
    gone = entry_desk.spend(draft=draft.pk, draft_version=1)
    assert gone.status_code == 422
    assert "déjà terminé ou retiré" in gone.content.decode()


def deposit(desk, *amounts, path=DEPOSIT, **fields):
    slips = {f"cheque_{rank}": amount for rank, amount in enumerate(amounts, 1)}
    banks = {f"bank_{rank}": "Crédit Mutuel" for rank in range(1, len(amounts) + 1)}
    usual = {"date": "06/10/2025", "label": "Photos", "money": "banque", "account": "resale_sales", "rows": "5"}
    return desk.post(path, **{**usual, **slips, **banks, **fields})


def test_a_deposit_is_one_entry_pointed_as_one_line_with_its_cheques(entry_desk):
    entry = entry_desk.recorded(deposit(entry_desk, "12", "15,50", "8", issuer_2="Famille Roux"))
    assert lines_of(entry) == {"bank": 3_550, "resale_sales": -3_550}
    assert entry.postings.filter(treasury=entry_desk.bank).count() == 1
    rows = ChequeSlip.objects.filter(entry=entry).order_by("rank")
    assert [(row.issuer, row.bank, row.cents) for row in rows] == [
        ("", "Crédit Mutuel", 1_200),
        ("Famille Roux", "Crédit Mutuel", 1_550),
        ("", "Crédit Mutuel", 800),
    ]
    assert list(check(entry_desk.cast.cooperative_a)) == []


def test_more_lines_are_added_without_javascript_and_nothing_is_lost(entry_desk):
    response = deposit(entry_desk, "12", "quinze", add_rows="1")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="cheque_10"' in page
    assert 'value="quinze"' in page
    assert 'data-cents="1200"' in page


@pytest.mark.parametrize(
    ("amounts", "fields", "said"),
    [
        ((), {}, "Il manque les chèques"),
        (("douze",), {}, "à revoir"),
        (("12",), {"issuer_3": "Roux"}, "à revoir"),
        (("12",), {"account": ""}, "d’où vient cet argent"),
        (("12",), {"account": "plusieurs", "v_resale_sales": "5"}, "Il manque 7,00"),
    ],
)
def test_a_deposit_says_what_is_missing(entry_desk, amounts, fields, said):
    response = deposit(entry_desk, *amounts, **fields)
    assert response.status_code == 422
    assert any(said in text for text in re.findall(r"<li><a[^>]*>([^<]+)", response.content.decode()))
    assert ChequeSlip.objects.count() == 0


def test_a_deposit_is_changed_with_its_cheques(entry_desk):
    entry = entry_desk.recorded(deposit(entry_desk, "12", "15,50"))
    assert entry_desk.client.get(f"/ecritures/{entry.pk}/modifier/").status_code == 302
    page = entry_desk.get(f"/ecritures/{entry.pk}/remise/")
    assert 'value="15,50"' in page
    response = deposit(entry_desk, "12", "16", path=f"/ecritures/{entry.pk}/remise/", version=1)
    assert lines_of(entry_desk.recorded(response)) == {"bank": 2_800, "resale_sales": -2_800}
    by_the_other_form = entry_desk.enter(
        path=f"/ecritures/{entry.pk}/modifier/", version=2, in_banque="30", v_resale_sales="30"
    )
    assert by_the_other_form.status_code == 422
    assert "remise de chèques" in errors(by_the_other_form)[0]
    assert list(check(entry_desk.cast.cooperative_a)) == []


def test_the_slip_is_a_pdf(entry_desk):
    entry = entry_desk.recorded(deposit(entry_desk, "12", "15,50"))
    response = entry_desk.client.get(f"/ecritures/{entry.pk}/bordereau.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("written", "until"),
    [
        (dt.date(2024, 9, 28), dt.date(2025, 10, 6)),
        (dt.date(2024, 2, 29), dt.date(2025, 3, 9)),
    ],
)
def test_a_cheque_is_payable_one_year_and_eight_days(written, until):
    assert payable_until(written) == until


def test_the_outdated_cheques_are_those_past_that_day(entry_desk):
    old = entry_desk.write(bank=-700, day=dt.date(2024, 9, 27), cheque="7", year=entry_desk.last_year)
    entry_desk.write(bank=-800, day=dt.date(2024, 9, 28), cheque="8", year=entry_desk.last_year)
    entry_desk.write(bank=-900, day=dt.date(2024, 9, 20), year=entry_desk.last_year)
    found = outdated_cheques(entry_desk.year, dt.date(2025, 10, 6))
    assert [(cheque.entry, cheque.cheque, cheque.cents) for cheque in found] == [(old, "7", -700)]


def test_an_outdated_cheque_is_something_to_do_and_stands_on_the_page_of_pointing(entry_desk):
    old = entry_desk.write(bank=-700, day=dt.date(2024, 9, 27), cheque="7", label="Livres", year=entry_desk.last_year)
    entry_desk.write(bank=-800, day=dt.date(2024, 9, 28), cheque="8", year=entry_desk.last_year)
    line = old.postings.get(treasury=entry_desk.bank)
    told = [task for task in todo_of(entry_desk.year).tasks if task.key == "outdated_cheque"]
    path = f"/ecritures/cheque-perdu/{line.pk}/"
    assert [(task.count, task.words, task.path) for task in told] == [
        (1, "chèque périmé à régulariser\u202f: «\u202fLivres\u202f»", path)
    ]
    page = entry_desk.get("/pointage/")
    assert re.findall(r'data-outdated="(\d+)"', page) == [str(line.pk)]
    assert "payable jusqu’au 05/10/2025" in page


def test_a_lost_cheque_of_the_open_year_goes_back_to_its_own_account(entry_desk):
    entry = entry_desk.write(bank=-700, day=dt.date(2025, 9, 10), label="Livres", cheque="7")
    line = entry.postings.get(treasury=entry_desk.bank)
    assert f"/ecritures/cheque-perdu/{line.pk}/" in entry_desk.get(f"/ecritures/{entry.pk}/")
    page = entry_desk.get(f"/ecritures/cheque-perdu/{line.pk}/")
    assert "rend la somme au compte d’origine" in page
    assert entry_desk.post(f"/ecritures/cheque-perdu/{line.pk}/").status_code == 422
    contrary = entry_desk.recorded(entry_desk.post(f"/ecritures/cheque-perdu/{line.pk}/", reason="lost"))
    assert lines_of(contrary) == {"bank": 700, "activities": -700}
    assert contrary.label == "Chèque 7 perdu\u202f: Livres"
    line.refresh_from_db()
    assert line.statement_id == contrary.postings.get(treasury=entry_desk.bank).statement_id
    assert line.statement is not None
    assert f'href="/ecritures/{contrary.pk}/"' in entry_desk.get(f"/ecritures/{entry.pk}/")
    assert f'href="/ecritures/{entry.pk}/"' in entry_desk.get(f"/ecritures/{contrary.pk}/")
    assert entry_desk.client.get(f"/ecritures/cheque-perdu/{line.pk}/").status_code == 404
    assert list(check(entry_desk.cast.cooperative_a)) == []


def test_a_cheque_of_a_closed_year_is_settled_in_the_open_one_as_exceptional_income(entry_desk):
    entry = entry_desk.write(bank=-700, day=dt.date(2024, 9, 20), label="Livres", cheque="7", year=entry_desk.last_year)
    close_year(year=entry_desk.last_year, author=Author(entry_desk.cast.mandataire_a))
    carried = Entry.objects.get(year=entry_desk.year, number=0).postings.get(item_cheque="7")
    assert f"/ecritures/cheque-perdu/{carried.pk}/" in entry_desk.get(f"/ecritures/{entry.pk}/")
    assert entry_desk.client.get(f"/ecritures/cheque-perdu/{entry.postings.first().pk}/").status_code == 404
    contrary = entry_desk.recorded(entry_desk.post(f"/ecritures/cheque-perdu/{carried.pk}/", reason="outdated"))
    assert (contrary.year, lines_of(contrary)) == (entry_desk.year, {"bank": 700, "exceptional_income": -700})
    assert outdated_cheques(entry_desk.year, dt.date(2025, 10, 6)) == []
    assert list(check(entry_desk.cast.cooperative_a)) == []
