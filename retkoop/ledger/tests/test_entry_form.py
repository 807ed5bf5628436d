"""The full entry form: the seven zones, what is recorded, what is refused and kept."""

import datetime as dt
import re

import pytest

from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Entry, Means, YearMode
from retkoop.ledger.services.closing import close_year
from retkoop.ledger.services.treasuries import open_treasury
from retkoop.ledger.tests.entry_desk import NEW, errors, lines_of, warned

pytestmark = pytest.mark.django_db


def test_the_form_has_the_seven_zones_with_the_guides_words(entry_desk):
    page = entry_desk.get()
    labels = re.findall(r'<label[^>]*for="id_(\w+)"[^>]*>(?:<input[^>]*>)?(?:<span>)?([^<]+)<', page)
    names = dict(labels)
    assert names["piece"] == "N° de pièce"
    assert names["date"] == "Date"
    assert names["label"] == "Libellé"
    assert names["cheque"] == "N° de chèque"
    assert names["action"] == "Action"
    assert names["in_banque"] == "Entrée banque"
    assert names["out_banque"] == "Sortie banque"
    assert names["in_caisse"] == "Entrée caisse"
    assert names["out_caisse"] == "Sortie caisse"
    assert names["tick"] == "Déjà passée sur le relevé (pointer)"
    assert names["v_family_contributions"] == "7560 Participation volontaire des familles"
    assert len([name for name in names if name.startswith("v_")]) == 15
    assert "Valider et calculer cette opération comptable" in page
    assert 'id="reste-a-ventiler"' in page


def test_an_expense_is_recorded_and_the_page_says_so(entry_desk):
    response = entry_desk.spend("1 234,50", piece="D1", cheque="4 000 117", action="Zoo", override="bank-overdrawn")
    entry = entry_desk.recorded(response)
    assert response["Location"] == f"/ecritures/{entry.pk}/?enregistree"
    assert lines_of(entry) == {"bank": -123_450, "activities": 123_450}
    assert (entry.piece, entry.date, entry.label) == ("D1", dt.date(2025, 10, 6), "Bus pour le zoo")
    assert (entry.means, entry.cheque, entry.action.name) == (Means.CHEQUE, "4000117", "Zoo")
    page = entry_desk.get(response["Location"])
    assert "Écriture enregistrée" in page
    assert 'data-cents="123450"' in page
    assert "Création d’une nouvelle écriture comptable" in page


def test_the_next_form_starts_on_the_next_piece(entry_desk):
    entry_desk.spend(piece="D1")
    assert 'name="piece" id="id_piece" value="D2"' in entry_desk.get()


def test_one_payment_may_be_spread_over_three_accounts(entry_desk):
    response = entry_desk.enter(out_banque="174,50", v_occe_dues="150", v_insurance="15,00", v_other_charges="9.50")
    assert lines_of(entry_desk.recorded(response)) == {
        "bank": -17_450,
        "occe_dues": 15_000,
        "insurance": 1_500,
        "other_charges": 950,
    }


def test_one_receipt_may_fill_the_bank_and_the_cash_box(entry_desk):
    response = entry_desk.enter(in_banque="100", in_caisse="50", v_family_contributions="150")
    assert lines_of(entry_desk.recorded(response)) == {"bank": 10_000, "cash": 5_000, "family_contributions": -15_000}


def test_a_transfer_has_no_ventilation(entry_desk):
    response = entry_desk.enter(out_banque="40", in_caisse="40", label="Fonds de caisse")
    assert lines_of(entry_desk.recorded(response)) == {"bank": -4_000, "cash": 4_000}


