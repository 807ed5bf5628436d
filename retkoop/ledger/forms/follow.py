"""The forms of what is followed beside the entries: cash counts, grants, inventory, actions."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField

from retkoop.core.dates import format_day
from retkoop.core.money import format_amount
from retkoop.ledger.follow import COINS, NOTES
from retkoop.ledger.forms.pieces import DayField, EurosField, piece_fields
from retkoop.ledger.models import Action, FiscalYear, FunderType, Grant, InventoryLine
from retkoop.ledger.services.follow import GrantContent, InventoryContent


class CashCountForm(forms.Form):
    """`/caisse/`: the day, and how many of each note and coin (`n_<cents>`)."""

    on = DayField(label="Date", max_length=40)

    def __init__(self, *args: Any, year: FiscalYear, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on = self.fields["on"]
        assert isinstance(on, DayField)
        on.within(year.start, year.end, today)
        self.fields.update(piece_fields())

    @property
    def notes(self) -> list[BoundField]:
        """The fields of « Billets »."""
        return [self[f"n_{value}"] for value in NOTES]

    @property
    def coins(self) -> list[BoundField]:
        """The fields of « Pièces »."""
        return [self[f"n_{value}"] for value in COINS]

    def pieces(self) -> dict[int, int]:
        """Denomination in cents → how many, of what could be read."""
        return {value: self.cleaned_data.get(f"n_{value}") or 0 for value in NOTES + COINS}

    def blank(self) -> bool:
        """Is no note and no coin written, not even « 0 »? A form that Back has emptied must not count nothing."""
        return all(self.cleaned_data.get(f"n_{value}") is None for value in NOTES + COINS)

    def counted_cents(self) -> int:
        """What could be read, in cents."""
        return sum(value * number for value, number in self.pieces().items())


class GrantForm(forms.Form):
    """A line of detail of 7410."""

    funder_type = forms.ChoiceField(label="Organisme", choices=FunderType.choices)
    funder = forms.CharField(
        label="Nom de l’organisme",
        max_length=120,
        error_messages={
            "required": "Dites qui a versé la subvention, par exemple « Mairie de Challans ».",
            "max_length": "Ce nom tient en 120 caractères : raccourcissez-le.",
        },
    )
    object = forms.CharField(
        label="Objet",
        max_length=200,
        required=False,
        help_text="À quoi elle sert, par exemple « Classe de mer ».",
        error_messages={"max_length": "L’objet tient en 200 caractères : raccourcissez-le."},
    )
    amount = EurosField(label="Montant", max_length=60)
    on = DayField(label="Date", max_length=40)
    entry = forms.TypedChoiceField(label="Écriture du cahier", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, year: FiscalYear, today: dt.date, entries: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on, entry = self.fields["on"], self.fields["entry"]
        assert isinstance(on, DayField) and isinstance(entry, forms.TypedChoiceField)
        on.within(year.start, year.end, today)
        entry.choices = [("", "Pas encore dans le cahier"), *entries]

    @staticmethod
    def showing(grant: Grant) -> dict[str, Any]:
        """What the form of a known line starts with."""
        return {
            "funder_type": grant.funder_type,
            "funder": grant.funder,
            "object": grant.object,
            "amount": format_amount(grant.cents),
            "on": format_day(grant.on),
            "entry": grant.entry_id or "",
        }

    def content(self, entries: dict[int, Any], grant: Grant | None = None) -> GrantContent:
        """What the service keeps; `entries` by id."""
        said = self.cleaned_data
        return GrantContent(
            funder_type=said["funder_type"],
            funder=said["funder"],
            object=said["object"],
            cents=said["amount"],
            on=said["on"],
            entry=entries.get(said["entry"]),
            document=grant.document if grant else None,
        )


class InventoryForm(forms.Form):
    """A line of the cahier d’inventaire; the cession once the object has left."""

    label = forms.CharField(
        label="Objet",
        max_length=120,
        error_messages={
            "required": "Nommez l’objet, par exemple « Appareil photo ».",
            "max_length": "Ce nom tient en 120 caractères : raccourcissez-le.",
        },
    )
    acquired_on = DayField(label="Date d’achat", max_length=40)
    amount = EurosField(label="Valeur d’achat", max_length=60)
    place = forms.CharField(
        label="Lieu", max_length=80, required=False, help_text="Où il se trouve, par exemple « Classe de CE1 »."
    )
    ceded_on = DayField(label="Date de cession", max_length=40, required=False)
    ceded_how = forms.CharField(
        label="Comment il est parti", max_length=120, required=False, help_text="Donné, vendu, cassé, volé, et à qui."
    )
    entry = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: FiscalYear, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("acquired_on", "ceded_on"):
            field = self.fields[name]
            assert isinstance(field, DayField)
            field.within(year.start, year.end, today)

    @staticmethod
    def showing(line: InventoryLine) -> dict[str, Any]:
        """What the form of a known line starts with."""
        return {
            "label": line.label,
            "acquired_on": format_day(line.acquired_on),
            "amount": format_amount(line.cents),
            "place": line.place,
            "ceded_on": format_day(line.ceded_on) if line.ceded_on else "",
            "ceded_how": line.ceded_how,
            "entry": line.entry_id or "",
        }

    def clean_amount(self) -> int:
        """A value is never below zero; a gift may be worth nothing."""
        cents: int = self.cleaned_data["amount"]
        if cents < 0:
            raise forms.ValidationError("Une valeur ne peut pas être négative. Un don reçu peut valoir 0,00.")
        return cents

    def clean(self) -> dict[str, Any]:
        """How it left needs a date."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("ceded_how") and not said.get("ceded_on") and "ceded_on" not in self.errors:
            self.add_error("ceded_on", "Écrivez la date à laquelle l’objet est parti, comme 28/06/2026.")
        return said

    def content(self, entry: Any) -> InventoryContent:
        """What the service keeps."""
        said = self.cleaned_data
        return InventoryContent(
            label=said["label"],
            acquired_on=said["acquired_on"],
            cents=said["amount"],
            place=said["place"],
            entry=entry,
            ceded_on=said["ceded_on"],
            ceded_how=said["ceded_how"],
        )


class ActionForm(forms.Form):
    """The name of an action."""

    name = forms.CharField(
        label="Nom de l’action",
        max_length=60,
        error_messages={
            "required": "Nommez l’action, par exemple « Classe de mer ».",
            "max_length": "Ce nom tient en 60 caractères : raccourcissez-le.",
        },
    )

    @staticmethod
    def showing(action: Action) -> dict[str, Any]:
        """What the form of a known action starts with."""
        return {"name": action.name}
