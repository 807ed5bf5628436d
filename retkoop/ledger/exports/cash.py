"""« Arrêté de caisse », printed for the binder."""

from retkoop.core import sheets
from retkoop.core.dates import format_day, format_long
from retkoop.core.money import format_euros
from retkoop.core.tables import Column, Table
from retkoop.ledger.exports.letterhead import letterhead
from retkoop.ledger.follow import COINS, NOTES, piece_label
from retkoop.ledger.queries.cash import CountState

_VERDICT = {
    "equal": "La caisse est égale au cahier.",
    "explained": "L’écart est justifié.",
    "open": "L’écart est non justifié.",
}


def count_pdf(state: CountState) -> bytes:
    """The sheet of a count: pieces, value, the book's balance, the difference and what explains it, signatures."""
    count = state.count
    facts = [
        ("Compté", format_euros(count.counted_cents)),
        ("Solde de la caisse dans le cahier", format_euros(state.book_cents)),
        ("Écart", format_euros(state.gap_cents)),
    ]
    if state.explained and count.explained_by is not None:
        entry = count.explained_by
        facts.append(("Justifié par", f"{entry.label} ({format_day(entry.date)})"))
    blocks: list[sheets.Block] = [
        sheets.Facts(facts),
        sheets.Paragraph(_VERDICT[state.state], "strong"),
        sheets.TwoColumns([_pieces("Billets", NOTES, state)], [_pieces("Pièces", COINS, state)]),
    ]
    if count.cancelled_at is not None:
        blocks.insert(0, sheets.Paragraph("Comptage annulé.", "strong"))
    blocks.append(sheets.Signatures(["Compté par", "Vu par"]))
    return sheets.sheet_pdf(f"Arrêté de caisse du {format_long(count.on)}", blocks, letterhead(count.cooperative, count.year))


def _pieces(title: str, values: tuple[int, ...], state: CountState) -> Table:
    counted = {value: int(state.count.pieces.get(str(value), 0)) for value in values}
    return Table(
        title,
        [Column(title, width=18), Column("Nombre", "count"), Column("Somme", "cents")],
        [(piece_label(value), number, value * number) for value, number in counted.items()],
        totals=("Total", None, sum(value * number for value, number in counted.items())),
    )
