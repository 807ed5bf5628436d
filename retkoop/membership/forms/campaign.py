"""What the AD and the federation type about adhésions."""

import datetime as dt
from typing import Any

from django import forms

from retkoop.core.dates import format_day
from retkoop.core.money import format_amount
from retkoop.core.schoolyear import SchoolYear
from retkoop.ledger.forms.pieces import DayField, EurosField
from retkoop.membership.models import Payer, PaymentWay, Sheet, Tariff
from retkoop.membership.services.tariffs import Terms
from retkoop.membership.services.validation import Payment

ENGAGEMENT = """\
Je m’engage à être mandataire de la coopérative scolaire pour cette année.
Je tiens ses comptes à jour et je garde toutes les pièces.
J’encaisse et je paie pour elle, et seulement pour elle.
Je ne signe aucun contrat de travail, aucun emprunt, et je n’ouvre pas de Livret A.
Je fais décider les dépenses avec les élèves, en conseil de coopérative.
Je remets à l’association départementale, après le 31 août, le compte-rendu d’activité et le compte-rendu financier.
Je garde les documents de la coopérative dix ans, et je les transmets à qui me succède.
Cet engagement vaut un an : il se renouvelle avec l’adhésion."""
_EUROS = {"required": "Écrivez un montant, par exemple 2,05 ; 0 s’il n’y en a pas."}
_PRICES = (
    ("pupil_cents", "Cotisation par élève"),
    ("adult_cents", "Cotisation par adulte"),
    ("federal_pupil_cents", "dont part de la fédération, par élève"),
    ("federal_adult_cents", "dont part de la fédération, par adulte"),
    ("insurance_pupil_cents", "Assurance par élève"),
    ("insurance_adult_cents", "Assurance par adulte"),
    ("minimum_cents", "Cotisation minimum d’une coopérative"),
    ("review_cents", "Un abonnement à Animation & Éducation"),
)


