"""The printed slip of a « remise de chèques », for the bank and for the binder."""

from collections.abc import Sequence

from retkoop.core.dates import format_long
from retkoop.core.pdf import Letterhead
from retkoop.core.sheets import Block, Facts, Signatures, sheet_pdf
from retkoop.core.tables import Column, Table
from retkoop.ledger.models import ChequeSlip, Entry, Treasury


def deposit_pdf(entry: Entry, slips: Sequence[ChequeSlip], bank: Treasury, letterhead: Letterhead) -> bytes:
    """The slip as an A4 page: the account, the cheques one by one, their number and total."""
    total = sum(slip.cents for slip in slips)
    table = Table(
        title="Chèques remis",
        columns=[Column("N°", "count", width=5), Column("Émetteur"), Column("Banque"), Column("Montant", "cents")],
        rows=[[slip.rank, slip.issuer, slip.bank, slip.cents] for slip in slips],
        totals=[None, f"{len(slips)} chèque{'s' if len(slips) > 1 else ''}", "Total", total],
    )
    facts = [
        ("Compte crédité", f"{bank.label}{f' ({bank.holder})' if bank.holder else ''}"),
        ("Date", format_long(entry.date)),
        ("Libellé", entry.label),
        ("N° de pièce", entry.piece or "—"),
    ]
    blocks: list[Block] = [Facts(facts), table, Signatures(["Le mandataire", "La banque"])]
    return sheet_pdf("Bordereau de remise de chèques", blocks, letterhead)
