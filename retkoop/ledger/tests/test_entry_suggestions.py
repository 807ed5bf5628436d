"""What the form proposes: the account of a label, learnt from the book; the next piece; the next cheque."""

import datetime as dt
import random

import pytest

from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.queries.suggestions import (
    CONFIDENCE_FLOOR,
    Example,
    Side,
    evaluate,
    examples_of,
    learners,
    next_cheque_of,
    next_pieces,
    tokens_of,
)
from retkoop.ledger.tests.entry_desk import START

HABITS: dict[int, tuple[Side, list[str], list[str], int]] = {
    1: ("out", ["Bus", "Car", "Entrées", "Sortie", "Transport"], ["zoo", "musée", "piscine", "ferme", "cinéma"], 40),
    2: ("out", ["Photos de classe", "Calendriers", "Chocolats", "Gâteaux"], ["photographe", "Noël", "revente", "tombola"], 20),
    3: ("out", ["Cotisation OCCE", "Adhésion OCCE"], ["2024", "2025", "coop"], 4),
    4: ("out", ["Frais bancaires", "Timbres", "Tenue de compte"], ["trimestre", "banque", "poste"], 16),
    5: ("in", ["Participation familles", "Cotisation familles"], ["maternelle", "CP", "CM2", "cycle 3"], 30),
    6: ("in", ["Vente photos", "Vente calendriers", "Vente chocolats"], ["familles", "Noël", "école"], 20),
    7: ("in", ["Subvention mairie", "Subvention département"], ["Noël", "transport", "projet"], 8),
    8: ("in", ["Kermesse", "Fête", "Loto", "Spectacle"], ["école", "recette", "buvette", "entrées"], 14),
}


def generated_book(seed):
    """Labels as teachers write them: habits, variants, and now and then a label that tells nothing."""
    chance = random.Random(seed)
    rows = []
    for account, (side, first, second, count) in HABITS.items():
        for _ in range(count):
            label = f"{chance.choice(first)} {chance.choice(second)}"
            if chance.random() < 0.06:
                label = f"Facture {chance.randint(1, 99)}"
            rows.append(Example(label, account, side))
    chance.shuffle(rows)
    return rows


def test_on_a_held_out_tenth_of_five_books_at_least_seventy_percent_are_right():
    scores = [evaluate(generated_book(seed)) for seed in range(5)]
    held_out, shown = sum(score.held_out for score in scores), sum(score.shown for score in scores)
    right = sum(score.right for score in scores)
    assert held_out == 75
    assert 100 * right >= 70 * held_out
    assert 100 * right >= 90 * shown


def test_nothing_is_said_of_words_never_met_nor_of_a_doubt():
    side = learners(
        [
            Example("Bus zoo", 1, "out"),
            Example("Car musée", 1, "out"),
            Example("Achat zoo", 2, "out"),
            Example("Achat", 3, "out"),
        ]
    )["out"]
    assert side.guess("Piscine") is None
    guess = side.guess("Zoo")
    assert guess is not None
    assert guess[1] < CONFIDENCE_FLOOR


def test_the_two_sides_of_money_are_learnt_apart():
    taught = learners([Example("Photos", 1, "out"), Example("Photos", 2, "in")])
    assert [(taught[side].guess("Photos") or (0, 0))[0] for side in ("out", "in")] == [1, 2]


def test_numbers_months_and_small_words_teach_nothing():
    assert tokens_of("Bus n° 12 pour la sortie du 3 mars 2025, élèves de CP") == ["bus", "sortie", "eleve", "cp"]


@pytest.mark.django_db
def test_the_address_gives_key_title_and_confidence(entry_desk):
    for label in ("Bus zoo", "Bus musée", "Bus piscine"):
        entry_desk.write(bank=-1_000, label=label)
    answer = entry_desk.client.get("/ecritures/suggestion/", {"libelle": "Bus ferme", "sens": "out"}).json()
    assert (answer["account"], answer["title"]) == ("activities", "6180 Charges des activités éducatives")
    assert CONFIDENCE_FLOOR <= answer["confidence"] <= 99
    for query in ({"libelle": "Bus", "sens": "in"}, {"libelle": "", "sens": "out"}, {"libelle": "inconnu", "sens": "out"}):
        assert entry_desk.client.get("/ecritures/suggestion/", query).json() == {}


@pytest.mark.django_db
def test_another_cooperative_learns_nothing_from_this_one(entry_desk):
    entry_desk.write(bank=-1_000, label="Bus zoo")
    stranger = signed_in(entry_desk.cast.mandataire_b)
    assert stranger.get("/ecritures/suggestion/", {"libelle": "Bus zoo", "sens": "out"}).json() == {}


@pytest.mark.django_db
def test_only_entries_with_one_account_teach_and_cancelled_ones_do_not(entry_desk):
    entry = entry_desk.write(bank=-1_000, label="Bus zoo")
    entry_desk.recorded(
        entry_desk.enter(out_banque="10", v_activities="4", v_insurance="6", label="Mélange", date="01/10/2025")
    )
    entry_desk.post(f"/ecritures/{entry.pk}/supprimer/", version=1)
    assert [row.label for row in examples_of(entry_desk.cast.cooperative_a)] == ["Cotisations"]


@pytest.mark.django_db
def test_the_next_pieces_follow_each_side_of_the_book(entry_desk):
    entry_desk.write(bank=-1_000, piece="D9")
    entry_desk.write(bank=1_000, piece="R3")
    entry_desk.write(bank=-1_000, piece="D10")
    pieces = next_pieces(entry_desk.year)
    assert (pieces.expense, pieces.income, pieces.of(None)) == ("D11", "R4", "D11")


@pytest.mark.django_db
def test_the_next_cheque_follows_the_last_one_written_and_not_one_received(entry_desk):
    entry_desk.write(bank=-1_000, cheque="4000115", day=dt.date(2025, 9, 3))
    entry_desk.write(bank=-1_000, cheque="4000116", day=dt.date(2025, 9, 12))
    entry_desk.write(bank=1_000, cheque="77", day=dt.date(2025, 9, 20))
    assert next_cheque_of(entry_desk.cast.cooperative_a, START) == "4000117"
    taken = entry_desk.spend(cheque_next="4000117")
    assert entry_desk.recorded(taken).cheque == "4000117"
