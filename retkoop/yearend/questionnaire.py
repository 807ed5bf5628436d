"""The questionnaire of the compte-rendu d'activité as read from its file (docs/formats.md), and what an answer is.

A definition is data: sections on two pages, questions with a key that stays
the same over the years (statistics read answers by key), and conditions that
show a question only when an earlier answer calls for it. An answer is a bool
(tick), an int (whole), a str (text, choice) or a list of choice keys.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear

FORMAT = "retkoop-questionnaire-1"
TICK, WHOLE, TEXT, CHOICE, CHOICES = KINDS = ("tick", "whole", "text", "choice", "choices")
PAGES = (1, 2)
SOURCES = ("actions", "advances", "cash_counts", "entries", "grants", "inventory", "receipts")
OWN_PREFIX = "ad_"
LONGEST_TEXT, LARGEST_WHOLE = 1_000, 99_999
_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
Answers = Mapping[str, Any]
Known = Callable[[int], Sequence["Asked"]]


@dataclass(frozen=True)
class Choice:
    """One of the answers offered; `key` is what is stored."""

    key: str
    text: str


@dataclass(frozen=True)
class Condition:
    """« Show when »: `rule` is « is » (a bool or a choice), « in » (one of these choices) or « at_least » (a number)."""

    key: str
    rule: str
    value: Any

    def holds(self, answers: Answers) -> bool:
        """Does the answer call for the question? An unanswered one never does."""
        given = answers.get(self.key)
        if given is None:
            return False
        if self.rule == "at_least":
            return isinstance(given, int) and bool(given >= self.value)
        if self.rule == "in":
            return bool(set(given if isinstance(given, list) else [given]) & set(self.value))
        return bool(given == self.value)


@dataclass(frozen=True)
class Asked:
    """A question. `carry`: last year's answer is proposed; `source`: what the system counts is (`SOURCES`)."""

    key: str
    text: str
    kind: str
    page: int
    help: str = ""
    required: bool = False
    carry: bool = False
    source: str = ""
    choices: tuple[Choice, ...] = ()
    show_if: tuple[Condition, ...] = ()

    def fits(self, value: Any) -> bool:
        """Could this be an answer to the question (a choice may have gone since last year)?"""
        if self.kind == TICK:
            return isinstance(value, bool)
        if self.kind == WHOLE:
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_WHOLE
        keys = {choice.key for choice in self.choices}
        if self.kind == CHOICES:
            return isinstance(value, list) and set(value) <= keys
        return isinstance(value, str) and (value in keys if self.kind == CHOICE else 0 < len(value) <= LONGEST_TEXT)

    def words(self, value: Any) -> str:
        """The answer as people read it; "" for none."""
        if value is None:
            return ""
        if self.kind == TICK:
            return "oui" if value else "non"
        names = {choice.key: choice.text for choice in self.choices}
        if self.kind == CHOICES:
            return ", ".join(names[key] for key in names if key in value) or "aucune"
        return names.get(value, "") if self.kind == CHOICE else str(value)


