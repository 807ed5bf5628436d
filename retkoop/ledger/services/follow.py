"""What is followed beside the entries: cash counts, details of 7410, the inventory. They stay open after closing,
until the year's report leaves (the inventory always)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.documents.models import Document
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.follow import DENOMINATIONS, cash_count_state, grant_state, inventory_state
from retkoop.ledger.models import CashCount, Entry, FiscalYear, Grant, InventoryLine, Treasury, TreasuryKind
from retkoop.ledger.queries.cash import cash_balance_on
from retkoop.ledger.services._book import refuse_sealed


def count_cash(
    *,
    year: FiscalYear,
    treasury: Treasury,
    on: dt.date,
    pieces: Mapping[int, int],
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> CashCount:
    """An « arrêté de caisse »: how many of each note and coin (keys: cents) on a day. Raises Refusal."""
    try:
        with audit.act(year.cooperative, author, "cash.counted", operation=operation) as act:
            refuse_sealed(year.pk)
            if treasury.kind != TreasuryKind.CASH:
                message = "Seule la caisse se compte."
                raise Refusal(message)
            if not year.start <= on <= year.end:
                message = f"Cette date n’est pas dans l’année {year.slug}."
                raise Refusal(message, "on")
            if any(value not in DENOMINATIONS or number < 0 for value, number in pieces.items()):
                message = "Comptez les billets et les pièces avec des nombres entiers."
                raise Refusal(message, "pieces")
            kept = {str(value): number for value, number in sorted(pieces.items()) if number}
            count = CashCount.objects.create(
                cooperative=year.cooperative,
                year=year,
                treasury=treasury,
                on=on,
                pieces=kept,
                counted_cents=sum(int(value) * number for value, number in kept.items()),
                book_cents=cash_balance_on(year, treasury, on),
                at=clock.now(),
            )
            act.about("cash_count", count.pk)
            act.payload = {"year": year.slug, "cash_count": cash_count_state(count)}
    except audit.Replay as replay:
        return CashCount.objects.get(pk=replay.subject_id)
    return count


def explain_count(
    *, count: CashCount, entry: Entry, author: audit.Author, operation: audit.Operation | None = None
) -> CashCount:
    """Say which entry explains the difference of a count."""
    try:
        with audit.act(count.cooperative, author, "cash.explained", operation=operation) as act:
            if entry.cooperative_id != count.cooperative_id:
                message = "Cette écriture n’est pas de ce cahier."
                raise Refusal(message)
            if entry.cancelled_at is not None:
                message = "Cette écriture est supprimée : elle n’explique rien."
                raise Refusal(message)
            count.explained_by = entry
            count.save(update_fields=["explained_by"])
            act.about("cash_count", count.pk)
            act.payload = {"year": count.year.slug, "cash_count": cash_count_state(count)}
    except audit.Replay as replay:
        return CashCount.objects.get(pk=replay.subject_id)
    return count


def cancel_count(*, count: CashCount, author: audit.Author, operation: audit.Operation | None = None) -> CashCount:
    """Take back a count typed by mistake; it stays in the history."""
    try:
        with audit.act(count.cooperative, author, "cash.count_cancelled", operation=operation) as act:
            count = CashCount.objects.select_related("treasury", "year", "explained_by").get(pk=count.pk)
            refuse_sealed(count.year_id)
            if count.cancelled_at is None:
                count.cancelled_at = clock.now()
                count.save(update_fields=["cancelled_at"])
            act.about("cash_count", count.pk)
            act.payload = {"year": count.year.slug, "cash_count": cash_count_state(count), "cancelled": True}
    except audit.Replay as replay:
        return CashCount.objects.get(pk=replay.subject_id)
    return count


@dataclass(frozen=True)
class GrantContent:
    """A line of detail of 7410; cents > 0."""

    funder_type: str
    funder: str
    object: str
    cents: int
    on: dt.date
    entry: Entry | None = None
    document: Document | None = None


def save_grant(
    *,
    year: FiscalYear,
    content: GrantContent,
    author: audit.Author,
    operation: audit.Operation | None = None,
    grant: Grant | None = None,
    version: int | None = None,
) -> Grant:
    """Add a line of detail of 7410, or change one with its `version`. Raises StaleVersion, Refusal."""
    try:
        with audit.act(year.cooperative, author, "grant.saved", operation=operation) as act:
            refuse_sealed(year.pk)
            current = write_grant(year, content, grant, version)
            act.about("grant", current.pk)
            act.payload = {"year": year.slug, "grant": grant_state(current)}
    except audit.Replay as replay:
        return Grant.objects.get(pk=replay.subject_id)
    return current


def write_grant(year: FiscalYear, content: GrantContent, grant: Grant | None = None, version: int | None = None) -> Grant:
    """Inside an act that tells of it: the line of detail, added or changed. Raises StaleVersion, Refusal."""
    if not content.funder.strip():
        message = "Dites qui a versé la subvention, par exemple « Mairie de Saint-Florent »."
        raise Refusal(message, "funder")
    if content.cents <= 0:
        message = "Le montant d’une subvention est plus grand que zéro."
        raise Refusal(message, "amount")
    if not year.start <= content.on <= year.end:
        message = f"Cette date n’est pas dans l’année {year.slug}."
        raise Refusal(message, "on")
    current = Grant(cooperative=year.cooperative, year=year, version=0)
    if grant is not None:
        current = Grant.objects.get(pk=grant.pk)
        if version is not None and current.version != version:
            raise StaleVersion
    for name in ("funder_type", "funder", "object", "cents", "on", "entry", "document"):
        setattr(current, name, getattr(content, name))
    current.version += 1
    current.save()
    return current


def remove_grant(*, grant: Grant, author: audit.Author, operation: audit.Operation | None = None, back: bool = False) -> Grant:
    """Take a line of detail out (it stays in the history), or with `back` put it in again; twice changes nothing."""
    try:
        with audit.act(grant.cooperative, author, "grant.removed", operation=operation) as act:
            current = Grant.objects.get(pk=grant.pk)
            refuse_sealed(current.year_id)
            if (current.removed_at is None) != back:
                withdraw_grant(current, back=back)
            act.about("grant", current.pk)
            act.payload = {"year": grant.year.slug, "grant": grant_state(current), "removed": bool(current.removed_at)}
    except audit.Replay as replay:
        return Grant.objects.get(pk=replay.subject_id)
    return current


def withdraw_grant(grant: Grant, *, back: bool = False) -> None:
    """Inside an act that tells of it: the line leaves the detail, or with `back` comes in again."""
    grant.removed_at = None if back else clock.now()
    grant.version += 1
    grant.save(update_fields=["removed_at", "version"])


@dataclass(frozen=True)
class InventoryContent:
    """A durable object; cents ≥ 0; `ceded_on` and `ceded_how` once it has left."""

    label: str
    acquired_on: dt.date
    cents: int
    place: str = ""
    entry: Entry | None = None
    ceded_on: dt.date | None = None
    ceded_how: str = ""


def save_inventory_line(
    *,
    cooperative: Cooperative,
    content: InventoryContent,
    author: audit.Author,
    operation: audit.Operation | None = None,
    line: InventoryLine | None = None,
    version: int | None = None,
) -> InventoryLine:
    """Add an object to the cahier d'inventaire, or change one with its `version`. Raises StaleVersion, Refusal."""
    try:
        with audit.act(cooperative, author, "inventory.saved", operation=operation) as act:
            if not content.label.strip():
                message = "Nommez l’objet, par exemple « Appareil photo »."
                raise Refusal(message, "label")
            if content.ceded_on is not None and content.ceded_on < content.acquired_on:
                message = "L’objet ne peut pas partir avant d’être arrivé."
                raise Refusal(message, "ceded_on")
            current = InventoryLine(cooperative=cooperative, version=0)
            if line is not None:
                current = InventoryLine.objects.get(pk=line.pk)
                if version is not None and current.version != version:
                    raise StaleVersion
            for name in ("label", "acquired_on", "cents", "place", "entry", "ceded_on", "ceded_how"):
                setattr(current, name, getattr(content, name))
            current.version += 1
            current.save()
            act.about("inventory", current.pk)
            act.payload = {"inventory": inventory_state(current)}
    except audit.Replay as replay:
        return InventoryLine.objects.get(pk=replay.subject_id)
    return current


def remove_inventory_line(
    *, line: InventoryLine, author: audit.Author, operation: audit.Operation | None = None, back: bool = False
) -> InventoryLine:
    """Take out a line typed by mistake (a ceded object stays), or with `back` put it in again; twice changes nothing."""
    try:
        with audit.act(line.cooperative, author, "inventory.removed", operation=operation) as act:
            current = InventoryLine.objects.get(pk=line.pk)
            if (current.removed_at is None) != back:
                current.removed_at = None if back else clock.now()
                current.version += 1
                current.save(update_fields=["removed_at", "version"])
            act.about("inventory", current.pk)
            act.payload = {"inventory": inventory_state(current), "removed": bool(current.removed_at)}
    except audit.Replay as replay:
        return InventoryLine.objects.get(pk=replay.subject_id)
    return current
