"""Loading a questionnaire from its file: a version is stored once and never changes."""

from pathlib import Path
from typing import Any

from retkoop.core import canonical, clock
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.models import Association
from retkoop.yearend.models import Questionnaire
from retkoop.yearend.queries.questionnaires import federal_asked
from retkoop.yearend.questionnaire import Definition, read

SHIPPED = Path(__file__).parent.parent / "data" / "questionnaires"


def load_questionnaire(*, raw: bytes, author: audit.Author, association: Association | None = None) -> Questionnaire:
    """Store a file as the federation's questionnaire, or as an AD's own; the same again changes nothing.

    Raises Refusal, which names the place, for what is no questionnaire; and for a known version with other content.
    """
    told = read(raw) if association is None else read(raw, own=True, known=federal_asked)
    known = _known(*told, association)
    if known is not None:
        return known
    with audit.general_act(author, "questionnaire.loaded") as act:
        row = _store(*told, association)
        act.about("questionnaire", row.pk)
        act.payload = {"association": association.code if association else "", "digest": row.digest, "version": row.version}
    return row


def load_shipped() -> None:
    """The files of this version of Retkoop, at installation; idempotent."""
    for path in sorted(SHIPPED.glob("*.json")):
        told = read(path.read_bytes())
        if _known(*told, None) is None:
            _store(*told, None)


def _known(meant: Definition, data: dict[str, Any], association: Association | None) -> Questionnaire | None:
    row = Questionnaire.objects.filter(association=association, first=meant.first, version=meant.version).first()
    if row is not None and row.digest != _digest(data):
        message = (
            f"La version {meant.version} du questionnaire de {meant.first}-{meant.first + 1} est déjà chargée avec un autre "
            "contenu : une version ne change jamais. Donnez un numéro de version plus grand à ce fichier."
        )
        raise Refusal(message)
    return row


def _store(meant: Definition, data: dict[str, Any], association: Association | None) -> Questionnaire:
    return Questionnaire.objects.create(
        association=association,
        first=meant.first,
        version=meant.version,
        official=meant.official,
        definition=data,
        digest=_digest(data),
        loaded_at=clock.now(),
    )


def _digest(data: dict[str, Any]) -> str:
    return canonical.sha256(canonical.dumps(data))
