"""« Arrêté de caisse »: counting, comparing, explaining, printing, taking back."""

import datetime as dt
import io
import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest

from retkoop.core.clock import travel
from retkoop.identity.tests.cast import author, signed_in
from retkoop.ledger.models import CashCount
from retkoop.ledger.tests.worked import LAST_DAY, TODAY, make_worked

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(cast):
    with travel(TODAY):
        yield make_worked(cast.cooperative_a, author(cast.mandataire_a), details=False)


@pytest.fixture
def client(cast, worked):
    return signed_in(cast.mandataire_a)


def send(client, path="/caisse/", **data):
    return client.post(path, {"operation_key": uuid.uuid4().hex, "annee": "2024-2025", **data})


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return " ".join(page.get_textpage().get_text_range() for page in document).replace("\u202f", " ").replace("\u00a0", " ")


def test_without_a_box_the_page_says_how_to_open_one(cast, worked):
    page = signed_in(cast.mandataire_b).get("/caisse/").content.decode()
    assert "Vous n’avez pas de caisse" in page
    assert 'href="/ouverture/"' in page


def test_the_date_is_the_last_day_of_a_year_that_is_over(client):
    assert 'value="31/08/2025"' in client.get("/caisse/?annee=2024-2025").content.decode()
    assert 'value="20/09/2025"' in client.get("/caisse/").content.decode()


def test_recalculer_shows_the_totals_and_stores_nothing(client):
    answer = send(client, on="31/08/2025", n_2000="1", n_1000="2", recalculer="1")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="total-compte" data-cents="4000"' in page
    assert 'id="ecart" data-cents="-500"' in page
    assert 'name="n_1000" value="2"' in page
    assert CashCount.objects.count() == 0


