"""« Depuis votre dernière visite » and « Compris, mais plus tard »: what home says of others, and of one's own account."""

import datetime as dt
import uuid

import pytest

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.home.since import since_last_visit
from retkoop.identity import services
from retkoop.identity.audit import Author
from retkoop.identity.models import Person, Role
from retkoop.identity.tests.cast import PASSWORD, SINCE, signed_in
from retkoop.ledger import chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.services import entries
from retkoop.membership.services.cards import CardFacts, save_card
from tests.full_book import TODAY, make_full_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(cast):
    with travel(TODAY):
        chart.load()
        yield make_full_book(cast.cooperative_a, Author(cast.ad_accountant, cast.ad_085), "JETON", documents=False)


def returning(person, before=dt.timedelta(days=400)):
    """The person signs in after an earlier login."""
    Person.objects.filter(pk=person.pk).update(previous_login=clock.now() - before)
    person.refresh_from_db()
    return signed_in(person)


def test_a_login_keeps_the_time_of_the_one_before_it(cast, client):
    seen = []
    for _ in range(3):
        client.post("/connexion/", {"identifiant": "085-101", "mot_de_passe": PASSWORD})
        person = Person.objects.get(pk=cast.mandataire_b.pk)
        seen.append((person.previous_login, person.last_login))
        client.post("/deconnexion/")
    assert [seen[0][0], seen[1][0], seen[2][0]] == [None, seen[0][1], seen[1][1]]


def test_home_names_who_did_what_for_whom_and_each_line_opens_its_before_and_after(cast, book):
    entry = book.write("Bus du musée", bank=-1_000, account="activities")
    content = EntryContent(entry.date, "Car du musée", (Line("bank", -1_200, book.bank.pk), Line("activities", 1_200)))
    entries.amend_entry(entry=entry, content=content, version=1, author=book.author)
    browser = returning(cast.mandataire_a)
    page = browser.get("/accueil/").content.decode()
    assert f'<a href="/ecritures/{entry.pk}/">Adèle Compte, pour l’OCCE de la Vendée, a modifié une écriture</a>' in page
    history = browser.get(f"/ecritures/{entry.pk}/").content.decode()
    assert ("Bus du musée" in history, "Car du musée" in history) == (True, True)


def test_an_act_on_something_else_opens_a_page_with_what_was_and_what_is(cast, book):
    mandate = services.give_mandate(
        person=cast.mandataire_b, role=Role.READER, organisation=cast.cooperative_a, starts=SINCE, author=book.author
    )
    services.end_mandate(mandate=mandate, last_day=dt.date(2026, 8, 31), author=book.author)
    browser = returning(cast.mandataire_a)
    lines = since_last_visit(cast.cooperative_a, cast.mandataire_a)
    assert [line.did for line in lines[:2]] == ["a mis fin à un mandat", "a donné un mandat"]
    told = browser.get(lines[0].path).context["told"]
    facts = {fact.label: (fact.before, fact.after) for fact in told.facts}
    assert facts["Dernier jour"] == ("", "31/08/2026")
    assert facts["Personne"] == ("Bruno Phare", "Bruno Phare")
    assert signed_in(cast.mandataire_b).get(lines[0].path).status_code == 404


def test_a_change_of_the_identity_of_the_cooperative_is_told_field_by_field(cast, book):
    facts = CardFacts("École du Lac", book.cooperative.town, street="Rue du Lac")
    save_card(cooperative=book.cooperative, facts=facts, classes=[], version=1, author=book.author)
    browser = returning(cast.mandataire_a)
    (line,) = [line for line in since_last_visit(book.cooperative, cast.mandataire_a) if "identité" in line.did][:1]
    told = browser.get(line.path).context["told"]
    assert ("Rue JETON", "Rue du Lac") in [(fact.before, fact.after) for fact in told.facts]


def test_one_s_own_acts_and_a_first_visit_are_not_told(cast, book):
    assert since_last_visit(cast.cooperative_a, cast.mandataire_a) == []
    returning(cast.ad_accountant)
    assert since_last_visit(cast.cooperative_a, cast.ad_accountant) == []
    returning(cast.mandataire_a, before=-dt.timedelta(days=1))
    assert since_last_visit(cast.cooperative_a, cast.mandataire_a) == []


def test_ten_lines_are_told_at_most_in_one_query_and_nothing_costs_one_query_too(cast, book, django_assert_num_queries):
    for number in range(12):
        book.write(f"Achat {number}", bank=-100, account="activities")
    for before in (dt.timedelta(days=400), -dt.timedelta(days=1)):
        returning(cast.mandataire_a, before)
        with django_assert_num_queries(1):
            lines = since_last_visit(cast.cooperative_a, cast.mandataire_a)
        assert len(lines) == (10 if before > dt.timedelta() else 0)


def test_the_invitation_to_complete_one_s_account_waits_thirty_days_when_told_later(cast, book, monkeypatch):
    browser = signed_in(cast.mandataire_a)
    words = "Compris, mais plus tard"
    assert words in browser.get("/accueil/").content.decode()
    sent = {"operation_key": uuid.uuid4().hex}
    assert browser.post("/compte/plus-tard/", sent)["Location"] == "/"
    assert words not in browser.get("/accueil/").content.decode()
    now = clock.now()
    for days, shown in ((29, False), (30, True)):
        Person.objects.filter(pk=cast.mandataire_a.pk).update(invited_at=now - dt.timedelta(days=days))
        assert (words in browser.get("/accueil/").content.decode()) is shown
    assert words not in signed_in(cast.ad_accountant, cast.cooperative_a).get("/accueil/").content.decode()
