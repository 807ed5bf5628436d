"""Pieces of the entry form: what is typed in each place, and reading it without ever losing it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from retkoop.core.money import AmountError, parse_euros
from retkoop.ledger.chart import Chart, ChartAccount
from retkoop.ledger.models import Treasury, TreasuryKind

SECRET_FIELDS = frozenset({"csrfmiddlewaretoken", "operation_key", "version", "override", "draft_version"})
LENGTHS = {"piece": 20, "label": 200, "cheque": 20, "action": 60, "counterparty": 120}
_WORDS = {
    "piece": "N° de pièce",
    "label": "Libellé",
    "cheque": "N° de chèque",
    "action": "Action",
    "counterparty": "Autre coopérative",
}
_SPACED_NUMBER = re.compile(r"[0-9 ]+")
_LONGEST_TYPED = 2000


@dataclass(frozen=True)
class AmountField:
    """An amount of zone 6 or 7: its name, its label, and what is typed in it."""

    name: str
    label: str
    text: str = ""
    error: str = ""
    help: str = ""
    account: str = ""
    learnt: bool = False


@dataclass(frozen=True)
class TreasuryRow:
    """A treasury account in zone 6, with what enters and what leaves."""

    treasury: Treasury
    title: str
    entering: AmountField
    leaving: AmountField


def clean(text: str) -> str:
    """One line of text: no control characters, single spaces."""
    printable = "".join(char if char.isprintable() else " " for char in text[:_LONGEST_TYPED])
    return " ".join(printable.split())


def clean_cheque(text: str) -> str:
    """A cheque number as it is kept: « 4 000 117 » is 4000117."""
    body = clean(text)
    return body.replace(" ", "") if _SPACED_NUMBER.fullmatch(body) else body


def too_long(name: str, text: str) -> str:
    """The sentence that refuses a text beyond its column, or ""."""
    limit = LENGTHS[name]
    if len(text) <= limit:
        return ""
    return f"« {_WORDS[name]} » tient en {limit} caractères : il y en a {len(text)}. Raccourcissez-le."


def cents_in(text: str) -> tuple[int, str]:
    """(cents, refusal): an empty field is worth 0, and so is an unreadable one, with its refusal."""
    if not text.strip():
        return 0, ""
    try:
        return parse_euros(text), ""
    except AmountError as error:
        return 0, str(error)


def treasury_title(treasury: Treasury, *, several: bool) -> str:
    """« banque », or « banque (La Banque Postale) » when there are several."""
    word = {TreasuryKind.BANK: "banque", TreasuryKind.CASH: "caisse", TreasuryKind.ADVANCE: "régie d’avance"}[
        TreasuryKind(treasury.kind)
    ]
    name = treasury.holder or treasury.label
    return f"{word} ({name})" if several else word


def treasury_rows(treasuries: tuple[Treasury, ...], typed: Mapping[str, str], errors: Mapping[str, str]) -> list[TreasuryRow]:
    """Zone 6: a row per treasury account, `in_<slug>` and `out_<slug>`."""
    kinds = [treasury.kind for treasury in treasuries]
    rows = []
    for treasury in treasuries:
        title = treasury_title(treasury, several=kinds.count(treasury.kind) > 1)
        entering, leaving = f"in_{treasury.slug}", f"out_{treasury.slug}"
        rows.append(
            TreasuryRow(
                treasury,
                title[0].upper() + title[1:],
                AmountField(entering, f"Entrée {title}", typed.get(entering, ""), errors.get(entering, "")),
                AmountField(leaving, f"Sortie {title}", typed.get(leaving, ""), errors.get(leaving, "")),
            )
        )
    return rows


def account_field(account: ChartAccount, typed: Mapping[str, str], errors: Mapping[str, str]) -> AmountField:
    """An amount of zone 7, `v_<account key>`, labelled code then name."""
    name = f"v_{account.key}"
    return AmountField(name, account.title, typed.get(name, ""), errors.get(name, ""), account.help, account.key)


def account_fields(chart: Chart, typed: Mapping[str, str], errors: Mapping[str, str]) -> list[AmountField]:
    """Zone 7 whole: charges, then incomes."""
    return [account_field(account, typed, errors) for account in chart.operating]
