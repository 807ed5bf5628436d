"""An AD's own calendar: its zone, its dates, whether reminders leave."""

import datetime as dt
from collections.abc import Mapping

from retkoop.agenda.models import AgendaRules, DueDate, HolidayZone
from retkoop.agenda.year import MONTHLY_DAYS, Choice, Step, step_of
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity import audit
from retkoop.identity.models import Association

_ANY_YEAR = 2027  # not a leap year: 29 February is refused, because most years have none


def change_calendar(
    *,
    association: Association,
    zone: str,
    mails: bool,
    dates: Mapping[str, Choice],
    version: int,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> AgendaRules:
    """Keep the AD's zone and dates; a date equal to the federation's is not kept, so that it follows it.

    `version`: that of the rules shown, 0 before the first. Raises Refusal (`zone`, `date_<key>`) and StaleVersion.
    """
    kept = {key: choice for key, choice in dates.items() if _differs(key, choice)}
    if zone not in HolidayZone.values:
        message = "Choisissez la zone dans la liste."
        raise Refusal(message, "zone")
    with audit.general_act(author, "change_calendar", operation=operation) as act:
        row = AgendaRules.objects.select_for_update().filter(association=association).first()
        if (row.version if row else 0) != version:
            raise StaleVersion
        before = _state(association, row)
        row = row or AgendaRules(association=association, version=0)
        row.zone, row.mails, row.version = zone, mails, version + 1
        row.save()
        DueDate.objects.filter(association=association).delete()
        DueDate.objects.bulk_create(
            DueDate(association=association, key=key, month=choice.month, day=choice.day, off=choice.off)
            for key, choice in sorted(kept.items())
        )
        act.about("agenda_rules", row.pk)
        act.payload = {"before": before, "after": _state(association, row)}
    return row


def _state(association: Association, row: AgendaRules | None) -> dict[str, object]:
    dates = DueDate.objects.filter(association=association).order_by("key")
    told = {each.key: [each.month, each.day, each.off] for each in dates}
    return {"zone": row.zone if row else "", "mails": row.mails if row else True, "dates": told}


def _differs(key: str, choice: Choice) -> bool:
    """Is it something else than the federation's date? Raises Refusal when it is no date, KeyError for an unknown step."""
    step = step_of(key)
    if step is None:
        raise KeyError(key)
    _refuse(step, choice)
    return choice.off or (choice.month, choice.day) != step.due


def _refuse(step: Step, choice: Choice) -> None:
    field = f"date_{step.key}"
    if step.monthly:
        if choice.month != 0 or not 1 <= choice.day <= MONTHLY_DAYS:
            message = f"Écrivez un jour de 1 à {MONTHLY_DAYS} : c’est le jour du mois qui suit."
            raise Refusal(message, field)
        return
    try:
        dt.date(_ANY_YEAR, choice.month, choice.day)
    except ValueError as error:
        message = "Ce jour n’existe pas tous les ans : écrivez-le comme 30/09."
        raise Refusal(message, field) from error
