"""Past reports from a table (CSV or .xlsx), checked line by line: nothing is guessed, each refused line says why.

Columns are found by their heading: « Coopérative », « Année », « Report à
nouveau », and one column an account, known by the number that begins its
heading. A line is the report of one cooperative for one year.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from retkoop.core import workbook
from retkoop.core.money import AmountError, parse_euros
from retkoop.core.refusal import Refusal
from retkoop.core.sandbox import SandboxRefused
from retkoop.core.schoolyear import SchoolYear
from retkoop.core.tables import BOM, safe_text
from retkoop.core.text import fold
from retkoop.identity.identifiers import Kind, parse
from retkoop.identity.models import Association, Cooperative
from retkoop.identity.queries import live_cooperatives
from retkoop.ledger.chart import BROUGHT_FORWARD, Chart, chart_for
from retkoop.yearend.queries.past import balance_problem, closing_of, typed_accounts, year_problem
from retkoop.yearend.services.past_reports import PastRow

MAX_BYTES, MAX_LINES, MAX_CELLS = 2 * 2**20, 3_000, 200
COOPERATIVE, YEAR = "cooperative", "year"
_NAMES = {
    COOPERATIVE: ("cooperative", "identifiant", "n° de cooperative", "coop"),
    YEAR: ("annee", "exercice", "annee scolaire"),
    BROUGHT_FORWARD: ("report a nouveau", "report"),
}


@dataclass(frozen=True)
class GoodLine:
    """A line that may be kept, and what the cooperative held at the end, in cents."""

    number: int
    row: PastRow
    closing_cents: int

    @property
    def slug(self) -> str:
        return SchoolYear(self.row.first).slug


@dataclass(frozen=True)
class BadLine:
    """A line that may not: its number in the file, what it says, why."""

    number: int
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A file read; `text` is its table as CSV, so that what was shown can be sent again and read alike."""

    good: tuple[GoodLine, ...]
    bad: tuple[BadLine, ...]
    text: str

    @property
    def ready(self) -> bool:
        return bool(self.good) and not self.bad


def model_csv(association: Association, first: int) -> bytes:
    """An empty table with the headings of the AD's chart, to fill in."""
    titles = [account.title for account in typed_accounts(chart_for(association.pk, first)) if account.key != BROUGHT_FORWARD]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Coopérative", "Année", "Report à nouveau", *map(safe_text, titles)])
    return (BOM + buffer.getvalue()).encode()


def read_past(data: bytes, association: Association, current: SchoolYear) -> Reading:
    """Read a table of past reports. Raises Refusal when the file as a whole cannot be one."""
    rows = table_of(data)
    heading = next((index for index, cells in enumerate(rows) if _is_heading(cells)), None)
    if heading is None:
        message = "Il manque une ligne de titres avec « Coopérative » et « Année » : partez du modèle."
        raise Refusal(message, "file")
    reader = _Reader(association, current, rows[heading])
    good: list[GoodLine] = []
    bad: list[BadLine] = []
    for number, cells in enumerate(rows[heading + 1 :], start=heading + 2):
        if any(cells):
            try:
                good.append(reader.line(number, cells))
            except _Bad as error:
                bad.append(BadLine(number, " ; ".join(cell for cell in cells if cell)[:300], error.reasons))
    if not good and not bad:
        message = "Ce fichier n’a pas de ligne sous ses titres."
        raise Refusal(message, "file")
    return Reading(tuple(good), tuple(bad), csv_of(rows))


