"""The adhésions of the demo: last year's validated in Vendée, this year's one in each state; told in docs/demo.md.

The heads are such that the AD calls what the books of that year hold already
(the entry of the autumn), so that no report is in doubt.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Cooperative, Mandate, Person, Role
from retkoop.ledger.models import Balance, Proposal, ProposalState
from retkoop.ledger.proposed import MEMBERSHIP
from retkoop.ledger.services.proposals import dismiss_proposal
from retkoop.membership.models import Payer, Sheet
from retkoop.membership.queries.adhesions import OTHERS, Declared, opening_of, rows_of
from retkoop.membership.services.adhesions import engage, fill_sheet, send_sheet, start_amendment
from retkoop.membership.services.resignations import resign
from retkoop.membership.services.tariffs import Terms, set_tariff
from retkoop.membership.services.validation import Payment, record_payment, validate_sheet

FILLING, UNENGAGED, SENT, FINAL, AMENDED, TOWN_HALL, RESIGNED, NOTHING = (
    "filling", "unengaged", "sent", "final", "amended", "town_hall", "resigned", "nothing",
)  # fmt: skip
THIS_YEAR: dict[str, str] = {
    "085-099": FILLING,
    "085-101": SENT,
    "085-102": UNENGAGED,
    "085-105": FINAL,
    "085-110": AMENDED,
    "085-117": RESIGNED,
    "085-123": NOTHING,
    "085-130": TOWN_HALL,
}
"""Where this year's adhésion stands; last year's is validated for all of them. The other cooperatives have none."""
CLASSES = ("PS-MS", "GS-CP", "CE1-CE2", "CM1-CM2")
TEXT = (
    "Je m’engage à être mandataire de la coopérative pour l’année scolaire, à appliquer le règlement intérieur des "
    "coopératives de l’OCCE, à tenir les comptes et à les présenter à deux vérificateurs, et à rendre le compte-rendu "
    "d’activité et le compte-rendu financier à mon association départementale."
)
PUPIL, INSURANCE, REVIEW = 205, 25, 950
DAYS = {"fill": 18, "validate": 26, "amend": 28}


def tell(made: Mapping[str, Cooperative], running: int) -> None:
    """The tariffs of every AD, then the adhésions of the cooperatives that were made (by identifier)."""
    for association in Association.objects.order_by("code"):
        for first in (running - 1, running):
            with travel(_day(first, 1)):
                set_tariff(association=association, first=first, terms=_terms(first), author=_staff(association), version=0)
    for identifier, state in THIS_YEAR.items():
        if identifier in made:
            _Story(made[identifier], running).play(state)


def _day(first: int, day: int) -> dt.date:
    """That day of September, or today when it has not come."""
    return min(dt.date(first, 9, day), clock.today())


def _terms(first: int) -> Terms:
    return Terms(
        pupil_cents=PUPIL, adult_cents=PUPIL, federal_pupil_cents=119, federal_adult_cents=119,
        insurance_pupil_cents=INSURANCE, insurance_adult_cents=INSURANCE, minimum_cents=0, supplement=True,
        review_cents=REVIEW, deadline=dt.date(first, 11, 10), resignation_by=dt.date(first, 10, 31),
        insurance_contract="MAE-MAIF, contrat de démonstration", engagement=TEXT,
    )  # fmt: skip


def _staff(association: Association) -> Author:
    person = Person.objects.filter(mandates__association=association).earliest("pk")
    return Author(person, association)


@dataclass(frozen=True)
class _Story:
    """A cooperative, and the year in which it now lives."""

    cooperative: Cooperative
    running: int

    @property
    def mandate(self) -> Mandate:
        return self.cooperative.mandates.select_related("person", "cooperative__association").get(role=Role.MANDATAIRE)

    @property
    def teacher(self) -> Author:
        return Author(self.mandate.person)

    @property
    def ad(self) -> Author:
        return _staff(self.cooperative.association)

    def play(self, state: str) -> None:
        """Last year's, then this year's up to its state."""
        self._validated(self.running - 1)
        first = self.running
        if state == RESIGNED:
            with travel(_day(first, DAYS["fill"])):
                today = clock.today()
                resign(cooperative=self.cooperative, first=first, written_on=today, received_on=today, author=self.ad)
        elif state in {FINAL, AMENDED, TOWN_HALL}:
            self._validated(first, town_hall=state == TOWN_HALL)
            if state == AMENDED:
                with travel(_day(first, DAYS["amend"])):
                    sheet = start_amendment(cooperative=self.cooperative, first=first, author=self.teacher)
                    self._fill(first, (*rows_of(sheet), Declared("ULIS", 11, 1)), sheet.supplement_cents, sheet.review_copies)
        elif state != NOTHING:
            with travel(_day(first, DAYS["fill"])):
                opening = opening_of(self.cooperative, first, None)
                sheet = self._fill(first, opening.rows, 0, opening.review_copies)
                if state == SENT:
                    self._engage(first)
                if state != FILLING:
                    send_sheet(sheet=sheet, author=self.teacher)

    def _validated(self, first: int, *, town_hall: bool = False) -> None:
        with travel(_day(first, DAYS["fill"])):
            heads, supplement = self._heads(first)
            sheet = self._fill(first, _rows(heads, opening_of(self.cooperative, first, None).rows), supplement, 1)
            self._engage(first)
            sheet = send_sheet(sheet=sheet, author=self.teacher)
        with travel(_day(first, DAYS["validate"])):
            if town_hall:
                payment = Payment(payer=Payer.TOWN_HALL, payer_name=f"Mairie de {self.cooperative.town}")
                record_payment(sheet=sheet, payment=payment, author=self.ad)
            validate_sheet(sheet=sheet, author=self.ad)
            if self._dues(first, "occe_dues"):
                self._known_already()

    def _fill(self, first: int, rows: Collection[Declared], supplement: int, copies: int) -> Sheet:
        return fill_sheet(
            cooperative=self.cooperative, first=first, rows=tuple(rows), supplement_cents=supplement, review_copies=copies,
            author=self.teacher,
        )  # fmt: skip

    def _engage(self, first: int) -> None:
        mandate = self.mandate
        engage(cooperative=self.cooperative, first=first, mandate=mandate, author=Author(mandate.person))

    def _heads(self, first: int) -> tuple[int, int]:
        """How many people, and which supplement, come to what the year's book holds on 6281 without more than its 6168."""
        dues, insurance = self._dues(first, "occe_dues"), self._dues(first, "insurance")
        if not dues:
            return 108, 0
        heads = min(dues // PUPIL, insurance // INSURANCE)
        return heads, dues - heads * PUPIL

    def _dues(self, first: int, account: str) -> int:
        rows = Balance.objects.filter(cooperative=self.cooperative, year__start__year=first, account__key=account)
        return sum(row.debit - row.credit for row in rows)

    def _known_already(self) -> None:
        """The book holds the payment: what is proposed is put aside."""
        for proposal in Proposal.objects.filter(cooperative=self.cooperative, source=MEMBERSHIP, state=ProposalState.OPEN):
            dismiss_proposal(proposal=proposal, author=self.teacher)


def _rows(heads: int, known: Collection[Declared]) -> tuple[Declared, ...]:
    """That many people in four classes, each with its teacher, and two other adults."""
    ids = {row.label: row.class_id for row in known}
    share, more = divmod(heads - len(CLASSES) - 2, len(CLASSES))
    rows = [Declared(name, share + (place < more), 1, class_id=ids.get(name)) for place, name in enumerate(CLASSES)]
    return (*rows, Declared(OTHERS, adults=2))
