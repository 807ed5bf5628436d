"""The table of the adhésion: head-counts per class, the other adults, the supplement, the subscription.

A class of the school comes with its id (`c_<n>_class`); one that is typed has
its name alone. A line left without name nor heads is no line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from retkoop.core.money import format_amount
from retkoop.ledger.forms.pieces import EurosField
from retkoop.membership.amounts import Prices
from retkoop.membership.queries.adhesions import OTHERS, Declared, Opening
from retkoop.membership.services.adhesion_rules import MOST_COPIES, MOST_HEADS, MOST_ROWS, MOST_SUPPLEMENT_CENTS

MOST_CLASSES = MOST_ROWS - 1
SPARE_ROWS = 3
_ROW = re.compile(r"c_(\d{1,3})_(?:label|class|pupils|teachers|adults)")
_HEADS = (("pupils", "Élèves"), ("teachers", "Enseignants"), ("adults", "Autres adultes"))
_WHOLE = "Écrivez un nombre entier, par exemple 24."


@dataclass(frozen=True)
class Cell:
    """A field of the table: its column's words, and what is missing."""

    field: BoundField
    words: str

    @property
    def errors(self) -> list[str]:
        """What is missing, in French."""
        return [str(error) for error in self.field.errors]

    @property
    def widget(self) -> str:
        """The input, tied to what is missing."""
        described = f"{self.field.auto_id}_error" if self.field.errors else ""
        return self.field.as_widget(attrs={"aria-describedby": described} if described else None)


@dataclass(frozen=True)
class Line:
    """A class as the table shows it. `name`: that of a class of the school, "" for one that is typed."""

    number: int
    name: str
    label: BoundField
    member: BoundField
    hidden: BoundField
    cells: tuple[Cell, ...]
    out: bool

    @property
    def state_id(self) -> str:
        """The id of the words that change as the class comes in or goes out."""
        return f"etat-{self.number}"


