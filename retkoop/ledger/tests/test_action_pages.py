"""« État des actions »: sums, names, exports."""

import io
import uuid

import openpyxl
import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.export import book_bytes
from retkoop.ledger.models import Action
from retkoop.ledger.services import closing
from retkoop.ledger.tests.test_cash_pages import text_of
from retkoop.ledger.tests.worked import TODAY, make_worked

pytestmark = pytest.mark.django_db
PAGE = "/actions/?annee=2024-2025"


@pytest.fixture
def worked(cast):
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, author(cast.mandataire_a), details=False)


@pytest.fixture
def client(cast, worked):
    return signed_in(cast.mandataire_a)


def send(client, path="/actions/", **data):
    return client.post(path, {"operation_key": uuid.uuid4().hex, "annee": "2024-2025", **data})


def test_each_action_shows_what_it_brought_and_cost_and_opens_its_lines(client):
    page = client.get(PAGE).content.decode()
    pk = Action.objects.get(name="Classe de mer").pk
    assert f'href="/cahier/?annee=2024-2025&amp;action={pk}"' in page
    for label, cents in (("Recettes", 120_000), ("Dépenses", 194_040), ("Différence", -74_040)):
        assert f'data-label="{label}" data-cents="{cents}"' in page
    assert 'data-label="Recettes" data-cents="120000"' not in client.get("/actions/").content.decode()


def test_an_action_is_created_once_and_its_name_is_its_own(client):
    key = uuid.uuid4().hex
    for _ in range(2):
        assert send(client, name="  Jardin   d’école ", operation_key=key)["Location"] == PAGE
    assert [row.name for row in Action.objects.all()] == ["Classe de mer", "Jardin d’école"]
    for name, sentence in (
        ("Classe de mer", "Une action s’appelle déjà"),
        ("", "Nommez l’action"),
        ("x" * 61, "60 caractères"),
    ):
        answer = send(client, name=name)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert Action.objects.count() == 2


def test_an_action_is_renamed_with_its_entries(client):
    row = Action.objects.get(name="Classe de mer")
    path = f"/actions/{row.pk}/"
    assert 'name="version" value="Classe de mer"' in client.get(path).content.decode()
    assert send(client, path, name="Séjour à la mer", version="Classe de mer").status_code == 303
    assert send(client, path, name="Autre", version="Classe de mer").status_code == 409
    row.refresh_from_db()
    assert (row.name, row.entries.count()) == ("Séjour à la mer", 2)


def test_an_action_that_a_closed_book_names_keeps_its_name(client, worked, cast):
    closing.close_year(year=worked.year, author=author(cast.mandataire_a))
    closed = book_bytes(worked.year)
    row = Action.objects.get(name="Classe de mer")
    answer = send(client, f"/actions/{row.pk}/", name="Séjour à la mer", version="Classe de mer")
    assert answer.status_code == 422
    assert "Le cahier 2024-2025 est clos et nomme «\u202fClasse de mer\u202f»" in answer.content.decode()
    assert book_bytes(worked.year) == closed


def test_the_exports_say_the_same_as_the_screen(client):
    lines = client.get("/actions/etat-des-actions.csv?annee=2024-2025").content.decode("utf-8-sig").splitlines()
    assert lines[1:] == ["Classe de mer;2;1200,00;1940,40;-740,40", "Total;2;1200,00;1940,40;-740,40"]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/actions/etat-des-actions.xlsx?annee=2024-2025").content))
    assert [cell.value for cell in book.active[5]] == ["Classe de mer", 2, 1200, 1940.4, -740.4]
    text = text_of(client.get("/actions/etat-des-actions.pdf?annee=2024-2025").content)
    for part in ("Classe de mer", "1 200,00", "1 940,40", "−740,40"):
        assert part in text


def test_another_cooperative_cannot_rename_it(client, cast):
    pk = Action.objects.get().pk
    stranger = signed_in(cast.mandataire_b)
    assert stranger.get(f"/actions/{pk}/").content == stranger.get("/actions/999999/").content
    assert send(stranger, f"/actions/{pk}/", name="À moi", version="Classe de mer").status_code == 404
    assert send(signed_in(cast.reader_a), name="Jardin").status_code == 403


def test_more_actions_cost_no_more_queries(client, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(80) as seen:
            client.get(PAGE)
        return len(seen)

    short = queries()
    send(client, name="Jardin")
    send(client, name="Kermesse")
    client.get(PAGE)
    assert queries() == short
