"""The page Quitus: to print and sign, or, given without paper, with names, qualities, hours, draw and digest."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from retkoop.core import sheets
from retkoop.core.dates import format_day, format_long
from retkoop.core.money import format_euros
from retkoop.core.tables import Column, Table
from retkoop.ledger.exports.letterhead import letterhead
from retkoop.ledger.follow import piece_label
from retkoop.yearend.models import Quitus, QuitusKind, ReportRules, Verifier, VerifierDecision
from retkoop.yearend.queries.digest import short_digest, whole_digest
from retkoop.yearend.queries.quitus import drawn_entries, verifiers_of

LINE = "." * 40
SEEN = (
    "les pièces tirées par sondage",
    "le relevé de banque",
    "la caisse comptée",
    "le cahier d’inventaire",
    "le registre des délibérations",
)
"""What the signers tick, none of it broken across two lines."""


def quitus_pdf(quitus: Quitus, rules: ReportRules, changed: Sequence[str]) -> bytes:
    """The page as a PDF. `changed`: what is no longer as it was, in French; the page then says that it is void."""
    year = quitus.report.year
    digest = short_digest(quitus.digest)
    blocks: list[sheets.Block] = []
    if changed:
        blocks.append(
            sheets.Paragraph(f"Page sans valeur : depuis qu’elle a été faite, {' et '.join(changed)} ont changé.", "strong")
        )
    if quitus.withdrawn_at is not None:
        blocks.append(sheets.Paragraph("Page sans valeur : ce quitus a été retiré.", "strong"))
    blocks += _figures(quitus.printed)
    blocks += _without_paper(quitus) if quitus.kind == QuitusKind.ELECTRONIC else _to_sign(quitus, rules)
    blocks.append(
        sheets.Paragraph(
            f"Empreinte des comptes : {digest}. Elle résume les écritures, leurs montants, le pointage, le comptage de la "
            "caisse, le solde du relevé et le détail des subventions : si l’un d’eux change, elle change, et ce quitus ne "
            f"vaut plus. SHA-256 : {whole_digest(quitus.digest)}",
            "small",
        )
    )
    head = letterhead(year.cooperative, year, note=f"Empreinte {digest}")
    commission = quitus.kind == QuitusKind.COMMISSION
    title = f"{'Rapport de la commission de contrôle' if commission else 'Quitus'} {year.slug}"
    return sheets.sheet_pdf(title, blocks, head, subtitle=f"Comptes arrêtés au {format_long(year.end)}")


def _figures(printed: dict[str, Any]) -> list[sheets.Block]:
    forward = printed["brought_forward_cents"]
    facts = [
        ("Report à nouveau", format_euros(forward) if forward is not None else "pas encore connu"),
        ("Total des produits", format_euros(printed["incomes_cents"])),
        ("Total des charges", format_euros(printed["charges_cents"])),
        ("Résultat de l’année", format_euros(printed["result_cents"])),
        ("Avoir au 31 août", format_euros(printed["assets_cents"])),
    ]
    held = [fact for treasury in printed["treasuries"] for fact in _treasury(treasury)] + _cash(printed["cash"])
    blocks: list[sheets.Block] = [
        sheets.TwoColumns(
            [_accounts("Charges", printed["charges"], printed["charges_cents"])],
            [_accounts("Produits", printed["incomes"], printed["incomes_cents"])],
        ),
        sheets.TwoColumns([sheets.Facts(facts)], [sheets.Facts(held)]),
    ]
    for treasury in printed["treasuries"]:
        blocks += _not_yet(treasury)
    if printed["grants"]:
        rows = [(funder, about, _day(on), cents) for funder, about, on, cents in printed["grants"]]
        columns = [
            Column("Organisme", width=24),
            Column("Objet", width=24),
            Column("Date", width=10),
            Column("Montant (€)", "cents"),
        ]
        total = sum(row[3] for row in printed["grants"])
        blocks.append(Table("Subventions publiques", columns, rows, totals=("Total", "", "", total)))
    return blocks


def _accounts(title: str, rows: Sequence[Sequence[Any]], total: int) -> Table:
    columns = [Column(title, width=26), Column("Montant (€)", "cents")]
    return Table(title, columns, [(f"{code} {label}", cents) for code, label, cents in rows], totals=("Total", total))


def _treasury(treasury: dict[str, Any]) -> list[tuple[str, str]]:
    facts = [(f"{treasury['code']} {treasury['label']}", format_euros(treasury["cents"]))]
    if treasury["statement_cents"] is not None:
        facts.append((f"Solde du relevé du {_day(treasury['statement_on'])}", format_euros(treasury["statement_cents"])))
    return facts


def _not_yet(treasury: dict[str, Any]) -> list[sheets.Block]:
    """The bank lines that no statement of the year shows."""
    rows = [(_day(on), label, cheque, cents) for on, label, cheque, cents in treasury["items"]]
    columns = [
        Column("Date", width=10),
        Column("Libellé", width=30),
        Column("Chèque", width=10),
        Column("Montant (€)", "cents"),
    ]
    title = f"{treasury['label']} : pas encore sur le relevé"
    return [Table(title, columns, rows, totals=("Total", "", "", sum(row[3] for row in rows)))] if rows else []


def _cash(cash: dict[str, Any]) -> list[tuple[str, str]]:
    if cash["counted_cents"] is None:
        return []
    pieces = (
        ", ".join(f"{number} × {piece_label(value)}".replace(" ", "\u00a0") for value, number in cash["pieces"])
        or "aucune pièce, aucun billet"
    )
    return [(f"Caisse comptée le {_day(cash['on'])}", format_euros(cash["counted_cents"])), ("Détail", pieces)]


def _to_sign(quitus: Quitus, rules: ReportRules) -> list[sheets.Block]:
    if quitus.kind == QuitusKind.COMMISSION:
        said = "La commission de contrôle, réunie à l’école, a vu les comptes ci-dessus et :"
    else:
        said = (
            f"Les soussignés, extérieurs à la comptabilité, au moins {rules.verifiers} dont au moins {rules.parents} "
            f"parent{'s' if rules.parents > 1 else ''} d’élève, ont vu les comptes ci-dessus et :"
        )
    choices = "    ".join(f"□ {what}".replace(" ", "\u00a0") for what in SEEN)
    people = max(rules.verifiers, 2) + (1 if quitus.kind == QuitusKind.COMMISSION else 0)
    return [
        sheets.Heading("Vérification"),
        sheets.Paragraph(said),
        sheets.Paragraph("□ donnent quitus    □ ne donnent pas quitus", "strong"),
        sheets.Paragraph(f"Ils ont vu : {choices}"),
        sheets.Paragraph(f"Observations : {LINE * 3}"),
        *(
            sheets.TwoColumns(
                [sheets.Paragraph(f"Vérificateur {place}, prénom et nom : {LINE}")],
                [sheets.Paragraph(f"Qualité (parent, enseignant, autre) : {LINE}")],
            )
            for place in range(1, people + 1)
        ),
        sheets.Paragraph(f"Fait à {LINE}, le {LINE[:24]}"),
        sheets.Signatures([f"Vérificateur {place}" for place in range(1, people + 1)] + ["Mandataire"]),
    ]


def _without_paper(quitus: Quitus) -> list[sheets.Block]:
    zone = ZoneInfo(quitus.report.year.cooperative.association.time_zone)
    rows = verifiers_of(quitus)
    columns = [
        Column("Nom", width=24),
        Column("Qualité", width=18),
        Column("Réponse", width=18),
        Column("Le", width=20),
        Column("Pièces vues", "count"),
    ]
    said = [
        (row.name, row.get_quality_display(), row.get_decision_display(), _moment(row.decided_at, zone), _seen(row))
        for row in rows
    ]
    drawn = drawn_entries(quitus)
    blocks: list[sheets.Block] = [
        sheets.Heading("Quitus donné sans papier" if quitus.given_at else "Quitus demandé sans papier")
    ]
    blocks.append(Table("Vérificateurs", columns, said))
    blocks += [sheets.Paragraph(f"{row.name} : {row.observations}") for row in rows if row.observations]
    blocks.append(
        sheets.Paragraph(
            "Chacun a reçu un lien personnel et a signé par un code envoyé à sa propre adresse e-mail. "
            f"Fait le {_moment(quitus.made_at, zone)}, donné le {_moment(quitus.given_at, zone)}."
            if quitus.given_at
            else f"Chacun a reçu un lien personnel le {_moment(quitus.made_at, zone)}. Le quitus n’est pas encore donné."
        )
    )
    if drawn:
        listed = [(entry.number, format_day(entry.date), entry.piece, entry.label) for entry in drawn]
        pieces = [Column("N°", "count"), Column("Date", width=10), Column("Pièce", width=8), Column("Libellé", width=40)]
        blocks.append(Table(f"Pièces tirées au hasard (tirage {quitus.seed})", pieces, listed))
    return blocks


def _seen(verifier: Verifier) -> int:
    return sum(isinstance(each, int) for each in verifier.seen) if verifier.decision != VerifierDecision.WAITING else 0


def _moment(at: dt.datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    there = at.astimezone(zone)
    return f"{format_day(there.date())} à {there:%H:%M}"


def _day(iso: str) -> str:
    return format_day(dt.date.fromisoformat(iso)) if iso else ""