@dataclass(frozen=True)
class Section:
    """Questions under one title, on one of the two pages."""

    title: str
    page: int
    help: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Definition:
    """A whole questionnaire; in force from the school year that begins in `first` until another one is."""

    title: str
    first: int
    version: int
    official: bool
    sections: tuple[Section, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        return tuple(question for section in self.sections for question in section.asked)


def shown(asked: Sequence[Asked], answers: Answers) -> tuple[Asked, ...]:
    """The questions that these answers call for; what hangs on a hidden question is hidden with it."""
    seen: dict[str, Asked] = {}
    for question in asked:
        if all(condition.key in seen and condition.holds(answers) for condition in question.show_if):
            seen[question.key] = question
    return tuple(seen.values())


def definition_of(data: Mapping[str, Any], *, own: bool = False, known: Sequence[Asked] = ()) -> Definition:
    """A stored definition. `known`: the federation's questions of now, which an AD's own may name."""
    return _Reader(own=own, known=lambda _: known, stored=True).definition(data)


def read(raw: bytes, *, own: bool = False, known: Known = lambda _: ()) -> tuple[Definition, dict[str, Any]]:
    """The file's meaning, and its data. `known`: the questions, by school year, that an AD's own file may name.

    Raises Refusal, which names the place.
    """
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        message = f"Ce fichier n’est pas du JSON en UTF-8 : {error}."
        raise Refusal(message) from error
    if not isinstance(data, dict):
        message = "Ce fichier n’est pas un questionnaire : il doit commencer par une accolade."
        raise Refusal(message)
    return _Reader(own=own, known=known).definition(data), data


class _Reader:
    """Reads a definition from top to bottom; every refusal says where (« sections[2].questions[0].type »)."""

    def __init__(self, *, own: bool, known: Known, stored: bool = False) -> None:
        """`stored`: what an AD's condition names may have left the federation's questionnaire since; it then never holds."""
        self.own, self.known_in, self.stored = own, known, stored
        self.known: dict[str, Asked] = {}
        self.keys: set[str] = set()

    def definition(self, data: Mapping[str, Any]) -> Definition:
        if data.get("format") != FORMAT:
            self.refuse("format", f"écrivez « {FORMAT} »")
        allowed = {"format", "title", "from_year", "version", "official", "sections"}
        self.only("", data, allowed)
        try:
            first = SchoolYear.parse(str(data.get("from_year", ""))).first
        except ValueError:
            self.refuse("from_year", "écrivez une année scolaire, comme « 2025-2026 »")
        self.known = {question.key: question for question in self.known_in(first)}
        self.keys = set(self.known)
        sections = self.of(data, "", "sections", list)
        return Definition(
            title=self.text(data, "", "title", 200),
            first=first,
            version=self.number(data, "", "version", 1),
            official=self.of(data, "", "official", bool),
            sections=tuple(self.section(part, f"sections[{index}]") for index, part in enumerate(sections)),
        )

    def section(self, data: Any, place: str) -> Section:
        self.mapping(data, place)
        self.only(place, data, {"title", "page", "help", "questions"})
        page = self.number(data, place, "page", 1)
        if page not in PAGES:
            self.refuse(f"{place}.page", "les pages sont 1 et 2")
        questions = self.of(data, place, "questions", list)
        if not questions:
            self.refuse(f"{place}.questions", "il faut au moins une question")
        return Section(
            title=self.text(data, place, "title", 200),
            page=page,
            help=self.optional(data, place, "help"),
            asked=tuple(self.question(part, f"{place}.questions[{index}]", page) for index, part in enumerate(questions)),
        )

    def question(self, data: Any, place: str, page: int) -> Asked:
        self.mapping(data, place)
        self.only(place, data, {"key", "text", "help", "type", "required", "carry", "source", "choices", "show_if"})
        kind = data.get("type")
        if kind not in KINDS:
            self.refuse(f"{place}.type", f"choisissez parmi {', '.join(KINDS)}")
        source = self.optional(data, place, "source")
        if source and (source not in SOURCES or kind not in {TICK, WHOLE}):
            self.refuse(f"{place}.source", f"choisissez parmi {', '.join(SOURCES)}, pour une case ou un nombre")
        made = Asked(
            key=self.key(data, place),
            text=self.text(data, place, "text", 300),
            kind=str(kind),
            page=page,
            help=self.optional(data, place, "help"),
            required=self.flag(data, place, "required"),
            carry=self.flag(data, place, "carry"),
            source=source,
            choices=tuple(self.choices(data, place, str(kind))),
            show_if=tuple(self.conditions(data, place)),
        )
        self.known[made.key] = made
        return made

    def key(self, data: Mapping[str, Any], place: str) -> str:
        key = self.text(data, place, "key", 60)
        if not _KEY.fullmatch(key):
            self.refuse(f"{place}.key", "des minuscules sans accent, des chiffres et « _ », 2 à 60 signes")
        if key.startswith(OWN_PREFIX) != self.own:
            rule = "commence par" if self.own else "ne commence pas par"
            self.refuse(f"{place}.key", f"« {key} » : ici, une clé {rule} « {OWN_PREFIX} »")
        if key in self.keys:
            self.refuse(f"{place}.key", f"« {key} » est déjà la clé d’une autre question")
        self.keys.add(key)
        return key

    def choices(self, data: Mapping[str, Any], place: str, kind: str) -> Iterator[Choice]:
        given = data.get("choices")
        if kind not in {CHOICE, CHOICES}:
            if given is not None:
                self.refuse(f"{place}.choices", "seulement pour les types choice et choices")
            return
        if not isinstance(given, list) or len(given) < 2:
            self.refuse(f"{place}.choices", "il faut au moins deux choix")
        seen = set()
        for index, part in enumerate(given):
            here = f"{place}.choices[{index}]"
            self.mapping(part, here)
            self.only(here, part, {"key", "text"})
            key = self.text(part, here, "key", 60)
            if not _KEY.fullmatch(key) or key in seen:
                self.refuse(f"{here}.key", "une clé différente par choix, en minuscules sans accent")
            seen.add(key)
            yield Choice(key, self.text(part, here, "text", 200))

    def conditions(self, data: Mapping[str, Any], place: str) -> Iterator[Condition]:
        given = data.get("show_if", [])
        for index, part in enumerate(given if isinstance(given, list) else [given]):
            here = f"{place}.show_if[{index}]" if isinstance(given, list) else f"{place}.show_if"
            self.mapping(part, here)
            target = self.known.get(str(part.get("key")))
            if target is None and not self.stored:
                self.refuse(f"{here}.key", "nommez la clé d’une question posée avant celle-ci")
            rules = sorted(set(part) - {"key"})
            if len(rules) != 1 or rules[0] not in {"is", "in", "at_least"}:
                self.refuse(here, "donnez une règle et une seule : is, in ou at_least")
            value = part[rules[0]]
            if target is not None and not self.stored and not _meaningful(target, rules[0], value):
                self.refuse(f"{here}.{rules[0]}", f"cette valeur n’est pas une réponse à « {target.key} »")
            yield Condition(str(part["key"]), rules[0], tuple(value) if rules[0] == "in" else value)

    def of(self, data: Mapping[str, Any], place: str, name: str, kind: type) -> Any:
        value = data.get(name)
        if not isinstance(value, kind):
            wanted = {bool: "true ou false", list: "une liste", str: "un texte"}[kind]
            self.refuse(_at(place, name), f"il manque {wanted}")
        return value

    def flag(self, data: Mapping[str, Any], place: str, name: str) -> bool:
        return bool(self.of(data, place, name, bool)) if name in data else False

    def number(self, data: Mapping[str, Any], place: str, name: str, least: int) -> int:
        value = data.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.refuse(_at(place, name), f"il manque un nombre entier, au moins {least}")
        return value

    def text(self, data: Mapping[str, Any], place: str, name: str, longest: int) -> str:
        value: str = self.of(data, place, name, str)
        if not value.strip() or len(value) > longest:
            self.refuse(_at(place, name), f"il faut un texte de 1 à {longest} signes")
        return value

    def optional(self, data: Mapping[str, Any], place: str, name: str) -> str:
        return self.text(data, place, name, 500) if data.get(name, "") != "" else ""

    def mapping(self, data: Any, place: str) -> None:
        if not isinstance(data, dict):
            self.refuse(place, "il faut un objet entre accolades")

    def only(self, place: str, data: Mapping[str, Any], allowed: set[str]) -> None:
        """A misspelt word is a question that nobody is asked: refused."""
        for name in data:
            if name not in allowed:
                self.refuse(_at(place, name), "ce mot n’est pas connu ici")

    def refuse(self, place: str, why: str) -> NoReturn:
        message = f"{place} : {why}."
        raise Refusal(message)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _meaningful(target: Asked, rule: str, value: Any) -> bool:
    keys = {choice.key for choice in target.choices}
    if rule == "at_least":
        return target.kind == WHOLE and target.fits(value)
    if rule == "in":
        return target.kind in {CHOICE, CHOICES} and isinstance(value, list) and bool(value) and set(value) <= keys
    return (target.kind == TICK and isinstance(value, bool)) or (target.kind == CHOICE and value in keys)
