"""Fields that the small forms of the books share: amounts, days of the year in view, notes and coins; a refusal's place."""

import datetime as dt
from typing import Any

from django import forms

from retkoop.core.dates import DayError, parse_day
from retkoop.core.money import AmountError, parse_sum
from retkoop.core.refusal import Refusal
from retkoop.ledger.follow import COINS, NOTES, piece_label

MOST_PIECES = 100_000
_WHOLE = "Comptez avec un nombre entier, par exemple 12."


class EurosField(forms.CharField):
    """« 1 234,50 » or « 120 + 45,50 » → cents."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": "Écrivez un montant, par exemple 12,50."})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """Cents, or None when left empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_sum(text)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class DayField(forms.CharField):
    """« 28/06/2026 », « 28 juin »: a missing year is the one of the window; the window refuses nothing."""

    start = end = today = dt.date.min

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": "Écrivez la date comme 28/06/2026."})
        super().__init__(**kwargs)

    def within(self, start: dt.date, end: dt.date, today: dt.date) -> None:
        """The school year in view, and today."""
        self.start, self.end, self.today = start, end, today

    def clean(self, value: Any) -> Any:
        """A date, or None when left empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_day(text, start=self.start, end=self.end, today=self.today)
        except DayError as error:
            raise forms.ValidationError(str(error)) from error


def piece_fields() -> dict[str, forms.IntegerField]:
    """How many of each note and coin, by the field's name (`n_<cents>`); each may stay empty."""
    return {f"n_{value}": _piece_field(value) for value in NOTES + COINS}


def _piece_field(value: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=piece_label(value),
        required=False,
        min_value=0,
        max_value=MOST_PIECES,
        error_messages={"invalid": _WHOLE, "min_value": _WHOLE, "max_value": "Ce nombre est trop grand : vérifiez-le."},
        widget=forms.NumberInput(attrs={"data-piece": str(value), "inputmode": "numeric", "autocomplete": "off"}),
    )


def refused(form: forms.Form, refusal: Refusal) -> None:
    """Put a service's refusal beside its field, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def whole(text: str) -> int | None:
    """An identifier that came with the form or the address; None when it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
