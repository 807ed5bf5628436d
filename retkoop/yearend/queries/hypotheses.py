"""What may explain that a control of the report does not agree: the gap solver, fed from the books or from the totals."""

import re
from collections.abc import Iterable

from retkoop.core.money import AmountError, parse_euros
from retkoop.ledger import solver
from retkoop.ledger.controls import Control
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.evidence import evidence_of
from retkoop.ledger.solver.kinds import ONE_SIDED_TRANSFER, WRONG_TREASURY
from retkoop.yearend.queries.shapes import Figures, Line, Treasury

CRF = "/compte-rendu/crf/"
BOTH = (WRONG_TREASURY, ONE_SIDED_TRANSFER)  # told of the cash box, they explain a gap of the bank too
_TERM = re.compile(r"[+\-\u2212\u2013]")


def hypotheses_of(year: FiscalYear, figures: Figures, verdicts: Iterable[Control]) -> list[solver.Hypothesis]:
    """The most probable errors behind the controls that do not agree, the likeliest first; none when all do.

    Nothing is read when every control agrees; a cash box still to be counted has nothing to explain.
    """
    wrong = {verdict.id for verdict in verdicts if verdict.state == "ko" and not (verdict.pending and verdict.id != "E5")}
    if not wrong - {"E7"}:
        return []
    if figures.mode == "totals":
        evidence = solver.Evidence(figures.year, totals=totals_evidence(figures))
    else:
        evidence = evidence_of(year, figures.validated_before_cents)
    found = solver.solve(evidence)
    return [one for one in found if one.control in wrong or ("E3" in wrong and one.kind in BOTH)]


def totals_evidence(figures: Figures) -> solver.Totals:
    """The boxes of a report of totals, each with the name of its field on the page."""
    incomes = tuple(_box(line) for line in figures.incomes)
    cash = next((row for row in figures.treasuries if row.kind == "cash"), None)
    return solver.Totals(
        charges=tuple(_box(line) for line in figures.charges),
        incomes=incomes,
        banks=tuple(_bank(bank) for bank in figures.banks if bank.used),
        cash=_treasury(cash) if cash else None,
        pieces=figures.cash.pieces if figures.cash.counted_cents is not None else None,
        brought_forward_cents=figures.brought_forward_cents,
        public_grants=next((box for box in incomes if box.field == "id_v_public_grants"), None),
        grants=tuple(solver.Grant(row.id, row.funder, row.cents, row.entry_id) for row in figures.grants),
        page=f"{CRF}?annee={figures.year}",
    )


def _box(line: Line) -> solver.Box:
    return solver.Box(f"id_v_{line.key}", f"{line.code} {line.label}", line.cents, _terms(line.expression))


def _treasury(row: Treasury) -> solver.Box:
    return solver.Box(f"id_t_{row.key}", f"{row.code} {row.label}", row.cents, _terms(row.expression))


def _bank(bank: Treasury) -> tuple[solver.Box, solver.Box | None, tuple[solver.Item, ...]]:
    items = tuple(
        solver.Item(f"id_i_{bank.key}_{number}_amount", item.label, item.cents) for number, item in enumerate(bank.items)
    )
    if bank.statement_cents is None:
        return _treasury(bank), None, items
    label = f"Solde du relevé, {bank.code}"
    return _treasury(bank), solver.Box(f"id_s_{bank.key}", label, bank.statement_cents), items


def _terms(expression: str) -> tuple[int, ...]:
    """What was added up in a box: « 120 + 45,50 » is 120,00 and 45,50."""
    found = []
    for text in _TERM.split(expression):
        try:
            found.append(parse_euros(text))
        except AmountError:
            continue
    return tuple(found) if len(found) > 1 else ()
