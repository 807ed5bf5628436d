"""Cooperatives to create, from a table (CSV or .xlsx): checked line by line, nothing guessed, each refusal said.

Columns are found by their heading, in any order: « Numéro », « École »,
« Commune », « Mandataire », « E-mail », « Première année », « Compte » (512 or
514), « Solde banque », « Solde caisse ». A past report may stand on the line:
« Exercice » (its school year), « Report à nouveau » and one column an account.
Another line with the same number, an « Exercice » and no school gives one more
past report of that cooperative.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from retkoop.core import clock
from retkoop.core.money import AmountError, parse_euros
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.core.tables import BOM, safe_text
from retkoop.identity.identifiers import Kind, parse
from retkoop.identity.models import Association
from retkoop.ledger.chart import BROUGHT_FORWARD, chart_for
from retkoop.membership.queries.cards import bank_accounts
from retkoop.membership.queries.creation import Known, known_to
from retkoop.membership.services.creation import NewSchool, problems_of
from retkoop.yearend.past_file import BadLine, csv_of, figures_of, plain, table_of
from retkoop.yearend.queries.past import EARLIEST, balance_problem, closing_of, typed_accounts

NUMBER, NAME, TOWN, PERSON, EMAIL, FIRST, ACCOUNT, BANK, CASH, PAST = (
    "number", "name", "town", "mandataire", "email", "first", "bank_key", "bank", "cash", "past",
)  # fmt: skip
_NAMES = {
    NUMBER: ("numero", "n°", "identifiant", "cooperative", "n° de cooperative", "coop"),
    NAME: ("ecole", "nom de l'ecole", "nom"),
    TOWN: ("commune", "ville"),
    PERSON: ("mandataire", "nom du mandataire"),
    EMAIL: ("e-mail", "email", "mail", "courriel", "adresse e-mail", "e-mail du mandataire"),
    FIRST: ("premiere annee", "premiere annee scolaire", "annee"),
    ACCOUNT: ("compte", "compte en banque"),
    BANK: ("solde banque", "banque"),
    CASH: ("solde caisse", "caisse"),
    PAST: ("exercice", "annee du compte-rendu"),
    BROUGHT_FORWARD: ("report a nouveau", "report"),
}
_TITLES = {
    NUMBER: "Numéro", NAME: "École", TOWN: "Commune", PERSON: "Mandataire", EMAIL: "E-mail", FIRST: "Première année",
    ACCOUNT: "Compte", BANK: "Solde banque", CASH: "Solde caisse", PAST: "Exercice",
}  # fmt: skip


@dataclass(frozen=True)
class Past:
    """A past report told in the file: its year, its figures in cents by account key, what was held at its end."""

    first: int
    figures: dict[str, int]
    closing_cents: int

    @property
    def slug(self) -> str:
        return SchoolYear(self.first).slug


@dataclass
class SchoolLine:
    """A cooperative that may be created, with its past reports."""

    number: int
    new: NewSchool
    pasts: list[Past] = field(default_factory=list)

    @property
    def first_slug(self) -> str:
        return SchoolYear(self.new.first).slug


@dataclass(frozen=True)
class Reading:
    """A file read; `text` is its table as CSV, so that what was shown can be sent again and read alike."""

    good: tuple[SchoolLine, ...]
    bad: tuple[BadLine, ...]
    text: str

    @property
    def ready(self) -> bool:
        return bool(self.good) and not self.bad


def model_csv(association: Association) -> bytes:
    """An empty table with every heading, the AD's accounts included, to fill in."""
    running = SchoolYear.of(clock.today(association.time_zone)).first
    chart = chart_for(association.pk, running - 1)
    accounts = [account.title for account in typed_accounts(chart) if account.key != BROUGHT_FORWARD]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([*_TITLES.values(), "Report à nouveau", *map(safe_text, accounts)])
    return (BOM + buffer.getvalue()).encode()


def read_cooperatives(data: bytes, association: Association) -> Reading:
    """Read a table of cooperatives. Raises Refusal when the file as a whole cannot be one."""
    rows = table_of(data)
    heading = next((index for index, cells in enumerate(rows) if _is_heading(cells)), None)
    if heading is None:
        message = "Il manque une ligne de titres avec « Numéro », « École » et « Mandataire » : partez du modèle."
        raise Refusal(message, "file")
    reader = _Reader(association, rows[heading], rows[heading + 1 :])
    for number, cells in enumerate(rows[heading + 1 :], start=heading + 2):
        if any(cells):
            reader.take(number, cells)
    if not reader.good and not reader.bad:
        message = "Ce fichier n’a pas de ligne sous ses titres."
        raise Refusal(message, "file")
    return Reading(tuple(reader.good.values()), tuple(reader.bad), csv_of(rows))


def _is_heading(cells: Sequence[str]) -> bool:
    folded = {plain(cell) for cell in cells}
    return all(folded & set(_NAMES[key]) for key in (NUMBER, NAME, PERSON))


