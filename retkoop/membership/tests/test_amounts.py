"""What an adhésion costs, to the cent: the field's own examples, then what must hold of any rows and prices."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retkoop.membership.amounts import Amounts, Prices, Row, amounts_of, difference

OCCE41 = Prices(205, 205, 119, 119, 25, 25, review_cents=3_300)
heads = st.integers(0, 400)
rows = st.lists(st.builds(Row, st.booleans(), heads, heads, heads), max_size=12)
cents = st.integers(0, 2_000)
prices = st.builds(Prices, cents, cents, cents, cents, cents, cents, minimum_cents=st.just(0), review_cents=cents)


def counted(told: list[Row], asked: Prices, **more: int) -> Amounts:
    return amounts_of(told, asked, **more)


def together(one: Amounts, other: Amounts) -> Amounts:
    return Amounts(**{field.name: getattr(one, field.name) + getattr(other, field.name) for field in fields(Amounts)})


def test_a_school_of_142_pupils_and_8_teachers_in_loir_et_cher():
    told = counted([Row(True, 142, 8, 0)], OCCE41, supplement_cents=1_000, review_copies=1)
    assert told == Amounts(142, 8, 150 * 205 + 1_000, 150 * 25, 3_300, 1_000, 150 * 119)
    assert told.total_cents == 30_750 + 1_000 + 3_750 + 3_300


def test_in_drome_an_adult_pays_8_euros_and_a_pupil_2_25():
    drome = Prices(225, 800, 119, 119, 0, 0)
    assert counted([Row(True, 100, 4, 3)], drome) == Amounts(100, 7, 28_100, 0, 0, 0, 107 * 119)


def test_a_class_is_out_as_a_whole():
    assert counted([Row(True, 20, 1, 0), Row(False, 25, 1, 2)], OCCE41) == counted([Row(True, 20, 1, 0)], OCCE41)


@pytest.mark.parametrize(("pupils", "dues"), [(0, 0), (1, 3_000), (14, 3_000), (15, 3_075)])
def test_the_cotisation_is_the_minimum_at_least_once_somebody_is_declared(pupils, dues):
    told = counted([Row(True, pupils, 0, 0)], replace(OCCE41, minimum_cents=3_000), supplement_cents=500)
    assert told.membership_cents == dues + 500
    assert (told.insurance_cents, told.federal_cents) == (25 * pupils, 119 * pupils)


@given(rows, rows, prices)
def test_without_a_minimum_two_schools_together_cost_what_each_costs(one, other, asked):
    assert counted(one + other, asked) == together(counted(one, asked), counted(other, asked))


@given(rows.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))), prices, st.integers(0, 10_000))
def test_the_order_of_the_classes_does_not_matter(told, asked, minimum):
    asked = replace(asked, minimum_cents=minimum)
    assert counted(told[0], asked) == counted(told[1], asked)


@given(rows, prices, st.integers(0, 100_000), st.integers(0, 500))
def test_the_minimum_changes_the_cotisation_alone_and_never_lowers_it(told, asked, minimum, supplement):
    plain = counted(told, asked, supplement_cents=supplement)
    raised = counted(told, replace(asked, minimum_cents=minimum), supplement_cents=supplement)
    assert raised.membership_cents == (max(plain.membership_cents, minimum + supplement) if plain.heads else supplement)
    assert replace(raised, membership_cents=plain.membership_cents) == plain


@given(rows, rows, prices)
def test_an_amendment_is_worth_the_difference(before, now, asked):
    first, second = counted(before, asked), counted(now, asked)
    assert together(first, difference(second, first)) == second


@given(prices)
def test_prices_frozen_into_a_sheet_come_back_the_same(asked):
    assert Prices.load({**asked.dump(), "later": 1}) == asked
