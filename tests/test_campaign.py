"""An AD's whole campaign: adhésions made, paid in the four ways, amended, validated; every sum counted again by hand.

The count here shares no code with the amounts of the room: it multiplies what
was declared by the prices. 30 cooperatives here, 300 in the long proof.
"""

import datetime as dt
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import connection

from retkoop.core.clock import travel
from retkoop.identity.audit import Author, verify_chain
from retkoop.identity.models import AuditEvent, Cooperative
from retkoop.identity.tests.cast import SINCE, make_cast, signed_in
from retkoop.ledger import chart
from retkoop.ledger.models import MembershipCall, Proposal, ProposalState
from retkoop.membership.models import Adhesion, Sheet, SheetState
from retkoop.membership.queries.adhesions import Declared
from retkoop.membership.queries.campaign import campaign_of
from retkoop.membership.queries.federal import share_lines, share_of
from retkoop.membership.queries.proofs import proof_of
from retkoop.membership.services.validation import Payment, validate_sheets
from retkoop.membership.tests.adhesion_desk import FIRST, TODAY, AdhesionDesk
from retkoop.membership.tests.campaign_desk import make_campaign

PROVE = os.environ.get("RETKOOP_PROVE") == "1"
SIZE = 300 if PROVE else 30
PUPIL, ADULT, FEDERAL_PUPIL, FEDERAL_ADULT, COVER_PUPIL, COVER_ADULT = 195, 800, 119, 150, 25, 40
MINIMUM, REVIEW = 5_000, 3_300
PAID = dt.date(2025, 10, 3)
WAYS = {
    "debit": Payment(way="debit", on=PAID, reference="SEPA 1"),
    "cheque": Payment(way="cheque", on=PAID, reference="4000117"),
    "transfer": Payment(way="transfer", on=PAID),
    "town_hall": Payment(payer="town_hall", payer_name="Mairie"),
    "parents": Payment(payer="parents", payer_name="Amicale"),
}


@dataclass
class Known:
    """What one cooperative declared at last, and how it is paid; counted by hand."""

    desk: AdhesionDesk
    way: str
    classes: list[tuple[int, int, bool]]
    supplement: int = 0
    copies: int = 0

    @property
    def heads(self) -> tuple[int, int]:
        inside = [row for row in self.classes if row[2]]
        return sum(row[0] for row in inside), sum(row[1] for row in inside)

    def cents(self) -> tuple[int, int, int, int]:
        """Cotisation, assurance, review, federal share."""
        pupils, adults = self.heads
        dues = max(pupils * PUPIL + adults * ADULT, MINIMUM) + self.supplement
        cover = pupils * COVER_PUPIL + adults * COVER_ADULT
        return dues, cover, self.copies * REVIEW, pupils * FEDERAL_PUPIL + adults * FEDERAL_ADULT

    @property
    def own(self) -> bool:
        return self.way in {"debit", "cheque", "transfer"}

    def rows(self) -> tuple[Declared, ...]:
        return tuple(Declared(f"Classe {at}", row[0], row[1], member=row[2]) for at, row in enumerate(self.classes))


def classes(chance: random.Random) -> list[tuple[int, int, bool]]:
    inside = [(chance.randint(5, 30), chance.randint(1, 2), chance.random() > 0.15) for _ in range(chance.randint(1, 6))]
    return [*inside, (chance.randint(5, 30), 1, True)]


@pytest.mark.django_db
def test_a_whole_campaign_comes_to_what_is_counted_by_hand(cast):
    chance = random.Random(46)
    with travel(TODAY):
        chart.load()
        campaign = make_campaign(
            cast, pupil_cents=PUPIL, adult_cents=ADULT, federal_pupil_cents=FEDERAL_PUPIL, federal_adult_cents=FEDERAL_ADULT,
            insurance_pupil_cents=COVER_PUPIL, insurance_adult_cents=COVER_ADULT, minimum_cents=MINIMUM, review_cents=REVIEW,
        )  # fmt: skip
        known = [
            Known(campaign.another(f"{1000 + at}"), list(WAYS)[at % len(WAYS)], classes(chance), at % 4 * 250, at % 3)
            for at in range(SIZE)
        ]
        sent = []
        for each in known:
            sheet = campaign.send(each.desk, each.rows(), supplement_cents=each.supplement, review_copies=each.copies)
            sent.append(campaign.pay(sheet, **vars(WAYS[each.way])))
        done, refused = validate_sheets(association=campaign.association, sheets=sent, author=campaign.ad)
        assert (len(done), refused) == (SIZE, [])
        for each in known[::3]:
            each.classes = classes(chance)
            each.supplement = 0
            more = {"supplement_cents": 0, "review_copies": each.copies}
            campaign.validate(campaign.pay(campaign.amend(each.desk, each.rows(), **more), **vars(WAYS[each.way])))
        agree(campaign.association, known)
        for each in known[:3]:
            proof = proof_of(each.desk.cooperative, FIRST)
            assert proof is not None
            told = proof.whole
            assert (told.membership_cents, told.insurance_cents, told.review_cents) == each.cents()[:3]
            assert verify_chain(each.desk.cooperative) == []


