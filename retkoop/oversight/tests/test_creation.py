"""Cooperatives created one by one and by import: checked first, whole or not at all, undone while untouched."""

import datetime as dt
import io
import os
import re
import time
import uuid

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from retkoop.core.clock import travel
from retkoop.identity.audit import Author, verify_chain
from retkoop.identity.identifiers import parse
from retkoop.identity.models import Cooperative, Person
from retkoop.identity.queries import candidates, people_to_reset
from retkoop.identity.tests.cast import PASSWORD, signed_in
from retkoop.identity.tests.letters import letters
from retkoop.interchange.new_cooperatives import model_csv, read_cooperatives
from retkoop.interchange.services.new_cooperatives import import_cooperatives
from retkoop.ledger import chart
from retkoop.ledger.queries.bilan import bilan_of
from retkoop.membership.models import CreationBatch
from retkoop.membership.queries.creation import next_number, standing_of
from retkoop.membership.services.creation import undo_batch
from retkoop.yearend.models import PastReport

pytestmark = pytest.mark.django_db
NEW, IMPORT, CREATE = "/ad/cooperatives/nouvelle/", "/ad/cooperatives/importer/", "/ad/cooperatives/importer/creer/"
NOW = dt.date(2025, 10, 6)
PROVE = os.environ.get("RETKOOP_PROVE") == "1"
HEAD = (
    "Numéro;École;Commune;Mandataire;E-mail;Première année;Compte;Solde banque;Solde caisse;Exercice;Report à nouveau;"
    "6180 Activités;7560 Familles;512 Banque;530 Caisse"
)
FULL = "200;École du Bourg;Luçon;Paul Neuf;paul@exemple.fr;2025-2026;514;1 234,50;12,00;2024-2025;450,00;120,00;100,00;400;30"
SPARE = "201;École des Dunes;;Zoé Plage"


@pytest.fixture(autouse=True)
def today(cast):
    chart.load()
    with travel(NOW):
        yield


@pytest.fixture
def client(cast):
    return signed_in(cast.ad_accountant)


def key():
    return {"operation_key": uuid.uuid4().hex}


def table(*lines):
    return "\n".join([HEAD, *lines]).encode()


def typed(**changes):
    told = {"number": "200", "name": "École du Bourg", "town": "Luçon", "mandataire": "Paul Neuf", "email": ""}
    return {**key(), **told, "first": "2025", "bank_key": "bank", "bank": "", "cash": "", **changes}


