"""The adhésion that the AD called for a school year, as its report checks the books against it: one query."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from retkoop.ledger.models import FiscalYear, MembershipCall, MembershipPayer, Proposal, ProposalState
from retkoop.ledger.proposed import MEMBERSHIP

_BY = {MembershipPayer.TOWN_HALL: "la mairie", MembershipPayer.PARENTS: "l’association de parents"}


@dataclass(frozen=True)
class Called:
    """What the cooperative itself was called (cents), and who else pays (in French); `proposed`: an entry waits for a tap."""

    membership_cents: int = 0
    insurance_cents: int = 0
    own: bool = False
    others: tuple[str, ...] = ()
    proposed: bool = False

    @property
    def elsewhere(self) -> str:
        """Why the books need show no adhésion; \"\" when they must, or when nothing is known."""
        if self.own or not self.others:
            return ""
        return f"L’adhésion de cette année est payée par {' et '.join(self.others)} : elle n’a pas à être dans ce cahier."


def called_of(year: FiscalYear) -> Called | None:
    """The calls of that school year that stand; None when the AD has called nothing here."""
    waiting = Proposal.objects.filter(cooperative_id=OuterRef("cooperative_id"), source=MEMBERSHIP, state=ProposalState.OPEN)
    rows = list(
        MembershipCall.objects.filter(cooperative_id=year.cooperative_id, first=year.first, withdrawn_at__isnull=True)
        .annotate(waits=Exists(waiting))
        .order_by("pk")
    )
    if not rows:
        return None
    own = [row for row in rows if row.payer == MembershipPayer.COOPERATIVE]
    others = [row for row in rows if row.payer != MembershipPayer.COOPERATIVE]
    return Called(
        sum(row.membership_cents for row in own),
        sum(row.insurance_cents for row in own),
        own=bool(own),
        others=tuple(dict.fromkeys(_named(row) for row in others)),
        proposed=any(row.waits for row in own),
    )


def _named(row: MembershipCall) -> str:
    by = _BY[MembershipPayer(row.payer)]
    return f"{by} ({row.payer_name})" if row.payer_name else by
