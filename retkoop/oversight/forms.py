"""What the AD's forms read."""

from typing import Any

from django import forms
from django.utils.html import format_html

from retkoop.core.money import AmountError, format_amount, parse_euros
from retkoop.identity.models import Association
from retkoop.ledger.warnings import WARNINGS as ENTRY_WARNINGS
from retkoop.yearend.models import ReportRules
from retkoop.yearend.services.rules import Rules
from retkoop.yearend.warnings import WARNINGS as REPORT_WARNINGS

WARNINGS = ENTRY_WARNINGS | REPORT_WARNINGS


class SettingsForm(forms.Form):
    """`/ad/reglages/`: how to reach the AD, its cash ceiling, the soft warnings that it leaves on."""

    phone = forms.CharField(label="Téléphone", max_length=30, required=False)
    email = forms.EmailField(
        label="E-mail",
        required=False,
        error_messages={"invalid": "Cette adresse n’est pas complète\u202f; un exemple\u202f: ad085@exemple.fr."},
    )
    office_hours = forms.CharField(
        label="Horaires d’ouverture",
        max_length=120,
        required=False,
        help_text="Par exemple «\u202fmardi et jeudi, 9\u202fh à 17\u202fh\u202f».",
    )
    cash_ceiling = forms.CharField(
        label="Plafond de la caisse",
        max_length=30,
        error_messages={"required": "Tapez un montant, par exemple 300,00."},
        help_text="Au-dessus, la coopérative est avertie\u202f; rien ne lui est refusé.",
    )
    former_reads = forms.BooleanField(
        label="Une ancienne personne mandataire, co-signataire ou teneuse des comptes peut relire les années qu’elle a servies",
        required=False,
    )
    warnings_on = forms.MultipleChoiceField(
        label="Avertissements donnés pendant la saisie, et dans le compte-rendu",
        required=False,
        choices=[
            (each, format_html("<strong>{}</strong><br>{}", kind.title, kind.explanation)) for each, kind in WARNINGS.items()
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_cash_ceiling(self) -> int:
        """The ceiling in cents."""
        try:
            return parse_euros(self.cleaned_data["cash_ceiling"])
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error

    def muted_warnings(self) -> list[str]:
        """The ids of the warnings left unticked."""
        return sorted(set(WARNINGS) - set(self.cleaned_data["warnings_on"]))

    @classmethod
    def showing(cls, association: Association) -> "SettingsForm":
        """The form with the AD's present settings."""
        return cls(
            initial={
                "phone": association.phone,
                "email": association.email,
                "office_hours": association.office_hours,
                "cash_ceiling": format_amount(association.cash_ceiling_cents),
                "former_reads": association.former_reads,
                "warnings_on": [each for each in WARNINGS if each not in association.muted_warnings],
            }
        )


class AnswerForm(forms.Form):
    """The AD's answer to a request for reopening."""

    decision = forms.ChoiceField(
        label="Votre réponse",
        choices=[("accord", "Rouvrir l’année"), ("refus", "Laisser l’année close")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez\u202f: rouvrir l’année, ou la laisser close."},
    )
    answer = forms.CharField(
        label="Ce que vous en dites à la coopérative",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": "Écrivez une phrase\u202f: la coopérative la lira, et elle reste dans l’historique."},
    )


class RulesForm(forms.Form):
    """`/ad/reglages/compte-rendu/`: what the AD asks of the yearly reports, and its own sentences for returning them."""

    cra_opens_day = forms.IntegerField(label="Le CRA ouvre le (jour)", min_value=1, max_value=31)
    cra_opens_month = forms.IntegerField(label="du mois de (1 à 12)", min_value=1, max_value=12)
    verifiers = forms.IntegerField(label="Vérificateurs aux comptes, au moins", min_value=0)
    parents = forms.IntegerField(label="dont parents d’élèves", min_value=0)
    teachers = forms.IntegerField(label="dont enseignants ou enseignantes", min_value=0)
    commission_allowed = forms.BooleanField(
        label="Le rapport d’une commission de contrôle peut remplacer le quitus", required=False
    )
    receivables_allowed = forms.BooleanField(label="Les produits à recevoir sont admis dans le rapprochement", required=False)
    cheques_only = forms.BooleanField(
        label="Seuls les chèques émis et non débités sont admis dans le rapprochement", required=False
    )
    reasons = forms.CharField(
        label="Vos motifs de renvoi",
        required=False,
        widget=forms.Textarea(attrs={"rows": "6"}),
        help_text="Un motif par ligne. Ils s’ajoutent à ceux qui sont déjà proposés.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("cra_opens_day", "cra_opens_month", "verifiers", "parents", "teachers"):
            self.fields[name].error_messages |= {
                "required": "Écrivez un nombre.",
                "invalid": "Écrivez un nombre entier, par exemple 2.",
                "min_value": "Écrivez un nombre plus grand.",
                "max_value": "Écrivez un nombre plus petit.",
            }

    def rules(self) -> Rules:
        """What was chosen."""
        told = dict(self.cleaned_data)
        told["reasons"] = [line.strip() for line in told["reasons"].splitlines() if line.strip()]
        return Rules(**told)

    @classmethod
    def showing(cls, rules: ReportRules) -> "RulesForm":
        """The form with the AD's present rules."""
        initial = {name: getattr(rules, name) for name in cls.base_fields}
        return cls(initial={**initial, "reasons": "\n".join(rules.reasons)})
