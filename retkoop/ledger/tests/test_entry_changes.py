"""Change, cancel, bring back, copy; sent twice, stale, two tabs; the history that tells it."""

import datetime as dt
import re
import uuid

import pytest

from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Entry
from retkoop.ledger.services.closing import close_year
from retkoop.ledger.tests.entry_desk import NEW, errors, lines_of, warned

pytestmark = pytest.mark.django_db


def amend(desk, entry, *, version=1, key="", **fields):
    return desk.spend(path=f"/ecritures/{entry.pk}/modifier/", key=key, version=version, **fields)


def test_the_change_form_holds_the_entry_and_its_version(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend("1234,50", piece="D1", override="bank-overdrawn", action="Zoo"))
    page = entry_desk.get(f"/ecritures/{entry.pk}/modifier/")
    assert "Modifier en portrait" in page
    assert 'name="version" value="1"' in page
    for value in ("D1", "06/10/2025", "Bus pour le zoo", "Zoo", "1\u202f234,50"):
        assert f'value="{value}"' in page, value


def test_a_label_changes_and_the_tick_stays(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend(tick="on"))
    line = entry.postings.get(treasury=entry_desk.bank)
    changed = entry_desk.recorded(amend(entry_desk, entry, label="Bus pour le musée"))
    assert (changed.label, changed.version) == ("Bus pour le musée", 2)
    assert changed.postings.get(treasury=entry_desk.bank, until_version__isnull=True).pk == line.pk


def test_changing_a_pointed_amount_asks_for_its_name_first(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend(tick="on"))
    asked = entry_desk.enter(path=f"/ecritures/{entry.pk}/modifier/", version=1, out_banque="13", v_activities="13")
    assert asked.status_code == 422
    assert 'name="confirm_untick"' in asked.content.decode()
    assert lines_of(entry) == {"bank": -1_250, "activities": 1_250}
    done = entry_desk.enter(
        path=f"/ecritures/{entry.pk}/modifier/", version=1, out_banque="13", v_activities="13", confirm_untick="on"
    )
    assert lines_of(entry_desk.recorded(done)) == {"bank": -1_300, "activities": 1_300}


def test_an_entry_may_be_pointed_while_it_is_changed(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend())
    entry_desk.recorded(amend(entry_desk, entry, tick="on"))
    assert entry.postings.get(treasury=entry_desk.bank, until_version__isnull=True).statement is not None
    assert list(check(entry_desk.cast.cooperative_a)) == []


def test_a_stale_form_is_refused_with_both_versions_and_keeps_what_was_typed(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend())
    amend(entry_desk, entry, label="Premier onglet")
    late = amend(entry_desk, entry, label="Second onglet", version=1)
    page = late.content.decode()
    assert late.status_code == 409
    assert "Premier onglet" in page
    assert 'id="id_label" value="Second onglet"' in page
    assert 'name="version" value="2"' in page
    entry.refresh_from_db()
    assert entry.label == "Premier onglet"


def test_the_same_form_twice_makes_one_entry(entry_desk):
    key = uuid.uuid4().hex
    first, second = entry_desk.spend(key=key), entry_desk.spend(key=key)
    assert entry_desk.recorded(first) == entry_desk.recorded(second)
    assert Entry.objects.filter(year=entry_desk.year).count() == 1


def test_the_same_change_twice_is_one_change(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend())
    key = uuid.uuid4().hex
    for _ in range(2):
        assert amend(entry_desk, entry, label="Car", key=key).status_code == 303
    entry.refresh_from_db()
    assert (entry.label, entry.version) == ("Car", 2)


def test_back_then_another_content_is_a_conflict_that_keeps_what_was_typed(entry_desk):
    key = uuid.uuid4().hex
    entry_desk.spend(key=key)
    again = entry_desk.spend("13", key=key)
    page = again.content.decode()
    assert again.status_code == 409
    assert 'id="id_out_banque" value="13"' in page
    assert f'value="{key}"' not in page
    assert Entry.objects.filter(year=entry_desk.year).count() == 1


def test_a_refused_form_does_not_consume_its_key(entry_desk):
    key = uuid.uuid4().hex
    assert entry_desk.enter(out_banque="5", key=key).status_code == 422
    assert entry_desk.enter(out_banque="5", v_activities="5", key=key).status_code == 303


