"""A « remise de chèques » as typed: the list of cheques, and the entry that their total makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from retkoop.core.money import format_amount
from retkoop.ledger.content import EntryContent
from retkoop.ledger.forms import fields
from retkoop.ledger.forms.entries import RECEIVED, SEVERAL, Desk, EntryForm, read
from retkoop.ledger.models import ChequeSlip, Means
from retkoop.ledger.services.deposits import MOST_CHEQUES, Slip

MORE = 5
_ISSUER, _BANK = 80, 60


@dataclass(frozen=True)
class SlipRow:
    """A line of the list: what is typed, and what is wrong with it."""

    rank: int
    issuer: str = ""
    bank: str = ""
    amount: str = ""
    error: str = ""

    @property
    def empty(self) -> bool:
        return not (self.issuer.strip() or self.bank.strip() or self.amount.strip())


@dataclass
class DepositForm:
    """The list and its entry; `slips` and `content` when nothing is wrong."""

    form: EntryForm
    rows: list[SlipRow]
    total_cents: int = 0
    slips: tuple[Slip, ...] = ()
    errors: list[str] = field(default_factory=list)

    @property
    def content(self) -> EntryContent | None:
        return self.form.content if not self.errors else None


def blank_rows(count: int) -> list[SlipRow]:
    """Empty lines, numbered from 1."""
    return [SlipRow(rank) for rank in range(1, count + 1)]


def rows_of(slips: Sequence[ChequeSlip]) -> list[SlipRow]:
    """The list as one would type it, with room for one more."""
    rows = [SlipRow(rank, slip.issuer, slip.bank, format_amount(slip.cents)) for rank, slip in enumerate(slips, 1)]
    return [*rows, SlipRow(len(rows) + 1)]


def typed_deposit(typed: Mapping[str, str], bank: str) -> dict[str, str]:
    """The full form's words told as a deposit: one account, or several."""
    kept = {name: text for name, text in typed.items() if not name.startswith(("in_", "out_"))}
    accounts = [name for name in kept if name.startswith("v_")]
    kept |= {"money": bank, "account": SEVERAL}
    if len(accounts) == 1 and not kept[accounts[0]].startswith("−"):
        kept["account"] = accounts[0].removeprefix("v_")
        del kept[accounts[0]]
    return kept


def read_deposit(desk: Desk, data: Mapping[str, str], *, more: int = 0) -> DepositForm:
    """The list as sent, with `more` empty lines added; the entry is judged with the total of the cheques."""
    count = data.get("rows", "")
    shown = min(int(count), MOST_CHEQUES) if count.isascii() and count.isdigit() and len(count) < 5 else MORE
    rows, slips = [], []
    for rank in range(1, shown + 1):
        row, slip = _row(rank, data)
        rows.append(row)
        if slip is not None:
            slips.append(slip)
    total = sum(slip.cents for slip in slips)
    typed = {name: text for name, text in data.items() if not name.startswith(("issuer_", "bank_", "cheque_"))}
    typed |= {"amount": format_amount(total) if total else "", "means": Means.CHEQUE, "cheque": ""}
    deposit = DepositForm(read(desk, RECEIVED, typed), rows, total, tuple(slips))
    if any(row.error for row in rows):
        deposit.errors.append("Un chèque de la liste est à revoir.")
    elif not slips:
        deposit.errors.append("Il manque les chèques : écrivez au moins un montant.")
    deposit.form.errors.pop("amount", None)
    deposit.rows += [SlipRow(rank) for rank in range(shown + 1, min(shown + more, MOST_CHEQUES) + 1)]
    return deposit


def _row(rank: int, data: Mapping[str, str]) -> tuple[SlipRow, Slip | None]:
    typed = [data.get(f"{name}_{rank}", "") for name in ("issuer", "bank", "cheque")]
    issuer, bank = fields.clean(typed[0])[:_ISSUER], fields.clean(typed[1])[:_BANK]
    cents, error = fields.cents_in(typed[2])
    if not error and (issuer or bank) and not cents:
        error = "Il manque le montant de ce chèque."
    if not error and cents < 0:
        error = "Écrivez la somme sans signe."
    row = SlipRow(rank, typed[0], typed[1], typed[2], error)
    return row, Slip(issuer, bank, cents) if cents > 0 and not error else None
