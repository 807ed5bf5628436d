"""What people type as « Identifiant », read with tolerance.

`085-099` a cooperative (spaces, unusual dashes or none at all are accepted),
`ad085` an AD, `federation`, or one's own e-mail address. Two spellings of the
same identifier share one `key`, so that limits on guessing cannot be dodged by
spelling (trust.md P13).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_CODE = r"[0-9]{2}[0-9AB]"
COOPERATIVE = re.compile(rf"({_CODE})([0-9]{{3,4}})")
ASSOCIATION = re.compile(rf"AD({_CODE})")
ASSOCIATION_CODE = re.compile(_CODE)
COOPERATIVE_NUMBER = re.compile(r"[0-9]{3,4}")


class Kind(StrEnum):
    """Whom an identifier names."""

    COOPERATIVE = "cooperative"
    ASSOCIATION = "association"
    FEDERATION = "federation"
    EMAIL = "email"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Identifier:
    """A parsed identifier. `code` is the three-character AD prefix, `number` the cooperative's; "" if none."""

    kind: Kind
    key: str
    code: str = ""
    number: str = ""


def parse(typed: str) -> Identifier:
    """Never fails: what looks like nothing is UNKNOWN, under a key of its own."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if "@" in text:
        email = text.lower()
        return Identifier(Kind.EMAIL, email)
    plain = "".join(char for char in unicodedata.normalize("NFKD", text).upper() if char.isascii() and char.isalnum())
    if match := COOPERATIVE.fullmatch(plain):
        return Identifier(Kind.COOPERATIVE, f"{match[1]}-{match[2]}", match[1], match[2])
    if match := ASSOCIATION.fullmatch(plain):
        return Identifier(Kind.ASSOCIATION, f"ad{match[1]}", match[1])
    if plain == "FEDERATION":
        return Identifier(Kind.FEDERATION, "federation")
    code = plain[:3] if ASSOCIATION_CODE.fullmatch(plain[:3]) else ""
    return Identifier(Kind.UNKNOWN, plain, code)
