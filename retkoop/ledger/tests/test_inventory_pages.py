"""« Cahier d’inventaire »: purchases proposed, lines, cession, exports."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.models import InventoryLine
from retkoop.ledger.tests.test_cash_pages import text_of
from retkoop.ledger.tests.worked import TODAY, make_worked

pytestmark = pytest.mark.django_db
CAMERA = {"label": "Appareil photo", "acquired_on": "28/05/2025", "amount": "180,10", "place": "Bureau"}


@pytest.fixture
def worked(cast):
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, author(cast.mandataire_a), details=False)


@pytest.fixture
def client(cast, worked):
    return signed_in(cast.mandataire_a)


def send(client, path="/inventaire/", **data):
    return client.post(path, {"operation_key": uuid.uuid4().hex, "annee": "2025-2026", **data})


def test_a_purchase_is_proposed_filled_in_until_it_has_its_line(client, worked):
    entry = worked.entries["camera"]
    assert "Inscrire cet achat" in client.get("/inventaire/").content.decode()
    filled = client.get(f"/inventaire/?ecriture={entry.pk}").content.decode()
    for part in ('value="Appareil photo"', 'value="28/05/2025"', 'value="180,10"', f'name="entry" value="{entry.pk}"'):
        assert part in filled
    key = uuid.uuid4().hex
    for _ in range(2):
        answer = send(client, **CAMERA, entry=str(entry.pk), operation_key=key)
        assert (answer.status_code, answer["Location"]) == (303, "/inventaire/")
    line = InventoryLine.objects.get()
    assert (line.label, line.acquired_on, line.cents, line.entry) == ("Appareil photo", dt.date(2025, 5, 28), 18_010, entry)
    page = client.get("/inventaire/").content.decode()
    assert "Inscrire cet achat" not in page
    assert 'data-cents="18010"' in page


def test_a_ceded_object_is_shown_as_such_and_leaves_the_total(client):
    send(client, **CAMERA)
    line = InventoryLine.objects.get()
    path = f"/inventaire/{line.pk}/"
    changed = {**CAMERA, "ceded_on": "10/09/2025", "ceded_how": "Cassé", "version": "1"}
    assert send(client, path, **changed).status_code == 303
    assert send(client, path, **changed).status_code == 409
    page = client.get("/inventaire/").content.decode()
    assert "<tr data-ceded>" in page
    assert "le 10/09/2025" in page
    assert '<td class="cents" data-cents="0">' in page


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("label", "", "Nommez l’objet"),
        ("amount", "-5", "ne peut pas être négative"),
        ("ceded_on", "01/01/2025", "ne peut pas partir avant d’être arrivé"),
        ("acquired_on", "hier soir", "Cette date est illisible"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client, field, text, sentence):
    answer = send(client, **{**CAMERA, field: text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert sentence in page
    assert 'value="Bureau"' in page


def test_how_it_left_needs_a_date(client):
    answer = send(client, **CAMERA, ceded_how="Donné")
    assert answer.status_code == 422
    assert 'id="id_ceded_on_error"' in answer.content.decode()


def test_a_line_is_taken_out_and_put_back(client):
    send(client, **CAMERA)
    path = f"/inventaire/{InventoryLine.objects.get().pk}/retirer/"
    assert send(client, path).status_code == 303
    assert "Lignes retirées (1)" in client.get("/inventaire/").content.decode()
    assert send(client, path, remettre="1").status_code == 303
    assert InventoryLine.objects.get().removed_at is None


def test_the_exports_say_the_same_as_the_screen(client):
    send(client, **{**CAMERA, "label": "=Enceinte"})
    csv = client.get("/inventaire/inventaire.csv")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[1] == "'=Enceinte;28/05/2025;180,10;Bureau;;;"
    assert lines[2].startswith("Valeur des objets présents;;180,10")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/inventaire/inventaire.xlsx").content)).active
    assert [cell.value for cell in sheet[5]][:3] == ["=Enceinte", dt.datetime(2025, 5, 28, tzinfo=None), 180.1]  # noqa: DTZ001
    text = text_of(client.get("/inventaire/inventaire.pdf").content)
    assert "Cahier d’inventaire" in text
    assert "180,10" in text


def test_another_cooperative_sees_nothing_of_it(client, cast):
    send(client, **CAMERA)
    pk = InventoryLine.objects.get().pk
    stranger = signed_in(cast.mandataire_b)
    assert stranger.get(f"/inventaire/{pk}/").content == stranger.get("/inventaire/999999/").content
    assert "Appareil photo" not in stranger.get("/inventaire/").content.decode()
    assert send(stranger, f"/inventaire/{pk}/retirer/").status_code == 404
    assert send(signed_in(cast.reader_a), **CAMERA).status_code == 403


def test_more_objects_cost_no_more_queries(client, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(80) as seen:
            client.get("/inventaire/")
        return len(seen)

    send(client, **CAMERA)
    short = queries()
    send(client, **{**CAMERA, "label": "Enceinte"})
    send(client, **{**CAMERA, "label": "Ukulélés"})
    assert queries() == short
