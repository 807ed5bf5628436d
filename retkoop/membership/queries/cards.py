"""Reads of the identity of a cooperative: its card, its classes, what is old or missing, what the AD has to look at."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from retkoop.core import clock, sql
from retkoop.core.schoolyear import SchoolYear
from retkoop.core.sealed import Unreadable, unseal
from retkoop.identity.models import Association, Cooperative
from retkoop.ledger.chart import ChartAccount, chart_for
from retkoop.membership.facts import masked
from retkoop.membership.models import CardChange, SchoolCard, SchoolClass

BANKS = ("bank", "postal_bank")
YEAR = dt.timedelta(days=365)
GROUPS = {
    "school": ("name", "town", "uai", "kind"),
    "reach": ("street", "postcode", "phone", "email"),
    "bank": ("bank_key", "bank_name", "iban"),
    "classes": ("class",),
}


@dataclass(frozen=True)
class Freshness:
    """How much a part of the identity may still be trusted: when verified and changed, what is empty in it."""

    verified_at: dt.datetime | None
    changed_at: dt.datetime | None
    empty: bool
    old: bool
    oldest: bool = False


def card_of(cooperative: Cooperative) -> SchoolCard:
    """Its card; one that is not kept yet, of version 0, when nobody has filled it in."""
    found = SchoolCard.objects.filter(cooperative=cooperative).select_related("confirmed_by", "waiting_by").first()
    return found or SchoolCard(cooperative=cooperative, version=0)


def classes_of(cooperative: Cooperative) -> list[SchoolClass]:
    """The classes of today, in their order."""
    return list(cooperative.classes.filter(removed_at__isnull=True))


def bank_accounts(association: Association) -> list[ChartAccount]:
    """512 and 514 as the AD's chart of today names them."""
    first = SchoolYear.of(clock.today(association.time_zone)).first
    return [account for account in chart_for(association.pk, first).accounts if account.key in BANKS]


def place_of(cooperative: Cooperative) -> str:
    """Where the IBANs of a cooperative are sealed for."""
    return f"iban:{cooperative.pk}"


def shown_iban(card: SchoolCard) -> str:
    """« FR76 •••• 0189 », or ""."""
    return _masked(card.iban_sealed, card.iban_last4, card.cooperative)


def shown_waiting(card: SchoolCard) -> str:
    """The same for the IBAN that waits to be confirmed."""
    return _masked(card.waiting_sealed, card.waiting_last4, card.cooperative)


def _masked(sealed: str, last4: str, cooperative: Cooperative) -> str:
    """Without the installation's key the last characters still show: only the reading of the whole is closed."""
    if not sealed:
        return ""
    try:
        return masked(last4, unseal(sealed, place_of(cooperative))[:4])
    except Unreadable:
        return masked(last4, "FR")


def freshness_of(card: SchoolCard, classes: list[SchoolClass]) -> dict[str, Freshness]:
    """By group of `GROUPS`: verified when, changed when, what is missing; the one changed longest ago is `oldest`."""
    rows = card.cooperative.card_changes.values("field").annotate(last=Max("at"))
    last = {row["field"]: row["last"] for row in rows}
    limit = clock.now() - YEAR
    old = card.confirmed_at is None or card.confirmed_at < limit
    found = {}
    for group, names in GROUPS.items():
        changed = max((last[name] for name in names if name in last), default=None)
        found[group] = Freshness(card.confirmed_at, changed, _empty(card, classes, group), old)
    oldest = min(found, key=lambda group: found[group].changed_at or dt.datetime.min.replace(tzinfo=dt.UTC))
    told = found[oldest]
    found[oldest] = Freshness(told.verified_at, told.changed_at, told.empty, told.old, oldest=True)
    return found


def _empty(card: SchoolCard, classes: list[SchoolClass], group: str) -> bool:
    if group == "classes":
        return not classes
    cooperative = card.cooperative
    kept = {"name": cooperative.name, "town": cooperative.town, "iban": card.iban_sealed or card.waiting_sealed}
    return not all(kept[name] if name in kept else getattr(card, name) for name in GROUPS[group])


def changes_of(association: Association) -> list[CardChange]:
    """What changed in the identities of the AD's cooperatives and was not seen yet, the oldest first."""
    rows = CardChange.objects.filter(cooperative__association=association, seen_at__isnull=True)
    return list(rows.select_related("cooperative__association", "by").order_by("cooperative__number", "at", "pk"))


def unseen_changes(association: Association) -> dict[int, int]:
    """By cooperative id, how many changes the AD has not seen."""
    rows = CardChange.objects.filter(cooperative__association=association, seen_at__isnull=True)
    return {row["cooperative"]: row["count"] for row in rows.values("cooperative").annotate(count=Count("pk"))}


def waiting_cards(association: Association) -> list[SchoolCard]:
    """The cards of the AD whose IBAN waits for its confirmation, the oldest first."""
    cards = SchoolCard.objects.filter(cooperative__association=association).exclude(waiting_sealed="")
    return list(cards.select_related("cooperative__association", "waiting_by").order_by("waiting_since", "pk"))


_NEWS = """
SELECT (SELECT COUNT(*) FROM membership_cardchange x JOIN identity_cooperative c ON c.id = x.cooperative_id
        WHERE c.association_id = %s AND x.seen_at IS NULL),
       (SELECT COUNT(*) FROM membership_schoolcard k JOIN identity_cooperative c ON c.id = k.cooperative_id
        WHERE c.association_id = %s AND k.waiting_sealed <> '')
"""


def identity_news(association: Association) -> int:
    """How many changes the AD has not seen, and IBANs that wait for it, together; one statement."""
    changes, ibans = sql.fetch(_NEWS, [association.pk, association.pk])[0]
    return int(changes) + int(ibans)


def same_iban_as(card: SchoolCard) -> list[str]:
    """The identifiers of the other cooperatives whose IBAN, kept or waiting, is the one that waits here."""
    if not card.waiting_print:
        return []
    same = SchoolCard.objects.filter(Q(iban_print=card.waiting_print) | Q(waiting_print=card.waiting_print))
    others = same.exclude(pk=card.pk).filter(cooperative__association_id=card.cooperative.association_id)
    return [other.cooperative.identifier for other in others.select_related("cooperative__association").order_by("pk")]
