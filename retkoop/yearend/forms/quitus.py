"""The forms of the quitus: who signs or is asked to check, when and where, a question, an answer, a code."""

from typing import Any

from django import forms

from retkoop.ledger.forms.pieces import DayField
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import ReportRules, VerifierQuality
from retkoop.yearend.services.quitus import Signed, Signer

QUALITIES = [("", "choisissez"), *VerifierQuality.choices]
MOST = 6


class SignersForm(forms.Form):
    """Rows « nom, qualité » (and « e-mail » when `by_mail`): those left empty are skipped, half-filled ones are told."""

    def __init__(self, *args: Any, rules: ReportRules, by_mail: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_mail = by_mail
        self.places = range(1, min(MOST, max(rules.verifiers, 2) + 2) + 1)
        for place in self.places:
            self.fields[f"name_{place}"] = forms.CharField(
                label="Prénom et nom", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
            )
            self.fields[f"quality_{place}"] = forms.ChoiceField(label="Qualité", choices=QUALITIES, required=False)
            if by_mail:
                self.fields[f"email_{place}"] = forms.CharField(
                    label="Adresse e-mail",
                    max_length=200,
                    required=False,
                    widget=forms.EmailInput(attrs={"autocomplete": "off"}),
                )

    def clean(self) -> dict[str, Any]:
        """Say what a begun row lacks."""
        for place in self.places:
            name, quality, email = self._row(place)
            if not (name or quality or email):
                continue
            if not name:
                self.add_error(f"name_{place}", "Écrivez le prénom et le nom de cette personne, ou videz sa ligne.")
            if not quality:
                self.add_error(f"quality_{place}", "Dites si c’est un parent d’élève, un enseignant ou quelqu’un d’autre.")
            if self.by_mail and not email:
                self.add_error(f"email_{place}", "Écrivez son adresse e-mail : son lien personnel y sera envoyé.")
        return self.cleaned_data

    def _row(self, place: int) -> tuple[str, str, str]:
        data = self.cleaned_data
        name = " ".join(data.get(f"name_{place}", "").split())
        return name, data.get(f"quality_{place}", ""), data.get(f"email_{place}", "").strip()

    def signers(self) -> tuple[Signer, ...]:
        """The rows that were filled, in order."""
        rows = [self._row(place) for place in self.places]
        return tuple(Signer(name, quality, email) for name, quality, email in rows if name)

    def rows(self) -> list[list[forms.BoundField]]:
        """For the page: the fields of each row."""
        names = ("name", "quality", "email") if self.by_mail else ("name", "quality")
        return [[self[f"{name}_{place}"] for name in names] for place in self.places]

    def place_of(self, field: str) -> str:
        """A service counts the filled rows from 1: the field of the form that it speaks of."""
        name, _, rank = field.rpartition("_")
        filled = [place for place in self.places if self._row(place)[0]]
        if name and rank.isdigit() and 0 < int(rank) <= len(filled):
            return f"{name}_{filled[int(rank) - 1]}"
        return field


class SignedForm(SignersForm):
    """The signed page: who signed, when and where they met, what they observed; for the AD, the day it came by post."""

    met_on = DayField(label="Date de la réunion", required=False)
    place = forms.CharField(label="Lieu", max_length=80, required=False)
    observations = forms.CharField(
        label="Observations", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    received_on = DayField(label="Reçu par courrier le", required=False)

    def __init__(self, *args: Any, year: FiscalYear, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("met_on", "received_on"):
            field = self.fields[name]
            assert isinstance(field, DayField)
            field.within(year.start, today, today)

    def signed(self) -> Signed:
        """What the service keeps."""
        data = self.cleaned_data
        return Signed(self.signers(), data["place"], data["met_on"], data["observations"])


class AnswerForm(forms.Form):
    """The cooperative's answer to a question."""

    answer = forms.CharField(
        label="Votre réponse",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez la réponse : le vérificateur la lira sur sa page."},
    )


class QuestionForm(forms.Form):
    """A vérificateur's question; `number` is the drawn piece's, 0 for the whole."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Votre question",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez votre question."},
    )


class DecisionForm(forms.Form):
    """The six digits, and a word if one wishes; a refusal says why."""

    code = forms.CharField(
        label="Code reçu par e-mail",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": "Écrivez le code à six chiffres que vous avez reçu par e-mail."},
    )
    observations = forms.CharField(
        label="Vos observations", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """« Je ne donne pas quitus » asks for a reason."""
        if "refuser" in self.data and not self.cleaned_data.get("observations"):
            self.add_error("observations", "Dites pourquoi vous ne donnez pas quitus : la coopérative lira vos mots.")
        return self.cleaned_data


class PostForm(forms.Form):
    """« Reçu par courrier le … »."""

    received_on = DayField(label="Reçu par courrier le")

    def __init__(self, *args: Any, year: FiscalYear, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["received_on"]
        assert isinstance(field, DayField)
        field.within(year.start, today, today)


class RefusalForm(forms.Form):
    """Why the AD refuses a document."""

    reason = forms.CharField(
        label="Raison du refus",
        max_length=300,
        error_messages={"required": "Dites ce qui ne va pas, et ce qu’il faut envoyer à la place."},
    )
