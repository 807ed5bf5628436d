"""The « Bravo ! » controls of a year's figures: pure functions, in the guides' words (reference/domain.md §3.1)."""

from dataclasses import dataclass
from typing import Literal

from retkoop.core.money import format_euros
from retkoop.ledger.queries.bilan import Bilan


@dataclass(frozen=True)
class Control:
    """A verdict: `state` ok or ko; `message` for the teacher; `gap_cents` signed; where to mend it (`path`).

    `pending`: nothing is wrong, something is only still to be done.
    """

    id: str
    state: Literal["ok", "ko", "off"]
    title: str
    message: str
    gap_cents: int = 0
    path: str = ""
    pending: bool = False

    @property
    def ok(self) -> bool:
        return self.state != "ko"


def controls(figures: Bilan) -> list[Control]:
    """E1, E2, E4 and E5, in the order of the page. E3 needs the statement of 31 August: the yearly report's."""
    return [result(figures), balance_sheet(figures), cash_box(figures), grants(figures)]


def result(figures: Bilan) -> Control:
    """E1: the result is income less charges."""
    cents = figures.result_cents
    word = "excédent" if cents >= 0 else "déficit"
    return Control(
        "E1",
        "ok",
        "Résultat",
        f"Produits {format_euros(figures.incomes_cents)} − charges {format_euros(figures.charges_cents)} : "
        f"{word} de {format_euros(abs(cents))}.",
    )


def balance_sheet(figures: Bilan) -> Control:
    """E2: bank and cash equal report à nouveau plus result."""
    gap = figures.assets_cents - figures.liabilities_cents
    if gap == 0:
        return Control("E2", "ok", "Bilan simplifié", "Bravo ! Le bilan simplifié est équilibré.")
    side = "de trop" if gap > 0 else "de moins"
    return Control(
        "E2",
        "ko",
        "Bilan simplifié",
        f"Le bilan simplifié n’est pas équilibré : ce que possède la coopérative fait {format_euros(abs(gap))} {side}.",
        gap,
        "/ouverture/",
    )


def cash_box(figures: Bilan) -> Control:
    """E4: what was counted equals the cash balance; nothing to count when the box is and stays empty."""
    book = figures.cash_cents
    counted = figures.cash.counted_cents
    if counted is None or figures.cash.moved_since:
        if book == 0 and counted is None:
            return Control("E4", "off", "Caisse", "Pas d’espèces : il n’y a rien à compter.")
        why = "La caisse n’a pas encore été comptée" if counted is None else "La caisse a bougé depuis son dernier comptage"
        message = f"{why} : le cahier dit qu’elle contient {format_euros(book)}. Comptez-la."
        return Control("E4", "ko", "Caisse", message, book, "/caisse/", pending=True)
    gap = counted - book
    if gap == 0:
        return Control("E4", "ok", "Caisse", f"Bravo ! La caisse contient bien {format_euros(book)}.")
    side = "de trop" if gap > 0 else "de moins"
    return Control(
        "E4",
        "ko",
        "Caisse",
        f"Le bilan simplifié n’est pas équilibré : la caisse contient {format_euros(counted)}, "
        f"soit {format_euros(abs(gap))} {side} que le cahier.",
        gap,
        "/caisse/",
    )


def grants(figures: Bilan) -> Control:
    """E5: the details of 7410 add up to the account."""
    gap = figures.public_grants_cents - figures.grants_cents
    if gap == 0:
        if figures.public_grants_cents == 0:
            return Control("E5", "off", "Subventions", "Pas de subvention publique cette année.")
        return Control(
            "E5", "ok", "Subventions", f"Bravo ! Les {format_euros(figures.grants_cents)} de subventions sont détaillés."
        )
    message = (
        f"Il manque le détail de {format_euros(gap)} de subventions : dites qui les a versés."
        if gap > 0
        else f"Le détail des subventions dépasse le compte 7410 de {format_euros(-gap)}."
    )
    return Control("E5", "ko", "Subventions", message, gap, "/subventions/", pending=gap > 0)
