"""What the form proposes: the next piece, the next cheque, and the account that a label calls for.

The account is learnt from this cooperative's own entries by a multinomial
naive Bayes over the words of their labels (Laplace smoothing), each side of
the money by itself. Its confidence is the share of the posterior tempered by
how much of the label is known; under 60 % nothing is proposed, and nothing is
ever filled in without a click.
"""

import datetime as dt
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from retkoop.core.text import fold, next_cheque, next_piece
from retkoop.identity.models import Cooperative
from retkoop.ledger.chart import Chart
from retkoop.ledger.models import AccountClass, Entry, EntryKind, FiscalYear, Posting, TreasuryKind

Side = Literal["in", "out"]
CONFIDENCE_FLOOR = 60
_LEARNT_FROM = 1500
_WORD = re.compile(r"[a-z]+")
_EMPTY = frozenset(
    [
        *("a", "au", "aux", "avec", "ce", "ces", "dans", "de", "des", "du", "en", "et", "la", "le", "les", "un", "une"),
        *("sur", "pour", "par", "annee", "ecole", "no", "numero", "janvier", "fevrier", "mars", "avril", "mai", "juin"),
        *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
    ]
)


@dataclass(frozen=True)
class NextPieces:
    """The piece number that follows: whatever the entry, for an income, for an expense."""

    any: str
    income: str
    expense: str

    def of(self, side: Side | None) -> str:
        """The one for that side of the money."""
        return {"in": self.income, "out": self.expense, None: self.any}[side]


def next_pieces(year: FiscalYear) -> NextPieces:
    """The piece numbers that follow those of the year, in one query."""
    rows = Entry.objects.filter(year=year, cancelled_at__isnull=True).exclude(piece="").order_by("number")
    pieces = list(rows.values_list("piece", flat=True))
    return NextPieces(next_piece(pieces, None), next_piece(pieces, "in"), next_piece(pieces, "out"))


def next_cheque_of(cooperative: Cooperative, since: dt.date) -> str:
    """The cheque that follows the last one written from the cooperative's chequebook since a date; "" when unknown."""
    rows = (
        Posting.objects.filter(
            entry__in=Entry.objects.filter(cooperative=cooperative, date__gte=since).exclude(cheque=""),
            treasury__kind=TreasuryKind.BANK,
            until_version__isnull=True,
            cents__lt=0,
        )
        .order_by("entry__date", "entry__number")
        .values_list("entry__cheque", flat=True)
    )
    return next_cheque(list(rows))


@dataclass(frozen=True)
class Suggestion:
    """An account for a label: its key, its title, and how sure, in percent."""

    account: str
    title: str
    confidence: int


@dataclass(frozen=True)
class Example:
    """A label of the past and the account under which it went."""

    label: str
    account_id: int
    side: Side


@dataclass
class Learner:
    """The counts of words by account, for one side of the money."""

    words: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    entries: Counter[int] = field(default_factory=Counter)
    vocabulary: set[str] = field(default_factory=set)

    def learn(self, example: Example) -> None:
        """Add one entry of the past."""
        tokens = tokens_of(example.label)
        self.words[example.account_id].update(tokens)
        self.entries[example.account_id] += 1
        self.vocabulary.update(tokens)

    def guess(self, label: str) -> tuple[int, int] | None:
        """(account id, confidence in percent) for a label; None when none of its words was ever met."""
        tokens = tokens_of(label)
        known = [token for token in tokens if token in self.vocabulary]
        if not known:
            return None
        size = len(self.vocabulary)
        total = sum(self.entries.values())
        scores = {}
        for account_id, count in self.entries.items():
            counts = self.words[account_id]
            met = counts.total()
            scores[account_id] = math.log(count / total) + sum(math.log((counts[token] + 1) / (met + size)) for token in known)
        best = max(scores, key=lambda account_id: (scores[account_id], -account_id))
        share = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
        return best, min(99, round(share * _trust(self.words[best], tokens)))


def _trust(counts: Counter[str], tokens: Sequence[str]) -> int:
    """Between 50 and 100: how many of the label's words the account has already received."""
    return 50 + 50 * sum(1 for token in tokens if counts[token]) // len(tokens)


def tokens_of(label: str) -> list[str]:
    """The words of a label that carry meaning: no accents, no numbers, no months, singular and plural alike."""
    words = (word for word in _WORD.findall(fold(label)) if word not in _EMPTY and len(word) > 1)
    return [word.rstrip("sx") if len(word) > 3 else word for word in words]


def learners(examples: Iterable[Example]) -> dict[Side, Learner]:
    """What the past teaches, for money out and for money in."""
    sides: dict[Side, Learner] = {"in": Learner(), "out": Learner()}
    for example in examples:
        sides[example.side].learn(example)
    return sides


def examples_of(cooperative: Cooperative) -> list[Example]:
    """The cooperative's entries with one single operating account, the oldest first, in one query."""
    rows = (
        Posting.objects.filter(
            entry__in=Entry.objects.filter(cooperative=cooperative, kind=EntryKind.ORDINARY, cancelled_at__isnull=True),
            until_version__isnull=True,
            treasury__isnull=True,
            account__kind__in=[AccountClass.CHARGE, AccountClass.INCOME],
        )
        .order_by("-entry__date", "-entry__number")
        .values_list("entry_id", "entry__label", "account_id", "cents")[:_LEARNT_FROM]
    )
    by_entry: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for entry_id, label, account_id, cents in rows:
        by_entry[entry_id].append((label, account_id, cents))
    single = [lines[0] for lines in by_entry.values() if len(lines) == 1]
    return [Example(label, account_id, "out" if cents > 0 else "in") for label, account_id, cents in reversed(single)]


def suggest_account(cooperative: Cooperative, chart: Chart, label: str, side: Side) -> Suggestion | None:
    """The account that the label calls for; None when the past does not say so with 60 % confidence."""
    if not tokens_of(label):
        return None
    guess = learners(examples_of(cooperative))[side].guess(label)
    if guess is None or guess[1] < CONFIDENCE_FLOOR or guess[0] not in chart.by_id:
        return None
    account = chart.by_id[guess[0]]
    return Suggestion(account.key, account.title, guess[1])


@dataclass(frozen=True)
class Score:
    """How the suggestions fare on entries that they have not learnt."""

    held_out: int
    shown: int
    right: int

    @property
    def right_of_shown(self) -> int:
        """In percent."""
        return 100 * self.right // self.shown if self.shown else 0

    @property
    def right_of_all(self) -> int:
        """In percent."""
        return 100 * self.right // self.held_out if self.held_out else 0


def evaluate(examples: Sequence[Example]) -> Score:
    """Hold every tenth entry out, learn from the others, and count what would have been shown, and rightly."""
    held = [example for rank, example in enumerate(examples) if rank % 10 == 9]
    taught = learners(example for rank, example in enumerate(examples) if rank % 10 != 9)
    shown = right = 0
    for example in held:
        guess = taught[example.side].guess(example.label)
        if guess is not None and guess[1] >= CONFIDENCE_FLOOR:
            shown += 1
            right += guess[0] == example.account_id
    return Score(len(held), shown, right)
