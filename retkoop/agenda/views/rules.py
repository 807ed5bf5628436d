"""`/ad/reglages/calendrier/`: an AD's own dates, its zone of school holidays, its reminders."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.agenda.forms import BACK, CalendarForm, shown
from retkoop.agenda.holidays import periods, years_known, zone_of_department
from retkoop.agenda.models import HolidayZone
from retkoop.agenda.queries import Rules, rules_of
from retkoop.agenda.services.rules import change_calendar
from retkoop.agenda.year import Step, current_year, step_of, steps
from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.ledger.forms.pieces import refused, whole

PAGE = "/ad/reglages/calendrier/"


@dataclass(frozen=True)
class Row:
    """A step on the page: the federation's date in words, whether the AD's differs, its fields."""

    step: Step
    national: str
    moved: bool
    off: bool
    fixed: dt.date | None
    date: BoundField | None
    on: BoundField


def _page(_: AuditEvent) -> str:
    return PAGE


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_page)
def rules(request: AssociationRequest) -> HttpResponse:
    """The calendar, and the form that changes it; `nationale` takes one step back to the federation's date."""
    today = clock.today(request.association.time_zone)
    known = rules_of(request.association, today)
    if request.method != "POST":
        return _shown(request, CalendarForm.showing(known, today), known, today)
    typed = request.POST.copy()
    back = step_of(typed.get(BACK, ""))
    if back is not None:
        typed[f"date_{back.key}"], typed[f"on_{back.key}"] = "", "on"
    form = CalendarForm(typed, today=today, rules=known)
    key = operation(request)
    if form.is_valid():
        try:
            change_calendar(
                association=request.association,
                zone=form.cleaned_data["zone"],
                mails=form.cleaned_data["mails"],
                dates=form.dates(),
                version=whole(request.POST.get("version", "")) or 0,
                author=Author(request.actor.person),
                operation=key,
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, "Votre calendrier est enregistré.")
            return see_other(PAGE)
    return _shown(request, form, known, today, status=422)


def _shown(request: AssociationRequest, form: CalendarForm, known: Rules, today: dt.date, *, status: int = 200) -> HttpResponse:
    current = SchoolYear(current_year(today))
    context = {
        "form": form,
        "rows": [_row(step, form, known) for step in steps()],
        "rules": known,
        "national_zone": zone_of_department(request.association.code).label,
        "zone_moved": known.zone != zone_of_department(request.association.code),
        "holidays": periods(known.zone, current.first),
        "years_known": years_known(known.zone),
        "year": current,
        "zone_label": HolidayZone(known.zone).label,
        "version": request.POST.get("version", known.version),
        "back": BACK,
    }
    return render(request, "agenda/rules.html", context, status=status)


def _row(step: Step, form: CalendarForm, known: Rules) -> Row:
    choice = known.own.get(step.key)
    national = f"le {shown(step, *step.due)} du mois suivant" if step.monthly else f"le {shown(step, *step.due)}"
    fixed = known.fixed.get(step.key)
    return Row(
        step=step,
        national=national,
        moved=choice is not None and (choice.month, choice.day) != step.due,
        off=choice is not None and choice.off,
        fixed=fixed,
        date=None if fixed else form[f"date_{step.key}"],
        on=form[f"on_{step.key}"],
    )
