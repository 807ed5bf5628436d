"""Treasury accounts: dated rows; opened, renamed, ended; never deleted."""

import datetime as dt

from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.canonical import treasury_state
from retkoop.ledger.models import Account, Treasury, TreasuryKind

_KINDS = {"bank": TreasuryKind.BANK, "postal_bank": TreasuryKind.BANK, "cash": TreasuryKind.CASH}
_SLUGS = {TreasuryKind.BANK: "banque", TreasuryKind.CASH: "caisse"}


def open_treasury(
    *,
    cooperative: Cooperative,
    account: str,
    label: str,
    opened: dt.date,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> Treasury:
    """A bank account (`bank` 512, `postal_bank` 514) or the one cash box (`cash` 530). Raises Refusal."""
    try:
        with audit.act(cooperative, author, "treasury.opened", operation=operation) as act:
            kind = _KINDS[account]
            same = list(Treasury.objects.filter(cooperative=cooperative, kind=kind).order_by("pk"))
            if kind == TreasuryKind.CASH and same:
                message = "La coopérative a déjà une caisse, et une seule."
                raise Refusal(message)
            slug = _SLUGS[kind] if not same else f"{_SLUGS[kind]}-{len(same) + 1}"
            treasury = Treasury.objects.create(
                cooperative=cooperative,
                account=Account.objects.get(key=account),
                kind=kind,
                slug=slug,
                label=label.strip(),
                opened=opened,
            )
            act.about("treasury", treasury.pk)
            act.payload = {"treasury": treasury_state(treasury)}
    except audit.Replay as replay:
        return Treasury.objects.get(pk=replay.subject_id)
    return treasury


def end_treasury(
    *, treasury: Treasury, on: dt.date, author: audit.Author, operation: audit.Operation | None = None
) -> Treasury:
    """The last day of an account: it is no longer offered for entries after it."""
    try:
        with audit.act(treasury.cooperative, author, "treasury.ended", operation=operation) as act:
            current = Treasury.objects.get(pk=treasury.pk)
            if on < current.opened:
                message = "La fin du compte ne peut pas précéder son ouverture."
                raise Refusal(message, "on")
            current.closed = on
            current.save(update_fields=["closed"])
            act.about("treasury", current.pk)
            act.payload = {"treasury": treasury_state(current)}
    except audit.Replay as replay:
        return Treasury.objects.get(pk=replay.subject_id)
    return current