def csv_of(rows: Sequence[Sequence[str]]) -> str:
    """The table as a CSV that reads alike."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";", lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def table_of(data: bytes) -> list[list[str]]:
    """The rows of a CSV or of an .xlsx, every cell on one line. Raises Refusal."""
    if len(data) > MAX_BYTES:
        message = f"Ce fichier pèse plus de {MAX_BYTES // 2**20} Mo : un tableau de comptes est bien plus léger."
        raise Refusal(message, "file")
    if workbook.is_workbook(data):
        try:
            rows = workbook.rows_of(data)
        except SandboxRefused as refused:
            message = "Ce classeur ne se lit pas : enregistrez-le de nouveau en .xlsx, ou en CSV."
            raise Refusal(message, "file") from refused
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
        try:
            rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)), MAX_LINES + 1))
        except csv.Error as error:
            message = "Ce fichier n’est pas un tableau CSV : enregistrez-le en CSV (séparateur : point-virgule) ou en .xlsx."
            raise Refusal(message, "file") from error
    if len(rows) > MAX_LINES:
        message = f"Ce fichier a plus de {MAX_LINES} lignes : faites-en plusieurs."
        raise Refusal(message, "file")
    return [[" ".join(cell.split()) for cell in cells[:MAX_CELLS]] for cells in rows]


def _separator(text: str) -> str:
    """Amounts hold commas: a comma separates only where nothing else does."""
    return next((sign for sign in ";\t" if sign in text), ",")


def _is_heading(cells: Sequence[str]) -> bool:
    folded = {plain(cell) for cell in cells}
    return all(folded & set(_NAMES[key]) for key in (COOPERATIVE, YEAR))


def plain(cell: str) -> str:
    """A heading made comparable."""
    return fold(cell.removeprefix("'")).replace("’", "'")


class _Bad(ValueError):  # noqa: N818
    """A line is refused."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)


class _Reader:
    """Reads lines under one heading; remembers which reports it has seen."""

    def __init__(self, association: Association, current: SchoolYear, heading: Sequence[str]) -> None:
        self.association, self.current = association, current
        self.cooperatives = {row.number: row for row in live_cooperatives(association).select_related("association")}
        self.places: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        for index, cell in enumerate(heading):
            name = plain(cell)
            key = next((key for key, names in _NAMES.items() if name in names), "")
            if key:
                self.places.setdefault(key, index)
            elif name[:3].isdigit():
                self.codes.setdefault(name.split(" ")[0], index)
        self.brought_forward = self.places.get(BROUGHT_FORWARD)
        self.seen: set[tuple[int, int]] = set()

    def line(self, number: int, cells: Sequence[str]) -> GoodLine:
        """The report that the line tells. Raises _Bad with every reason."""

        def cell(index: int | None) -> str:
            return cells[index].removeprefix("'") if index is not None and index < len(cells) else ""

        cooperative = self._cooperative(cell(self.places[COOPERATIVE]))
        first = _year(cell(self.places[YEAR]))
        chart = chart_for(self.association.pk, first)
        figures, reasons = figures_of(cell, self.codes, self.brought_forward, chart)
        twice = "Cette coopérative a déjà une ligne pour cette année." if (cooperative.pk, first) in self.seen else ""
        unequal = "" if reasons else balance_problem(figures, chart)
        reasons += [text for text in (year_problem(cooperative, first, self.current), unequal, twice) if text]
        if reasons:
            raise _Bad(reasons)
        self.seen.add((cooperative.pk, first))
        return GoodLine(number, PastRow(cooperative, first, figures), closing_of(figures, chart))

    def _cooperative(self, text: str) -> Cooperative:
        who = parse(text)
        number = text.strip().zfill(3)
        if who.kind is Kind.COOPERATIVE and who.code == self.association.code:
            number = who.number
        found = self.cooperatives.get(number)
        if found is None:
            raise _Bad([f"« {text} » n’est pas l’identifiant d’une de vos coopératives."])
        return found


def figures_of(
    cell: Callable[[int | None], str], codes: Mapping[str, int], brought_forward: int | None, chart: Chart
) -> tuple[dict[str, int], list[str]]:
    """The figures (cents) of a line by account key, and what is wrong in them; `cell` gives the text of a column."""
    figures: dict[str, int] = {}
    unknown = [code for code, index in codes.items() if code not in chart.by_code and cell(index) not in {"", "0"}]
    reasons = [f"Le compte {code} n’existe pas cette année-là." for code in unknown]
    for account in typed_accounts(chart):
        index = codes.get(account.code)
        if account.key == BROUGHT_FORWARD and index is None:
            index = brought_forward
        text = cell(index)
        try:
            figures[account.key] = parse_euros(text) if text else 0
        except AmountError as error:
            reasons.append(f"{account.title} : {error}")
    return figures, reasons


def _year(text: str) -> int:
    try:
        return SchoolYear.parse(text.replace("/", "-").replace(" ", "")).first
    except ValueError as error:
        raise _Bad([f"« {text} » n’est pas une année scolaire : écrivez-la comme 2022-2023."]) from error
