"""The gap solver on reports typed in totals: the box that is wrong is the first one that it names."""

import random
from collections import Counter
from copy import deepcopy

from retkoop.ledger import solver
from tests.gap_totals import SLIPS, Truth, Typed, make_typed
from tests.test_gap_solver import BOOKS, report, seed_of_the_day


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


def slipped(seed: int, errors: int) -> tuple[Typed, list[Truth]]:
    """A report that agreed, with that many slips of different kinds."""
    chance = random.Random(f"totals slips {seed}")
    page, truths = make_typed(seed), []
    slips = [SLIPS[seed % len(SLIPS)], *chance.sample(SLIPS, len(SLIPS))]
    while len(truths) < errors:
        tried = deepcopy(page)
        truth = slips.pop(0)(tried, chance)
        if truth is not None and all(truth.kind != other.kind for other in truths):
            page = tried
            truths.append(truth)
    return page, truths


def test_a_report_that_agrees_has_no_hypothesis():
    base = seed_of_the_day()
    for seed in range(base, base + BOOKS // 4):
        assert solver.solve(told(make_typed(seed))) == [], seed


def test_the_first_hypothesis_is_the_box_that_is_wrong():
    base = seed_of_the_day()
    hits: Counter[str] = Counter()
    tries: Counter[str] = Counter()
    for seed in range(base, base + BOOKS):
        page, (truth,) = slipped(seed, 1)
        found = solver.solve(told(page))
        tries[truth.kind] += 1
        hits[truth.kind] += bool(found) and right(truth, found[0])
    assert report("one slip in totals, named first", hits, tries) >= 0.9


def test_with_two_slips_one_of_the_boxes_is_among_the_first_three():
    base = seed_of_the_day() + 5_000
    hits: Counter[str] = Counter()
    tries: Counter[str] = Counter()
    for seed in range(base, base + BOOKS):
        page, truths = slipped(seed, 2)
        found = solver.solve(told(page))[:3]
        tries["two"] += 1
        hits["two"] += any(right(truth, one) for truth in truths for one in found)
    assert report("two slips in totals, one of them in the first three", hits, tries) >= 0.7
