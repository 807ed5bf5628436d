"""What the identity of a cooperative is written with: UAI numbers, French telephone numbers, IBANs.

Each function gives the text as it is kept, or says in French what is wrong.
An IBAN never enters the message, so that it reaches no log and no other page.
"""

import re

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from retkoop.core.refusal import Refusal

UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
IBAN_LENGTH = 27
_HOLDERS = ("FR", "MC")
_UAI = re.compile(r"([0-9]{7})([A-Z])")
_SIGNS = re.compile(r"[\s.\-/()\u00a0\u202f]+")
# Codes of overseas territories whose numbers have the national form, and those with numbers of their own length.
_NATIONAL = ("33", "262", "590", "594", "596")
_OWN = {"508": (6, 9), "681": (6,), "687": (6,), "689": (8,)}


def clean_uai(text: str) -> str:
    """« 0850123A »: seven digits, and the letter that their number gives. Raises Refusal."""
    uai = _SIGNS.sub("", text).upper()
    if not uai:
        return ""
    found = _UAI.fullmatch(uai)
    if found is None:
        message = "Le numéro UAI a sept chiffres et une lettre, par exemple 0850123X."
        raise Refusal(message, "uai")
    expected = UAI_LETTERS[int(found[1]) % len(UAI_LETTERS)]
    if found[2] != expected:
        message = f"Un caractère du numéro UAI est faux : la lettre de {found[1]} est {expected}, pas {found[2]}."
        raise Refusal(message, "uai")
    return uai


def clean_phone(text: str) -> str:
    """« 02 51 00 00 00 », « +687 25 00 00 »: French numbers, overseas too. Raises Refusal."""
    digits = _SIGNS.sub("", text)
    if not digits:
        return ""
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    for code in _NATIONAL:
        if digits.startswith(f"+{code}"):
            rest = digits[len(code) + 1 :].removeprefix("0")
            digits = f"0{rest}"
    if re.fullmatch(r"0[1-9][0-9]{8}", digits):
        return _pairs(digits)
    for code, lengths in _OWN.items():
        rest = digits.removeprefix(f"+{code}")
        if rest != digits and rest.isascii() and rest.isdigit() and len(rest) in lengths:
            return f"+{code} {_pairs(rest)}"
    message = (
        "Un numéro de téléphone a dix chiffres, par exemple 02 51 00 00 00 ; outre-mer, commencez par +687, +689, +681 ou +508."
    )
    raise Refusal(message, "phone")


def clean_postcode(text: str) -> str:
    """Five digits. Raises Refusal."""
    code = _SIGNS.sub("", text)
    if code and not re.fullmatch(r"[0-9]{5}", code):
        message = "Un code postal a cinq chiffres, par exemple 85300."
        raise Refusal(message, "postcode")
    return code


def clean_iban(text: str) -> str:
    """An IBAN of a French or Monegasque account, without spaces; its two keys are checked. Raises Refusal."""
    iban = _SIGNS.sub("", text).upper()
    if not iban:
        return ""
    if not iban.startswith(_HOLDERS):
        _refuse("Cet IBAN ne commence ni par FR ni par MC : recopiez celui du compte de la coopérative, sur son RIB.")
    if len(iban) != IBAN_LENGTH:
        _refuse(f"Cet IBAN a {len(iban)} caractères, il en faut {IBAN_LENGTH} : recopiez-le en entier depuis le RIB.")
    try:
        IBAN(iban, validate_bban=True)
    except SchwiftyException:
        wrong = True
    else:
        wrong = False
    if wrong:  # outside the `except`: the library's own message quotes the number
        _refuse("Un caractère de cet IBAN est faux : comparez-le, groupe par groupe, avec le RIB.")
    return iban


def bank_of(iban: str) -> str:
    """The name of the bank that holds a clean IBAN, "" when it is not in the list."""
    bank = IBAN(iban).bank
    return bank.name.strip().title()[:60] if bank else ""


def grouped(iban: str) -> str:
    """« FR76 3000 6000 0112 3456 7890 189 »."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def masked(last4: str, country: str = "FR76") -> str:
    """« FR76 •••• 0189 », the only form that is shown, mailed or told; "" for none."""
    return f"{country} •••• {last4}" if last4 else ""


def _pairs(digits: str) -> str:
    return " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def _refuse(message: str) -> None:
    raise Refusal(message, "iban")
