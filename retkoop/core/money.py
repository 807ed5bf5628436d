"""Money: whole cents inside, French text at the edges, never a float.

`parse_euros` reads what people type, on a phone as in a spreadsheet: commas or
points, every kind of space, a sign before or after, brackets, the word
« euros ». What can be read in two ways (« 1.000 ») is refused with both
spellings shown, because a wrong guess is a thousandfold error.
"""

import re

from django.db.models import BigIntegerField, Q, Sum
from django.db.models.fields import Field
from django.db.models.functions import Cast, Coalesce

LIMIT_CENTS = 10**11
THIN = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
EXAMPLE = "par exemple 12,50"

_LONGEST = 60
_LONGEST_SUM = 400
_CURRENCY = re.compile(r"^(?:€|eur(?:os?)?\b\.?) ?| ?(?:€|eur(?:os?)?\.?)$", re.IGNORECASE)
_SPACED = re.compile(r"([1-9][0-9]{0,2})((?: [0-9]{3})+|(?:'[0-9]{3})+)(?:[.,]([0-9]{1,2}))?")
_PLAIN = re.compile(r"([0-9]+)(?:[.,]([0-9]{1,2}))?|[.,]([0-9]{1,2})")
_POINTED = re.compile(r"([1-9][0-9]{0,2})((?:\.[0-9]{3})+|(?:,[0-9]{3})+)(?:([.,])([0-9]{1,2}))?")
_TWO_READINGS = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
_TOO_FINE = re.compile(r"(?:[0-9 ']*)[.,][0-9]{3,}")
_OPERATOR = re.compile(r"([+-])")


class AmountError(ValueError):
    """Its text is a French sentence with an example, ready to stand beside the field."""


def parse_euros(text: str) -> int:
    """Cents in `text`. Raises AmountError when empty, unreadable, ambiguous or beyond ± 1 000 000 000 €."""
    shown = _shown(text)
    if len(text) > _LONGEST:
        raise AmountError(_unreadable(shown))
    body = _spelled(text)
    if not body:
        raise AmountError(f"Écrivez un montant, {EXAMPLE}.")
    sign, body = _take_sign(_without_currency(body))
    return _bounded(sign * _unsigned(_without_currency(body), shown))


def parse_sum(text: str) -> int:
    """Cents of an addition such as `120 + 45,50 - 3`, or of one amount. Raises AmountError."""
    if len(text) > _LONGEST_SUM:
        raise AmountError(f"Ce calcul est trop long. Écrivez-en le résultat, {EXAMPLE}.")
    body = _spelled(text).removeprefix("=").strip()
    terms = [part.strip() for part in _OPERATOR.split(body)]
    if len([term for term in terms if term not in {"", "+", "-"}]) < 2:
        return parse_euros(body)
    if not terms[0]:
        terms = terms[1:]
    else:
        terms.insert(0, "+")
    total = 0
    for operator, term in zip(terms[::2], terms[1::2], strict=True):
        if not term:
            raise AmountError("Il manque un nombre dans ce calcul. Écrivez-le comme 120 + 45,50.")
        total += parse_euros(term) if operator == "+" else -parse_euros(term)
    return _bounded(total)


def format_amount(cents: int) -> str:
    """« 1 234,50 »: narrow no-break spaces between thousands, a true minus."""
    return _written(cents, THIN, MINUS)


def format_euros(cents: int) -> str:
    """« 1 234,50 € », with a no-break space before the sign of the euro."""
    return f"{format_amount(cents)}{NO_BREAK}€"


def format_plain(cents: int) -> str:
    """« 1234,50 » or « -12,50 », for files: no spaces, an ASCII minus."""
    return _written(cents, "", "-")


def sum_cents(field: str, *, filter: Q | None = None) -> Coalesce:
    """Sum of a column of cents, 0 when there is no row, an int on both databases.

    PostgreSQL's sum of bigints is numeric, which Python would receive as a Decimal.
    """
    whole: Field[int, int] = BigIntegerField()
    return Coalesce(Cast(Sum(field, filter=filter), output_field=whole), 0, output_field=whole)


def _written(cents: int, thousands: str, minus: str) -> str:
    euros, rest = divmod(abs(cents), 100)
    return f"{minus if cents < 0 else ''}{f'{euros:,}'.replace(',', thousands)},{rest:02d}"


def _spelled(text: str) -> str:
    """One spelling for each kind of space, minus and apostrophe; the invisible marks go."""
    out = []
    for char in text:
        if char.isspace():
            out.append(" ")
        elif char in "\u2212\u2013\u2010\u2011\ufe63\uff0d":
            out.append("-")
        elif char in "’ʼ`´":
            out.append("'")
        elif char not in "\u200b\u200e\u200f\u2060\ufeff":
            out.append(char)
    return re.sub(" +", " ", "".join(out)).strip()


def _without_currency(body: str) -> str:
    return _CURRENCY.sub("", body, count=1).strip()


def _take_sign(body: str) -> tuple[int, str]:
    """The sign, wherever accountants put it, and the rest."""
    if body.startswith("(") and body.endswith(")"):
        return -1, body[1:-1].strip()
    if body.startswith(("+", "-")):
        return (-1 if body[0] == "-" else 1), body[1:].strip()
    if body.endswith("-"):
        return -1, body[:-1].strip()
    return 1, body


def _unsigned(body: str, shown: str) -> int:
    if match := _PLAIN.fullmatch(body):
        return _cents(match[1] or "0", match[2] or match[3])
    if match := _SPACED.fullmatch(body):
        return _cents(match[1] + match[2], match[3])
    if twice := _TWO_READINGS.fullmatch(body):
        whole, rest = twice[1], twice[2]
        raise AmountError(
            f"«{THIN}{shown}{THIN}» se lit de deux façons. Écrivez {whole}{THIN}{rest},00 "
            f"si ce sont des milliers, {whole},{rest[:2]} si ce sont des centimes."
        )
    # Several groups, or a decimal mark other than the group's: only one reading is left.
    if (match := _POINTED.fullmatch(body)) and match[3] != match[2][0]:
        return _cents(match[1] + match[2], match[4])
    if _TOO_FINE.fullmatch(body):
        raise AmountError(
            f"«{THIN}{shown}{THIN}» est plus fin que le centime. Écrivez deux chiffres après la virgule, {EXAMPLE}."
        )
    raise AmountError(_unreadable(shown))


def _cents(euros: str, decimals: str | None) -> int:
    digits = "".join(char for char in euros if char.isdigit())
    return int(digits) * 100 + int((decimals or "").ljust(2, "0"))


def _bounded(cents: int) -> int:
    if abs(cents) > LIMIT_CENTS:
        raise AmountError(f"Ce montant est trop grand pour une coopérative. Écrivez-le en euros, {EXAMPLE}.")
    return cents


def _shown(text: str) -> str:
    """What was typed, short enough to be repeated in a sentence."""
    clean = "".join(char if char.isprintable() else " " for char in text).strip()
    return clean if len(clean) <= 24 else clean[:23] + "…"


def _unreadable(shown: str) -> str:
    return f"«{THIN}{shown}{THIN}» n’est pas un montant lisible. Écrivez-le en chiffres, {EXAMPLE} ou 1{THIN}234,56."
