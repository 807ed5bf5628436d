"""The AD's list of its cooperatives: a fixed number of statements, however many they are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from retkoop.core import clock
from retkoop.core.text import fold
from retkoop.identity.models import AccessLink, Association, Cooperative, LinkPurpose, Mandate, Role
from retkoop.identity.queries import live_cooperatives
from retkoop.membership.models import CardChange, SchoolCard

NO_MANDATAIRE, TO_OPEN, SENT, OPEN = "sans", "a-ouvrir", "envoye", "ouvert"
ACCESS = {
    TO_OPEN: "à ouvrir",
    SENT: "lien envoyé",
    NO_MANDATAIRE: "sans mandataire",
    OPEN: "ouvert",
}
CHANGED, WAITING, UNVERIFIED = "modifications", "iban", "identite"
CARE = {
    CHANGED: "identité modifiée, à regarder",
    WAITING: "IBAN à confirmer",
    UNVERIFIED: "identité jamais validée, ou depuis plus d’un an",
}
_YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Holder:
    """A live mandataire: may they enter, and until when may their link serve?"""

    mandate_id: int
    name: str
    email: str
    has_password: bool
    link_until: dt.datetime | None

    @property
    def access(self) -> str:
        """A key of ACCESS."""
        if self.has_password:
            return OPEN
        return SENT if self.link_until else TO_OPEN


@dataclass(frozen=True)
class CooperativeRow:
    """A line of the list; `changes` not seen yet."""

    pk: int
    identifier: str
    name: str
    town: str
    holders: tuple[Holder, ...]
    confirmed_at: dt.datetime | None
    waiting: bool
    changes: int
    old: bool

    @property
    def access(self) -> str:
        """The best of its mandataires' accesses: one who can enter is enough."""
        found = {holder.access for holder in self.holders}
        return next((state for state in (OPEN, SENT, TO_OPEN) if state in found), NO_MANDATAIRE)

    @property
    def access_words(self) -> str:
        return ACCESS[self.access]

    @property
    def states(self) -> set[str]:
        """Every key of ACCESS and CARE that is true of it."""
        told = {CHANGED: self.changes > 0, WAITING: self.waiting, UNVERIFIED: self.old}
        return {self.access} | {key for key, true in told.items() if true}


def cooperatives_of(association: Association) -> list[CooperativeRow]:
    """Every cooperative of the AD by number; five statements."""
    holders = holders_of(association)
    cards = {
        row[0]: row[1:]
        for row in SchoolCard.objects.filter(cooperative__association=association).values_list(
            "cooperative_id", "confirmed_at", "waiting_last4"
        )
    }
    unseen = CardChange.objects.filter(cooperative__association=association, seen_at__isnull=True)
    changes = dict(unseen.values_list("cooperative_id").annotate(count=Count("pk")))
    limit = clock.now() - _YEAR
    rows = []
    for pk, number, name, town in live_cooperatives(association).order_by("number").values_list("pk", "number", "name", "town"):
        confirmed_at, waiting = cards.get(pk, (None, ""))
        rows.append(
            CooperativeRow(
                pk, f"{association.code}-{number}", name, town, tuple(holders.get(pk, ())), confirmed_at, bool(waiting),
                changes.get(pk, 0), confirmed_at is None or confirmed_at < limit,
            )
        )  # fmt: skip
    return rows


def holders_of(association: Association, cooperatives: Sequence[int] | None = None) -> dict[int, list[Holder]]:
    """The live mandataires by cooperative id (of `cooperatives` only, when given); two statements."""
    today = clock.today(association.time_zone)
    mandates = Mandate.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=today),
        cooperative__association=association,
        role=Role.MANDATAIRE,
        starts__lte=today,
        ended_at__isnull=True,
        person__is_active=True,
    )
    live = AccessLink.objects.filter(
        purpose=LinkPurpose.ACTIVATION, used_at__isnull=True, expires_at__gt=clock.now(),
        person__mandates__cooperative__association=association,
    )  # fmt: skip
    if cooperatives is not None:
        mandates = mandates.filter(cooperative_id__in=cooperatives)
        live = live.filter(person__mandates__cooperative_id__in=cooperatives)
    until = dict(live.values_list("person_id").annotate(last=Max("expires_at")))
    found: dict[int, list[Holder]] = {}
    for mandate in mandates.select_related("person").order_by("pk"):
        person = mandate.person
        holder = Holder(mandate.pk, person.full_name, person.email or "", person.has_usable_password(), until.get(person.pk))
        found.setdefault(mandate.cooperative_id or 0, []).append(holder)
    return found


def search(rows: Sequence[CooperativeRow], words: str, state: str = "") -> list[CooperativeRow]:
    """Those whose number, name, town or mandataire has every word, in that state."""
    wanted = fold(words).split()
    return [row for row in rows if (not state or state in row.states) and all(word in _text(row) for word in wanted)]


def _text(row: CooperativeRow) -> str:
    return fold(f"{row.identifier} {row.name} {row.town} {' '.join(holder.name for holder in row.holders)}")


def cooperative_of(association: Association, pk: int) -> Cooperative | None:
    """One of the AD's own; None for the absent and the foreign alike."""
    return live_cooperatives(association).select_related("association").filter(pk=pk).first()
