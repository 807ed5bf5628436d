"""What is sealed opens only here, only there, and only unchanged."""

import pytest

from retkoop.core.sealed import Unreadable, fingerprint, seal, unseal

IBAN = "FR7630006000011234567890189"


def test_what_is_sealed_is_read_again_at_its_place():
    assert unseal(seal(IBAN, "iban:1"), "iban:1") == IBAN


def test_nothing_of_the_text_shows_and_two_sealings_differ():
    first, second = seal(IBAN, "iban:1"), seal(IBAN, "iban:1")
    assert first != second
    assert "3000" not in first


def test_another_place_another_key_or_a_changed_letter_opens_nothing(settings):
    sealed = seal(IBAN, "iban:1")
    with pytest.raises(Unreadable):
        unseal(sealed, "iban:2")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(Unreadable):
        unseal(changed, "iban:1")
    with pytest.raises(Unreadable):
        unseal("anything", "iban:1")
    settings.FIELD_KEY = "another installation's key"
    with pytest.raises(Unreadable):
        unseal(sealed, "iban:1")


def test_a_fingerprint_finds_the_same_text_and_needs_the_key(settings):
    known = fingerprint(IBAN, "iban")
    assert fingerprint(IBAN, "iban") == known
    assert fingerprint(IBAN, "other") != known
    settings.FIELD_KEY = "another installation's key"
    assert fingerprint(IBAN, "iban") != known
