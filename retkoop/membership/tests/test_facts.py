"""UAI numbers, telephone numbers, postcodes and IBANs, right and wrong."""

import pytest

from retkoop.core.refusal import Refusal
from retkoop.membership.facts import bank_of, clean_iban, clean_phone, clean_postcode, clean_uai, grouped, masked

IBAN = "FR7630006000011234567890189"


def test_the_letter_of_a_uai_number_is_computed():
    assert clean_uai(" 0750680 g ") == "0750680G"
    with pytest.raises(Refusal, match="la lettre de 0750680 est G, pas H"):
        clean_uai("0750680H")
    for wrong in ("075068G", "ABCDEFGH", "07506800"):
        with pytest.raises(Refusal, match="sept chiffres et une lettre"):
            clean_uai(wrong)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0251000000", "02 51 00 00 00"),
        ("02.51.00.00.00", "02 51 00 00 00"),
        ("+33 2 51 00 00 00", "02 51 00 00 00"),
        ("0033 (0)2 51 00 00 00", "02 51 00 00 00"),
        ("+262 692 12 34 56", "06 92 12 34 56"),
        ("+687 25 00 00", "+687 25 00 00"),
        ("00689 40 50 60 70", "+689 40 50 60 70"),
        ("+508 41 00 00", "+508 41 00 00"),
        ("", ""),
    ],
)
def test_telephone_numbers_of_france_and_overseas_are_kept_in_one_form(typed, kept):
    assert clean_phone(typed) == kept


@pytest.mark.parametrize("typed", ["02510000", "12 34 56 78 90", "+44 20 7946 0000", "appelez-moi", "+687 25", "٠٢٥١٠٠٠٠٠٠"])
def test_other_telephone_numbers_are_refused(typed):
    with pytest.raises(Refusal, match="dix chiffres"):
        clean_phone(typed)


def test_a_postcode_has_five_digits():
    assert clean_postcode("85 300") == "85300"
    with pytest.raises(Refusal, match="cinq chiffres"):
        clean_postcode("8530")


def test_an_iban_is_checked_by_both_its_keys_and_never_quoted():
    assert clean_iban("fr76 3000 6000 0112 3456 7890 189") == IBAN
    assert clean_iban("MC58 1122 2000 0101 2345 6789 030") == "MC5811222000010123456789030"
    for wrong, why in [
        ("FR7630006000011234567890188", "est faux"),
        ("FR76300060000112345678901", "25 caractères"),
        ("DE89370400440532013000", "ni par FR ni par MC"),
        ("FR1130006000011234567890100", "est faux"),
    ]:
        with pytest.raises(Refusal, match=why) as refusal:
            clean_iban(wrong)
        assert wrong[4:12] not in str(refusal.value)
        assert refusal.value.__context__ is None


def test_the_bank_is_read_from_the_iban_and_the_mask_hides_all_but_the_ends():
    assert bank_of(IBAN) == "Credit Agricole Sa"
    assert bank_of("MC5811222000010123456789030") == ""
    assert grouped(IBAN) == "FR76 3000 6000 0112 3456 7890 189"
    assert masked("0189") == "FR76 •••• 0189"
    assert masked("") == ""