def agree(association, known):
    """The list, the books' calls, the proposals and the federal share say what was counted."""
    found = campaign_of(association, FIRST, TODAY)
    rows = {row.identifier: row for row in found.rows}
    for each in known:
        row = rows[each.desk.cooperative.identifier]
        assert ((row.pupils, row.adults), row.cents) == (each.heads, sum(each.cents()[:3]))
    total = sum(sum(each.cents()[:3]) for each in known)
    own = [each for each in known if each.own]
    assert (found.validated_cents, found.paid_cents) == (total, sum(sum(each.cents()[:3]) for each in own))
    calls = Counter()
    for call in MembershipCall.objects.filter(payer="cooperative"):
        calls.update(dues=call.membership_cents, cover=call.insurance_cents, review=call.review_cents)
    asked = Counter()
    for row in Proposal.objects.filter(source="adhesion", state=ProposalState.OPEN):
        asked.update(dict(row.payload["lines"]))
    by_hand = [sum(each.cents()[part] for each in own) for part in range(3)]
    assert [calls["dues"], calls["cover"], calls["review"]] == by_hand
    assert [asked["occe_dues"], asked["insurance"], asked["other_charges"]] == by_hand
    share = share_of(association, FIRST)
    assert (share.cooperatives, share.due_cents) == (len(known), sum(each.cents()[3] for each in known))
    assert (share.pupils, share.adults) == tuple(sum(each.heads[part] for each in known) for part in range(2))
    assert sum(line.cents for line in share_lines(association, FIRST)) == share.due_cents


def test_two_members_who_validate_at_once_validate_each_adhesion_once(committed_db):
    with travel(TODAY):
        chart.load()
        campaign = make_campaign(make_cast())
        sent = [campaign.send(campaign.another(f"{2000 + at}")) for at in range(12 if PROVE else 6)]
        told: list[int] = []

        def validate(person) -> None:
            author = Author(person, on_behalf=campaign.association)
            done, refused = validate_sheets(association=campaign.association, sheets=sent, author=author)
            assert len(done) + len(refused) == len(sent)
            told.append(len(done))
            connection.close()

        people = (campaign.cast.ad_accountant, campaign.cast.ad_reader)
        threads = [threading.Thread(target=validate, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(told) == len(sent) == AuditEvent.objects.filter(verb="adhesion.validated").count()
    assert Sheet.objects.filter(state=SheetState.VALIDATED).count() == len(sent)
    assert (MembershipCall.objects.count(), Proposal.objects.count()) == (len(sent), len(sent))


@pytest.mark.django_db
def test_the_list_of_1200_cooperatives_is_read_in_three_tenths_of_a_second(cast, django_assert_max_num_queries):
    with travel(TODAY):
        chart.load()
        campaign = make_campaign(cast)
        model = campaign.validate(campaign.send(campaign.a))
        made = Cooperative.objects.bulk_create(
            Cooperative(association=cast.ad_085, number=f"{at:04d}", name=f"École {at}", created_on=SINCE)
            for at in range(1_000, 2_200)
        )
        adhesions = Adhesion.objects.bulk_create(
            Adhesion(cooperative=each, first=FIRST, started_at=model.adhesion.started_at) for each in made
        )
        copy = {"state": SheetState.SENT, "pupils": 50, "adults": 5, "membership_cents": 100, "sent_at": model.sent_at}
        Sheet.objects.bulk_create(Sheet(cooperative=row.cooperative, adhesion=row, number=1, **copy) for row in adhesions)
        client = signed_in(cast.ad_accountant)
        times = []
        for _ in range(4):
            began = time.process_time()
            with django_assert_max_num_queries(5):
                page = client.get("/ad/adhesions/")
            times.append(time.process_time() - began)
        assert page.content.count(b'name="sheet"') == 100
        assert min(times) < 0.3
