"""What the AD's calendar page reads: a date for each step, its zone."""

import datetime as dt
from typing import Any

from django import forms

from retkoop.agenda.models import HolidayZone
from retkoop.agenda.queries import Rules
from retkoop.agenda.year import MONTHLY_DAYS, Choice, Step, steps
from retkoop.core.schoolyear import SchoolYear
from retkoop.ledger.forms.pieces import DayField

BACK = "nationale"


class CalendarForm(forms.Form):
    """`/ad/reglages/calendrier/`: `date_<key>` and `on_<key>` for each step; an empty date is the federation's."""

    zone = forms.ChoiceField(label="Vacances scolaires", choices=HolidayZone.choices)
    mails = forms.BooleanField(label="Envoyer les rappels par e-mail", required=False)

    def __init__(self, *args: Any, today: dt.date, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        year = SchoolYear.of(today)
        for step in steps():
            if step.key not in rules.fixed:
                self.fields[f"date_{step.key}"] = _date_field(step, year, today)
            self.fields[f"on_{step.key}"] = forms.BooleanField(label="Dans le calendrier", required=False)

    @classmethod
    def showing(cls, rules: Rules, today: dt.date) -> "CalendarForm":
        """The form with the AD's present calendar."""
        initial: dict[str, Any] = {"zone": rules.zone, "mails": rules.mails}
        for step in steps():
            choice = rules.own.get(step.key)
            month, day = (choice.month, choice.day) if choice else step.due
            initial[f"date_{step.key}"] = shown(step, month, day)
            initial[f"on_{step.key}"] = choice is None or not choice.off
        return cls(initial=initial, today=today, rules=rules)

    def dates(self) -> dict[str, Choice]:
        """The date of each step, and whether it is in the calendar."""
        return {step.key: self._choice(step) for step in steps()}

    def _choice(self, step: Step) -> Choice:
        told, off = self.cleaned_data.get(f"date_{step.key}"), not self.cleaned_data[f"on_{step.key}"]
        if told is None:
            kept = self.rules.own.get(step.key) if step.key in self.rules.fixed else None
            month, day = (kept.month, kept.day) if kept else step.due
            return Choice(month, day, off)
        return Choice(0, told, off) if step.monthly else Choice(told.month, told.day, off)


def shown(step: Step, month: int, day: int) -> str:
    """« 30/09 », or the day of a monthly step."""
    return str(day) if step.monthly else f"{day:02d}/{month:02d}"


def _date_field(step: Step, year: SchoolYear, today: dt.date) -> forms.Field:
    label = "Jour du mois suivant" if step.monthly else "Date"
    if step.monthly:
        told = f"Écrivez un jour de 1 à {MONTHLY_DAYS} : c’est le jour du mois qui suit."
        messages = {"invalid": told, "min_value": told, "max_value": told}
        return forms.IntegerField(label=label, min_value=1, max_value=MONTHLY_DAYS, required=False, error_messages=messages)
    field = DayField(label=label, required=False, max_length=40)
    field.within(year.start, year.end, today)
    return field
