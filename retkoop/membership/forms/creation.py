"""« Nouvelle coopérative »: what the AD types for one."""

from typing import Any

from django import forms

from retkoop.core import clock
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association
from retkoop.ledger.forms.pieces import EurosField
from retkoop.membership.queries.cards import bank_accounts
from retkoop.membership.services.creation import YEARS_BACK, NewSchool


class NewSchoolForm(forms.Form):
    """The number is proposed; the opening balances may wait for the mandataire."""

    number = forms.CharField(
        label="Numéro",
        max_length=4,
        error_messages={"required": "Donnez un numéro de trois ou quatre chiffres, par exemple 099."},
    )
    name = forms.CharField(label="École", max_length=120, error_messages={"required": "Écrivez le nom de l’école."})
    town = forms.CharField(label="Commune", max_length=80, required=False)
    mandataire = forms.CharField(
        label="Mandataire", max_length=120, error_messages={"required": "Écrivez le nom et le prénom du mandataire."}
    )
    email = forms.EmailField(
        label="E-mail du mandataire",
        required=False,
        error_messages={"invalid": "Cette adresse n’est pas complète ; un exemple : prenom.nom@exemple.fr."},
        help_text="Sans adresse, l’accès s’ouvre par une lettre.",
    )
    first = forms.TypedChoiceField(
        label="Première année tenue ici",
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez l’année dans la liste."),
    )
    bank_key = forms.ChoiceField(
        label="Compte en banque",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez le compte dans la liste."),
    )
    bank = EurosField(label="En banque au 1er septembre", required=False, max_length=60)
    cash = EurosField(label="En caisse au 1er septembre", required=False, max_length=60)

    def __init__(self, *args: Any, association: Association, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = SchoolYear.of(clock.today(association.time_zone)).first
        years = [(str(first), SchoolYear(first).slug) for first in range(running, running - YEARS_BACK - 1, -1)]
        self.fields["first"].choices = years  # type: ignore[attr-defined]
        banks = [(account.key, account.title) for account in bank_accounts(association)]
        self.fields["bank_key"].choices = banks  # type: ignore[attr-defined]

    def school(self) -> NewSchool:
        """What was typed."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in {"bank", "cash"}}
        texts = {name: " ".join(text.split()) for name, text in told.items() if isinstance(text, str)}
        return NewSchool(**{**told, **texts}, bank_cents=self.cleaned_data["bank"], cash_cents=self.cleaned_data["cash"])
