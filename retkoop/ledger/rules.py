"""The rules of one entry (reference/domain.md §1.5), as pure functions: what is wrong, where, and by how much."""

import datetime as dt
from collections import Counter

from retkoop.core.dates import format_day
from retkoop.core.money import format_euros
from retkoop.core.refusal import Refusal
from retkoop.ledger.content import EntryContent

LARGEST_CENTS = 10**11


def problems(content: EntryContent, *, start: dt.date, end: dt.date) -> list[Refusal]:
    """Every rule that the entry breaks, in the order of the form's zones; empty when it may be recorded."""
    return [*_facts(content, start, end), *_treasury(content), *_ventilation(content)]


def _facts(content: EntryContent, start: dt.date, end: dt.date) -> list[Refusal]:
    found = []
    if not content.label.strip():
        found.append(
            Refusal("Il manque le libellé : dites en quelques mots ce que c’est, par exemple « Bus sortie au musée ».", "label")
        )
    if not start <= content.date <= end:
        found.append(
            Refusal(
                f"Le {format_day(content.date)} n’est pas dans cette année, "
                f"qui va du {format_day(start)} au {format_day(end)}.",
                "date",
            )
        )
    return found


def _treasury(content: EntryContent) -> list[Refusal]:
    lines = content.treasury_lines
    if not lines:
        return [Refusal("Indiquez la somme entrée ou sortie, en banque ou en caisse.", "treasury")]
    if any(count > 1 for count in Counter(line.treasury_id for line in lines).values()):
        return [
            Refusal(
                "Le même compte a une entrée et une sortie : faites deux écritures, ou ne gardez que la différence.",
                "treasury",
            )
        ]
    if any(line.cents == 0 or abs(line.cents) > LARGEST_CENTS for line in content.lines):
        return [Refusal("Cette somme est trop grande pour un cahier de coopérative : vérifiez-la.", "treasury")]
    return []


def _ventilation(content: EntryContent) -> list[Refusal]:
    treasury, operating = content.treasury_lines, content.operating_lines
    if not treasury:
        return []
    net = content.net_cents
    spread = -sum(line.cents for line in operating)
    if not operating:
        if net == 0 and len(treasury) > 1:
            return []
        if len(treasury) > 1 and min(line.cents for line in treasury) < 0 < max(line.cents for line in treasury):
            return [
                Refusal(
                    f"Ce qui sort d’un compte doit entrer dans l’autre : il y a {format_euros(abs(net))} d’écart.",
                    "treasury",
                )
            ]
        return [
            Refusal(
                f"Il reste {format_euros(abs(net))} à ventiler : dites à quoi a servi cet argent, ou d’où il vient.",
                "ventilation",
            )
        ]
    if any(count > 1 for count in Counter(line.account for line in operating).values()):
        return [Refusal("Un compte de la ventilation est rempli deux fois.", "ventilation")]
    if net == spread:
        return []
    moved = f"{'la sortie' if net < 0 else 'l’entrée'} est de {format_euros(abs(net))}"
    missing = abs(net) - (spread if net > 0 else -spread)
    start = f"Il manque {format_euros(missing)}" if missing > 0 else f"Il y a {format_euros(-missing)} de trop"
    total = spread if net > 0 else -spread
    return [Refusal(f"{start} : la ventilation fait {format_euros(total)} et {moved}.", "ventilation")]
