"""Amounts: what people type becomes exact cents or a sentence, never a guess."""

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from retkoop.core import money
from retkoop.core.money import AmountError, parse_euros, parse_sum
from retkoop.identity.models import Association, Federation

CENTS = st.integers(-money.LIMIT_CENTS, money.LIMIT_CENTS)
ODD = st.text(alphabet="0123456789 .,'-+()€eurEUR\u00a0\u202f\u2009−’=x\n\x00", max_size=30)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,56", 123456),
        ("1\u00a0234,56", 123456),
        ("1\u202f234,56", 123456),
        ("1\u2009234,56", 123456),
        ("\u200e1 234,56\ufeff", 123456),
        ("1234.56", 123456),
        ("1234,56", 123456),
        ("12,5", 1250),
        (",5", 50),
        ("12", 1200),
        ("  12 € ", 1200),
        ("€12", 1200),
        ("12,50 EUR", 1250),
        ("12 euros", 1200),
        ("12,50€", 1250),
        ("-12", -1200),
        ("−12", -1200),
        ("- 12 €", -1200),
        ("12,5-", -1250),
        ("12,5 € -", -1250),
        ("-110.7 €", -11070),
        ("(12,00)", -1200),
        ("(12,00 €)", -1200),
        ("+12", 1200),
        ("0", 0),
        ("-0,00", 0),
        ("1 234 567", 123456700),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1.234.567", 123456700),
        ("1.234.567,8", 123456780),
        ("1'234,50", 123450),
        ("1’234’567.05", 123456705),
        ("1 000 000 000", money.LIMIT_CENTS),
    ],
)
def test_what_people_type_becomes_exact_cents(typed, cents):
    assert parse_euros(typed) == cents


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1.000", ("«\u202f1.000\u202f» se lit de deux façons. "
         "Écrivez 1\u202f000,00 si ce sont des milliers, 1,00 si ce sont des centimes.")),
        ("12,345", ("«\u202f12,345\u202f» se lit de deux façons. "
         "Écrivez 12\u202f345,00 si ce sont des milliers, 12,34 si ce sont des centimes.")),
        ("", "Écrivez un montant, par exemple 12,50."),
        (" \u202f ", "Écrivez un montant, par exemple 12,50."),
        ("douze", ("«\u202fdouze\u202f» n’est pas un montant lisible. "
         "Écrivez-le en chiffres, par exemple 12,50 ou 1\u202f234,56.")),
        ("1234,567", ("«\u202f1234,567\u202f» est plus fin que le centime. "
         "Écrivez deux chiffres après la virgule, par exemple 12,50.")),
        ("1 000 000 000,01", ("Ce montant est trop grand pour une coopérative. "
         "Écrivez-le en euros, par exemple 12,50.")),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence_with_an_example(typed, sentence):
    with pytest.raises(AmountError) as refused:
        parse_euros(typed)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "typed",
    [
        "1,000", "1.234", "0,125", "1 23", "12 34", "1  2345", "1,2,3", "1.23.456", "1.234.56", "1 234.567",
        "--1", "-1-", "(1", "1)", "(-1)", "1e3", "0x10", "NaN", "inf", "½", "١٢", "12 $",
        "1 234 56", "12,", "9" * 500,
    ],
)  # fmt: skip
def test_the_unclear_is_refused(typed):
    with pytest.raises(AmountError):
        parse_euros(typed)


@given(CENTS, st.sampled_from([money.format_amount, money.format_euros, money.format_plain]))
def test_what_is_written_is_read_back(cents, written):
    assert parse_euros(written(cents)) == cents


@given(ODD | st.text(max_size=80))
def test_any_text_gives_cents_or_a_refusal(text):
    for read in (parse_euros, parse_sum):
        try:
            cents = read(text)
        except AmountError as refused:
            assert str(refused).endswith(".")
        else:
            assert type(cents) is int
            assert abs(cents) <= money.LIMIT_CENTS


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("120 + 45,50 - 3", 16250),
        ("120+45,50−3", 16250),
        ("-3 + 120", 11700),
        ("= 1 234,50 € + 10", 124450),
        ("12,5-", -1250),
        ("12", 1200),
    ],
)
def test_an_addition_gives_its_result(typed, cents):
    assert parse_sum(typed) == cents


@pytest.mark.parametrize("typed", ["", "1 ++ 2", "1 + 2 +", "1 + 1.000", "1 * 2 + 3", "1+" * 300 + "1", "1 000 000 000 + 1"])
def test_an_unclear_addition_is_refused(typed):
    with pytest.raises(AmountError):
        parse_sum(typed)


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=8))
def test_an_addition_is_exact(amounts):
    assert parse_sum(" + ".join(money.format_amount(cents) for cents in amounts)) == sum(amounts)


@pytest.mark.parametrize(
    ("cents", "amount", "plain"),
    [
        (123450, "1\u202f234,50", "1234,50"),
        (-1250, "\u221212,50", "-12,50"),
        (0, "0,00", "0,00"),
        (-5, "\u22120,05", "-0,05"),
        (123456789012, "1\u202f234\u202f567\u202f890,12", "1234567890,12"),
    ],
)
def test_amounts_are_written_the_french_way(cents, amount, plain):
    assert (money.format_amount(cents), money.format_euros(cents), money.format_plain(cents)) == (
        amount,
        f"{amount}\u00a0€",
        plain,
    )


@pytest.mark.django_db
def test_a_sum_of_cents_is_an_int_even_without_rows():
    total = {"total": money.sum_cents("cash_ceiling_cents")}
    nothing = Association.objects.aggregate(**total)["total"]
    federation = Federation.objects.create(name="Fédération")
    for code in ("009", "085"):
        Association.objects.create(federation=federation, code=code, cash_ceiling_cents=money.LIMIT_CENTS)
    both = Association.objects.aggregate(**total)["total"]
    one = Association.objects.aggregate(one=money.sum_cents("cash_ceiling_cents", filter=Q(code="009")))["one"]
    assert [(type(value), value) for value in (nothing, both, one)] == [
        (int, 0),
        (int, 2 * money.LIMIT_CENTS),
        (int, money.LIMIT_CENTS),
    ]
