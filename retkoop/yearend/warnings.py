"""What is odd in a year's report, and may yet be right: cross-checks that block nothing (reference/domain.md §3.1).

Pure functions over the figures. Ids are stable, documented in
docs/controls.md; an AD switches each off by its id (`Association.muted_warnings`).
"""

from dataclasses import dataclass

from retkoop.core.money import format_euros
from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME
from retkoop.ledger.warnings import WarningKind
from retkoop.yearend.controls import place
from retkoop.yearend.queries.shapes import Figures

WARNINGS: dict[str, WarningKind] = {
    "crf-bank-negative": WarningKind(
        "Banque sous zéro au 31 août", "Une coopérative ne peut pas être à découvert : un relevé ou un signe est à revoir."
    ),
    "crf-cash-negative": WarningKind(
        "Caisse sous zéro au 31 août", "Une caisse ne peut pas contenir moins que rien : il manque une entrée."
    ),
    "crf-negative-account": WarningKind(
        "Compte de charges ou de produits sous zéro", "Des remboursements plus grands que les dépenses, ou un signe de trop."
    ),
    "crf-grant-unproved": WarningKind(
        "Subvention sans justificatif", "L’AD demande la preuve de chaque subvention : le relevé ou la lettre d’attribution."
    ),
    "crf-transfer-unnamed": WarningKind(
        "Virement entre coopératives sans nom", "L’AD rapproche les virements entre coopératives : elle doit savoir laquelle."
    ),
    "crf-advance-open": WarningKind(
        "Régie d’avance non soldée", "L’argent confié à une classe est rendu ou justifié avant la clôture."
    ),
    "crf-dues-missing": WarningKind(
        "Adhésion à l’OCCE absente", "Chaque coopérative adhère chaque année : la cotisation est en général au compte 6281."
    ),
    "crf-insurance-missing": WarningKind(
        "Cotisation sans assurance", "L’adhésion comporte une part « assurance » à séparer de la cotisation."
    ),
    "crf-bank-overdrawn": WarningKind(
        "Banque à découvert dans l’année", "Un jour de l’année, le cahier met la banque sous zéro."
    ),
    "crf-cash-below-zero": WarningKind(
        "Caisse sous zéro dans l’année", "Un jour de l’année, le cahier met la caisse sous zéro."
    ),
    "crf-cheque-reused": WarningKind(
        "Chèque inscrit plusieurs fois", "Un chèque ne sert qu’une fois : c’est peut-être un doublon."
    ),
    "crf-cheque-gap": WarningKind(
        "Chèques manquants", "Entre deux chèques du même chéquier, un numéro n’est dans aucune écriture."
    ),
    "crf-piece-reused": WarningKind("Numéro de pièce en double", "Deux écritures de l’année portent le même numéro de pièce."),
    "crf-inventory-missing": WarningKind(
        "Bien durable sans ligne d’inventaire", "Chaque achat en 6800 a sa ligne au cahier d’inventaire."
    ),
}


@dataclass(frozen=True)
class Warning:
    """One thing to look at: `id` is a key of WARNINGS, `cents` the amount in question, `path` where it stands."""

    id: str
    message: str
    cents: int
    path: str

    @property
    def title(self) -> str:
        return WARNINGS[self.id].title


def warnings(figures: Figures) -> list[Warning]:
    """The warnings that the figures raise, in the order of the page, those that the AD mutes included."""
    if not figures.touched:
        return []
    return [*_accounts(figures), *_treasuries(figures), *_details(figures)]


def _accounts(figures: Figures) -> list[Warning]:
    cahier = place(figures, "/cahier/", "fonctionnement")
    found = [
        Warning("crf-negative-account", f"Le compte {line.code} est à {format_euros(line.cents)}.", line.cents, cahier)
        for line in figures.charges + figures.incomes
        if line.cents < 0
    ]
    cents = {line.key: line.cents for line in figures.charges}
    code = {line.key: line.code for line in figures.charges}
    spent = figures.charges_cents or figures.incomes_cents
    if spent and "occe_dues" in cents and not cents["occe_dues"]:
        message = f"Aucune cotisation à l’OCCE au compte {code['occe_dues']} cette année."
        found.append(Warning("crf-dues-missing", message, 0, cahier))
    elif cents.get("occe_dues") and "insurance" in cents and not cents["insurance"]:
        message = (
            f"Le compte {code['occe_dues']} a {format_euros(cents['occe_dues'])} et le compte {code['insurance']} rien : "
            "l’adhésion comporte une part « assurance » à séparer."
        )
        found.append(Warning("crf-insurance-missing", message, cents["occe_dues"], cahier))
    return found


def _treasuries(figures: Figures) -> list[Warning]:
    found = []
    for row in figures.treasuries:
        said = f"Le compte {row.code} « {row.label} » est à {format_euros(row.cents)} au 31 août {figures.year[-4:]}."
        path = place(figures, "/cahier/", "bilan")
        if row.kind == "bank" and row.cents < 0:
            found.append(Warning("crf-bank-negative", said, row.cents, path))
        elif row.kind == "cash" and row.cents < 0:
            found.append(Warning("crf-cash-negative", said, row.cents, path))
        elif row.kind == "advance" and row.cents:
            found.append(Warning("crf-advance-open", said, row.cents, path))
    return found


def _details(figures: Figures) -> list[Warning]:
    found = []
    for grant in figures.grants:
        if figures.mode == "books" and not grant.proved:
            message = f"La subvention « {grant.funder} » ({format_euros(grant.cents)}) n’a pas encore de justificatif."
            found.append(Warning("crf-grant-unproved", message, grant.cents, f"/subventions/{grant.id}/"))
    codes = {line.key: line.code for line in figures.charges + figures.incomes}
    for transfer in figures.transfers:
        if not transfer.name:
            way = "versés à une" if transfer.cents < 0 else "reçus d’une"
            account = codes[EXCEPTIONAL_CHARGES if transfer.cents < 0 else EXCEPTIONAL_INCOME]
            message = f"{format_euros(abs(transfer.cents))} {way} autre coopérative (compte {account}) : dites laquelle."
            found.append(Warning("crf-transfer-unnamed", message, transfer.cents, place(figures, "/cahier/", "virements")))
    return found