class _Reader:
    """Reads lines under one heading; remembers the numbers and addresses that it has seen."""

    def __init__(self, association: Association, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.association = association
        self.places: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        for index, cell in enumerate(heading):
            name = plain(cell)
            key = next((key for key, names in _NAMES.items() if name in names), "")
            if key:
                self.places.setdefault(key, index)
            elif name[:3].isdigit():
                self.codes.setdefault(name.split(" ")[0], index)
        self.banks = {account.code: account.key for account in bank_accounts(association)}
        self.known: Known = known_to(association, (_cell(cells, self.places.get(EMAIL)) for cells in rows))
        self.good: dict[str, SchoolLine] = {}
        self.bad: list[BadLine] = []
        self.numbers: dict[str, int] = {}
        self.addresses: dict[str, int] = {}

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Read a line into `good` or `bad`."""

        def cell(index: int | None) -> str:
            return _cell(cells, index)

        texts = {key: cell(place) for key, place in self.places.items()}
        reasons: list[str] = []
        code = self._number(texts.get(NUMBER, ""), reasons)
        past = self._past(cell, texts.get(PAST, ""), reasons)
        if code in self.good and past is not None and not texts.get(NAME):
            known = self.good[code]
            if any(other.first == past.first for other in known.pasts):
                reasons.append(f"L’exercice {past.slug} de cette coopérative est déjà sur une autre ligne.")
            self._before(past, known.new, reasons)
            if not reasons:
                known.pasts.append(past)
        else:
            new = self._school(code, number, texts, reasons)
            if past is not None:
                self._before(past, new, reasons)
            if not reasons:
                self.good[code] = SchoolLine(number, new, [past] if past else [])
        if reasons:
            self.bad.append(BadLine(number, " ; ".join(text for text in cells if text)[:300], tuple(reasons)))

    def _school(self, code: str, number: int, texts: dict[str, str], reasons: list[str]) -> NewSchool:
        new = NewSchool(
            number=code,
            name=texts.get(NAME, ""),
            town=texts.get(TOWN, ""),
            mandataire=texts.get(PERSON, ""),
            email=texts.get(EMAIL, "").lower(),
            first=self._first(texts.get(FIRST, ""), reasons),
            bank_key=self._bank(texts.get(ACCOUNT, "")),
            bank_cents=_amount(texts.get(BANK, ""), BANK, reasons),
            cash_cents=_amount(texts.get(CASH, ""), CASH, reasons),
        )
        told = problems_of(replace(new, first=new.first or self.known.running), self.known)
        if not code:
            told = [problem for problem in told if problem.field != "number"]
        reasons += [f"{_TITLES[problem.field]} : {problem.message}" for problem in told]
        self._twice(self.numbers, code, number, "Le numéro", reasons)
        self._twice(self.addresses, new.email, number, "L’adresse e-mail", reasons)
        return new

    def _twice(self, seen: dict[str, int], text: str, number: int, what: str, reasons: list[str]) -> None:
        if text and text in seen:
            reasons.append(f"{what} {text} est déjà à la ligne {seen[text]}.")
        elif text:
            seen[text] = number

    def _number(self, text: str, reasons: list[str]) -> str:
        """« 099 », « 99 », « 085-099 »."""
        who = parse(text)
        if who.kind is Kind.COOPERATIVE and who.code == self.known.code:
            return str(who.number)
        if text.isascii() and text.isdigit() and len(text) <= 4:
            return text.zfill(3)
        reasons.append(f"Numéro : « {text} » n’est pas un numéro de coopérative de l’AD {self.known.code}, par exemple 099.")
        return ""

    def _first(self, text: str, reasons: list[str]) -> int:
        """The running year when nothing is told; 0 once it is refused."""
        if not text:
            return self.known.running
        first = _year(text)
        if first is None:
            reasons.append(f"Première année : « {text} » n’est pas une année scolaire, écrivez-la comme 2025-2026.")
        return first or 0

    def _bank(self, text: str) -> str:
        return self.banks.get(text.split(" ", maxsplit=1)[0], text) if text else "bank"

    def _past(self, cell: Callable[[int | None], str], text: str, reasons: list[str]) -> Past | None:
        if not text:
            if any(cell(index) not in {"", "0"} for index in self.codes.values()):
                reasons.append("Exercice : dites de quelle année sont ces comptes, par exemple 2024-2025.")
            return None
        first = _year(text)
        if first is None or not EARLIEST <= first < self.known.running:
            reasons.append(f"Exercice : « {text} » n’est pas une année passée, écrivez-la comme 2024-2025.")
            return None
        chart = chart_for(self.association.pk, first)
        figures, wrong = figures_of(cell, self.codes, self.places.get(BROUGHT_FORWARD), chart)
        unequal = "" if wrong else balance_problem(figures, chart)
        reasons += [*wrong, *([unequal] if unequal else [])]
        return Past(first, figures, closing_of(figures, chart))

    def _before(self, past: Past, new: NewSchool, reasons: list[str]) -> None:
        if new.first and past.first >= new.first:
            reasons.append(f"Exercice : {past.slug} n’est pas avant la première année tenue ici.")


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index].removeprefix("'") if index is not None and index < len(cells) else ""


def _year(text: str) -> int | None:
    try:
        return SchoolYear.parse(text.replace("/", "-").replace(" ", "")).first
    except ValueError:
        return None


def _amount(text: str, key: str, reasons: list[str]) -> int | None:
    if not text:
        return None
    try:
        return parse_euros(text)
    except AmountError as error:
        reasons.append(f"{_TITLES[key]} : {error}")
        return None
