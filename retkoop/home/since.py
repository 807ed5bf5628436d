"""« Depuis votre dernière visite »: what the others of the cooperative, or its AD, did since one's previous login.

Told from the audit trail. An act on an entry opens the entry's history; any
other opens a page with what was known before it and after it.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from retkoop.core.dates import format_day
from retkoop.core.money import format_euros
from retkoop.identity.models import AuditEvent, BookHead, Cooperative, Invitation, Mandate, Person, Role

MOST = 10
_LOOKED_AT = 300  # events of the chain's end; beyond, one reads the cahier
_ENTRY = "entry"
_ON_ENTRIES = {
    "entry.recorded": "a créé une écriture",
    "entry.amended": "a modifié une écriture",
    "entry.cancelled": "a supprimé une écriture",
    "entry.restored": "a annulé la suppression d’une écriture",
    "posting.ticked": "a pointé",
    "posting.unticked": "a dépointé",
    "cheque.closed": "a soldé un chèque qui ne sera pas payé",
    "opening.typed": "a saisi le report à nouveau",
    "opening.amended": "a modifié le report à nouveau",
    "receipt.attached": "a joint un justificatif",
    "receipt.removed": "a retiré un justificatif",
    "receipt.restored": "a remis un justificatif",
    "receipt.expected": "a dit si un justificatif est attendu",
}
_ON_OTHERS = {
    "action.created": "a créé une action",
    "action.renamed": "a renommé une action",
    "cash.counted": "a compté la caisse",
    "cash.explained": "a expliqué un écart de caisse",
    "cash.count_cancelled": "a annulé un arrêté de caisse",
    "grant.saved": "a détaillé une subvention",
    "grant.removed": "a retiré le détail d’une subvention",
    "inventory.saved": "a inscrit un objet à l’inventaire",
    "inventory.removed": "a retiré un objet de l’inventaire",
    "statement.typed": "a ouvert un relevé",
    "statement.pointed": "a pointé un relevé",
    "treasury.opened": "a ouvert un compte",
    "treasury.ended": "a fermé un compte",
    "year.closed": "a clôturé l’année",
    "year.reopened": "a rouvert l’année",
    "reopening.asked": "a demandé la réouverture d’une année",
    "reopening.answered": "a répondu à une demande de réouverture",
    "cra.saved": "a rempli le CRA",
    "cra.validated": "a validé le CRA",
    "quitus.invited": "a demandé le quitus",
    "quitus.withdrawn": "a retiré le quitus",
    "paper.handed_in": "a déposé un document du compte-rendu",
    "paper.by_post": "a reçu un document par courrier",
    "paper.refused": "a refusé un document",
    "report.submitted": "a transmis le compte-rendu",
    "report.taken_back": "a repris le compte-rendu",
    "report.opened": "a commencé le contrôle du compte-rendu",
    "report.returned": "a renvoyé le compte-rendu à compléter",
    "report.validated": "a validé le compte-rendu",
    "report.reopened": "a rouvert le compte-rendu",
    "card.saved": "a validé l’identité de la coopérative",
    "iban.confirmed": "a répondu à un changement d’IBAN",
    "iban.refused": "a refusé un changement d’IBAN",
    "iban.read": "a lu l’IBAN en entier",
    "adhesion.filled": "a rempli l’adhésion",
    "adhesion.engaged": "a pris l’engagement de mandataire",
    "adhesion.sent": "a envoyé l’adhésion",
    "adhesion.taken_back": "a repris l’adhésion",
    "adhesion.returned": "a renvoyé l’adhésion à compléter",
    "adhesion.validated": "a validé l’adhésion",
    "adhesion.amended": "a commencé un avenant à l’adhésion",
    "adhesion.paid": "a noté le règlement de l’adhésion",
    "adhesion.resigned": "a noté une résiliation",
    "give_mandate": "a donné un mandat",
    "end_mandate": "a mis fin à un mandat",
    "invite": "a invité une personne",
    "withdraw_invitation": "a retiré une invitation",
    "accept_invitation": "a accepté un mandat",
    "start_access": "a envoyé un lien de mot de passe",
    "make_letter": "a fait une lettre d’accès",
}
_WORDS = _ON_ENTRIES | _ON_OTHERS
_FACTS = {
    "name": "Nom", "action": "Action", "label": "Libellé", "object": "Objet", "funder": "Financeur", "place": "Lieu",
    "amount_cents": "Montant", "cents": "Montant", "counted_cents": "Somme comptée", "book_cents": "Solde du cahier",
    "closing_cents": "Solde du relevé", "ends_on": "Date du relevé", "on": "Date", "acquired_on": "Date d’achat",
    "opened": "Ouvert le", "closed": "Fermé le", "year": "Année", "starts": "Premier jour", "ends": "Dernier jour",
    "full_name": "Nom", "role": "Mandat", "received_on": "Reçu le", "refusal": "Refus", "answer": "Réponse",
    "pupils": "Élèves", "adults": "Adultes", "membership_cents": "Cotisation", "total_cents": "Total", "number": "Numéro",
    "date": "Date", "explained_by": "Écriture qui l’explique", "text": "Texte",
}  # fmt: skip
_DAYS = {"ends_on", "on", "acquired_on", "opened", "closed", "starts", "ends", "received_on", "date"}


@dataclass(frozen=True)
class Line:
    """One act of somebody else. `helper` is the AD for which they acted, or ""; `times` when it was done several times."""

    at: dt.datetime
    who: str
    helper: str
    did: str
    path: str
    times: int = 1


@dataclass(frozen=True)
class Fact:
    """What one act changed of a thing: its value before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """An act, its reason, and what it changed."""

    event: AuditEvent
    did: str
    facts: tuple[Fact, ...]


