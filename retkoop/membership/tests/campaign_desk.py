"""An AD's campaign for tests: cooperatives that send their adhésion, the AD that validates, all on one day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from retkoop.identity import services
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Cooperative, Person, Role
from retkoop.identity.tests.cast import SINCE, Cast
from retkoop.membership.models import Sheet
from retkoop.membership.services.adhesions import start_amendment
from retkoop.membership.services.validation import Payment, record_payment, validate_sheet
from retkoop.membership.tests.adhesion_desk import FIRST, ROWS, AdhesionDesk, make_adhesion_desk

PAID_ON = dt.date(2025, 10, 3)


@dataclass
class CampaignDesk:
    """The AD of cooperatives A and B; everything inside `travel(TODAY)`."""

    cast: Cast
    a: AdhesionDesk
    b: AdhesionDesk

    @property
    def association(self) -> Association:
        return self.cast.ad_085

    @property
    def ad(self) -> Author:
        return Author(self.cast.ad_accountant, on_behalf=self.cast.ad_085)

    def send(self, desk: AdhesionDesk, rows: Any = ROWS, *, engaged: bool = True, **more: Any) -> Sheet:
        """Filled in, engaged to, sent; read again as a view would."""
        sheet = desk.fill(rows, **more)
        if engaged:
            desk.engage()
        return self.again(desk.send(sheet))

    def amend(self, desk: AdhesionDesk, rows: Any, **more: Any) -> Sheet:
        """An amendment, sent."""
        start_amendment(cooperative=desk.cooperative, first=FIRST, author=desk.author)
        return self.again(desk.send(desk.fill(rows, **more)))

    def validate(self, sheet: Sheet) -> Sheet:
        return self.again(validate_sheet(sheet=sheet, author=self.ad))

    def pay(self, sheet: Sheet, **facts: Any) -> Sheet:
        fresh = self.again(sheet)
        return self.again(record_payment(sheet=fresh, payment=Payment(**facts), author=self.ad, version=fresh.adhesion.version))

    def again(self, sheet: Sheet) -> Sheet:
        return Sheet.objects.select_related("adhesion", "cooperative__association").get(pk=sheet.pk)

    def another(self, number: str) -> AdhesionDesk:
        """One more cooperative of the AD, with its mandataire."""
        cooperative, person = make_cooperative(self.association, number)
        return AdhesionDesk(cooperative, person, self.a.tariff)


def make_cooperative(association: Association, number: str) -> tuple[Cooperative, Person]:
    """A cooperative and its mandataire."""
    cooperative = services.create_cooperative(
        association=association, number=number, name=f"École {number}", town="Bourg", created_on=SINCE
    )
    person = services.create_person(full_name=f"Mandataire {number}", email=f"m{number}@exemple.fr")
    services.give_mandate(person=person, role=Role.MANDATAIRE, organisation=cooperative, starts=SINCE)
    return cooperative, person


def make_campaign(cast: Cast, **prices: Any) -> CampaignDesk:
    """Inside `travel(TODAY)`."""
    a = make_adhesion_desk(cast.cooperative_a, cast.mandataire_a, **prices)
    return CampaignDesk(cast, a, make_adhesion_desk(cast.cooperative_b, cast.mandataire_b))