def words_of(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def bring(cast, *lines):
    reading = read_cooperatives(table(*lines), cast.ad_085)
    assert reading.ready, reading.bad
    author = Author(cast.ad_accountant, cast.ad_085)
    return import_cooperatives(association=cast.ad_085, lines=reading.good, file_name="coops.csv", author=author)


def test_one_cooperative_is_created_with_its_mandataire_and_its_opening(cast, client):
    assert next_number(cast.ad_085) == "102"
    assert 'value="102"' in client.get(NEW).content.decode()
    assert client.post(NEW, typed(bank="1 000 + 234,50", cash="12")).status_code == 303
    made = Cooperative.objects.select_related("association").get(number="200")
    figures = bilan_of(made.years.get())
    assert [state.cents for state in figures.treasuries] == [1_234_50, 12_00]
    person = made.mandates.get().person
    assert (person.full_name, person.email, person.has_usable_password()) == ("Paul Neuf", None, False)
    assert verify_chain(made) == []
    assert {event.on_behalf for event in made.events.all()} == {cast.ad_085}


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"number": "099"}, "number", "La coopérative 085-099 existe déjà."),
        ({"number": "7"}, "number", "trois ou quatre chiffres"),
        ({"email": "claire@exemple.fr"}, "email", "ne peut pas servir ici"),
        ({"email": "paul"}, "email", "n’est pas complète"),
        ({"mandataire": ""}, "mandataire", "le nom et le prénom"),
        ({"first": "2012"}, "first", "dans la liste"),
        ({"cash": "-3"}, "cash", "négatif"),
        ({"bank": "beaucoup"}, "bank", "beaucoup"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(client, changes, field, why):
    answer = client.post(NEW, typed(**changes))
    (said,) = re.findall(rf'id="id_{field}_error">(.*?)</p>', answer.content.decode(), re.S)
    assert (answer.status_code, why in re.sub(r"\s+", " ", said)) == (422, True)
    assert Cooperative.objects.count() == 3


def test_a_file_is_shown_then_created_whole(cast, client):
    shown = client.post(IMPORT, {"fichier": SimpleUploadedFile("coops.csv", table(FULL, SPARE))})
    assert Cooperative.objects.count() == 3
    assert re.findall(r'data-good-line="(\d+)"', shown.content.decode()) == ["2", "3"]
    (content,) = re.findall(r'name="contenu" value="([^"]*)"', shown.content.decode())
    sent = {**key(), "contenu": content, "fichier": "coops.csv"}
    assert client.post(CREATE, sent).status_code == client.post(CREATE, sent).status_code == 303
    batch = CreationBatch.objects.get()
    full, spare = Cooperative.objects.filter(pk__in=[line["cooperative"] for line in batch.made]).order_by("number")
    assert (full.number, full.name, full.town, spare.number, spare.town) == ("200", "École du Bourg", "Luçon", "201", "")
    assert [treasury.account.key for treasury in full.treasuries.order_by("pk")] == ["postal_bank", "cash"]
    past = PastReport.objects.get(cooperative=full)
    assert (past.first, past.closing_cents) == (2024, 430_00)
    assert people_to_reset(parse("085-200")) == [Person.objects.get(email="paul@exemple.fr")]
    assert candidates(parse("085-200")) == []
    assert letters() == []
    assert "2 coopératives créées" in words_of(client.get(f"/ad/cooperatives/imports/{batch.pk}/"))


def test_each_refused_line_says_every_reason_and_nothing_is_created(cast, client):
    bad = [
        "099;École;;Anne",
        "200;;;Anne;pas une adresse",
        "038-012;École;;Anne",
        "202;École;;Anne;claire@exemple.fr",
        "203;École;;Anne;;2012-2013",
        "204;École;;Anne;;;;trois;-5",
        "205;École;;Anne;double@exemple.fr",
        "206;École;;Anne;double@exemple.fr",
        "205;École;;Anne",
        "207;École;;Anne;;;;;;2025-2026",
        "208;École;;Anne;;;;;;2024-2025;450;120;100;400;99",
        "209;École;;Anne;;;;;;;;120",
    ]
    reading = read_cooperatives(table(*bad), cast.ad_085)
    assert [line.number for line in reading.good] == [8]
    told = {line.number: " ".join(line.reasons) for line in reading.bad}
    expected = {
        2: ["085-099 existe déjà"], 3: ["nom de l’école", "n’est pas complète"], 4: ["n’est pas un numéro de coopérative"],
        5: ["ne peut pas servir ici"], 6: ["La première année doit aller de 2020-2021 à 2025-2026"],
        7: ["Solde banque", "négatif"], 9: ["double@exemple.fr est déjà à la ligne 8"], 10: ["205 est déjà à la ligne 8"],
        11: ["n’est pas une année passée"], 12: ["d’écart"], 13: ["de quelle année"],
    }  # fmt: skip
    assert {number for number, whys in expected.items() if all(why in told[number] for why in whys)} == set(told)
    shown = client.post(IMPORT, {"fichier": SimpleUploadedFile("coops.csv", table(*bad))})
    assert "Créer ces coopératives" not in shown.content.decode()
    assert client.post(CREATE, {**key(), "contenu": table(*bad).decode()}).status_code == 422
    assert Cooperative.objects.count() == 3


def test_a_second_line_of_the_same_number_is_one_more_past_report(cast):
    bring(cast, FULL, "200;;;;;;;;;2023-2024;300;50;200;440;10")
    assert sorted(PastReport.objects.values_list("first", "closing_cents")) == [(2023, 450_00), (2024, 430_00)]


def test_a_workbook_reads_as_its_table_does_and_rubbish_is_refused(cast, client):
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate([HEAD, FULL]):
            sheet.write_row(row, 0, line.split(";"))
    (found,) = read_cooperatives(body.getvalue(), cast.ad_085).good
    assert found == read_cooperatives(table(FULL), cast.ad_085).good[0]
    for rubbish in (b"PK\x03\x04" + b"x" * 50, b"", b"bonjour", table()):
        assert client.post(IMPORT, {"fichier": SimpleUploadedFile("x.xlsx", rubbish)}).status_code == 422
    assert read_cooperatives(model_csv(cast.ad_085) + SPARE.encode(), cast.ad_085).ready


def test_an_import_is_undone_while_nothing_was_done_since_and_refused_line_by_line_otherwise(cast, client):
    batch = bring(cast, FULL, SPARE, "202;École du Lac;;Luc Lac")
    busy = Cooperative.objects.get(number="201")
    signed_in(cast.ad_accountant, busy).post("/identite/", {**key(), "version": "0", "classes": "0", "name": "Renommée"})
    entered = Cooperative.objects.get(number="202").mandates.get().person
    entered.set_password(PASSWORD)
    entered.save()
    assert [bool(line.reason) for line in standing_of(batch)] == [False, True, True]
    assert client.post(f"/ad/cooperatives/imports/{batch.pk}/annuler/", key()).status_code == 303
    left = cast.ad_085.cooperatives.filter(withdrawn_at=None).order_by("number")
    assert list(left.values_list("number", flat=True)) == ["099", "101", "201", "202"]
    assert [*candidates(parse("085-200")), *people_to_reset(parse("085-200"))] == []
    assert CreationBatch.objects.get().undone_at is None
    again = bring(cast, FULL)  # the number is free again, and the person is known
    assert undo_batch(batch=again, author=Author(cast.ad_accountant, cast.ad_085)) == (1, 0)
    assert CreationBatch.objects.get(pk=again.pk).undone_by == cast.ad_accountant
    assert signed_in(cast.other_ad).get(f"/ad/cooperatives/imports/{batch.pk}/").status_code == 404


def test_many_cooperatives_are_imported_quickly(cast):
    count, seconds = (300, 20) if PROVE else (20, 10)
    line = "{0};École {0};Luçon;Mandataire {0};m{0}@exemple.fr;;;100;10"
    began = time.perf_counter()
    bring(cast, *[line.format(number) for number in range(1000, 1000 + count)])
    assert time.perf_counter() - began < seconds


def test_twelve_hundred_cooperatives_are_listed_within_a_third_of_a_second(cast, client):
    Cooperative.objects.bulk_create(
        Cooperative(association=cast.ad_085, number=str(number), name=f"École {number}", town="Luçon", created_on=NOW)
        for number in range(1000, 2200)
    )
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        assert "1202" in client.get("/ad/cooperatives/").content.decode()
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.3
