"""What an AD has to know before it creates a cooperative, and what stands of a file that it imported."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from retkoop.core import clock
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association, AuditEvent, Cooperative, Mandate, Person
from retkoop.identity.queries import live_cooperatives
from retkoop.membership.models import CreationBatch
from retkoop.membership.queries.cards import bank_accounts

# Making a letter, sending a link and opening the years that are due leave the cooperative as it was created.
_HARMLESS = ("make_letter", "start_access", "year.opened", "withdraw_cooperative")


@dataclass(frozen=True)
class Known:
    """What is there already: numbers; for each address asked about, whether its owner is one of this AD's."""

    code: str
    numbers: frozenset[str]
    addresses: dict[str, bool]
    banks: frozenset[str]
    running: int


@dataclass(frozen=True)
class BatchLine:
    """A cooperative of an import; `reason` says why it can no longer be undone, "" when it can."""

    cooperative: Cooperative
    reason: str

    @property
    def withdrawn(self) -> bool:
        return self.cooperative.withdrawn_at is not None


def known_to(association: Association, addresses: Iterable[str] = ()) -> Known:
    """Three statements, however many addresses."""
    asked = {address.strip().lower() for address in addresses if address.strip()}
    ours = Q(mandates__cooperative__association=association) | Q(mandates__association=association)
    people = Person.objects.filter(email__in=asked)
    near = set(people.filter(ours).values_list("email", flat=True))
    return Known(
        code=association.code,
        numbers=frozenset(live_cooperatives(association).values_list("number", flat=True)),
        addresses={str(email): email in near for email in people.values_list("email", flat=True)},
        banks=frozenset(account.key for account in bank_accounts(association)),
        running=SchoolYear.of(clock.today(association.time_zone)).first,
    )


def next_number(association: Association) -> str:
    """The one after the highest, else the first that is free; "" when all 9 999 are taken."""
    taken = {int(number) for number in live_cooperatives(association).values_list("number", flat=True)}
    following = max(taken, default=0) + 1
    if following > 9_999:
        following = next((number for number in range(1, 10_000) if number not in taken), 0)
    return f"{following:03d}" if following else ""


def batches_of(association: Association) -> list[CreationBatch]:
    """The AD's imports, the latest first."""
    return list(association.creation_batches.select_related("by", "undone_by")[:50])


def batch_of(association: Association, pk: int) -> CreationBatch | None:
    """One of the AD's own; None for the absent and the foreign alike."""
    return association.creation_batches.select_related("association", "by", "undone_by").filter(pk=pk).first()


def standing_of(batch: CreationBatch) -> list[BatchLine]:
    """Each cooperative of an import, in the order of its file; three statements, however many."""
    made = {line["cooperative"]: line for line in batch.made}
    cooperatives = Cooperative.objects.select_related("association").in_bulk(list(made))
    acted = AuditEvent.objects.filter(cooperative_id__in=made, actor__isnull=False).exclude(verb__in=_HARMLESS)
    busy = {pk for pk, seq in acted.values_list("cooperative_id", "seq") if pk is not None and seq > made[pk]["seq"]}
    chosen = Mandate.objects.filter(cooperative_id__in=made).exclude(person__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    entered = set(chosen.values_list("cooperative_id", "person_id"))
    return [BatchLine(cooperatives[pk], _reason(pk, line, busy, entered)) for pk, line in made.items() if pk in cooperatives]


def _reason(pk: int, line: dict[str, int], busy: set[int], entered: Collection[tuple[int, int]]) -> str:
    if (pk, line["person"]) in entered:
        return "Son mandataire a déjà choisi son mot de passe."
    return "Quelque chose y a été fait depuis l’import." if pk in busy else ""
