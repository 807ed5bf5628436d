"""What the screens of the adhésion share: the school year of which they speak, and where it stands."""

from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import contact_for
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.chart import chart_for
from retkoop.membership.models import SheetState
from retkoop.membership.queries.adhesions import Standing, offered_years, running_first, standing_of
from retkoop.membership.queries.sheets import given_back
from retkoop.membership.steps import next_step, steps_of

ACCOUNTS = {"membership": "occe_dues", "insurance": "insurance", "review": "other_charges"}


def asked_first(request: HouseRequest) -> int:
    """The year named by the address or the form when there is something to see in it, else the running one."""
    asked = request.GET.get("annee") or request.POST.get("annee", "")
    running = running_first(request.association)
    try:
        first = SchoolYear.parse(asked).first
    except ValueError:
        return running
    return first if first == running or first in offered_years(request.cooperative) else running


def asked_standing(request: HouseRequest) -> Standing:
    """Of the year asked for."""
    return standing_of(request.cooperative, asked_first(request))


def page_context(request: HouseRequest, standing: Standing, here: str) -> dict[str, object]:
    """What every page of the adhésion shows. `accounts`: the numbers of the chart in force."""
    opened = standing.open_sheet
    chart = chart_for(request.cooperative.association_id, standing.first)
    codes = {name: chart.by_key[key].code if key in chart.by_key else "" for name, key in ACCOUNTS.items()}
    return {
        "standing": standing,
        "slug": standing.slug,
        "steps": steps_of(standing, here),
        "next": next_step(standing),
        "offered": [(SchoolYear(first).slug, first == standing.first) for first in offered_years(request.cooperative)],
        "accounts": codes,
        "prices": standing.prices,
        "may_fill": request.actor.may(Permission.MEMBERSHIP_WRITE),
        "may_engage": request.actor.may(Permission.ENGAGE),
        "contact": contact_for(request.cooperative),
        "given_back": given_back(opened) if opened is not None and opened.state == SheetState.FILLING else None,
    }
