"""The history of an entry: who did what, when, on whose behalf, and what changed, told from the audit trail."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from retkoop.core.dates import format_day
from retkoop.core.money import format_euros
from retkoop.identity.models import AuditEvent
from retkoop.ledger.models import Entry, Means, Posting, Statement
from retkoop.ledger.queries.cheques import same_cheque
from retkoop.ledger.warnings import WARNINGS

_VERBS = {
    "entry.recorded": "a créé l’écriture",
    "entry.amended": "a modifié l’écriture",
    "entry.cancelled": "a supprimé l’écriture",
    "entry.restored": "a annulé la suppression",
    "posting.ticked": "a pointé",
    "posting.unticked": "a dépointé",
    "statement.pointed": "a pointé un relevé",
    "cheque.closed": "a soldé un chèque qui ne sera pas payé",
    "opening.typed": "a saisi le report à nouveau",
    "opening.amended": "a modifié le report à nouveau",
}
_FIELDS = {
    "piece": "N° de pièce",
    "date": "Date",
    "label": "Libellé",
    "means": "Moyen",
    "cheque": "N° de chèque",
    "action": "Action",
    "counterparty": "Autre coopérative",
    "receipt_expected": "Justificatif attendu",
}


@dataclass(frozen=True)
class Change:
    """One thing that an act changed; `before` is empty when it was new."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Act:
    """One act on the entry. `helper` is the AD for which its author acted, or ""."""

    at: dt.datetime
    who: str
    helper: str
    did: str
    reason: str
    changes: tuple[Change, ...]
    overridden: tuple[str, ...]


def history_of(entry: Entry) -> list[Act]:
    """The acts on an entry, the latest first, with those of a monthly pointage and of a cheque's closing; two queries."""
    statements = Statement.objects.filter(
        treasury__in=Posting.objects.filter(entry=entry, treasury__isnull=False).values("treasury")
    )
    own = Q(subject_type="entry", subject_id=entry.pk)
    monthly = Q(subject_type="statement", subject_id__in=statements.values("pk"), verb="statement.pointed")
    closed = Q(subject_type="entry", subject_id__in=[other.pk for other in same_cheque(entry)], verb="cheque.closed")
    events = (
        AuditEvent.objects.filter(own | monthly | closed, cooperative=entry.cooperative_id)
        .select_related("actor", "on_behalf")
        .order_by("seq")
    )
    told = []
    before: dict[str, Any] | None = None
    for event in events:
        payload = json.loads(event.payload) if event.payload else {}
        mine = event.subject_type == "entry" and event.subject_id == entry.pk
        after = payload.get("entry") if mine else _pointed(payload, entry)
        if not mine and after is None:
            continue
        told.append(_act(event, payload, _changes(before, after) if before and after else ()))
        before = after or before
    return told[::-1]


def _pointed(payload: Mapping[str, Any], entry: Entry) -> dict[str, Any] | None:
    """The entry's state among those that a monthly pointage touched."""
    return next(
        (
            state["entry"]
            for state in payload.get("entries", [])
            if state["entry"]["number"] == entry.number and state["year"] == entry.year.slug
        ),
        None,
    )


def accepted_warnings(entry: Entry) -> set[str]:
    """The warnings that the authors of this entry already accepted."""
    found: set[str] = set()
    texts = AuditEvent.objects.filter(
        subject_type="entry", subject_id=entry.pk, cooperative=entry.cooperative_id, payload__contains='"overridden"'
    )
    for text in texts.values_list("payload", flat=True):
        found.update(json.loads(text or "{}").get("overridden", []))
    return found


def _act(event: AuditEvent, payload: Mapping[str, Any], changes: tuple[Change, ...]) -> Act:
    titles = [WARNINGS[key].title for key in payload.get("overridden", []) if key in WARNINGS]
    return Act(
        at=event.at,
        who=event.actor.full_name if event.actor else "Retkoop",
        helper=event.on_behalf.name if event.on_behalf else "",
        did=_VERBS.get(event.verb, "a agi sur l’écriture"),
        reason=event.reason,
        changes=changes,
        overridden=tuple(titles),
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    changed = [
        Change(words, _shown(name, before.get(name)), _shown(name, after.get(name)))
        for name, words in _FIELDS.items()
        if before.get(name) != after.get(name)
    ]
    old, new = _lines(before), _lines(after)
    for line in [*old, *(key for key in new if key not in old)]:
        if old.get(line) != new.get(line):
            changed.append(Change(line, old.get(line, ""), new.get(line, "")))
    if before.get("receipts") != after.get("receipts"):
        changed.append(Change("Justificatifs", _count(before.get("receipts")), _count(after.get("receipts"))))
    if before.get("cheques") != after.get("cheques"):
        changed.append(Change("Chèques remis", _count(before.get("cheques")), _count(after.get("cheques"))))
    return tuple(changed)


def _count(items: Any) -> str:
    return str(len(items or []))


def _shown(name: str, value: Any) -> str:
    if name == "date" and value:
        return format_day(dt.date.fromisoformat(value))
    if name == "means":
        return str(Means(value or "").label)
    if name == "receipt_expected":
        return "oui" if value else "non"
    return str(value or "")


def _lines(state: Mapping[str, Any]) -> dict[str, str]:
    """Each posting in words: « banque » −12,00 €, pointée au relevé du 30/06/2026."""
    if state.get("cancelled"):
        return {}
    lines = {}
    for posting in state.get("postings", []):
        cents = posting["cents"]
        if posting["treasury"]:
            words = format_euros(cents)
            if posting["statement"]:
                words += f", pointée au relevé du {format_day(dt.date.fromisoformat(posting['statement']))}"
            lines[f"{posting['treasury'].capitalize()} ({posting['code']})"] = words
        else:
            lines[f"Compte {posting['code']}"] = format_euros(-cents if posting["code"].startswith("7") else cents)
    return lines