class TariffForm(forms.Form):
    """`/ad/adhesions/tarif/`: prices, days, contract and engagement of a school year."""

    supplement = forms.BooleanField(label="La coopérative peut ajouter un supplément libre", required=False)
    deadline = DayField(label="Dernier jour de l’adhésion")
    resignation_by = DayField(label="Dernier jour d’une résiliation écrite", help_text="En général le 31 octobre.")
    insurance_contract = forms.CharField(
        label="Contrat d’assurance",
        max_length=80,
        required=False,
        help_text="Tel qu’il doit figurer sur le certificat, par exemple « MAE-MAIF, contrat 3 456 789 ».",
    )
    engagement = forms.CharField(
        label="Texte de l’engagement du mandataire",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": "9"}),
        error_messages={"required": "Écrivez le texte auquel le mandataire s’engage."},
        help_text="Le mandataire le lit, coche « oui » et s’engage ; le texte est gardé avec son engagement.",
    )

    def __init__(self, *args: Any, first: int, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _PRICES:
            self.fields[name] = EurosField(label=label, max_length=30, error_messages=_EUROS)
        year = SchoolYear(first)
        for name in ("deadline", "resignation_by"):
            self.fields[name].within(year.start, year.end, today)  # type: ignore[attr-defined]

    def prices(self) -> list[list[forms.BoundField]]:
        """The boxes of amounts, two a line."""
        boxes = [self[name] for name, _ in _PRICES]
        return [boxes[at : at + 2] for at in range(0, len(boxes), 2)]

    def terms(self) -> Terms:
        """What was typed."""
        told = self.cleaned_data
        return Terms(
            **{name: told[name] for name, _ in _PRICES},
            supplement=told["supplement"],
            deadline=told["deadline"],
            resignation_by=told["resignation_by"],
            insurance_contract=told["insurance_contract"].strip(),
            engagement=told["engagement"].strip().replace("\r\n", "\n"),
        )

    @staticmethod
    def showing(tariff: Tariff | None, first: int) -> dict[str, Any]:
        """What the form opens with: a tariff (this year's, or last year's with its days moved), else a plain start."""
        if tariff is None:
            days = {"deadline": dt.date(first, 11, 30), "resignation_by": dt.date(first, 10, 31)}
            return {name: format_day(day) for name, day in days.items()} | {"supplement": True, "engagement": ENGAGEMENT}
        later = first - tariff.first
        return {
            **{name: format_amount(getattr(tariff, name)) for name, _ in _PRICES},
            "supplement": tariff.supplement,
            "deadline": format_day(_moved(tariff.deadline, later)),
            "resignation_by": format_day(_moved(tariff.resignation_by, later)),
            "insurance_contract": tariff.insurance_contract,
            "engagement": tariff.engagement,
        }


def _moved(day: dt.date, years: int) -> dt.date:
    """The same day some years later; 29 February becomes the 28th."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


class PaymentForm(forms.Form):
    """How a sheet is paid, or who else pays."""

    payer = forms.ChoiceField(
        label="Qui paie",
        choices=Payer.choices,
        error_messages={"required": "Choisissez qui paie."},
        help_text="Si la mairie ou l’association de parents paie, aucune écriture n’est proposée à la coopérative.",
    )
    payer_name = forms.CharField(
        label="Nom de qui paie, si ce n’est pas la coopérative",
        max_length=80,
        required=False,
        help_text="Par exemple « Mairie de Challans ».",
    )
    way = forms.ChoiceField(label="Comment", choices=[("", "pas encore connu"), *PaymentWay.choices], required=False)
    on = DayField(label="Encaissée le", required=False, help_text="Laissez vide tant que rien n’est encaissé.")
    reference = forms.CharField(
        label="Référence",
        max_length=60,
        required=False,
        help_text="Numéro du chèque, du virement ou du prélèvement.",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = SchoolYear.of(today)
        self.fields["on"].within(year.start, year.end, today)  # type: ignore[attr-defined]

    def payment(self) -> Payment:
        """What was typed."""
        told = self.cleaned_data
        return Payment(told["payer"], told["payer_name"], told["way"], told["on"], told["reference"])

    @staticmethod
    def showing(sheet: Sheet) -> dict[str, Any]:
        """What is recorded."""
        return {
            "payer": sheet.payer,
            "payer_name": sheet.payer_name,
            "way": sheet.payment,
            "on": format_day(sheet.paid_on) if sheet.paid_on else "",
            "reference": sheet.payment_reference,
        }


class BulkForm(forms.Form):
    """How the adhésions that are ticked are paid; all empty, nothing is recorded."""

    way = forms.ChoiceField(
        label="Payées par", choices=[("", "paiement à enregistrer plus tard"), *PaymentWay.choices], required=False
    )
    on = DayField(label="Encaissées le", required=False)
    reference = forms.CharField(label="Référence", max_length=60, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = SchoolYear.of(today)
        self.fields["on"].within(year.start, year.end, today)  # type: ignore[attr-defined]

    def payment(self) -> Payment | None:
        """What was typed; None when nothing was."""
        told = self.cleaned_data
        if not (told["way"] or told["on"] or told["reference"]):
            return None
        return Payment(way=told["way"], on=told["on"], reference=told["reference"])


class ResignationForm(forms.Form):
    """A written résiliation that the AD received."""

    first = forms.TypedChoiceField(label="La coopérative n’adhère plus à partir de", coerce=int)
    written_on = DayField(label="Lettre écrite le")
    received_on = DayField(label="Lettre reçue le")
    reason = forms.CharField(label="Motif", max_length=300, required=False, help_text="Tel que la coopérative l’écrit.")

    def __init__(self, *args: Any, firsts: list[int], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].choices = [(first, SchoolYear(first).slug) for first in firsts]  # type: ignore[attr-defined]
        year = SchoolYear.of(today)
        for name in ("written_on", "received_on"):
            self.fields[name].within(year.start, year.end, today)  # type: ignore[attr-defined]


class FederalPaymentForm(forms.Form):
    """What the federation received of an AD."""

    cents = EurosField(label="Montant reçu", max_length=30)
    paid_on = DayField(label="Reçu le")
    reference = forms.CharField(label="Référence", max_length=60, required=False, help_text="Numéro du virement ou du chèque.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = SchoolYear.of(today)
        self.fields["paid_on"].within(year.start, year.end, today)  # type: ignore[attr-defined]
