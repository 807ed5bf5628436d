"""What the login, access and account forms read; no rule of the field lives here."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html

from retkoop.core.dates import DayError, parse_day
from retkoop.identity.models import Role

_TOO_LONG = 512
_WHAT_IT_LETS_DO = {
    Role.MANDATAIRE: "répond des comptes, les clôture, transmet le compte-rendu",
    Role.COSIGNER: "seconde signature\u202f; écrit dans le cahier, ne le clôture pas",
    Role.BOOKKEEPER: "écrit dans le cahier, ne le clôture pas",
    Role.READER: "lit le cahier, n’y écrit rien",
    Role.VERIFIER: "lit les comptes qu’il ou elle approuvera",
    Role.AD_ACCOUNTANT: "aide dans les cahiers, contrôle les comptes-rendus, tient la liste des personnes de l’AD",
    Role.AD_SECRETARY: "lit les cahiers, contrôle les comptes-rendus, donne les mandats des coopératives",
    Role.AD_PRESIDENT: "comme le secrétariat, et tient la liste des personnes de l’AD",
    Role.AD_READER: "lit les cahiers et les comptes-rendus",
}


class LoginForm(forms.Form):
    """`/connexion/`: labels as the guides write them."""

    identifiant = forms.CharField(
        label="Identifiant",
        max_length=254,
        error_messages={"required": "Tapez votre identifiant, par exemple 085-099."},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    mot_de_passe = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=_TOO_LONG,
        error_messages={"required": "Tapez votre mot de passe."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgottenForm(forms.Form):
    """`/connexion/oubli/`."""

    identifiant = forms.CharField(
        label="Identifiant ou adresse e-mail",
        max_length=254,
        error_messages={"required": "Tapez votre identifiant, par exemple 085-099, ou votre adresse e-mail."},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class NewPasswordForm(forms.Form):
    """`/acces/<token>/`."""

    new_password = forms.CharField(
        label="Nouveau mot de passe",
        strip=False,
        max_length=_TOO_LONG,
        error_messages={"required": "Tapez le mot de passe que vous choisissez."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": "12"}),
        help_text="Au moins 12 caractères. Trois ou quatre mots sans rapport entre eux conviennent bien.",
    )


class PasswordChangeForm(NewPasswordForm):
    """`/compte/`: the old password is asked again."""

    old_password = forms.CharField(
        label="Mot de passe actuel",
        strip=False,
        max_length=_TOO_LONG,
        error_messages={"required": "Tapez votre mot de passe actuel."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "new_password"]


class EmailForm(forms.Form):
    """`/compte/`: one's address, confirmed by a link."""

    email = forms.CharField(
        label="Adresse e-mail",
        max_length=254,
        error_messages={"required": "Tapez votre adresse e-mail."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    email_password = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        max_length=_TOO_LONG,
        error_messages={"required": "Tapez votre mot de passe\u202f: il protège le changement d’adresse."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SecondCodeForm(forms.Form):
    """`/connexion/controle/`: a code of six digits, or a recovery code."""

    code_secret = forms.CharField(
        label="Code",
        max_length=40,
        error_messages={"required": "Tapez le code à six chiffres de votre application, ou un code de secours."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="Les six chiffres de votre application, ou l’un de vos codes de secours.",
    )


class FirstCodeForm(forms.Form):
    """`/compte/securite/application/`: the first code of a new application."""

    code_secret = forms.CharField(
        label="Code affiché par l’application",
        max_length=40,
        error_messages={"required": "Tapez les six chiffres que l’application affiche."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class HelpForm(forms.Form):
    """`/ad/acces/`, `/federation/acces/`: why, and how one made sure of the person."""

    reason = forms.CharField(
        label="Ce qui s’est passé",
        max_length=500,
        error_messages={"required": "Dites ce qui s’est passé, par exemple «\u202ftéléphone perdu\u202f»."},
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    identity_check = forms.CharField(
        label="Comment vous avez vérifié que c’est bien cette personne",
        max_length=500,
        error_messages={"required": "Dites comment vous avez vérifié\u202f: vue au bureau, rappelée à l’école…"},
        widget=forms.Textarea(attrs={"rows": "2"}),
        help_text="Rappelez-la à un numéro que vous connaissez déjà, ou voyez-la. Un message reçu ne suffit pas.",
    )


class ProveForm(forms.Form):
    """`/compte/confirmer/`, `/compte/securite/retirer/`: the password again."""

    mot_de_passe = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        max_length=_TOO_LONG,
        error_messages={"required": "Tapez votre mot de passe\u202f: il protège ce changement."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class LastDayField(forms.CharField):
    """« 31/08/2027 », « 31 août »: a missing year is the one of the next twelve months."""

    today = dt.date.min

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
        super().__init__(required=False, max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """A date, or None when left empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_day(text, start=self.today, end=self.today + dt.timedelta(days=364), today=self.today)
        except DayError as error:
            raise forms.ValidationError(str(error)) from error


class InviteForm(forms.Form):
    """`/personnes/inviter/` and its sisters; `on_paper`: a person without address may be given a letter."""

    full_name = forms.CharField(
        label="Prénom et nom",
        max_length=120,
        error_messages={"required": "Écrivez le prénom et le nom de la personne."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        error_messages={
            "required": "Écrivez l’adresse e-mail de la personne\u202f: l’invitation y est envoyée.",
            "invalid": "Cette adresse n’est pas complète\u202f; un exemple\u202f: prenom.nom@exemple.fr.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Mandat",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un mandat dans la liste."},
    )
    ends = LastDayField(
        label="Dernier jour", help_text="Par exemple 31/08/2027. Sans date, le mandat dure jusqu’à ce qu’on y mette fin."
    )

    def __init__(self, *args: Any, roles: Sequence[Role], today: dt.date, on_paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, format_html("<strong>{}</strong><br>{}", role.label, _WHAT_IT_LETS_DO[role])) for role in roles
        ]
        self.fields["ends"].today = today  # type: ignore[attr-defined]
        if on_paper:
            self.fields["email"].required = False
            self.fields["email"].help_text = "Sans adresse, vous imprimerez une lettre à remettre à la personne."


class EndForm(forms.Form):
    """`…/terminer/`: at once, or after a day."""

    last_day = LastDayField(label="Dernier jour", help_text="Sans date, le mandat et ses droits prennent fin tout de suite.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].today = today  # type: ignore[attr-defined]