def test_an_equal_count_is_bravo_and_the_same_form_twice_counts_once(client):
    key = uuid.uuid4().hex
    for _ in range(2):
        answer = send(client, operation_key=key, on="31/08/2025", n_2000="1", n_1000="2", n_500="1")
        assert (answer.status_code, answer["Location"]) == (303, "/caisse/?annee=2024-2025")
    count = CashCount.objects.get()
    assert (count.on, count.counted_cents, count.book_cents) == (LAST_DAY, 4_500, 4_500)
    page = client.get("/caisse/?annee=2024-2025").content.decode()
    assert 'data-control="E4" data-state="ok"' in page
    assert 'data-count-state="equal"' in page
    conflict = send(client, operation_key=key, on="31/08/2025", n_2000="9")
    assert conflict.status_code == 409


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("n_2000", "deux", "Comptez avec un nombre entier"),
        ("n_5", "-1", "Comptez avec un nombre entier"),
        ("on", "31/02/2025", "n’est pas au calendrier"),
        ("on", "15/09/2025", "n’est pas dans l’année 2024-2025"),
    ],
)
def test_what_cannot_be_counted_is_refused_beside_its_field(client, field, text, sentence):
    answer = send(client, **{"on": "31/08/2025", "n_1000": "4", field: text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert sentence in page
    assert 'name="n_1000" value="4"' in page
    assert CashCount.objects.count() == 0


def test_a_count_of_nothing_is_asked_for_and_an_empty_box_is_counted_as_zero(client):
    refused = send(client, on="31/08/2025")
    assert refused.status_code == 422
    assert "Si la caisse est vide, écrivez 0." in refused.content.decode()
    assert CashCount.objects.count() == 0
    assert send(client, on="31/08/2025", n_2000="0").status_code == 303
    assert CashCount.objects.get().counted_cents == 0


def test_a_difference_proposes_its_entry_and_stays_unexplained_until_one_is_chosen(client, worked, cast):
    send(client, on="30/06/2025", n_2000="2")
    count = CashCount.objects.get()
    page = client.get("/caisse/?annee=2024-2025").content.decode()
    assert "non justifié" in page
    link = next(part for part in page.split('"') if "explique=" in part).replace("&amp;", "&")
    asked = parse_qs(urlsplit(link).query)
    assert {name: asked[name] for name in ("date", "out_caisse", "v_exceptional_charges", "explique", "annee")} == {
        "date": ["30/06/2025"],
        "out_caisse": ["5,00"],
        "v_exceptional_charges": ["5,00"],
        "explique": [str(count.pk)],
        "annee": ["2024-2025"],
    }
    assert send(client, f"/caisse/{count.pk}/expliquer/", entry="").status_code == 422
    entry = worked.record(dt.date(2025, 7, 4), "Écart de caisse", 0, -500, exceptional_charges=500)
    assert send(client, f"/caisse/{count.pk}/expliquer/", entry=str(entry.pk)).status_code == 303
    count.refresh_from_db()
    assert count.explained_by == entry
    page = client.get("/caisse/?annee=2024-2025").content.decode()
    assert 'data-count-state="explained"' in page
    assert "non justifié" not in page


def test_the_proposed_entry_once_recorded_explains_the_difference(client, worked):
    send(client, on="30/06/2025", n_2000="2")
    page = client.get("/caisse/?annee=2024-2025").content.decode()
    link = next(part for part in page.split('"') if "explique=" in part).replace("&amp;", "&")
    form = client.get(link).content.decode()
    fields = {name: value[0] for name, value in parse_qs(urlsplit(link).query).items()}
    for name in ("out_caisse", "v_exceptional_charges", "explique"):
        assert re.search(rf'name="{name}"[^>]*value="{fields[name]}"', form)
    answer = send(client, "/ecritures/nouvelle/", **fields, je="complet", override="cash-ceiling no-receipt")
    assert answer.status_code == 303
    count = CashCount.objects.get()
    assert count.explained_by is not None
    assert answer["Location"] == f"/ecritures/{count.explained_by.pk}/?enregistree"
    page = client.get("/caisse/?annee=2024-2025").content.decode()
    assert 'data-count-state="equal"' in page
    assert "écart justifié" in page
    assert "Justifié par" in text_of(client.get(f"/caisse/{count.pk}/arrete.pdf").content)


def test_a_forgotten_entry_of_before_the_count_settles_the_difference(client, worked):
    send(client, on="30/06/2025", n_2000="2")
    worked.record(dt.date(2025, 6, 20), "Timbres", 0, -500, other_charges=500)
    assert 'data-count-state="equal"' in client.get("/caisse/?annee=2024-2025").content.decode()


def test_a_count_is_cancelled_after_a_confirmation(client):
    send(client, on="30/06/2025", n_2000="2")
    count = CashCount.objects.get()
    assert "Annuler cet arrêté" in client.get(f"/caisse/{count.pk}/annuler/").content.decode()
    assert CashCount.objects.get().cancelled_at is None
    assert send(client, f"/caisse/{count.pk}/annuler/").status_code == 303
    assert CashCount.objects.get().cancelled_at is not None
    assert "Aucun comptage" in client.get("/caisse/?annee=2024-2025").content.decode()


def test_a_count_is_printed_with_its_pieces_and_its_difference(client):
    send(client, on="30/06/2025", n_2000="2", n_20="3")
    answer = client.get(f"/caisse/{CashCount.objects.get().pk}/arrete.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    for part in ("Arrêté de caisse du 30 juin 2025", "Billet de 20 €", "Pièce de 20 centimes", "40,60 €", "−4,40 €", "085-099"):
        assert part in text


def test_others_neither_see_nor_change_a_count(client, cast):
    send(client, on="30/06/2025", n_2000="2")
    pk = CashCount.objects.get().pk
    stranger, reader = signed_in(cast.mandataire_b), signed_in(cast.reader_a)
    assert stranger.get(f"/caisse/{pk}/arrete.pdf").content == stranger.get("/caisse/999999/arrete.pdf").content
    assert stranger.get(f"/caisse/{pk}/arrete.pdf").status_code == 404
    assert send(stranger, f"/caisse/{pk}/annuler/").status_code == 404
    assert send(reader, on="30/06/2025").status_code == 403
    assert "Enregistrer l’arrêté" not in reader.get("/caisse/?annee=2024-2025").content.decode()


def test_a_long_history_costs_no_more_queries_than_a_short_one(client, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(80) as seen:
            client.get("/caisse/?annee=2024-2025")
        return len(seen)

    send(client, on="30/06/2025", n_2000="2")
    short = queries()
    send(client, on="01/06/2025", n_2000="3")
    send(client, on="02/06/2025", n_2000="4")
    assert queries() == short
