"""The gap solver on reports typed in totals: the box that is wrong is the first one that it names."""

from retkoop.ledger import solver
from tests.gap_sweep import Sweep
from tests.gap_totals import SLIPS, Truth, Typed, make_typed


def told(page: Typed) -> solver.Evidence:
    """The page as the solver reads it."""
    bank = solver.Box("id_t_bank", "512 Banque", page.bank)
    items = tuple(solver.Item(f"id_i_bank_{at}_amount", label, cents) for at, (label, cents) in enumerate(page.items))
    incomes = tuple(solver.Box(f"id_v_{key}", key, cents) for key, cents in page.incomes.items())
    totals = solver.Totals(
        charges=tuple(solver.Box(f"id_v_{key}", key, cents) for key, cents in page.charges.items()),
        incomes=incomes,
        banks=((bank, solver.Box("id_s_bank", "Relevé", page.statement), items),),
        cash=solver.Box("id_t_cash", "530 Caisse", page.cash),
        pieces=page.pieces,
        brought_forward_cents=page.forward,
        public_grants=next((box for box in incomes if box.field == "id_v_public_grants"), None),
        grants=tuple(solver.Grant(number, name, cents) for number, (name, cents) in enumerate(page.grants)),
    )
    return solver.Evidence(year="2025-2026", totals=totals)


def right(truth: Truth, found: solver.Hypothesis) -> bool:
    """Is it that kind of slip, in that very box (or one of the two shown beside it)?"""
    return found.kind == truth.kind and (not truth.fields or any(one.where in truth.fields for one in (found, *found.also)))


SWEEP = Sweep("totals slips", make_typed, SLIPS, told, right)


def test_a_report_that_agrees_has_no_hypothesis():
    assert SWEEP.accused() == []


def test_the_first_hypothesis_is_the_box_that_is_wrong():
    share, _ = SWEEP.named_first()
    assert share >= 0.9


def test_with_two_slips_one_of_the_boxes_is_among_the_first_three():
    assert SWEEP.among_three() >= 0.7
