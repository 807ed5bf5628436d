"""The identity of cooperative A as its mandataire types it."""

import uuid
from collections.abc import Sequence

from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative, Person
from retkoop.membership.queries.cards import card_of
from retkoop.membership.services.cards import CardFacts, ClassFacts, save_card

IBAN = "FR7630006000011234567890189"
OTHER = "FR1420041010050500013M02606"
FACTS = {
    "name": "École des Marais", "town": "Challans", "uai": "0850123X", "kind": "elementary", "street": "3 rue du Port",
    "postcode": "85300", "phone": "02 51 00 00 00", "email": "marais@exemple.fr", "bank_key": "bank", "bank_name": "",
    "iban": IBAN,
}  # fmt: skip


def save(cooperative: Cooperative, person: Person, classes: list[ClassFacts] | None = None, **changes: str) -> int:
    """Save the usual card with changes."""
    facts = CardFacts(**{**FACTS, **changes})
    version = card_of(cooperative).version
    return save_card(cooperative=cooperative, facts=facts, classes=classes, version=version, author=Author(person))


def typed(version: object = 0, rows: Sequence[tuple[str, str, str, str]] = (), **changes: str) -> dict[str, str]:
    """The form as a browser sends it; `rows`: (id, name, level, « on » to remove)."""
    sent = {"operation_key": uuid.uuid4().hex, "version": str(version), "classes": str(len(rows)), **FACTS, **changes}
    for index, (pk, name, level, removed) in enumerate(rows):
        sent |= {f"classe_{index}-pk": pk, f"classe_{index}-name": name, f"classe_{index}-level": level}
        sent |= {f"classe_{index}-removed": removed} if removed else {}
    return sent
