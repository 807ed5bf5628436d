"""Guides 003 and 004 around the cahier: cash count, public grants, the statement's balance, closing the year."""

import datetime as dt
from functools import partial

import pytest
from playwright.sync_api import expect

from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.services import pointing
from retkoop.ledger.services.entries import record_entry
from tests.browser.school import running_year
from tests.browser.teacher import euros

pytestmark = pytest.mark.browser


def with_a_grant(cooperative, author):
    """454,00 € from the town in 7410, not yet detailed."""
    running_year(cooperative, author)
    year, bank = cooperative.years.get(start__year=2026), cooperative.treasuries.get(kind="bank")
    lines = (Line("bank", 45_400, bank.pk), Line("public_grants", -45_400))
    content = EntryContent(dt.date(2026, 9, 30), "Mairie, subvention", lines, piece="R1", means="transfer")
    record_entry(year=year, content=content, author=author)


def finished_year(cooperative, author):
    """2025-2026: two cheques pointed on one statement, the third still on its way; nothing else is missing."""
    running_year(cooperative, author, first=2025, entries=3, receipts=False)
    bank = cooperative.treasuries.get(kind="bank")
    statement = pointing.save_statement(treasury=bank, ends_on=dt.date(2026, 8, 31), closing_cents=155_000, author=author)
    lines = list(bank.postings.filter(statement__isnull=True).order_by("pk").values_list("pk", flat=True))
    ticked = frozenset(lines[:2])
    pointing.set_ticks(statement=statement, ticked=ticked, shown=ticked, author=author)


def test_the_cash_box_is_counted_recalculated_and_left(school, come, script):
    teacher = come(school.cooperative(running_year), script=script)
    teacher.open("/cahier/")
    teacher.follow("Arrêté de caisse", inside=teacher.page.locator("main"))
    teacher.type("Date", "14/10/2026")
    teacher.type("Billet de 20\xa0€", "1")
    teacher.type("Billet de 10\xa0€", "2")
    teacher.type("Billet de 5\xa0€", "1")
    teacher.press("Recalculer")
    expect(teacher.page.locator("#total-compte")).to_have_attribute("data-cents", "4500")
    expect(teacher.page.locator("#ecart")).to_have_attribute("data-cents", "0")
    teacher.press("Enregistrer l’arrêté de caisse")
    teacher.sees("Bravo !")
    expect(teacher.page.locator("[data-control=E4]")).to_have_attribute("data-state", "ok")
    teacher.follow("Retour au cahier de comptabilité")
    teacher.sees_title("Cahier de comptabilité")


def test_the_detail_of_the_public_grants_meets_the_account(school, come, script):
    teacher = come(school.cooperative(with_a_grant), script=script)
    teacher.open("/cahier/")
    teacher.follow("Subventions", inside=teacher.page.locator("main"))
    assert teacher.cents("#ecart") == 45_400
    teacher.choose("Organisme", "Mairie, commune")
    teacher.type("Nom de l’organisme", "Mairie de Challans")
    teacher.type("Objet", "Projet fresque")
    teacher.type("Montant", "454")
    teacher.type("Date", "30/09/2026")
    teacher.press("Recalculer")
    teacher.press("Enregistrer cette subvention")
    expect(teacher.page.locator("#ecart")).to_have_attribute("data-cents", "0")
    teacher.sees("Bravo !")
    teacher.follow("Retour au cahier de comptabilité")
    teacher.sees_title("Cahier de comptabilité")


def test_the_yellow_box_is_the_balance_of_the_statement(school, come, script):
    teacher = come(school.cooperative(partial(running_year, entries=3)), script=script)
    teacher.open("/accueil/")
    teacher.follow("Pointage", inside=teacher.page.locator("main"))
    teacher.type("Date du relevé", "30/09/2026")
    teacher.type("Solde final", "1 550,00")
    teacher.press("Ouvrir ce relevé")
    teacher.sees_title("Relevé du 30 septembre 2026")
    assert teacher.cents("#ecart") == -30_000
    teacher.tick("Bus n° 1")
    teacher.tick("Bus n° 3")
    if script:
        expect(teacher.page.locator("#ecart")).to_have_attribute("data-cents", "0")
    teacher.press("Enregistrer le pointage")
    teacher.sees("Bravo !")
    teacher.follow("Visualisation classique")
    assert teacher.cents("#solde-pointe") == 155_000
    teacher.sees(euros(155_000))


@pytest.mark.smoke
def test_the_year_is_closed_for_good_and_the_cheque_on_its_way_waits_in_the_next_one(school, come, script):
    teacher = come(school.cooperative(finished_year), script=script)
    teacher.open("/cahier/?annee=2025-2026")
    teacher.follow("Clôture de ce cahier de compta")
    teacher.sees_title("Clôture de ce cahier de compta")
    teacher.sees("Bus n° 3")
    teacher.press("Clôture définitive de ce cahier de compta")
    teacher.sees_title("Cahier 2025-2026 clôturé")
    teacher.follow("Ouvrir le cahier 2026-2027")
    assert (teacher.cents("#solde-banque"), teacher.cents("#solde-caisse"), teacher.cents("#solde-pointe")) == (
        140_000, 4_500, 155_000,
    )  # fmt: skip
    teacher.sees("Bus n° 3")
