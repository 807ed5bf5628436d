"""« Subventions publiques (7410) »: detail, proof, total against the account, change, take out, put back."""

import datetime as dt
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.models import Grant
from retkoop.ledger.services.closing import close_year
from retkoop.ledger.tests.worked import TODAY, make_worked

pytestmark = pytest.mark.django_db
PAGE = "/subventions/?annee=2024-2025"


@pytest.fixture
def worked(cast):
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, author(cast.mandataire_a), details=False)


@pytest.fixture
def client(cast, worked):
    return signed_in(cast.mandataire_a)


def send(client, path="/subventions/", **data):
    return client.post(path, {"operation_key": uuid.uuid4().hex, "annee": "2024-2025", **data})


def town(worked, **changes):
    return {
        "funder_type": "town",
        "funder": "Mairie de Challans",
        "object": "Classe de mer",
        "amount": "300",
        "on": "14/01/2025",
        "entry": str(worked.entries["town"].pk),
        **changes,
    }


def test_each_undetailed_entry_is_proposed_and_fills_the_form(client, worked):
    page = client.get(PAGE).content.decode()
    assert page.count("Détailler cette écriture") == 2
    assert 'data-control="E5" data-state="ko"' in page
    assert 'id="ecart" data-cents="50000"' in page
    pk = worked.entries["department"].pk
    filled = client.get(f"{PAGE}&ecriture={pk}").content.decode()
    assert 'name="amount" value="200,00"' in filled
    assert 'name="on" value="03/02/2025"' in filled
    assert f'<option value="{pk}" selected>' in filled


def test_the_details_add_up_to_bravo(client, worked):
    key = uuid.uuid4().hex
    for _ in range(2):
        answer = send(client, **town(worked), operation_key=key)
        assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert 'id="ecart" data-cents="20000"' in client.get(PAGE).content.decode()
    other = town(worked, funder_type="department", funder="Département", amount="150 + 50", on="3 février", entry="")
    assert send(client, **other).status_code == 303
    assert [(row.funder, row.cents, row.on) for row in Grant.objects.all()] == [
        ("Mairie de Challans", 30_000, dt.date(2025, 1, 14)),
        ("Département", 20_000, dt.date(2025, 2, 3)),
    ]
    page = client.get(PAGE).content.decode()
    assert 'data-control="E5" data-state="ok"' in page
    assert "Bravo" in page
    assert send(client, **town(worked, funder="Autre"), operation_key=key).status_code == 409


def test_recalculer_stores_nothing_and_keeps_what_is_typed(client, worked):
    answer = send(client, **town(worked), recalculer="1")
    assert answer.status_code == 200
    assert 'value="Mairie de Challans"' in answer.content.decode()
    assert Grant.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("funder", "", "Dites qui a versé la subvention"),
        ("amount", "beaucoup", "n’est pas un montant lisible"),
        ("amount", "0", "plus grand que zéro"),
        ("on", "12/12/2025", "n’est pas dans l’année 2024-2025"),
        ("entry", "999999", "999999"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client, worked, field, text, sentence):
    answer = send(client, **town(worked, **{field: text, "object": "Un objet gardé"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert sentence in page
    assert 'value="Un objet gardé"' in page
    assert Grant.objects.count() == 0


def test_a_line_is_changed_under_its_version(client, worked):
    send(client, **town(worked))
    row = Grant.objects.get()
    path = f"/subventions/{row.pk}/"
    assert f'name="version" value="{row.version}"' in client.get(path).content.decode()
    assert send(client, path, **town(worked, amount="250", version="1")).status_code == 303
    row.refresh_from_db()
    assert (row.cents, row.version) == (25_000, 2)
    assert send(client, path, **town(worked, amount="100", version="1")).status_code == 409
    assert send(client, path, **town(worked, amount="100")).status_code == 409
    assert Grant.objects.get().cents == 25_000


def test_a_line_is_taken_out_and_put_back(client, worked):
    send(client, **town(worked))
    path = f"/subventions/{Grant.objects.get().pk}/retirer/"
    assert send(client, path).status_code == 303
    page = client.get(PAGE).content.decode()
    assert "Lignes retirées (1)" in page
    assert 'id="ecart" data-cents="50000"' in page
    assert send(client, path, remettre="1").status_code == 303
    assert 'id="ecart" data-cents="20000"' in client.get(PAGE).content.decode()


def test_the_detail_stays_open_after_closing(client, worked):
    close_year(year=worked.year, author=worked.author)
    assert send(client, **town(worked)).status_code == 303
    assert Grant.objects.count() == 1


def test_others_neither_see_nor_change_a_line(client, worked, cast):
    send(client, **town(worked))
    pk = Grant.objects.get().pk
    stranger, reader = signed_in(cast.mandataire_b), signed_in(cast.reader_a)
    assert stranger.get(f"/subventions/{pk}/").status_code == 404
    assert stranger.get(f"/subventions/{pk}/").content == stranger.get("/subventions/999999/").content
    assert send(stranger, f"/subventions/{pk}/retirer/").status_code == 404
    assert send(reader, **town(worked)).status_code == 403
    page = reader.get(PAGE).content.decode()
    assert "Mairie de Challans" in page
    assert '<button type="submit" class="btn btn-main">' not in page


def test_more_lines_cost_no_more_queries(client, worked, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(80) as seen:
            client.get(PAGE)
        return len(seen)

    send(client, **town(worked, amount="10"))
    short = queries()
    send(client, **town(worked, amount="20"))
    send(client, **town(worked, amount="30"))
    assert queries() == short
