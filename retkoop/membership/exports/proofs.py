"""`attestation d’adhésion` and `certificat d’assurance`: made from the frozen sheets, the same bytes each time."""

from retkoop.core import sheets
from retkoop.core.dates import format_day, format_long
from retkoop.core.money import format_euros
from retkoop.core.pdf import Letterhead
from retkoop.core.tables import Column, Table
from retkoop.membership.queries.proofs import Proof

COVERS = (
    "La responsabilité civile de la coopérative : les dommages que ses activités, à l’école ou en sortie, causent à autrui.",
    "Ses biens, tels qu’elle les a déclarés à son AD avec le bulletin de rentrée.",
)


def attestation_pdf(proof: Proof) -> bytes:
    """The adhésion, its amendments, and the whole split as the books ask it: cotisation and assurance apart."""
    whole = proof.whole
    parts = [("Cotisation OCCE", whole.membership_cents), ("Assurance", whole.insurance_cents)]
    if whole.review_cents:
        parts.append(("Abonnement à Animation & Éducation", whole.review_cents))
    split = Table(
        "Montant de l’adhésion",
        [Column("Partie", width=40), Column("Montant", "cents")],
        parts,
        totals=("Total", whole.total_cents),
    )
    blocks: list[sheets.Block] = [
        sheets.Paragraph(
            f"{proof.association} atteste que la coopérative {_who(proof)} a adhéré à l’OCCE pour l’année scolaire "
            f"{proof.year.slug}."
        ),
        sheets.Facts(_people(proof)),
        split,
    ]
    if len(proof.parts) > 1:
        blocks.append(_amendments(proof))
    blocks.append(
        sheets.Paragraph(
            "La cotisation et l’assurance s’inscrivent à part dans les comptes de la coopérative. "
            "L’attestation vaut pour cette année scolaire seulement : l’adhésion se renouvelle chaque année.",
            "small",
        )
    )
    blocks.append(_done(proof))
    return sheets.sheet_pdf("Attestation d’adhésion", blocks, _head(proof), subtitle=f"Année scolaire {proof.year.slug}")


def certificate_pdf(proof: Proof) -> bytes:
    """Whom the insurance covers, under which contract, when, and for what, in plain words."""
    start, end = proof.year.start, proof.year.end
    blocks: list[sheets.Block] = [
        sheets.Paragraph(
            f"{proof.association} certifie que la coopérative {_who(proof)}, à jour de son adhésion, est assurée pour ses "
            f"activités de l’année scolaire {proof.year.slug}."
        ),
        sheets.Facts(
            [
                ("Contrat", proof.contract or "contrat commun de l’association départementale"),
                ("Période", f"du {format_long(start)} au {format_long(end)}"),
                *_people(proof),
                ("Part assurance payée avec l’adhésion", format_euros(proof.whole.insurance_cents)),
            ]
        ),
        sheets.Heading("Ce que l’assurance couvre"),
        *(sheets.Paragraph(f"• {what}") for what in COVERS),
        sheets.Paragraph(
            "Une classe qui n’adhère pas n’est pas couverte. Les garanties, leurs limites et la marche à suivre après un "
            "dommage sont celles du contrat : l’association départementale les donne à qui les lui demande.",
            "small",
        ),
        _done(proof),
    ]
    return sheets.sheet_pdf("Certificat d’assurance", blocks, _head(proof), subtitle=f"Année scolaire {proof.year.slug}")


def _done(proof: Proof) -> sheets.Paragraph:
    return sheets.Paragraph(f"Fait le {format_long(proof.on)}. {proof.association}", "strong")


def _who(proof: Proof) -> str:
    place = f", {proof.town}" if proof.town else ""
    return f"{proof.identifier} ({proof.name}{place})"


def _people(proof: Proof) -> list[tuple[str, str]]:
    whole = proof.whole
    return [
        ("Élèves", str(whole.pupils)),
        ("Adultes (enseignants et accompagnateurs)", str(whole.adults)),
        ("Total des adhérents", str(whole.heads)),
        ("Mandataire", f"{proof.engaged_by}, engagement du {format_long(proof.engaged_on)}"),
        ("Adhésion validée par l’AD", f"le {format_long(proof.parts[0].on)}"),
    ]


def _amendments(proof: Proof) -> Table:
    columns = [
        Column("Déclaration", width=20), Column("Validée le", width=12), Column("Élèves", "count"), Column("Adultes", "count"),
        Column("Cotisation", "cents"), Column("Assurance", "cents"), Column("Abonnement", "cents"), Column("Total", "cents"),
    ]  # fmt: skip
    rows = [
        (
            part.words, format_day(part.on), part.amounts.pupils, part.amounts.adults, part.amounts.membership_cents,
            part.amounts.insurance_cents, part.amounts.review_cents, part.amounts.total_cents,
        )
        for part in proof.parts
    ]  # fmt: skip
    whole = proof.whole
    totals = (
        "En tout", "", whole.pupils, whole.adults, whole.membership_cents, whole.insurance_cents, whole.review_cents,
        whole.total_cents,
    )  # fmt: skip
    return Table("Adhésion et avenants", columns, rows, totals=totals)


def _head(proof: Proof) -> Letterhead:
    return Letterhead(
        name=proof.name,
        number=f"Coopérative {proof.identifier} · {proof.association}",
        year=f"Année {proof.year.slug}",
        printed_on=proof.on,
        note=f"Empreinte {proof.digest}",
        dated="Établi le",
    )
