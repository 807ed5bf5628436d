"""A cahier as a French CSV: semicolons, decimal commas, Windows encoding, headings in plain words.

Reads what a spreadsheet keeps and what « Exportation » writes. Columns are
found by their heading, in any order: pièce, date, libellé, n° de chèque,
moyen, action, relevé (the date of the statement on which the line stands),
entrée/sortie banque, entrée/sortie caisse, autre coopérative, and one column
an account, known by the number that begins its heading. Nothing is guessed:
a line that cannot be read is refused by its number, with the reason.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from retkoop.core.dates import DayError, parse_day
from retkoop.core.money import AmountError, parse_euros
from retkoop.core.refusal import Refusal
from retkoop.core.text import fold
from retkoop.ledger import rules
from retkoop.ledger.chart import Chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import FiscalYear, Means, Treasury, TreasuryKind

T = TypeVar("T")
MAX_LINES = 20_000
_FACTS = {
    "piece": ("piece", "n° de piece", "no de piece", "numero de piece", "n° pj", "piece jointe", "pj"),
    "date": ("date",),
    "label": ("libelle", "operation", "designation"),
    "cheque": ("n° de cheque", "n° cheque", "cheque", "numero de cheque"),
    "means": ("moyen", "moyen de paiement", "paye par", "reglement"),
    "action": ("action", "regroupement d'actions", "projet"),
    "statement": ("releve", "pointe le", "releve du", "pointage"),
    "counterparty": ("autre cooperative", "cooperative"),
}
_IGNORED = ("report a nouveau", "total", "totaux", "solde")
_MEANS = {
    "cheque": Means.CHEQUE,
    "virement": Means.TRANSFER,
    "especes": Means.CASH,
    "carte": Means.CARD,
    "cb": Means.CARD,
    "prelevement": Means.DEBIT,
    "pas encore paye": Means.UNPAID,
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
    """A line that can be recorded; `statement`: the date of the statement on which it stands."""

    number: int
    content: EntryContent
    statement: dt.date | None


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
    rows = _rows(decode(data))
    heading, columns = _heading(rows, treasuries, chart)
    reader = _Reader(year, columns, today, {row.pk: row for row in treasuries}, _charges(chart))
    good: list[GoodLine] = []
    bad: list[BadLine] = []
    ignored: list[int] = []
    for number, cells in enumerate(rows[heading + 1 :], start=heading + 2):
        if not any(cell.strip() for cell in cells):
            continue
        values = {key: cells[index].strip() if index < len(cells) else "" for key, index in columns.items()}
        if fold(values["label"]).startswith(_IGNORED) or fold(cells[0]).startswith(_IGNORED):
            ignored.append(number)
            continue
        try:
            good.append(reader.line(number, values))
        except _Bad as error:
            bad.append(BadLine(number, " ; ".join(cell for cell in cells if cell.strip()), error.reasons, values))
    if not good and not bad:
        message = "Ce fichier ne contient aucune écriture."
        raise Refusal(message, "file")
    return Reading(tuple(good), tuple(bad), tuple(ignored))


def _charges(chart: Chart) -> frozenset[str]:
    return frozenset(account.key for account in chart.charges)


def _rows(text: str) -> list[list[str]]:
    sample = text[:20_000]
    delimiter = max(";\t,", key=sample.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        message = f"Ce fichier ne se lit pas comme un tableau : {error}."
        raise Refusal(message, "file") from error
    if len(rows) > MAX_LINES:
        message = f"Ce fichier a {len(rows)} lignes : un cahier en a moins de {MAX_LINES}."
        raise Refusal(message, "file")
    return rows


def _heading(rows: Sequence[Sequence[str]], treasuries: Sequence[Treasury], chart: Chart) -> tuple[int, dict[str, int]]:
    """Where the headings are, and which column holds what. Raises Refusal when date, label or amounts are missing."""
    for index, cells in enumerate(rows[:15]):
        columns = _columns(cells, treasuries, chart)
        if {"date", "label"} <= columns.keys() and any(key.startswith(("in:", "out:")) for key in columns):
            return index, columns
    message = (
        "Il manque les titres des colonnes : il en faut au moins « Date », « Libellé », « Entrée banque » et « Sortie banque »."
    )
    raise Refusal(message, "file")


def _columns(cells: Sequence[str], treasuries: Sequence[Treasury], chart: Chart) -> dict[str, int]:
    columns: dict[str, int] = {}
    places = _treasury_names(treasuries)
    for index, cell in enumerate(cells):
        name = fold(cell).replace("’", "'")
        key = next((key for key, names in _FACTS.items() if name in names), None) or places.get(name)
        code = name.split(" ")[0]
        if key is None and code in chart.by_code:
            key = f"account:{chart.by_code[code].key}"
        if key is not None and key not in columns:
            columns[key] = index
    return columns


def _treasury_names(treasuries: Sequence[Treasury]) -> dict[str, str]:
    names: dict[str, str] = {}
    for treasury in treasuries:
        kind = "caisse" if treasury.kind == TreasuryKind.CASH else "banque"
        for side, word in (("in", "entree"), ("out", "sortie")):
            names.setdefault(f"{word} {kind}", f"{side}:{treasury.pk}")
            names[f"{word} {kind} ({fold(treasury.label)})"] = f"{side}:{treasury.pk}"
            names[f"{word} {fold(treasury.label)}"] = f"{side}:{treasury.pk}"
    return names


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
        statement = self._statement(values.get("statement", ""), reasons)
        lines = self._lines(values, reasons)
        means = self._means(values, reasons)
        if reasons or day is None:
            raise _Bad(reasons)
        content = EntryContent(
            date=day,
            label=values["label"][:200],
            lines=lines,
            piece=values.get("piece", "")[:20],
            means=means,
            cheque=values.get("cheque", "")[:20] if means == Means.CHEQUE else "",
            action=values.get("action", ""),
            counterparty=values.get("counterparty", ""),
        )
        broken = rules.problems(content, start=self.year.start, end=self.year.end)
        if statement is not None and statement < day:
            broken.append(Refusal("Le relevé indiqué s’arrête avant la date de l’écriture."))
        if broken:
            raise _Bad([problem.message for problem in broken])
        return GoodLine(number, content, statement)

    def _day(self, text: str) -> dt.date:
        return parse_day(text, start=self.year.start, end=self.year.end, today=self.today)

    def _taken(self, work: Callable[[], T], name: str, reasons: list[str]) -> T | None:
        try:
            return work()
        except (AmountError, DayError) as error:
            reasons.append(f"{name} : {error}")
            return None

    def _statement(self, text: str, reasons: list[str]) -> dt.date | None:
        if not any(character.isdigit() for character in text):
            return None
        return self._taken(
            lambda: parse_day(text, start=self.year.start, end=dt.date(self.year.end.year + 1, 8, 31), today=self.today),
            "Relevé",
            reasons,
        )

    def _lines(self, values: Mapping[str, str], reasons: list[str]) -> tuple[Line, ...]:
        lines: list[Line] = []
        charges: list[Line] = []
        for key in self.columns:
            text = values[key]
            if ":" not in key or not text:
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

    def _means(self, values: Mapping[str, str], reasons: list[str]) -> str:
        written = fold(values.get("means", ""))
        if written:
            if written not in _MEANS:
                reasons.append(f"Moyen : « {values['means']} » n’est pas connu.")
                return Means.OTHER
            return _MEANS[written]
        cheque = fold(values.get("cheque", ""))
        if cheque in _MEANS:
            return _MEANS[cheque]
        return Means.CHEQUE if cheque else Means.OTHER
