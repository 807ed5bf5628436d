"""What the login, access and account forms read; no rule of the field lives here."""

from django import forms

_TOO_LONG = 512


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