def test_the_red_cross_asks_then_cancels_and_can_be_undone(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend(tick="on"))
    page = entry_desk.get(f"/ecritures/{entry.pk}/supprimer/")
    assert "Confirmer la suppression" in page
    assert entry_desk.post(f"/ecritures/{entry.pk}/supprimer/", version=1).status_code == 303
    assert lines_of(entry) == {}
    shown = entry_desk.get(f"/ecritures/{entry.pk}/")
    assert "Annuler la suppression" in shown
    assert 'data-cents="1250"' in shown
    assert entry_desk.post(f"/ecritures/{entry.pk}/retablir/", version=2).status_code == 303
    assert lines_of(entry) == {"bank": -1_250, "activities": 1_250}
    line = entry.postings.get(treasury=entry_desk.bank, until_version__isnull=True)
    assert line.statement is not None


def test_a_copy_is_a_new_form_with_the_next_piece_and_today(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend(piece="D4", date="12/09/2025", cheque="17"))
    page = entry_desk.get(f"/ecritures/{entry.pk}/dupliquer/")
    assert 'id="id_piece" value="D5"' in page
    assert 'id="id_date" value="06/10/2025"' in page
    assert 'id="id_label" value="Bus pour le zoo"' in page
    assert 'id="id_out_banque" value="12,50"' in page
    assert 'id="id_cheque" value=""' in page
    assert f'action="{NEW}"' in page


def test_the_history_says_who_when_before_and_after(entry_desk):
    entry = entry_desk.recorded(entry_desk.spend())
    entry_desk.recorded(amend(entry_desk, entry, label="Car"))
    helper = signed_in(entry_desk.cast.ad_accountant, entry_desk.cast.cooperative_a)
    response = helper.post(
        f"/ecritures/{entry.pk}/modifier/",
        {
            "operation_key": uuid.uuid4().hex,
            "version": 2,
            "je": "complet",
            "date": "06/10/2025",
            "label": "Car",
            "receipt_expected": "on",
            "out_banque": "14",
            "v_activities": "14",
        },
    )
    assert response.status_code == 303
    page = entry_desk.get(f"/ecritures/{entry.pk}/")
    acts = re.findall(r"<strong>([^<]+)</strong>(?:, pour l’([^<,]+),)? ([^.<]+)\.", page[page.index('class="history"') :])
    assert acts == [
        ("Adèle Compte", "OCCE de la Vendée", "a modifié l’écriture"),
        ("Anne Maret", "", "a modifié l’écriture"),
        ("Anne Maret", "", "a créé l’écriture"),
    ]
    assert "<del>Bus pour le zoo</del> → <ins>Car</ins>" in page
    assert "<del>12,50\u00a0€</del> → <ins>14,00\u00a0€</ins>" in page


def test_a_closed_year_shows_its_entries_and_changes_none(entry_desk):
    entry = entry_desk.write(bank=-1_000, day=dt.date(2025, 6, 1), year=entry_desk.last_year)
    close_year(year=entry_desk.last_year, author=Author(entry_desk.cast.mandataire_a))
    page = entry_desk.get(f"/ecritures/{entry.pk}/")
    assert "Modifier en portrait" not in page
    assert entry_desk.client.get(f"/ecritures/{entry.pk}/modifier/").status_code == 302
    refused = amend(entry_desk, entry, date="01/06/2025")
    assert refused.status_code == 422
    assert any("clôturée" in text for text in re.findall(r"<li><a[^>]*>([^<]+)", refused.content.decode()))
    assert entry_desk.post(f"/ecritures/{entry.pk}/supprimer/", version=1).status_code == 422
    asked = entry_desk.spend(date="01/06/2025")
    assert "clôturée" in errors(asked)[0]


def test_the_opening_is_shown_and_not_changed_here(entry_desk):
    close_year(year=entry_desk.last_year, author=Author(entry_desk.cast.mandataire_a))
    opening = Entry.objects.get(year=entry_desk.year, number=0)
    assert "Report à nouveau 2025-2026" in entry_desk.get(f"/ecritures/{opening.pk}/")
    assert entry_desk.client.get(f"/ecritures/{opening.pk}/modifier/").status_code == 404


def test_the_page_of_an_entry_reads_as_much_after_one_change_as_after_five(entry_desk, django_assert_num_queries):
    entry = entry_desk.recorded(entry_desk.spend(cheque="4"))
    entry_desk.get(f"/ecritures/{entry.pk}/")
    with django_assert_num_queries(11):
        entry_desk.client.get(f"/ecritures/{entry.pk}/")
    for version in range(1, 6):
        response = amend(entry_desk, entry, version=version, label=f"Bus {version}", cheque="4")
        assert warned(response) == []
    with django_assert_num_queries(11):
        entry_desk.client.get(f"/ecritures/{entry.pk}/")
