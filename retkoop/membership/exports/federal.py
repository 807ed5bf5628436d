"""The statement of the federal share of an AD: what it owes, by cooperative, and what the federation received."""

import datetime as dt
from collections.abc import Sequence

from retkoop.core import sheets
from retkoop.core.dates import format_day
from retkoop.core.money import format_euros
from retkoop.core.pdf import Letterhead
from retkoop.core.schoolyear import SchoolYear
from retkoop.core.tables import Column, Table
from retkoop.identity.models import Association
from retkoop.membership.models import FederalPayment
from retkoop.membership.queries.federal import Share, ShareLine


def statement_pdf(
    association: Association,
    share: Share,
    lines: Sequence[ShareLine],
    payments: Sequence[FederalPayment],
    *,
    first: int,
    on: dt.date,
) -> bytes:
    """The statement as it stands on that day; `lines` are for the AD alone, whose cooperatives they are."""
    columns = [
        Column("N°", width=8), Column("Coopérative", width=34), Column("Élèves", "count"), Column("Adultes", "count"),
        Column("Part fédérale", "cents"),
    ]  # fmt: skip
    rows = [(line.identifier, line.school, line.pupils, line.adults, line.cents) for line in lines]
    several = "s" if share.cooperatives > 1 else ""
    totals = ("Total", f"{share.cooperatives} coopérative{several}", share.pupils, share.adults, share.due_cents)
    received = [(format_day(row.paid_on), row.reference, row.cents) for row in payments if row.cancelled_at is None]
    paid = [Column("Le", width=12), Column("Référence", width=34), Column("Montant", "cents")]
    blocks: list[sheets.Block] = [
        sheets.Facts(
            [
                ("Coopératives", str(share.cooperatives)),
                ("Adhérents", f"{share.pupils} élèves et {share.adults} adultes"),
                ("Part due", format_euros(share.due_cents)),
                ("Reçu", format_euros(share.paid_cents)),
                ("Reste", format_euros(share.left_cents)),
                ("État", share.words),
            ]
        ),
    ]
    if lines:
        blocks.append(Table("Adhésions validées, avenants compris", columns, rows, totals=totals))
    if received:
        blocks.append(Table("Paiements reçus par la fédération", paid, received, totals=("Total", "", share.paid_cents)))
    blocks.append(
        sheets.Paragraph(
            "La part de chaque coopérative est celle des effectifs validés, au tarif de son adhésion ; "
            "un avenant compte pour sa différence.",
            "small",
        )
    )
    year = SchoolYear(first)
    head = Letterhead(association.name, f"Association {association.code}", f"Année {year.slug}", on)
    return sheets.sheet_pdf("Part de la fédération", blocks, head, subtitle=f"Année scolaire {year.slug}")
