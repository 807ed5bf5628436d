"""The opening as it is typed: a day, what each account held, and the bank lines still on their way, one by one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from retkoop.core.dates import DayError, format_day, parse_day
from retkoop.core.money import AmountError, format_euros, format_plain, parse_euros
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.openings import OpenedAccount, OpenItem

BLANK_ROWS = 3
MORE_ROWS = 5
MOST_ROWS = 60
_CELLS = ("date", "label", "cheque", "in", "out")


@dataclass
class ItemRow:
    """A row of the table of items: what is typed in it, what is wrong."""

    name: str
    typed: dict[str, str]
    error: str = ""
    item: OpenItem | None = None

    @property
    def blank(self) -> bool:
        return not any(self.typed.values())


@dataclass
class AccountForm:
    """An account of the form: `statement` and `balance` typed, `book` the optional check, and the items of a bank.

    `errors`: those of the form for this account, by the last word of the field (releve, solde, livre).
    """

    slug: str
    label: str
    is_bank: bool
    statement: str = ""
    balance: str = ""
    book: str = ""
    rows: list[ItemRow] = field(default_factory=list)
    cents: int = 0
    statement_on: dt.date | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def items(self) -> list[OpenItem]:
        return [row.item for row in self.rows if row.item is not None]


@dataclass
class OpeningForm:
    """The whole form; `errors` by the name of the field."""

    year: FiscalYear
    today: dt.date
    on_text: str
    accounts: list[AccountForm]
    reason: str = ""
    on: dt.date | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def wrong_rows(self) -> list[ItemRow]:
        return [row for account in self.accounts for row in account.rows if row.error]

    @property
    def valid(self) -> bool:
        return not self.errors and not self.wrong_rows


def blank_form(year: FiscalYear, today: dt.date, on: dt.date | None, accounts: tuple[OpenedAccount, ...]) -> OpeningForm:
    """The form of what is already typed, or an empty one."""
    forms = []
    for account in accounts:
        form = AccountForm(account.treasury.slug, account.treasury.label, account.is_bank)
        if on is not None:
            form.balance = format_plain(account.cents)
        if account.is_bank:
            form.statement = format_day(account.statement_on or year.start - dt.timedelta(days=1))
            form.rows = [ItemRow(f"{form.slug}-{rank}", _typed_item(item)) for rank, item in enumerate(account.items)]
            _fill(form, len(form.rows) + BLANK_ROWS)
        forms.append(form)
    return OpeningForm(year, today, format_day(on or year.start), forms)


def read_opening(posted: Mapping[str, str], form: OpeningForm) -> OpeningForm:
    """What was posted, in the shape of a blank form; everything typed is kept."""
    form.on_text, form.reason = posted.get("on", "").strip(), posted.get("reason", "").strip()
    form.on = _day(form, "on", form.on_text, "Écrivez le jour où vous commencez, comme 01/09/2026.")
    if form.on and not form.year.start <= form.on <= form.year.end:
        span = f"du {format_day(form.year.start)} au {format_day(form.year.end)}"
        form.errors["on"] = f"L’ouverture doit tomber dans l’année {form.year.slug}, {span}."
    for account in form.accounts:
        _read_account(posted, form, account)
        named = f"{account.slug}-"
        account.errors = {name.removeprefix(named): text for name, text in form.errors.items() if name.startswith(named)}
    return form


def _read_account(posted: Mapping[str, str], form: OpeningForm, account: AccountForm) -> None:
    slug = account.slug
    account.balance = posted.get(f"{slug}-solde", "").strip()
    account.cents = _cents(form, f"{slug}-solde", account.balance)
    if not account.is_bank:
        if account.cents < 0:
            form.errors[f"{slug}-solde"] = "Une caisse ne peut pas contenir moins que rien : écrivez ce que vous y comptez."
        return
    account.statement, account.book = posted.get(f"{slug}-releve", "").strip(), posted.get(f"{slug}-livre", "").strip()
    account.statement_on = _day(
        form, f"{slug}-releve", account.statement, "Écrivez la date du dernier relevé, comme 31/08/2026."
    )
    if account.statement_on and form.on and account.statement_on > form.on:
        form.errors[f"{slug}-releve"] = f"Ce relevé est d’après l’ouverture ({format_day(form.on)}) : prenez celui d’avant."
    rows = [name for name in posted if name.startswith(f"{slug}-") and name.endswith("-date")]
    account.rows = [_read_row(posted, form, f"{slug}-{rank}") for rank in range(min(len(rows), MOST_ROWS))]
    _fill(account, len([row for row in account.rows if not row.blank]) + BLANK_ROWS)
    _check_book(form, account)


def _check_book(form: OpeningForm, account: AccountForm) -> None:
    """The optional balance « d'après vos comptes » must be the statement and the items."""
    if not account.book or f"{account.slug}-solde" in form.errors or form.wrong_rows:
        return
    said = _cents(form, f"{account.slug}-livre", account.book)
    found = account.cents + sum(item.cents for item in account.items)
    if f"{account.slug}-livre" not in form.errors and said != found:
        form.errors[f"{account.slug}-livre"] = (
            f"Le relevé et les opérations donnent {format_euros(found)}, vos comptes disent {format_euros(said)} : "
            f"il y a {format_euros(abs(said - found))} d’écart."
        )


