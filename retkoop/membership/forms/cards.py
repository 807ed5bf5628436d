"""What `/identite/` reads: the card, and one small form a class."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from retkoop.core.refusal import Refusal
from retkoop.ledger.chart import ChartAccount
from retkoop.ledger.forms.pieces import whole
from retkoop.membership.facts import clean_iban, clean_phone, clean_postcode, clean_uai
from retkoop.membership.models import Level, SchoolCard, SchoolClass, SchoolKind
from retkoop.membership.services.cards import MOST_CLASSES, CardFacts, ClassFacts

BLANK_ROWS, MORE_ROWS = 1, 4
_PLAIN = ("uai", "kind", "street", "postcode", "phone", "email", "bank_key", "bank_name")


def _cleaned(value: str, clean: Callable[[str], str]) -> str:
    try:
        return clean(value)
    except Refusal as refusal:
        raise forms.ValidationError(refusal.message) from None


class CardForm(forms.Form):
    """The school, how to reach it, its bank. The IBAN's box is empty when the kept one stays."""

    name = forms.CharField(label="Nom de l’école", max_length=120, error_messages={"required": "Écrivez le nom de l’école."})
    town = forms.CharField(label="Commune", max_length=80, required=False)
    uai = forms.CharField(
        label="Numéro UAI de l’école",
        max_length=20,
        required=False,
        help_text="Sept chiffres et une lettre. C’est l’ancien numéro RNE, écrit sur les papiers de l’école.",
    )
    kind = forms.ChoiceField(label="Type d’établissement", required=False, choices=[("", "À choisir"), *SchoolKind.choices])
    street = forms.CharField(label="Adresse", max_length=200, required=False, help_text="Numéro et rue.")
    postcode = forms.CharField(label="Code postal", max_length=10, required=False)
    phone = forms.CharField(label="Téléphone", max_length=30, required=False)
    email = forms.EmailField(
        label="E-mail",
        required=False,
        error_messages={"invalid": "Cette adresse n’est pas complète ; un exemple : ecole.marais@exemple.fr."},
    )
    bank_key = forms.ChoiceField(label="Compte en banque", required=False)
    bank_name = forms.CharField(
        label="Nom de la banque", max_length=60, required=False, help_text="Laissez vide : l’IBAN le donne souvent."
    )
    iban = forms.CharField(
        label="IBAN",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, banks: Sequence[ChartAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "À choisir"), *((account.key, account.title) for account in banks)]
        self.fields["bank_key"].choices = choices  # type: ignore[attr-defined]

    def clean_uai(self) -> str:
        return _cleaned(self.cleaned_data["uai"], clean_uai)

    def clean_postcode(self) -> str:
        return _cleaned(self.cleaned_data["postcode"], clean_postcode)

    def clean_phone(self) -> str:
        return _cleaned(self.cleaned_data["phone"], clean_phone)

    def clean_iban(self) -> str:
        return _cleaned(self.cleaned_data["iban"], clean_iban)

    def facts(self) -> CardFacts:
        """What was typed, cleaned."""
        return CardFacts(**self.cleaned_data)

    @classmethod
    def showing(cls, card: SchoolCard, banks: Sequence[ChartAccount]) -> "CardForm":
        """The form with what is kept; never with the IBAN."""
        cooperative = card.cooperative
        kept = {name: getattr(card, name) for name in _PLAIN}
        return cls(initial={"name": cooperative.name, "town": cooperative.town, **kept}, banks=banks)


class ClassForm(forms.Form):
    """One row of the classes; a row without a name and without a class behind it says nothing."""

    pk = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="Nom de la classe", max_length=60, required=False)
    level = forms.ChoiceField(
        label="Niveau",
        choices=Level.choices,
        initial=Level.ELEMENTARY,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez le niveau dans la liste."),
    )
    removed = forms.BooleanField(label="Retirer", required=False)

    @property
    def kept(self) -> bool:
        """Is there a class behind the row?"""
        return bool(self["pk"].value())

    def facts(self) -> ClassFacts | None:
        """The class, or None for a row left blank. The form must be valid."""
        pk, name = whole(self.cleaned_data["pk"]), " ".join(self.cleaned_data["name"].split())
        if pk is None and not name:
            return None
        return ClassFacts(pk, name, self.cleaned_data["level"], self.cleaned_data["removed"])


def shown_classes(classes: Sequence[SchoolClass], more: int = BLANK_ROWS) -> list[ClassForm]:
    """A row for each class, and some blank ones."""
    rows = [
        ClassForm(prefix=f"classe_{index}", initial={"pk": str(row.pk), "name": row.name, "level": row.level})
        for index, row in enumerate(classes)
    ]
    return rows + [ClassForm(prefix=f"classe_{len(rows) + index}") for index in range(more)]


def typed_classes(sent: Mapping[str, str], known: set[int], more: int = 0) -> list[ClassForm]:
    """The rows as they were sent, then `more` blank ones; a row of another cooperative's class is a new one."""
    count = min(whole(sent.get("classes", "")) or 0, MOST_CLASSES)
    rows = []
    for index in range(count):
        data = {name: sent.get(f"classe_{index}-{name}", "") for name in ClassForm.base_fields}
        if whole(data["pk"]) not in known:
            data["pk"] = ""
        data["level"] = data["level"] or Level.ELEMENTARY
        rows.append(ClassForm({f"classe_{index}-{name}": value for name, value in data.items()}, prefix=f"classe_{index}"))
    return rows + [ClassForm(prefix=f"classe_{count + index}") for index in range(more)]
