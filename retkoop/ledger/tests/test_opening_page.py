"""The typed opening of a first year, and the accounts of the cooperative."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Treasury
from retkoop.ledger.queries.balances import treasury_states
from retkoop.ledger.queries.years import opening_of, years_of
from retkoop.ledger.tests.books import Desk
from retkoop.ledger.tests.cahier_desk import TODAY, cahier_desk

pytestmark = pytest.mark.django_db
KEYS = (f"{number:032x}" for number in range(1, 10_000))
TYPED = {
    "on": "01/09/2024",
    "banque-releve": "31/08/2024",
    "banque-solde": "1 000,00",
    "banque-livre": "950",
    "banque-0-date": "20/08/2024",
    "banque-0-label": "Librairie",
    "banque-0-cheque": "4000101",
    "banque-0-out": "50",
    "banque-1-date": "",
    "caisse-solde": "20",
}


@pytest.fixture(autouse=True)
def june() -> Iterator[None]:
    with travel(TODAY):
        yield


@pytest.fixture
def desk(cast) -> Desk:
    return cahier_desk(cast)


def send(client, **changes: str):
    return client.post("/ouverture/", TYPED | {"operation_key": next(KEYS)} | changes)


def figures(cooperative) -> list[tuple[str, int, int]]:
    year = years_of(cooperative)[0]
    return [(state.treasury.label, state.cents, state.pointed_cents) for state in treasury_states(year)]


def test_a_new_cooperative_opens_its_accounts_and_its_book_in_one_form(cooperative_a, mandataire_a):
    chart.load()
    client = signed_in(mandataire_a)
    page = client.get("/ouverture/").content.decode()
    assert 'name="banque-solde"' in page and 'name="caisse-solde"' in page
    assert send(client, kind="postal_bank").status_code == 303
    assert figures(cooperative_a) == [("Banque", 95_000, 100_000), ("Caisse", 2_000, 2_000)]
    assert cooperative_a.treasuries.get(slug="banque").account.key == "postal_bank"
    assert list(check(cooperative_a)) == []


def test_the_book_opens_mid_year_too(cooperative_a, mandataire_a):
    chart.load()
    client = signed_in(mandataire_a)
    changes = {"on": "05/01/2025", "banque-releve": "31/12/2024", "banque-0-date": "20/12/2024"}
    assert send(client, **changes).status_code == 303
    opening = opening_of(years_of(cooperative_a)[0])
    assert (opening.on, [(item.cents, item.date) for item in opening.items]) == (
        dt.date(2025, 1, 5),
        [(-5_000, dt.date(2024, 12, 20))],
    )


def test_the_same_form_sent_twice_opens_one_book(cooperative_a, mandataire_a):
    chart.load()
    client, facts = signed_in(mandataire_a), TYPED | {"operation_key": next(KEYS)}
    assert [client.post("/ouverture/", facts).status_code for _ in range(2)] == [303, 303]
    assert Treasury.objects.filter(cooperative=cooperative_a).count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"banque-livre": "900"}, "Le relevé et les opérations donnent 950,00\u00a0€, vos comptes disent 900,00\u00a0€"),
        ({"banque-solde": "1.000"}, "se lit de deux façons"),
        ({"banque-0-label": ""}, "Dites en deux mots ce qu’est cette opération"),
        ({"banque-0-in": "50"}, "l’une des deux"),
        ({"banque-0-date": "02/10/2024"}, "Cette opération est d’après l’ouverture"),
        ({"banque-releve": "30/09/2024"}, "Ce relevé est d’après l’ouverture"),
        ({"on": "01/09/2023"}, "L’ouverture doit tomber dans l’année 2024-2025"),
        ({"on": ""}, "Écrivez le jour où vous commencez"),
        ({"caisse-solde": "-5"}, "Une caisse ne peut pas contenir moins que rien"),
    ],
)
def test_what_is_missing_is_said_and_everything_typed_is_kept(cooperative_a, mandataire_a, changes, sentence):
    chart.load()
    answer = send(signed_in(mandataire_a), **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    kept = TYPED | changes
    assert [value for value in kept.values() if value and f'value="{value}"' not in page] == []
    assert Treasury.objects.filter(cooperative=cooperative_a).count() == 0


def test_more_rows_are_given_without_losing_anything(cooperative_a, mandataire_a):
    chart.load()
    page = send(signed_in(mandataire_a), more="1").content.decode()
    assert page.count('aria-label="Sortie, ligne') == 9
    assert 'value="Librairie"' in page and "opening.typed" not in page
    assert Treasury.objects.filter(cooperative=cooperative_a).count() == 0


def test_before_the_first_entry_it_is_typed_again(desk, mandataire_a):
    client = signed_in(mandataire_a)
    page = client.get("/ouverture/").content.decode()
    assert re.findall(r'name="banque-solde" value="([^"]*)"', page) == ["1000,00"]
    assert send(client, **{"banque-solde": "1100", "banque-livre": ""}).status_code == 303
    assert figures(desk.cooperative) == [("Banque", 105_000, 110_000), ("Caisse", 2_000, 2_000)]


def test_after_the_first_entry_only_the_ad_changes_it_with_a_reason(desk, mandataire_a, ad_accountant):
    desk.pay(1_000)
    teacher = signed_in(mandataire_a)
    page = teacher.get("/ouverture/").content.decode()
    assert "Seule votre AD peut changer l’ouverture" in page and '<form method="post" action="/ouverture/"' not in page
    assert send(teacher, **{"banque-solde": "1"}).status_code == 422
    ad = signed_in(ad_accountant, desk.cooperative)
    changes = {"banque-solde": "1100", "banque-livre": ""}
    assert send(ad, **changes).status_code == 422
    assert send(ad, **changes, reason="Relevé mal lu").status_code == 303
    assert figures(desk.cooperative)[0] == ("Banque", 104_000, 110_000)
    assert desk.cooperative.events.filter(verb="opening.typed").last().reason == "Relevé mal lu"


def test_a_reader_looks_and_types_nothing(desk, reader_a):
    client = signed_in(reader_a)
    assert client.get("/ouverture/").status_code == 200
    assert send(client).status_code == 403


def test_a_second_bank_opens_and_the_first_one_ends(desk, mandataire_a):
    client = signed_in(mandataire_a)
    facts = {"kind": "postal_bank", "label": "La Postale", "opened": "01/03/2025", "operation_key": next(KEYS)}
    assert client.post("/ouverture/comptes/", facts).status_code == 303
    ended = client.post(f"/ouverture/comptes/{desk.bank.pk}/fermer/", {"on": "31/03/2025", "operation_key": next(KEYS)})
    assert ended.status_code == 303
    desk.bank.refresh_from_db()
    second = desk.cooperative.treasuries.get(slug="banque-2")
    assert (desk.bank.closed, second.opened, second.label) == (dt.date(2025, 3, 31), dt.date(2025, 3, 1), "La Postale")
    early = client.post(f"/ouverture/comptes/{second.pk}/fermer/", {"on": "01/02/2025", "operation_key": next(KEYS)})
    assert early.status_code == 422


def test_an_account_of_another_cooperative_does_not_exist(desk, mandataire_b):
    path = f"/ouverture/comptes/{desk.bank.pk}/fermer/"
    assert signed_in(mandataire_b).post(path, {"on": "31/03/2025", "operation_key": next(KEYS)}).status_code == 404


def test_a_cash_box_is_opened_once(cooperative_a, mandataire_a):
    chart.load()
    client = signed_in(mandataire_a)
    facts = {"kind": "cash", "label": "Caisse", "opened": "01/09/2024"}
    assert client.post("/ouverture/comptes/", facts | {"operation_key": next(KEYS)}).status_code == 303
    assert "Une caisse (530)" not in client.get("/ouverture/comptes/").content.decode()
    client.post("/ouverture/comptes/", facts | {"operation_key": next(KEYS)})
    assert Treasury.objects.filter(cooperative=cooperative_a).count() == 1
