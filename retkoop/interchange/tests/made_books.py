"""Books made by hypothesis: what may happen in a year, drawn as plain data and played through the services."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from itertools import count

from hypothesis import strategies as st

from retkoop.core import clock
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Attachment, Entry, Means, Treasury
from retkoop.ledger.services import deposits, openings, receipts, treasuries
from retkoop.ledger.services.entries import cancel_entry, record_entry
from retkoop.ledger.tests.books import START, Desk, make_desk

SHAPES = ("pay", "receive", "refund", "cash", "both", "withdraw", "move", "slips")
_numbers = count(1000)
_LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"))
_WORDS = st.text(_LETTERS, max_size=30).map(str.strip)
_LABELS = st.one_of(
    st.sampled_from(["=1+1", "'=x", "''-2", "Total des ventes", "Solde voyage", "Bus « musée » ; l’œuvre", "a;b\"c'", "@x"]),
    st.text(_LETTERS, min_size=1, max_size=60).map(str.strip).filter(bool),
)


@dataclass(frozen=True)
class Happening:
    """One entry to be made: its shape, its sum in cents, the day of its year, and what is said of it."""

    shape: str
    cents: int
    day: int
    label: str
    piece: str
    means: str
    cheque: str
    action: str
    counterparty: str
    receipt_expected: bool
    tick: bool
    cancelled: bool
    receipts: int


HAPPENINGS = st.lists(
    st.builds(
        Happening,
        shape=st.sampled_from(SHAPES),
        cents=st.integers(2, 10**9),
        day=st.integers(0, 364),
        label=_LABELS,
        piece=st.one_of(st.just(""), st.from_regex(r"[DR]?[0-9]{1,4}", fullmatch=True)),
        means=st.sampled_from(Means.values),
        cheque=st.one_of(st.just(""), st.from_regex(r"[0-9]{1,7}", fullmatch=True)),
        action=_WORDS.map(lambda text: " ".join(text.split())),
        counterparty=_WORDS,
        receipt_expected=st.booleans(),
        tick=st.booleans(),
        cancelled=st.sampled_from([False, False, False, True]),
        receipts=st.sampled_from([0, 0, 1, 2]),
    ),
    max_size=6,
)


def next_number() -> str:
    """A number that no cooperative has yet."""
    return str(next(_numbers))


def new_desk() -> tuple[Desk, Treasury]:
    """A cooperative of its own with two banks and a cash box, nothing written; its second bank."""
    desk = make_desk(number=next_number())
    second = treasuries.open_treasury(
        cooperative=desk.cooperative, account="postal_bank", label="La Poste", opened=START, author=desk.teacher
    )
    return desk, second


def open_books(desk: Desk, second: Treasury) -> None:
    """An opening with a carried cheque, on both banks and in the box."""
    item = openings.OpeningItemContent(dt.date(2024, 8, 20), "Librairie", -5_000, "12")
    contents = [
        openings.OpeningContent(desk.bank, 90_000, dt.date(2024, 8, 31), (item,)),
        openings.OpeningContent(second, 7_000, dt.date(2024, 8, 28)),
        openings.OpeningContent(desk.cash, 2_000),
    ]
    openings.type_opening(year=desk.year, on=dt.date(2024, 9, 1), contents=contents, author=desk.teacher)


def live(desk: Desk, second: Treasury, happenings: list[Happening]) -> list[Entry]:
    """Play what happens, in the first year."""
    return [_entry(desk, second, happening) for happening in happenings]


def _entry(desk: Desk, second: Treasury, it: Happening) -> Entry:
    content = EntryContent(
        date=START + dt.timedelta(days=it.day),
        label=it.label,
        lines=_lines(desk, second, it),
        piece=it.piece,
        means=it.means,
        cheque=it.cheque,
        action=it.action,
        counterparty=it.counterparty,
        receipt_expected=it.receipt_expected,
        tick=it.tick,
    )
    if it.shape == "slips":
        slips = [deposits.Slip("Mme Martin", "Crédit Agricole", it.cents - 1), deposits.Slip("", "", 1)]
        entry = deposits.record_deposit(year=desk.year, content=content, slips=slips, author=desk.teacher)
    else:
        entry = record_entry(year=desk.year, content=content, author=desk.teacher)
    for rank in range(it.receipts):
        _prove(desk.cooperative, entry, f"{entry.pk}/{rank}")
    if it.cancelled:
        cancel_entry(entry=entry, version=1, author=desk.teacher)
    return entry


def _lines(desk: Desk, second: Treasury, it: Happening) -> tuple[Line, ...]:
    bank, postal, cash = ("bank", desk.bank.pk), ("postal_bank", second.pk), ("cash", desk.cash.pk)
    parts = {
        "pay": ((*bank, -1), ("activities", None, 1)),
        "receive": ((*postal, 1), ("family_contributions", None, -1)),
        "refund": ((*bank, 1), ("activities", None, -1)),
        "cash": ((*cash, -1), ("activities", None, 1)),
        "withdraw": ((*bank, -1), (*cash, 1)),
        "move": ((*bank, -1), (*postal, 1)),
        "slips": ((*bank, 1), ("family_contributions", None, -1)),
    }
    if it.shape == "both":
        return (
            Line("bank", it.cents - 1, desk.bank.pk),
            Line("cash", 1, desk.cash.pk),
            Line("family_contributions", -it.cents),
        )
    return tuple(Line(account, sign * it.cents, treasury) for account, treasury, sign in parts[it.shape])


def _prove(cooperative: Cooperative, entry: Entry, seed: str) -> None:
    """A receipt known by its digest, as after an import: removing and restoring it tells it to the audit trail."""
    digest = hashlib.sha256(seed.encode()).hexdigest()
    attachment = Attachment.objects.create(cooperative=cooperative, entry=entry, sha256=digest, added_at=clock.now())
    receipts.remove_receipt(attachment=attachment, author=Author(None))
    receipts.restore_receipt(attachment=attachment, author=Author(None))