def since_last_visit(cooperative: Cooperative, person: Person) -> list[Line]:
    """The latest acts of others, the AD's with its name; one query, and none on one's very first visit."""
    if person.previous_login is None:
        return []
    tip = BookHead.objects.filter(cooperative=cooperative).values(start=F("seq") - _LOOKED_AT)
    found = (
        cooperative.events.filter(seq__gt=tip, at__gt=person.previous_login, verb__in=_WORDS)
        .exclude(Q(actor=person) | Q(actor__isnull=True))
        .select_related("actor", "on_behalf")
        .defer("payload")
        .order_by("-seq")
    )
    return _gathered(found)[:MOST]


def _gathered(events: Iterable[AuditEvent]) -> list[Line]:
    """One line an act; the same person's ticks of one kind, which come by dozens, make one line."""
    lines: dict[tuple[object, ...], Line] = {}
    for event in events:
        ticks = event.verb in {"posting.ticked", "posting.unticked"}
        key = (event.actor_id, event.on_behalf_id, event.verb) if ticks else (event.pk,)
        known = lines.get(key)
        if known is not None:
            lines[key] = Line(known.at, known.who, known.helper, known.did, known.path, known.times + 1)
            continue
        lines[key] = Line(
            at=event.at,
            who=event.actor.full_name if event.actor else "",
            helper=event.on_behalf.name if event.on_behalf else "",
            did=_WORDS[event.verb],
            path=f"/ecritures/{event.subject_id}/" if event.subject_type == _ENTRY else f"/depuis-ma-visite/{event.pk}/",
        )
    return list(lines.values())


def told(cooperative: Cooperative, pk: int) -> Told | None:
    """One act of that cooperative's book with what it changed; None for the absent, the foreign, and what is not told."""
    events = cooperative.events.select_related("actor", "on_behalf")
    event = events.filter(pk=pk, verb__in=_WORDS).first()
    if event is None:
        return None
    changes = _changes(event)
    if changes:
        return Told(event, _WORDS[event.verb], changes)
    former = (
        cooperative.events.filter(subject_type=event.subject_type, subject_id=event.subject_id, seq__lt=event.seq)
        .exclude(subject_type="")
        .order_by("-seq")
        .first()
    )
    after = _facts(event)
    before = _facts(former) if former is not None else {}
    gone = event.verb.endswith((".removed", "_cancelled", "withdraw_invitation"))
    labels = list(after) + ([label for label in before if label not in after] if not gone else [])
    return Told(event, _WORDS[event.verb], tuple(Fact(label, before.get(label, ""), after.get(label, "")) for label in labels))


def _changes(event: AuditEvent) -> tuple[Fact, ...]:
    """What the act itself says that it changed: the identity's fields, an IBAN (masked) and the one asked for."""
    payload = json.loads(event.payload) if event.payload else {}
    listed = [Fact(row["label"], row["before"], row["after"]) for row in payload.get("changes", ())]
    if event.verb.startswith("iban.") and "asked" in payload:
        listed.append(Fact("IBAN", payload["before"] or "", payload["asked"] or ""))
    return tuple(listed)


def _facts(event: AuditEvent) -> dict[str, str]:
    """What is known of the thing after that act, in words."""
    payload = json.loads(event.payload) if event.payload else {}
    known = dict(_named(event))
    for name, value in _flat(payload):
        if name in _FACTS and value not in (None, "", []):
            known.setdefault(_FACTS[name], _shown(name, value))
    return known


def _named(event: AuditEvent) -> Iterable[tuple[str, str]]:
    """Whose mandate or invitation it is: the trail holds only numbers."""
    if event.subject_type == "mandate":
        mandate = Mandate.objects.select_related("person").filter(pk=event.subject_id or 0).first()
        if mandate is not None:
            yield "Personne", mandate.person.full_name
            yield "Mandat", str(Role(mandate.role).label)
    if event.subject_type == "invitation":
        invitation = Invitation.objects.filter(pk=event.subject_id or 0).first()
        if invitation is not None:
            yield "Nom", invitation.full_name


def _flat(payload: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The payload's own facts, then those of the state inside it; lists are told elsewhere."""
    for name, value in payload.items():
        if isinstance(value, Mapping):
            yield from ((key, inner) for key, inner in value.items() if not isinstance(inner, Mapping | list))
        elif not isinstance(value, list):
            yield name, value


def _shown(name: str, value: Any) -> str:
    if name.endswith("cents") and isinstance(value, int):
        return format_euros(value)
    if name in _DAYS and isinstance(value, str):
        return format_day(dt.date.fromisoformat(value))
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    return str(value)
