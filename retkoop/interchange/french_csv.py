"""A cahier as a French CSV: semicolons, decimal commas, Windows encoding, headings in plain words.

Reads what a spreadsheet keeps, what « Exportation » writes and what
`exports.book_csv` writes. Columns are found by their heading, in any order
(`columns.py`): pièce, date, libellé, n° de chèque, moyen, action, relevé (the
date of the statement on which the line stands), entrée/sortie banque,
entrée/sortie caisse, autre coopérative, justificatif, and one column an
account, known by the number that begins its heading. Nothing is guessed: a
line that cannot be read is refused by its number, with the reason.
"""

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar

from retkoop.core.dates import DayError, parse_day
from retkoop.core.money import AmountError, parse_euros
from retkoop.core.refusal import Refusal
from retkoop.core.text import fold
from retkoop.interchange.columns import columns_of, unarmoured
from retkoop.ledger import rules
from retkoop.ledger.chart import Chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import FiscalYear, Means, Treasury, TreasuryKind

T = TypeVar("T")
MAX_BYTES, MAX_LINES, MAX_CELLS = 2 * 2**20, 5_000, 400
_LENGTHS = {"piece": 20, "label": 200, "cheque": 20, "action": 60, "counterparty": 120}
_TITLES = {
    "piece": "N° de pièce",
    "label": "Libellé",
    "cheque": "N° de chèque",
    "action": "Action",
    "counterparty": "Autre coopérative",
}
_IGNORED = ("report a nouveau", "total", "totaux", "solde")
_ALREADY = ("repris de l'annee precedente)", "(annulee)")
_UNEXPECTED = {"non attendu", "non", "aucun"}
_AMOUNTS = ("in:", "out:", "account:")
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_MEANS = {
    "cheque": Means.CHEQUE,
    "virement": Means.TRANSFER,
    "especes": Means.CASH,
    "carte": Means.CARD,
    "cb": Means.CARD,
    "prelevement": Means.DEBIT,
    "pas encore paye": Means.UNPAID,
    "non precise": Means.OTHER,
}


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be taken: its number in the file, what it says, and why, in French."""

    number: int
    text: str
    reasons: tuple[str, ...]
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GoodLine:
    """A line that can be recorded; `statements`: by treasury id, the date of the statement on which it stands."""

    number: int
    content: EntryContent
    statements: Mapping[int, dt.date]


@dataclass(frozen=True)
class Reading:
    """A whole file read: what can be recorded, what cannot, what was left out on purpose."""

    good: tuple[GoodLine, ...]
    bad: tuple[BadLine, ...]
    ignored: tuple[int, ...]


def decode(data: bytes) -> str:
    """UTF-8 (with or without its mark) when it is, else Windows-1252, which every byte but five can be."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read(data: bytes, *, year: FiscalYear, treasuries: Sequence[Treasury], chart: Chart, today: dt.date) -> Reading:
    """Read a cahier. Raises Refusal when the file as a whole cannot be one (no heading, too long, no amounts)."""
    if len(data) > MAX_BYTES:
        message = f"Ce fichier pèse plus de {MAX_BYTES // 2**20} Mo : un cahier en CSV est bien plus léger."
        raise Refusal(message, "file")
    if not treasuries:
        message = (
            "Dites d’abord où est l’argent de la coopérative : ouvrez son compte en banque, et sa caisse si elle en a une."
        )
        raise Refusal(message, "file")
    rows, heading, columns = _table(decode(data), treasuries, chart)
    reader = _Reader(year, columns, today, {row.pk: row for row in treasuries}, _charges(chart))
    good: list[GoodLine] = []
    bad: list[BadLine] = []
    ignored: list[int] = []
    for number, cells in enumerate(rows[heading + 1 :], start=heading + 2):
        if not any(cell.strip() for cell in cells):
            continue
        values = {key: _cleaned(cells[index]) if index < len(cells) else "" for key, index in columns.items()}
        try:
            good.append(reader.line(number, values))
        except _Bad as error:
            if _is_no_entry(cells, values):
                ignored.append(number)
            else:
                bad.append(BadLine(number, " ; ".join(cell for cell in cells if cell.strip())[:500], error.reasons, values))
    if not good and not bad:
        message = "Ce fichier ne contient aucune écriture."
        raise Refusal(message, "file")
    return Reading(tuple(good), tuple(bad), tuple(ignored))


def _charges(chart: Chart) -> frozenset[str]:
    return frozenset(account.key for account in chart.charges)


def _cleaned(cell: str) -> str:
    """One line of text: no control characters, and no apostrophe put there against formulas."""
    printable = "".join(" " if unicodedata.category(char) in _UNSEEN else char for char in cell)
    return unarmoured(printable.strip())


def _is_no_entry(cells: Sequence[str], values: Mapping[str, str]) -> bool:
    """Totals, balances and the report à nouveau, which a cahier shows and nobody enters: begun so, and without a
    date or without a ventilation; an item carried from the year before, a cancelled entry."""
    label = fold(values["label"])
    if label.endswith(_ALREADY):
        return True
    spread = any(text for key, text in values.items() if key.startswith("account:"))
    return (label.startswith(_IGNORED) or fold(cells[0]).startswith(_IGNORED)) and not (
        spread and any(char.isdigit() for char in values["date"])
    )