def _read_row(posted: Mapping[str, str], form: OpeningForm, name: str) -> ItemRow:
    row = ItemRow(name, {cell: posted.get(f"{name}-{cell}", "").strip()[:200] for cell in _CELLS})
    if row.blank:
        return row
    try:
        if not row.typed["date"]:
            row.error = "Il manque la date de cette opération."
            return row
        day = parse_day(row.typed["date"], start=form.year.start - dt.timedelta(days=366), end=form.year.end, today=form.today)
        incoming = parse_euros(row.typed["in"]) if row.typed["in"] else 0
        outgoing = parse_euros(row.typed["out"]) if row.typed["out"] else 0
    except (DayError, AmountError) as error:
        row.error = str(error)
        return row
    row.error = _row_problem(row, day, incoming, outgoing, form.on)
    if not row.error:
        row.item = OpenItem(day, row.typed["label"], row.typed["cheque"][:20], incoming - outgoing)
    return row


def _row_problem(row: ItemRow, day: dt.date, incoming: int, outgoing: int, on: dt.date | None) -> str:
    if not row.typed["label"]:
        return "Dites en deux mots ce qu’est cette opération, par exemple « Librairie »."
    if bool(incoming) == bool(outgoing):
        return "Écrivez la somme dans « Entrée » ou dans « Sortie », l’une des deux."
    if min(incoming, outgoing) < 0:
        return "Écrivez la somme sans signe : la colonne dit si elle entre ou si elle sort."
    if on and day > on:
        return f"Cette opération est d’après l’ouverture ({format_day(on)}) : elle se saisira comme une écriture."
    return ""


def _day(form: OpeningForm, name: str, text: str, missing: str) -> dt.date | None:
    if not text:
        form.errors[name] = missing
        return None
    try:
        return parse_day(text, start=form.year.start - dt.timedelta(days=366), end=form.year.end, today=form.today)
    except DayError as error:
        form.errors[name] = str(error)
        return None


def _cents(form: OpeningForm, name: str, text: str) -> int:
    if not text:
        return 0
    try:
        return parse_euros(text)
    except AmountError as error:
        form.errors[name] = str(error)
        return 0


def add_rows(form: OpeningForm) -> None:
    """« Ajouter des lignes »."""
    for account in form.accounts:
        if account.is_bank:
            _fill(account, min(len(account.rows) + MORE_ROWS, MOST_ROWS))


def _fill(account: AccountForm, count: int) -> None:
    for rank in range(len(account.rows), count):
        account.rows.append(ItemRow(f"{account.slug}-{rank}", dict.fromkeys(_CELLS, "")))


def _typed_item(item: OpenItem) -> dict[str, str]:
    amount = format_plain(abs(item.cents))
    incoming, outgoing = (amount, "") if item.cents > 0 else ("", amount)
    return {"date": format_day(item.date), "label": item.label, "cheque": item.cheque, "in": incoming, "out": outgoing}
