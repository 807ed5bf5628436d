"""A bank line by its id: what the « Confirmation » page says of it."""

import datetime as dt
from dataclasses import dataclass

from retkoop.identity.models import Cooperative
from retkoop.ledger.models import Posting, Treasury, TreasuryKind
from retkoop.ledger.queries import stored


@dataclass(frozen=True)
class BankLine:
    """A posting on a bank account, in words; cents > 0 came in. `carried`: it comes from the year before."""

    posting: Posting
    treasury: Treasury
    day: dt.date
    label: str
    cheque: str
    carried: bool

    @property
    def cents(self) -> int:
        return self.posting.cents

    @property
    def statement_day(self) -> dt.date | None:
        return self.posting.statement.ends_on if self.posting.statement else None

    @property
    def anchor(self) -> str:
        """Where the line stands in the cahier."""
        return f"p{self.posting.pk}" if self.carried else f"e{self.posting.entry_id}"


def bank_line(cooperative: Cooperative, pk: int) -> BankLine | None:
    """The line of that id in the cooperative's book, None when there is none; the closed versions of a line too."""
    posting = stored.whole_posting(pk)
    if posting is None or posting.cooperative_id != cooperative.pk:
        return None
    if posting.treasury is None or posting.treasury.kind != TreasuryKind.BANK:
        return None
    posting.cooperative = posting.year.cooperative = cooperative
    return BankLine(
        posting=posting,
        treasury=posting.treasury,
        day=posting.item_date or posting.entry.date,
        label=posting.item_label or posting.entry.label,
        cheque=posting.item_cheque or posting.entry.cheque,
        carried=posting.item_date is not None,
    )
