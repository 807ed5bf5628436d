"""The slips: each spoils a true year as a teacher would, and says what should be found."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.gap_books import CHARGES, END, INCOMES, NOTES, Row, SchoolBook, amount


@dataclass(frozen=True)
class Truth:
    """What was done: the kind, the entry concerned (one of them), or the amount of what is missing."""

    kind: str
    entries: frozenset[int] = frozenset()
    cents: int | None = None
    piece: str = ""


def _pick(chance: random.Random, rows: list[Row]) -> Row | None:
    return chance.choice(rows) if rows else None


def _put(book: SchoolBook, row: Row) -> None:
    book.rows = [row if old.id == row.id else old for old in book.rows]


def _plain(book: SchoolBook) -> list[Row]:
    """Lines of the bank alone, shown by it and ticked."""
    return [row for row in book.rows if row.bank and not row.cash and row.ticked and not row.stray]


def not_ticked(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(chance, _plain(book))
    if row is None:
        return None
    _put(book, replace(row, ticked=None))
    return Truth("line-not-ticked", frozenset({row.id}))


def not_shown(chance: random.Random, book: SchoolBook) -> Truth | None:
    """A cheque of the last weeks, ticked although nobody has cashed it."""
    day = END - dt.timedelta(days=chance.randint(1, 60))
    number = max(row.id for row in book.rows if not row.stray) + 1
    row = Row(number, day, "Sortie de fin d’année", -amount(chance), 0, CHARGES[0], str(chance.randint(1, 99999)), "cheque")
    on = chance.choice([end for end in book.balances if end >= day])
    book.rows.append(replace(row, ticked=on))
    return Truth("line-not-on-statement", frozenset({number}))


def missing(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(chance, [row for row in _plain(book) if row.account != "public_grants"])
    if row is None:
        return None
    book.rows = [old for old in book.rows if old.id != row.id]
    return Truth("line-missing", cents=row.bank)


def wrong_side(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(chance, [row for row in _plain(book) if row.account != "public_grants"])
    if row is None:
        return None
    account = row.account
    if chance.random() < 0.3:
        account = chance.choice(INCOMES if account in CHARGES else CHARGES)
    _put(book, replace(row, bank=-row.bank, account=account))
    return Truth("wrong-side", frozenset({row.id}))


def _retyped(book: SchoolBook, row: Row, cents: int) -> None:
    _put(book, replace(row, bank=cents if row.bank > 0 else -cents))


def swapped(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(chance, [row for row in _plain(book) if row.account != "public_grants" and abs(row.bank) >= 1000])
    if row is None:
        return None
    text = list(str(abs(row.bank)))
    places = [at for at in range(len(text) - 1) if text[at] != text[at + 1] and not (at == 0 and text[1] == "0")]
    if not places:
        return None
    at = chance.choice(places)
    text[at], text[at + 1] = text[at + 1], text[at]
    _retyped(book, row, int("".join(text)))
    return Truth("swapped-digits", frozenset({row.id}))


def misprinted(chance: random.Random, cents: int) -> int:
    """An amount as a hurried hand types it."""
    euros, rest = divmod(cents, 100)
    text = str(euros)
    at = chance.randrange(len(text))
    way = chance.choice(["comma"] * 5 + ["double"] * 3 + ["drop"] * 2)
    if way == "comma":
        return cents * chance.choice([10, 100]) if rest or chance.random() < 0.4 else cents // 10
    if way == "drop" and len(text) > 1:
        return int(text[:at] + text[at + 1 :]) * 100 + rest
    return int(text[:at] + text[at] + text[at:]) * 100 + rest


def mistyped(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(chance, [row for row in _plain(book) if row.account != "public_grants" and abs(row.bank) >= 200])
    if row is None:
        return None
    cents = misprinted(chance, abs(row.bank))
    if cents in {0, abs(row.bank)}:
        return None
    _retyped(book, row, cents)
    return Truth("mistyped-amount", frozenset({row.id}))


def twin(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(chance, [row for row in _plain(book) if row.account != "public_grants"])
    if row is None:
        return None
    number = max(old.id for old in book.rows) + 1
    day = min(row.day + dt.timedelta(days=chance.choice([0, 0, 1, 5])), row.ticked or END)
    book.rows.append(replace(row, id=number, day=day, cheque=row.cheque if chance.random() < 0.7 else ""))
    return Truth("twin-entry", frozenset({number, row.id}))


def one_sided(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(
        chance, [row for row in book.rows if row.bank and row.cash and row.ticked and row.day < _before_last_count(book)]
    )
    if row is None:
        return None
    if chance.random() < 0.4:
        book.rows = [old for old in book.rows if old.id != row.id]
        return Truth("one-sided-transfer")
    _put(book, replace(row, cash=0, account=INCOMES[0] if row.bank > 0 else CHARGES[0]))
    return Truth("one-sided-transfer", frozenset({row.id}))


def _before_last_count(book: SchoolBook) -> dt.date:
    return max(book.counts) + dt.timedelta(days=1)


def wrong_treasury(chance: random.Random, book: SchoolBook) -> Truth | None:
    to_bank = chance.random() < 0.5
    rows = [row for row in book.rows if row.cash and not row.bank and not row.stray] if to_bank else _plain(book)
    row = _pick(chance, [row for row in rows if row.account != "public_grants"])
    if row is None:
        return None
    _put(book, replace(row, bank=row.cash, cash=row.bank, ticked=None))
    return Truth("wrong-treasury", frozenset({row.id}))


def wrong_opening(chance: random.Random, book: SchoolBook) -> Truth | None:
    if book.known_bank is not None and chance.random() < 0.6:
        book.bank_opening += chance.choice([-1, 1]) * amount(chance)
        return Truth("wrong-opening")
    true = book.bank_opening
    text = list(str(true))
    at = chance.randrange(len(text) - 1)
    text[at], text[at + 1] = text[at + 1], text[at]
    book.bank_opening = int("".join(text))
    return Truth("wrong-opening") if text[0] != "0" and book.bank_opening != true else None


def cash_count(chance: random.Random, book: SchoolBook) -> Truth | None:
    last = max(book.counts)
    pieces = dict(book.counts[last])
    if not pieces:
        return None
    value = chance.choice(list(pieces))
    way = chance.random()
    at = NOTES.index(value) if value in NOTES else -1
    if way < 0.25 and 0 <= at < len(NOTES) - 1 and NOTES[at + 1] not in pieces:
        pieces[NOTES[at + 1]] = pieces.pop(value)
    else:
        pieces[value] = max(0, pieces[value] + chance.choice([-1, -1, 1, 1, 2, -2]))
    if pieces == book.counts[last]:
        return None
    book.counts[last] = pieces
    return Truth("cash-count", piece=str(NOTES[at + 1] if value not in pieces else value))


def other_year(chance: random.Random, book: SchoolBook) -> Truth | None:
    row = _pick(chance, [row for row in _plain(book) if row.account != "public_grants"])
    if row is None:
        return None
    _put(book, replace(row, day=row.day + dt.timedelta(days=365), stray=True, ticked=None))
    return Truth("other-year", frozenset({row.id}))


def grant_detail(chance: random.Random, book: SchoolBook) -> Truth | None:
    if not book.grants:
        return None
    index = chance.randrange(len(book.grants))
    entry, label, cents, number = book.grants.pop(index)
    if chance.random() < 0.5:
        book.grants.append((entry, label, cents + chance.choice([-1, 1]) * 1500, number))
    return Truth("grant-detail", frozenset({entry}))


def statement_balance(chance: random.Random, book: SchoolBook) -> Truth | None:
    true = book.balances[END]
    text = list(str(abs(true)))
    at = chance.randrange(len(text) - 1)
    text[at], text[at + 1] = text[at + 1], text[at]
    if text[0] == "0" or int("".join(text)) == abs(true):
        return None
    book.balances[END] = int("".join(text)) * (1 if true > 0 else -1)
    return Truth("statement-balance")


SLIPS: tuple[Callable[[random.Random, SchoolBook], Truth | None], ...] = (
    not_ticked, not_shown, missing, wrong_side, swapped, mistyped, twin, one_sided,
    wrong_treasury, wrong_opening, cash_count, other_year, grant_detail, statement_balance,
)  # fmt: skip
