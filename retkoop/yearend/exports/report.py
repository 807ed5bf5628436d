"""The report as a PDF: made from the validated content alone, so that the same content always gives the same bytes."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import TextChoices

from retkoop.core import canonical
from retkoop.core.dates import format_day, format_long
from retkoop.core.money import format_amount, format_euros
from retkoop.core.pdf import Letterhead
from retkoop.core.sheets import Block, Facts, Heading, Paragraph, TwoColumns, sheet_pdf
from retkoop.core.tables import Cell, Column, Table
from retkoop.yearend.models import ReportState, VerifierDecision, VerifierQuality

Data = dict[str, Any]


def report_pdf(content: Data) -> bytes:
    """The whole report; `content` is what `yearend.content` froze. Its digest stands at the foot of each page."""
    year = content["year"]["slug"]
    blocks = [
        *_standing(content),
        *_finances(content["figures"], content["year"]),
        *_controls(content["controls"]),
        *_activity(content["activity"]),
        *_documents(content["documents"]),
        *_quitus(content["quitus"]),
        *_moves(content["moves"]),
        *_validation(content),
    ]
    return sheet_pdf(f"Compte-rendu {year}", blocks, _letterhead(content), subtitle=_period(content["year"]))


def _letterhead(content: Data) -> Letterhead:
    cooperative = content["cooperative"]
    return Letterhead(
        name=cooperative["name"],
        number=f"Coopérative {cooperative['identifier']} · {cooperative['association']}",
        year=f"Année {content['year']['slug']}",
        printed_on=_day(content["validated"]["at"]),
        note=f"empreinte {canonical.sha256(canonical.dumps(content))[:16]}",
    )


def _period(year: Data) -> str:
    return f"Du {format_long(_day(year['start']))} au {format_long(_day(year['end']))}"


def _standing(content: Data) -> list[Block]:
    """Whose report it is, and that it is validated; a second version says that it replaces the first."""
    validated, town = content["validated"], content["cooperative"]["town"]
    number = content["number"]
    pairs = [("Coopérative", content["cooperative"]["name"] + (f", {town}" if town else ""))]
    pairs.append(("Validé", f"le {format_long(_day(validated['at']))} par {validated['on_behalf'] or validated['by']}"))
    if number > 1:
        pairs.append(("Version", f"{number}, qui remplace la version {number - 1}"))
    return [Facts(pairs)]


def _finances(figures: Data, year: Data) -> list[Block]:
    result = figures["result_cents"]
    charges = _side("Charges", figures["charges"], figures["charges_cents"])
    incomes = _side("Produits", figures["incomes"], figures["incomes_cents"])
    assets = _accounts("Actif", [[f"{row['code']} {row['label']}", row["cents"]] for row in figures["treasuries"]])
    forward = figures["brought_forward_cents"] or 0
    liabilities = _accounts("Passif", [["Report à nouveau", forward], ["Résultat de l’exercice", result]])
    blocks: list[Block] = [
        Heading(f"2.a Compte de fonctionnement général du {_shown(year['start'])} au {_shown(year['end'])}"),
        TwoColumns([charges], [incomes]),
        Paragraph(f"{'Excédent' if result >= 0 else 'Déficit'} de l’exercice : {format_euros(abs(result))}", "strong"),
        Heading(f"2.b Bilan simplifié au {format_long(_day(year['end']))}"),
        TwoColumns([assets], [liabilities]),
    ]
    for bank in figures["treasuries"]:
        if bank["kind"] == "bank" and bank["statement_cents"] is not None:
            blocks += _reconciliation(bank)
    if figures["cash"]["counted_cents"] is not None:
        blocks.append(_cash(figures["cash"]))
    if figures["grants"]:
        blocks.append(_grants(figures["grants"], figures["grants_cents"]))
    return blocks


def _side(title: str, lines: Sequence[Data], total: int) -> Table:
    rows: list[list[Cell]] = [[line["code"], line["label"], line["cents"]] for line in lines if line["cents"]]
    columns = [Column("Compte", width=9), Column(title), Column("Somme (€)", "cents")]
    return Table("", columns, rows, totals=["", f"Total {title.lower()}", total])


def _accounts(title: str, rows: list[list[Cell]]) -> Table:
    total = sum(row[1] for row in rows if isinstance(row[1], int))
    return Table("", [Column(title), Column("Somme (€)", "cents")], rows, totals=[f"Total {title.lower()}", total])


def _reconciliation(bank: Data) -> list[Block]:
    rows: list[list[Cell]] = [[f"Relevé du {format_day(_day(bank['statement_on']))}", "", "", bank["statement_cents"]]]
    for item in bank["items"]:
        words = "Produit à recevoir" if item["cents"] > 0 else "Facture à payer"
        rows.append([f"{words} : {item['label']}", _shown(item["on"]), item["cheque"], item["cents"]])
    columns = [Column("Opération"), Column("Date", width=10), Column("N° chèque", width=12), Column("Somme (€)", "cents")]
    return [
        Table(
            f"2.c Rapprochement bancaire, {bank['code']} {bank['label']}",
            columns,
            rows,
            totals=[f"Solde du compte {bank['code']}", "", "", bank["cents"]],
        )
    ]


def _cash(cash: Data) -> Table:
    rows: list[list[Cell]] = [
        [f"{format_amount(int(value))} €", number, int(value) * number]
        for value, number in sorted(cash["pieces"].items(), key=lambda piece: -int(piece[0]))
        if number
    ]
    columns = [Column("Billet ou pièce"), Column("Nombre", "count"), Column("Somme (€)", "cents")]
    return Table(
        f"2.d Détail de la caisse, comptée le {_shown(cash['on'])}",
        columns,
        rows,
        totals=["Total", None, cash["counted_cents"]],
    )


def _grants(grants: Sequence[Data], total: int) -> Table:
    rows: list[list[Cell]] = [[row["funder"], row["object"], _shown(row["on"]), row["cents"]] for row in grants]
    columns = [Column("Organisme"), Column("Objet"), Column("Date", width=10), Column("Somme (€)", "cents")]
    return Table("2.e Détail du compte 7410", columns, rows, totals=["Total", "", "", total])


def _controls(verdicts: Sequence[Data]) -> list[Block]:
    rows: list[list[Cell]] = [[row["id"], row["title"], row["message"]] for row in verdicts if row["state"] != "off"]
    columns = [Column("N°", width=5), Column("Contrôle", width=24), Column("Constat", width=70)]
    return [Table("Contrôles", columns, rows)] if rows else []


def _activity(activity: Data) -> list[Block]:
    blocks: list[Block] = [Heading("Compte-rendu d’activité (CRA)")]
    if not activity["official"]:
        blocks.append(Paragraph("Modèle, en attente du questionnaire fédéral.", "small"))
    columns = [Column("Question", width=60), Column("Réponse", width=30)]
    for section in activity["sections"]:
        blocks.append(Table(section["title"], columns, [[text, said] for _, text, said in section["answers"]]))
    return blocks


def _documents(documents: Sequence[Data]) -> list[Block]:
    rows: list[list[Cell]] = [
        [row["label"], row["sentence"], ", ".join(digest[:12] for _, digest, _ in row["files"])] for row in documents
    ]
    columns = [Column("Document", width=40), Column("État", width=40), Column("Empreinte", width=16)]
    return [Table("Documents", columns, rows)] if rows else []


def _quitus(quitus: Data) -> list[Block]:
    if not quitus:
        return []
    pairs = [("Empreinte des comptes approuvés", quitus["short_digest"]), ("Donné le", _shown(quitus["given_at"]))]
    if quitus["place"]:
        pairs.append(("Lieu", quitus["place"]))
    if quitus["observations"]:
        pairs.append(("Observations", quitus["observations"]))
    rows: list[list[Cell]] = [
        [name, _word(VerifierQuality, quality), _word(VerifierDecision, decision), _shown(at)]
        for name, quality, decision, at in quitus["verifiers"]
    ]
    columns = [
        Column("Vérificateur", width=30),
        Column("Qualité", width=26),
        Column("Décision", width=20),
        Column("Le", width=10),
    ]
    return [Heading("Quitus"), Facts(pairs), *([Table("", columns, rows)] if rows else [])]


def _moves(moves: Sequence[Data]) -> list[Block]:
    """The way of the report: each step, who took it, why."""
    rows: list[list[Cell]] = [
        [_shown(row["at"]), _word(ReportState, row["became"]), _who(row["by"], row["on_behalf"]), row["reason"]]
        for row in moves
    ]
    columns = [Column("Le", width=12), Column("Étape", width=26), Column("Par", width=34), Column("Motif", width=40)]
    return [Table("Étapes du compte-rendu", columns, rows)] if rows else []


def _who(person: str, association: str) -> str:
    return ", ".join(part for part in (association, person) if part)


def _word(choices: type[TextChoices], value: str) -> str:
    """A choice in words; as it was stored when the house no longer knows it."""
    return str(choices(value).label) if value in choices.values else value


def _validation(content: Data) -> list[Block]:
    validated = content["validated"]
    pairs = [
        ("Validé le", _shown(validated["at"])),
        ("Par", _who(validated["by"], validated["on_behalf"])),
        ("Report à nouveau de l’année suivante", format_euros(content["closing_cents"])),
    ]
    told = "Empreinte SHA-256 de ce compte-rendu : " + canonical.sha256(canonical.dumps(content))
    return [Heading("Validation"), Facts(pairs), Paragraph(told, "small")]


def _day(moment: str) -> dt.date:
    return dt.date.fromisoformat(moment[:10])


def _shown(moment: str) -> str:
    return format_day(_day(moment)) if moment else ""