def _table(text: str, treasuries: Sequence[Treasury], chart: Chart) -> tuple[list[list[str]], int, dict[str, int]]:
    """The rows, where the headings are, and which column holds what. Raises Refusal when date, label or amounts are missing."""
    head = text[:20_000]
    for delimiter in sorted(";\t,", key=head.count, reverse=True):
        for index, cells in enumerate(islice(_rows(text, delimiter), 15)):
            columns = columns_of(cells[:MAX_CELLS], treasuries, chart)
            if {"date", "label"} <= columns.keys() and any(key.startswith(("in:", "out:")) for key in columns):
                rows = list(islice(_rows(text, delimiter), MAX_LINES + 1))
                if len(rows) > MAX_LINES:
                    message = f"Ce fichier a plus de {MAX_LINES} lignes : un cahier en a moins."
                    raise Refusal(message, "file")
                return rows, index, columns
    message = (
        "Il manque les titres des colonnes : il en faut au moins « Date », « Libellé », « Entrée banque » et « Sortie banque »."
    )
    raise Refusal(message, "file")


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        message = f"Ce fichier ne se lit pas comme un tableau : {error}."
        raise Refusal(message, "file") from error


class _Bad(Exception):  # noqa: N818
    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(*reasons)
        self.reasons = tuple(reasons)


@dataclass
class _Reader:
    """Reads the lines of one file."""

    year: FiscalYear
    columns: Mapping[str, int]
    today: dt.date
    treasuries: Mapping[int, Treasury]
    charges: frozenset[str]

    def line(self, number: int, values: Mapping[str, str]) -> GoodLine:
        """Raises _Bad with every reason that the line cannot be recorded."""
        reasons: list[str] = []
        day = self._taken(lambda: self._day(values["date"]), "Date", reasons)
        lines = self._lines(values, reasons)
        statements = self._statements(values, lines, reasons)
        means, cheque = self._means(values, reasons)
        for key, longest in _LENGTHS.items():
            length = len(cheque if key == "cheque" else values.get(key, ""))
            if length > longest:
                reasons.append(f"{_TITLES[key]} : {length} caractères, {longest} au plus.")
        if reasons or day is None:
            raise _Bad(reasons)
        content = EntryContent(
            date=day,
            label=values["label"],
            lines=lines,
            piece=values.get("piece", ""),
            means=means,
            cheque=cheque,
            action=values.get("action", ""),
            counterparty=values.get("counterparty", ""),
            receipt_expected=fold(values.get("receipt", "")) not in _UNEXPECTED,
        )
        broken = rules.problems(content, start=self.year.start, end=self.year.end)
        if any(statement < day for statement in statements.values()):
            broken.append(Refusal("Le relevé indiqué s’arrête avant la date de l’écriture."))
        if broken:
            raise _Bad([problem.message for problem in broken])
        return GoodLine(number, content, statements)

    def _day(self, text: str) -> dt.date:
        return parse_day(text, start=self.year.start, end=self.year.end, today=self.today)

    def _taken(self, work: Callable[[], T], name: str, reasons: list[str]) -> T | None:
        try:
            return work()
        except (AmountError, DayError) as error:
            reasons.append(f"{name} : {error}")
            return None

    def _statements(self, values: Mapping[str, str], lines: Sequence[Line], reasons: list[str]) -> dict[int, dt.date]:
        """A column of its own says it of an account, the common one of all the banks of the line."""
        found: dict[int, dt.date] = {}
        for line in lines:
            treasury = self.treasuries.get(line.treasury_id or 0)
            if treasury is not None and treasury.kind == TreasuryKind.BANK:
                text = values.get(f"statement:{treasury.pk}") or values.get("statement", "")
                day = self._statement(text, reasons)
                if day is not None:
                    found[treasury.pk] = day
        return found

    def _statement(self, text: str, reasons: list[str]) -> dt.date | None:
        days = {part.strip() for part in text.split(",")}
        if not any(character.isdigit() for character in text):
            return None
        if len(days) > 1:
            reasons.append(f"Relevé : « {text} » ne dit pas quel compte. Donnez une colonne « Relevé » à chaque compte.")
            return None
        return self._taken(
            lambda: parse_day(days.pop(), start=self.year.start, end=dt.date(self.year.end.year + 1, 8, 31), today=self.today),
            "Relevé",
            reasons,
        )

    def _lines(self, values: Mapping[str, str], reasons: list[str]) -> tuple[Line, ...]:
        lines: list[Line] = []
        charges: list[Line] = []
        for key in self.columns:
            text = values[key]
            if not key.startswith(_AMOUNTS) or not text:
                continue
            cents = self._taken(partial(parse_euros, text), self._title(key), reasons)
            if not cents:
                continue
            side, _, name = key.partition(":")
            if side in {"in", "out"}:
                treasury = self.treasuries[int(name)]
                lines.append(Line(treasury.account.key, cents if side == "in" else -cents, treasury.pk))
            else:
                charges.append(Line(name, cents if name in self.charges else -cents))
        return tuple(lines + charges)

    def _title(self, key: str) -> str:
        side, _, name = key.partition(":")
        if side == "account":
            return "Ventilation"
        return f"{'Entrée' if side == 'in' else 'Sortie'} {self.treasuries[int(name)].label.lower()}"

    def _means(self, values: Mapping[str, str], reasons: list[str]) -> tuple[str, str]:
        """How it was paid, and the number of the cheque; the column of the cheque may say both, as in « Virement »."""
        written, cheque = fold(values.get("means", "")), values.get("cheque", "")
        if written in _MEANS:
            return _MEANS[written], cheque
        if written:
            reasons.append(f"Moyen : « {values['means']} » n’est pas connu.")
            return Means.OTHER, ""
        if fold(cheque) in _MEANS:
            return _MEANS[fold(cheque)], ""
        return (Means.CHEQUE, cheque) if cheque else (Means.OTHER, "")
