"""How the gap solver is tried, whatever the kind of book: true books, books with one slip, books with two.

`RETKOOP_PROVE=1` plays the full number of books, from a fresh seed, which is printed.
"""

import os
import random
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from retkoop.ledger import solver

PROVE = os.environ.get("RETKOOP_PROVE") == "1"
BOOKS = 2_800 if PROVE else 112


@dataclass(frozen=True)
class Sweep:
    """A kind of book: `make` a true one by its seed, `slips` that spoil it, how the solver is `told`, who is `right`.

    A slip takes the chance and the book, spoils it, and says the truth: its `kind`, by which `right` judges a hypothesis.
    """

    name: str
    make: Callable[[int], Any]
    slips: Sequence[Callable[[random.Random, Any], Any]]
    told: Callable[[Any], solver.Evidence]
    right: Callable[[Any, solver.Hypothesis], bool]

    def slipped(self, seed: int, errors: int) -> tuple[Any, list[Any]]:
        """A true book with that many slips of different kinds, and the truth of each."""
        chance = random.Random(f"{self.name} {seed}")
        book, truths = self.make(seed), []
        slips = [self.slips[seed % len(self.slips)], *chance.sample(self.slips, len(self.slips))]
        while len(truths) < errors:
            tried = deepcopy(book)
            truth = slips.pop(0)(chance, tried)
            if truth is not None and all(truth.kind != other.kind for other in truths):
                book = tried
                truths.append(truth)
        return book, truths

    def accused(self) -> list[int]:
        """The seeds of true books in which the solver sees a slip."""
        base = seed_of_the_day()
        return [seed for seed in range(base, base + BOOKS // 4) if solver.solve(self.told(self.make(seed))) != []]

    def named_first(self) -> tuple[float, int]:
        """The share of books with one slip of which the first hypothesis is that slip; how many kinds of slip there were."""
        base = seed_of_the_day()
        hits: Counter[str] = Counter()
        tries: Counter[str] = Counter()
        for seed in range(base, base + BOOKS):
            book, (truth,) = self.slipped(seed, 1)
            found = solver.solve(self.told(book))
            tries[truth.kind] += 1
            hits[truth.kind] += bool(found) and self.right(truth, found[0])
        return share(f"{self.name}: one, named first", hits, tries), len(tries)

    def among_three(self) -> float:
        """The share of books with two slips of which one is among the first three hypotheses."""
        base = seed_of_the_day() + 5_000
        hits: Counter[str] = Counter()
        tries: Counter[str] = Counter()
        for seed in range(base, base + BOOKS):
            book, truths = self.slipped(seed, 2)
            found = solver.solve(self.told(book))[:3]
            tries["two"] += 1
            hits["two"] += any(self.right(truth, one) for truth in truths for one in found)
        return share(f"{self.name}: two, one of them in the first three", hits, tries)


def seed_of_the_day() -> int:
    """Where the seeds begin: always the same here, fresh and printed in the long proof."""
    seed = secrets.randbelow(10**6) if PROVE else 0
    print(f"seed {seed}")
    return seed * 10_000


def share(name: str, right_by: Counter[str], all_by: Counter[str]) -> float:
    """Right of all, printed with each kind's."""
    told = sum(right_by.values()) / sum(all_by.values())
    print(f"{name}: {told:.1%}")
    for kind in sorted(all_by):
        print(f"  {kind:24} {right_by[kind]:4} / {all_by[kind]}")
    return told
