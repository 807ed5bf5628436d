"""What is odd in a year's report, and may yet be right: cross-checks that block nothing (reference/domain.md §3.1).

Pure functions over the figures. Ids are stable, documented in
docs/controls.md; an AD switches each off by its id (`Association.muted_warnings`).
"""

from dataclasses import dataclass

from retkoop.core.money import format_euros
from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME
from retkoop.ledger.warnings import WarningKind
from retkoop.yearend.controls import place
from retkoop.yearend.queries.membership import Called
from retkoop.yearend.queries.shapes import Figures, Line

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
    "crf-dues-unlike": WarningKind(
        "Adhésion appelée autre que celle du cahier", "La cotisation et l’assurance du cahier sont celles que l’AD a appelées."
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


def warnings(figures: Figures, called: Called | None = None) -> list[Warning]:
    """The warnings that the figures raise, in the order of the page, those that the AD mutes included.

    `called`: the adhésion that the AD called for that year, when it has.
    """
    if not figures.touched:
        return []
    return [*_negative(figures), *_dues(figures, called), *_treasuries(figures), *_details(figures)]


def _negative(figures: Figures) -> list[Warning]:
    cahier = place(figures, "/cahier/", "fonctionnement")
    return [
        Warning("crf-negative-account", f"Le compte {line.code} est à {format_euros(line.cents)}.", line.cents, cahier)
        for line in figures.charges + figures.incomes
        if line.cents < 0
    ]


def _dues(figures: Figures, called: Called | None) -> list[Warning]:
    """The adhésion in the books: there, split, and what was called; nothing when someone else pays it."""
    lines = {line.key: line for line in figures.charges}
    dues, insurance = lines.get("occe_dues"), lines.get("insurance")
    if dues is None or (called is not None and called.elsewhere):
        return []
    path = place(figures, "/cahier/", "fonctionnement")
    if called is not None and called.proposed and figures.mode == "books":
        path = "/propositions/"
    asked = called.membership_cents if called is not None else figures.charges_cents or figures.incomes_cents
    if asked and not dues.cents:
        return [Warning("crf-dues-missing", f"Aucune cotisation à l’OCCE au compte {dues.code} cette année.", 0, path)]
    if insurance is None:
        return []
    if dues.cents and not insurance.cents and (called is None or called.insurance_cents > 0):
        message = (
            f"Le compte {dues.code} a {format_euros(dues.cents)} et le compte {insurance.code} rien : "
            "l’adhésion comporte une part « assurance » à séparer."
        )
        return [Warning("crf-insurance-missing", message, dues.cents, path)]
    return [] if called is None else _unlike(called, dues, insurance, path)


def _unlike(called: Called, dues: Line, insurance: Line, path: str) -> list[Warning]:
    """6281 is what was called, to the cent; 6168 at least that: other insurances may stand there too."""
    gaps = (dues.cents - called.membership_cents, min(insurance.cents - called.insurance_cents, 0))
    if not any(gaps):
        return []
    message = (
        f"Votre AD a appelé {format_euros(called.membership_cents)} de cotisation et "
        f"{format_euros(called.insurance_cents)} d’assurance. Le cahier a {format_euros(dues.cents)} au compte {dues.code} "
        f"et {format_euros(insurance.cents)} au compte {insurance.code} : "
        + " et ".join(_gap(cents, line.code) for cents, line in zip(gaps, (dues, insurance), strict=True) if cents)
        + "."
    )
    return [Warning("crf-dues-unlike", message, sum(gaps), path)]


def _gap(cents: int, code: str) -> str:
    return f"{format_euros(abs(cents))} {'de trop' if cents > 0 else 'de moins'} au {code}"


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
