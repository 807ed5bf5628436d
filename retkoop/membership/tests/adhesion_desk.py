"""A cooperative's adhésion for tests: the tariff of its AD, what it declares, what its AD validated."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from retkoop.core import clock
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Cooperative, Mandate, Person
from retkoop.membership.models import Engagement, SchoolClass, Sheet, SheetState, Tariff
from retkoop.membership.queries.adhesions import OTHERS, Declared, Standing, standing_of
from retkoop.membership.services.adhesions import engage, fill_sheet, send_sheet

TODAY = dt.date(2025, 10, 6)
FIRST = 2025
TEXT = "Je m’engage à être mandataire de la coopérative et à appliquer le règlement intérieur."
ROWS = (Declared("CP", 24, 1), Declared("CE1-CE2", 26, 1, 1), Declared(OTHERS, adults=2))


def make_tariff(association: Association, first: int = FIRST, **prices: Any) -> Tariff:
    """2,05 € a head of which 1,19 € to the federation, 0,25 € of insurance, a review at 33 €."""
    values: dict[str, Any] = {
        "pupil_cents": 205, "adult_cents": 205, "federal_pupil_cents": 119, "federal_adult_cents": 119,
        "insurance_pupil_cents": 25, "insurance_adult_cents": 25, "minimum_cents": 0, "review_cents": 3_300,
        "deadline": dt.date(first, 11, 10), "resignation_by": dt.date(first, 10, 31), "engagement": TEXT,
        "insurance_contract": "MAE-MAIF, contrat 3 456 789",
    }  # fmt: skip
    return Tariff.objects.create(association=association, first=first, changed_at=clock.now(), **{**values, **prices})


@dataclass
class AdhesionDesk:
    """The cooperative and its mandataire; everything inside `travel(TODAY)`."""

    cooperative: Cooperative
    person: Person
    tariff: Tariff

    @property
    def author(self) -> Author:
        return Author(self.person)

    @property
    def mandate(self) -> Mandate:
        return self.cooperative.mandates.get(person=self.person)

    def standing(self, first: int = FIRST) -> Standing:
        return standing_of(self.cooperative, first)

    def fill(self, rows: tuple[Declared, ...] = ROWS, **more: Any) -> Sheet:
        values = {"first": FIRST, "supplement_cents": 0, "review_copies": 0, **more}
        return fill_sheet(cooperative=self.cooperative, rows=rows, author=self.author, **values)

    def engage(self, first: int = FIRST) -> Engagement:
        return engage(cooperative=self.cooperative, first=first, mandate=self.mandate, author=self.author)

    def send(self, sheet: Sheet | None = None) -> Sheet:
        return send_sheet(sheet=sheet or self.fill(), author=self.author)

    def validated(self, sheet: Sheet | None = None) -> Sheet:
        """A sheet that the AD has validated (written as its service does)."""
        sent = self.send(sheet)
        Sheet.objects.filter(pk=sent.pk).update(state=SheetState.VALIDATED, validated_at=clock.now())
        return Sheet.objects.select_related("adhesion", "cooperative__association").get(pk=sent.pk)

    def school_class(self, name: str, place: int = 1) -> SchoolClass:
        return SchoolClass.objects.create(cooperative=self.cooperative, name=name, position=place)


def make_adhesion_desk(cooperative: Cooperative, person: Person, first: int = FIRST, **prices: Any) -> AdhesionDesk:
    """With this year's tariff of its AD, made once."""
    known = Tariff.objects.filter(association=cooperative.association, first=first).first()
    return AdhesionDesk(cooperative, person, known or make_tariff(cooperative.association, first, **prices))