@pytest.mark.parametrize(
    ("fields", "where", "said"),
    [
        ({"out_banque": "150", "v_activities": "123"}, "ventilation", "Il manque 27,00"),
        ({"out_banque": "150"}, "ventilation", "Il reste 150,00"),
        ({"v_activities": "10"}, "treasury", "Indiquez la somme"),
        ({"in_banque": "10", "out_banque": "10"}, "treasury", "une entrée et une sortie"),
        ({"out_banque": "1.000", "v_activities": "1000"}, "out_banque", "se lit de deux façons"),
        ({"out_banque": "douze", "v_activities": "12"}, "out_banque", "n’est pas un montant lisible"),
        ({"out_banque": "-12", "v_activities": "12"}, "out_banque", "sans signe"),
        ({"out_banque": "12", "v_activities": "12", "label": " "}, "label", "Il manque le libellé"),
        ({"out_banque": "12", "v_activities": "12", "label": "x" * 201}, "label", "200 caractères"),
        ({"out_banque": "12", "v_activities": "12", "date": ""}, "date", "Il manque la date"),
        ({"out_banque": "12", "v_activities": "12", "date": "31/02/2026"}, "date", "n’est pas au calendrier"),
        ({"out_banque": "12", "v_activities": "12", "means": "troc"}, "means", "Choisissez un moyen"),
        ({"out_banque": "12", "v_activities": "12", "means": "card", "cheque": "12"}, "cheque", "le moyen choisi est"),
        ({"out_banque": "12", "v_activities": "12", "means": "unpaid", "tick": "on"}, "tick", "pas encore payé"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_everything_typed_is_kept(entry_desk, fields, where, said):
    before = Entry.objects.count()
    response = entry_desk.enter(**{"piece": "Z9", **fields})
    page = response.content.decode()
    assert response.status_code == 422
    assert any(said in error for error in errors(response)), errors(response)
    assert Entry.objects.count() == before
    typed = {"piece": "Z9", "date": "06/10/2025", "label": "Bus pour le zoo", **fields}
    for name, text in typed.items():
        if name not in {"means", "tick"}:
            assert re.search(rf'name="{name}" id="id_{name}" value="{re.escape(text)}"', page), name


def test_a_refund_is_shown_negative_under_its_account(entry_desk):
    entry = entry_desk.recorded(entry_desk.enter(in_banque="20", v_activities="-20", label="Retour en magasin"))
    assert lines_of(entry) == {"bank": 2_000, "activities": -2_000}
    page = entry_desk.get(f"/ecritures/{entry.pk}/")
    assert '<th scope="row">6180 Charges des activités éducatives</th><td class="num" colspan="2">' in page
    assert 'data-cents="-2000"' in page


def test_a_refund_typed_without_its_sign_is_explained_then_taken(entry_desk):
    asked = entry_desk.enter(in_banque="20", v_activities="20")
    assert asked.status_code == 422
    assert "cochez «\u202fC’est un remboursement\u202f»" in errors(asked)[0]
    assert 'name="refund"' in asked.content.decode()
    taken = entry_desk.enter(in_banque="20", v_activities="20", refund="on")
    assert lines_of(entry_desk.recorded(taken)) == {"bank": 2_000, "activities": -2_000}


def test_a_date_of_the_other_open_year_offers_that_year_and_moves_the_form(entry_desk):
    asked = entry_desk.spend(date="28/06/2025")
    page = asked.content.decode()
    assert asked.status_code == 422
    assert 'name="move_year" value="2024-2025"' in page
    moved = entry_desk.spend(date="28/06/2025", move_year="2024-2025", annee="2025-2026")
    assert moved.status_code == 200
    assert 'name="annee" value="2024-2025"' in moved.content.decode()
    assert 'value="28/06/2025"' in moved.content.decode()
    entry = entry_desk.recorded(entry_desk.spend(date="28/06/2025", annee="2024-2025"))
    assert entry.year_id == entry_desk.last_year.pk


def test_a_day_without_its_year_is_one_of_the_year_in_view(entry_desk):
    assert entry_desk.recorded(entry_desk.spend(date="12 sept")).date == dt.date(2025, 9, 12)


def test_ticking_points_the_bank_line(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend(tick="on"))
    line = entry.postings.get(treasury=entry_desk.bank)
    assert line.statement.ends_on == dt.date(2025, 10, 31)


def test_what_is_not_yet_paid_is_in_the_book_and_unpointed(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend(means="unpaid"))
    assert entry.means == Means.UNPAID
    assert entry.postings.get(treasury=entry_desk.bank).statement is None
    assert "Pas encore payé" in entry_desk.get(f"/ecritures/{entry.pk}/")


def test_several_banks_are_named_in_the_labels(entry_desk):
    open_treasury(
        cooperative=entry_desk.cast.cooperative_a,
        account="postal_bank",
        label="La Banque Postale",
        opened=dt.date(2025, 9, 1),
        author=entry_desk.author,
    )
    page = entry_desk.get()
    assert ">Entrée banque (Banque)<" in page
    assert ">Sortie banque (La Banque Postale)<" in page
    moved = entry_desk.enter(**{"out_banque": "300", "in_banque-2": "300", "label": "Changement de banque"})
    assert lines_of(entry_desk.recorded(moved)) == {"bank": -30_000, "postal_bank": 30_000}


def test_control_characters_and_spaces_never_reach_the_book(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend(label="  Bus\x00 pour \n le  zoo "))
    assert entry.label == "Bus pour le zoo"


def test_a_usual_entry_raises_no_warning_and_few_queries(entry_desk, django_assert_max_num_queries):
    entry_desk.get()
    with django_assert_max_num_queries(18):
        response = entry_desk.spend(piece="1")
    assert (response.status_code, warned(response)) == (303, [])


def test_the_form_reads_as_much_for_one_entry_as_for_forty(entry_desk, django_assert_num_queries):
    entry_desk.get()
    with django_assert_num_queries(8):
        entry_desk.client.get(NEW)
    for rank in range(40):
        entry_desk.write(bank=-100, label=f"Achat {rank}", piece=str(rank))
    with django_assert_num_queries(8):
        entry_desk.client.get(NEW)


def test_where_nothing_can_be_written_the_page_says_what_to_do(entry_desk):
    entry_desk.last_year.refresh_from_db()
    close_year(year=entry_desk.last_year, author=entry_desk.author)
    closed = entry_desk.get(NEW, annee="2024-2025")
    assert "est clôturée" in closed
    assert 'id="ecriture"' not in closed
    assert entry_desk.spend(annee="2024-2025", date="01/06/2025").status_code == 422
    bare = signed_in(entry_desk.cast.mandataire_b).get(NEW).content.decode()
    assert 'href="/ouverture/comptes/"' in bare
    assert 'id="ecriture"' not in bare


def test_a_year_kept_elsewhere_takes_no_entry_nor_draft(entry_desk):
    entry_desk.year.mode = YearMode.TOTALS
    entry_desk.year.save()
    assert "se tient ailleurs" in entry_desk.get()
    assert entry_desk.spend().status_code == 422
    assert entry_desk.spend(save_draft="1").status_code == 422