class AdhesionForm(forms.Form):
    """Built with the classes of the school (id → name); `declared` gives the rows."""

    supplement = EurosField(
        label="Supplément libre", required=False, max_length=120,
        help_text="Si vous voulez donner plus que la cotisation. Laissez vide sinon.",
    )  # fmt: skip
    review_copies = forms.IntegerField(
        label="Abonnements à Animation & Éducation", required=False, min_value=0, max_value=MOST_COPIES,
        error_messages={"invalid": _WHOLE, "min_value": _WHOLE, "max_value": f"{MOST_COPIES} abonnements au plus."},
    )  # fmt: skip

    def __init__(self, *args: Any, prices: Prices, classes: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prices, self.classes = prices, classes
        if not prices.supplement:
            del self.fields["supplement"]
        if not prices.review_cents:
            del self.fields["review_copies"]
        self._numbers = self._rows()
        for number in self._numbers:
            self._class_fields(number)
        self.fields["others"] = _heads("Autres adultes qui ne sont d’aucune classe")

    @staticmethod
    def showing(opening: Opening) -> dict[str, Any]:
        """What the form starts with."""
        start: dict[str, Any] = {"review_copies": opening.review_copies or None}
        if opening.supplement_cents:
            start["supplement"] = format_amount(opening.supplement_cents)
        for number, row in enumerate(each for each in opening.rows if not each.is_others):
            name = f"c_{number}"
            start |= {f"{name}_label": row.label, f"{name}_class": row.class_id, f"{name}_in": row.member}
            start |= {f"{name}_{part}": getattr(row, part) for part, _ in _HEADS}
        start["others"] = next((row.adults for row in opening.rows if row.is_others), None)
        return start

    def _rows(self) -> list[int]:
        names = self.data if self.is_bound else self.initial
        numbers = {int(found[1]) for name in names if (found := _ROW.fullmatch(name)) and int(found[1]) < MOST_CLASSES}
        spare = SPARE_ROWS if "add_rows" in self.data or not numbers else 0
        begin = max(numbers, default=-1) + 1
        fresh = set(range(begin, min(begin + spare, MOST_CLASSES)))
        if self.is_bound and fresh:
            typed = cast("QueryDict", self.data).copy()
            typed.update({f"c_{number}_in": "on" for number in fresh})
            self.data = typed
        return sorted(numbers | fresh)

    def _class_fields(self, number: int) -> None:
        name, line = f"c_{number}", f"ligne {number + 1}"
        self.fields[f"{name}_class"] = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
        whose = self.classes.get(_whole(self[f"{name}_class"].value())) or line
        self.fields[f"{name}_label"] = forms.CharField(label=f"Nom de la classe, {line}", max_length=60, required=False)
        self.fields[f"{name}_in"] = forms.BooleanField(label=f"{whose} adhère", required=False, initial=True)
        for part, words in _HEADS:
            self.fields[f"{name}_{part}"] = _heads(f"{words}, {whose}")

    def clean(self) -> dict[str, Any]:
        """A class without a name says so beside it."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for number in self._numbers:
            name = f"c_{number}"
            label = self._label(number)
            if not label and any(said.get(f"{name}_{part}") for part, _ in _HEADS):
                self.add_error(f"{name}_label", "Donnez un nom à cette classe, par exemple « CE1, Mme Bernard ».")
            elif label.casefold() == OTHERS.casefold():
                self.add_error(f"{name}_label", "Les autres adultes s’écrivent sur leur propre ligne, sous les classes.")
            elif label and label.casefold() in seen:
                self.add_error(f"{name}_label", "Ce nom est déjà pris : ajoutez celui de l’enseignante ou de l’enseignant.")
            seen.add(label.casefold())
        cents = said.get("supplement") or 0
        if not 0 <= cents <= MOST_SUPPLEMENT_CENTS:
            self.add_error("supplement", "Écrivez un supplément entre 0 et 10 000 €.")
        return said

    def _class_id(self, number: int) -> int | None:
        asked = self.cleaned_data.get(f"c_{number}_class")
        return asked if asked in self.classes else None

    def _label(self, number: int) -> str:
        known = self.classes.get(self._class_id(number) or 0)
        typed: str = self.cleaned_data.get(f"c_{number}_label") or ""
        return known or typed

    def declared(self) -> tuple[Declared, ...]:
        """The rows that could be read; lines without name nor heads are left out."""
        said, rows = self.cleaned_data, []
        for number in self._numbers:
            pupils, teachers, adults = (int(said.get(f"c_{number}_{part}") or 0) for part, _ in _HEADS)
            label, member = self._label(number), bool(said.get(f"c_{number}_in"))
            if label or pupils or teachers or adults:
                rows.append(Declared(label, pupils, teachers, adults, member, self._class_id(number)))
        if said.get("others"):
            rows.append(Declared(OTHERS, adults=said["others"]))
        return tuple(rows)

    @property
    def supplement_cents(self) -> int:
        """What was read, 0 while it cannot be."""
        return self.cleaned_data.get("supplement") or 0

    @property
    def copies(self) -> int:
        """What was read, 0 while it cannot be."""
        return self.cleaned_data.get("review_copies") or 0

    # --- what the page shows

    @property
    def lines(self) -> list[Line]:
        """The classes, in order."""
        return [self._line(number) for number in self._numbers]

    def _line(self, number: int) -> Line:
        name = f"c_{number}"
        member = self[f"{name}_in"]
        cells = tuple(Cell(self[f"{name}_{part}"], words) for part, words in _HEADS)
        known = self.classes.get(_whole(self[f"{name}_class"].value()), "")
        return Line(number, known, self[f"{name}_label"], member, self[f"{name}_class"], cells, not member.value())

    @property
    def others_cell(self) -> Cell:
        """The adults who belong to no class."""
        return Cell(self["others"], "Autres adultes")


def _heads(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST_HEADS,
        error_messages={"invalid": _WHOLE, "min_value": _WHOLE, "max_value": f"{MOST_HEADS} au plus : vérifiez ce nombre."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "aria-label": label}),
    )


def _whole(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
