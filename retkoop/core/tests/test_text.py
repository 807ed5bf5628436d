"""Piece and cheque numbers: their natural order and the next one."""

import random
import re

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from retkoop.core.text import KEY_LENGTH, fold, natural_key, next_cheque, next_piece


@pytest.mark.parametrize(
    "ordered",
    [
        ["D1", "D2", "D10", "D11", "R1", "R2", "R10"],
        ["1", "2", "9", "9bis", "10", "99", "100", "D1"],
        ["2024-9", "2024-10", "2025-1"],
        ["", "1", "12345678901234567890", "A"],
        ["D009", "D10"],
    ],
)
def test_the_order_of_keys_is_the_natural_order(ordered):
    shuffled = random.Random(3).sample(ordered, len(ordered))
    assert sorted(shuffled, key=natural_key) == ordered


@pytest.mark.django_db
def test_the_database_orders_the_keys_alike():
    pieces = ["", "1", "9", "9bis", "10", "100", "D1", "d2", "D11", "É3", "R1", "R10"]
    keys = [natural_key(piece) for piece in pieces]
    rows = " UNION ALL ".join(["SELECT CAST(%s AS varchar(60)) AS k"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT k FROM ({rows}) AS t ORDER BY k", random.Random(5).sample(keys, len(keys)))
        assert [row[0] for row in cursor.fetchall()] == keys


@given(st.text(max_size=200))
def test_a_key_is_short_and_made_of_letters_and_digits(piece):
    assert re.fullmatch(f"[a-z0-9]{{0,{KEY_LENGTH}}}", natural_key(piece))


@given(st.integers(0, 10**18), st.integers(0, 10**18))
def test_numbers_are_ordered_as_numbers(one, other):
    assert (natural_key(f"D{one}") < natural_key(f"D{other}")) == (one < other)


@pytest.mark.parametrize(
    ("pieces", "side", "following"),
    [
        ([], None, "1"),
        ([], "out", "1"),
        (["1", "2", "3"], None, "4"),
        (["1", "2", "3"], "in", "4"),
        (["3", "1", "2"], None, "4"),
        (["01", "02"], None, "03"),
        (["9"], None, "10"),
        (["09"], None, "10"),
        (["D1", "D2", "R1"], "out", "D3"),
        (["D1", "D2", "R1"], "in", "R2"),
        (["D1", "D2", "R1"], None, "R2"),
        (["D01", "D02"], "out", "D03"),
        (["D01", "D02"], "in", "R01"),
        (["d1"], "in", "r1"),
        (["R1"], "out", "D1"),
        (["D-1", "D-2"], "in", "R-1"),
        (["1", "2", "FACT-2026-117"], "out", "3"),
        (["2026-1", "2026-2"], None, "2026-3"),
        (["1", "2", "2bis"], None, "3"),
        (["facture"], None, "1"),
        (["12345678901234567899"], None, "12345678901234567900"),
        (["99999999999999999999"], None, ""),
    ],
)
def test_the_next_piece_follows_the_way_of_the_book(pieces, side, following):
    assert next_piece(pieces, side) == following


@pytest.mark.parametrize(
    ("cheques", "following"),
    [
        ([], ""),
        (["virement"], ""),
        (["1234567", "1234568"], "1234569"),
        (["0000012"], "0000013"),
        (["7", "3"], "4"),
        (["4", "3"], "5"),
        (["1234567", "VIR"], "1234568"),
        (["9999999"], "10000000"),
    ],
)
def test_the_next_cheque_follows_the_most_recent_one(cheques, following):
    assert next_cheque(cheques) == following


@given(st.lists(st.text(max_size=20)), st.sampled_from([None, "out", "in"]))
def test_any_numbers_give_a_short_proposal_that_is_new(pieces, side):
    proposal = next_piece(pieces, side)
    assert len(proposal) <= 20
    assert proposal == "" or proposal not in pieces


@pytest.mark.parametrize(
    ("text", "folded"),
    [("  Goûter\u00a0 d’ÉTÉ ", "gouter d'ete"), ("Cœur", "coeur"), ("Noël\n2026", "noel 2026"), ("", "")],
)
def test_folding_forgets_case_accents_and_spaces(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
