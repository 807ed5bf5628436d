"""The entry form: from what is typed (full form, or plain words) to an `EntryContent`.

`way` is how the author tells it: `complet` (the seven zones of the guides) or
plain words, where one amount and one choice say it all. Everything typed stays
in `typed`, readable or not, so that a refused form is shown again as it was.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from retkoop.core.dates import DayError, format_day, parse_day
from retkoop.core.money import format_amount
from retkoop.ledger import rules
from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME, Chart
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.forms import fields
from retkoop.ledger.models import AccountClass, Entry, FiscalYear, Means, Posting, Treasury, TreasuryKind

FULL = "complet"
PAID, RECEIVED, DEPOSITED, WITHDRAWN, PEER = "paye", "recu", "depot", "retrait", "coop"
WAYS = {
    PAID: "J’ai payé…",
    RECEIVED: "J’ai reçu…",
    DEPOSITED: "J’ai déposé des espèces à la banque",
    WITHDRAWN: "J’ai retiré des espèces",
    PEER: "J’ai versé à / reçu d’une autre coopérative",
    FULL: "Formulaire complet",
}
SEVERAL = "plusieurs"


@dataclass(frozen=True)
class Desk:
    """What stands around the form: the year, the accounts that may be used, today's date."""

    year: FiscalYear
    years: tuple[FiscalYear, ...]
    chart: Chart
    treasuries: tuple[Treasury, ...]
    today: dt.date

    @property
    def banks(self) -> tuple[Treasury, ...]:
        return tuple(row for row in self.treasuries if row.kind == TreasuryKind.BANK)

    @property
    def boxes(self) -> tuple[Treasury, ...]:
        return tuple(row for row in self.treasuries if row.kind == TreasuryKind.CASH)

    def treasury(self, slug: str) -> Treasury | None:
        """The account of that name, among those that may be used."""
        return next((row for row in self.treasuries if row.slug == slug), None)


@dataclass
class EntryForm:
    """What is typed, what is wrong with it (`errors`, by field), and what it means (`content`) when nothing is."""

    desk: Desk
    way: str
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    content: EntryContent | None = None
    other_year: FiscalYear | None = None
    offers_refund: bool = False

    @cached_property
    def treasury_rows(self) -> list[fields.TreasuryRow]:
        return fields.treasury_rows(self.desk.treasuries, self.typed, self.errors)

    @cached_property
    def charges(self) -> list[fields.AmountField]:
        return [fields.account_field(account, self.typed, self.errors) for account in self.desk.chart.charges]

    @cached_property
    def incomes(self) -> list[fields.AmountField]:
        return [fields.account_field(account, self.typed, self.errors) for account in self.desk.chart.incomes]

    @property
    def plain(self) -> bool:
        return self.way != FULL

    @property
    def several(self) -> bool:
        """Is the ventilation of a plain-words form unfolded?"""
        return self.typed.get("account") == SEVERAL or any(text for name, text in self.typed.items() if name.startswith("v_"))

    def refuse(self, name: str, sentence: str) -> None:
        """Keep the first thing wrong with a field."""
        self.errors.setdefault(name, sentence)


def cleaned_way(text: str | None) -> str:
    """A known way of telling an entry, the full form by default."""
    return text if text in WAYS else FULL


def blank(desk: Desk, way: str, initial: Mapping[str, str]) -> EntryForm:
    """A new form: today's date when it is in the year, a receipt expected, and what the address proposes."""
    typed = {
        "date": format_day(desk.today) if desk.year.start <= desk.today <= desk.year.end else "",
        "receipt_expected": "" if way == WITHDRAWN else "on",
        "money": desk.banks[0].slug if desk.banks else "",
        "direction": "out",
    }
    typed.update(initial)
    return EntryForm(desk, way, typed)


def carried_over(desk: Desk, way: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What is typed, told another way: the amount goes with it."""
    kept = dict(typed)
    amounts = [(name, text) for name, text in kept.items() if name.startswith(("in_", "out_")) and text.strip()]
    if way != FULL and not kept.get("amount") and len(amounts) == 1:
        name, kept["amount"] = amounts[0]
        kept["money"] = name.partition("_")[2]
    spread = [name for name, text in kept.items() if name.startswith("v_") and text.strip()]
    if way != FULL and spread and not kept.get("account"):
        kept["account"] = spread[0].removeprefix("v_") if len(spread) == 1 else SEVERAL
        if len(spread) == 1:
            del kept[spread[0]]
    if way == FULL and kept.get("amount") and not amounts:
        side = "in" if kept.get("je") in {RECEIVED, DEPOSITED} or kept.get("direction") == "in" else "out"
        row = desk.treasury(kept.get("money", "")) or (desk.banks[0] if desk.banks else None)
        if row is not None:
            kept[f"{side}_{row.slug}"] = kept["amount"]
        if kept.get("account") in desk.chart.by_key:
            kept[f"v_{kept['account']}"] = kept["amount"]
    return kept


def typed_of(entry: Entry, postings: list[Posting], treasuries: Mapping[int, Treasury], chart: Chart) -> dict[str, str]:
    """What one would have typed in the full form to record this entry."""
    typed = {
        "piece": entry.piece,
        "date": format_day(entry.date),
        "label": entry.label,
        "means": entry.means,
        "cheque": entry.cheque,
        "action": entry.action.name if entry.action else "",
        "counterparty": entry.counterparty,
        "receipt_expected": "on" if entry.receipt_expected else "",
    }
    for posting in postings:
        if posting.treasury_id is not None:
            side = "in" if posting.cents > 0 else "out"
            typed[f"{side}_{treasuries[posting.treasury_id].slug}"] = format_amount(abs(posting.cents))
        else:
            account = chart.by_id[posting.account_id]
            cents = posting.cents if account.kind == AccountClass.CHARGE else -posting.cents
            typed[f"v_{account.key}"] = format_amount(cents)
    return typed


def read(desk: Desk, way: str, data: Mapping[str, str]) -> EntryForm:
    """The form as sent: parsed, and judged by the rules of one entry."""
    typed = {name: text for name, text in data.items() if name not in fields.SECRET_FIELDS}
    form = EntryForm(desk, way, typed)
    facts = _Facts.of(form)
    lines, legible = _lines(form)
    content = EntryContent(
        date=facts.date or desk.year.start,
        label=facts.label,
        lines=tuple(lines),
        piece=facts.piece,
        means=facts.means,
        cheque=facts.cheque,
        action=facts.action,
        counterparty=facts.counterparty,
        receipt_expected=bool(typed.get("receipt_expected")),
        tick=bool(typed.get("tick")),
    )
    for problem in rules.problems(content, start=desk.year.start, end=desk.year.end):
        if problem.field in {"label", "date"} or (legible and "treasury" not in form.errors):
            form.refuse(problem.field, problem.message)
    if legible and "ventilation" in form.errors:
        _explain_refund(form, content)
    if not form.errors:
        form.content = content
    return form


@dataclass(frozen=True)
class _Facts:
    """Zones 1 to 5, cleaned."""

    date: dt.date | None
    piece: str
    label: str
    means: str
    cheque: str
    action: str
    counterparty: str

    @classmethod
    def of(cls, form: EntryForm) -> "_Facts":
        typed = form.typed
        texts = {name: fields.clean(typed.get(name, "")) for name in fields.LENGTHS}
        texts["cheque"] = fields.clean_cheque(typed.get("cheque", "") or typed.get("cheque_next", ""))
        for name, text in texts.items():
            refusal = fields.too_long(name, text)
            if refusal:
                form.refuse(name, refusal)
        if form.way == PEER and not texts["counterparty"]:
            form.refuse("counterparty", "Dites quelle coopérative : son numéro, comme 085-101, ou le nom de son école.")
        return cls(_date(form), means=_means(form, texts["cheque"]), **texts)


def _date(form: EntryForm) -> dt.date | None:
    year = form.desk.year
    text = form.typed.get("date", "")
    if not text.strip():
        form.refuse("date", "Il manque la date : celle du chèque ou de la facture, par exemple 28/06/2026 ou « 28 juin ».")
        return None
    try:
        day = parse_day(text, start=year.start, end=year.end, today=form.desk.today)
    except DayError as error:
        form.refuse("date", str(error))
        return None
    if not year.start <= day <= year.end:
        _offer_year(form, day)
    return day


def _offer_year(form: EntryForm, day: dt.date) -> None:
    """A date outside the year in view: propose the other year, never guess."""
    other = next((row for row in form.desk.years if row.start <= day <= row.end), None)
    bounds = f"l’année {form.desk.year.slug}, qui va du {format_day(form.desk.year.start)} au {format_day(form.desk.year.end)}"
    said = f"Le {format_day(day)} n’est pas dans {bounds}."
    if other is None:
        form.refuse("date", f"{said} Corrigez la date.")
    elif other.closed:
        form.refuse("date", f"{said} Il est dans l’année {other.slug}, qui est clôturée : une correction s’écrit aujourd’hui.")
    else:
        form.other_year = other
        form.refuse("date", f"{said} Il est dans l’année {other.slug} : corrigez la date, ou passez dans cette année.")


def _means(form: EntryForm, cheque: str) -> str:
    means = form.typed.get("means", "")
    if means not in Means.values:
        form.refuse("means", "Choisissez un moyen de paiement dans la liste.")
        return ""
    if cheque and means == Means.OTHER:
        return str(Means.CHEQUE)
    if cheque and means != Means.CHEQUE:
        said = Means(means).label.lower()
        form.refuse(
            "cheque", f"Un numéro de chèque est écrit, mais le moyen choisi est « {said} » : effacez l’un ou changez l’autre."
        )
    if means == Means.UNPAID and form.typed.get("tick"):
        form.refuse("tick", "Ce qui n’est pas encore payé ne peut pas être sur le relevé : décochez, ou changez le moyen.")
    return means


def _lines(form: EntryForm) -> tuple[list[Line], bool]:
    """Zones 6 and 7 as lines, and whether every amount could be read."""
    if form.way in {DEPOSITED, WITHDRAWN}:
        return _transfer_lines(form)
    if form.plain:
        return _plain_lines(form)
    treasury, legible = _treasury_lines(form)
    operating, also = _operating_lines(form, refund=bool(form.typed.get("refund")), net=sum(line.cents for line in treasury))
    return treasury + operating, legible and also


def _amount(form: EntryForm, name: str) -> tuple[int, bool]:
    text = form.typed.get(name)
    if not text:
        return 0, True
    cents, refusal = fields.cents_in(text)
    if refusal:
        form.refuse(name, refusal)
    return cents, not refusal


def _treasury_lines(form: EntryForm) -> tuple[list[Line], bool]:
    lines, legible = [], True
    for row in form.desk.treasuries:
        for name, sign in ((f"in_{row.slug}", 1), (f"out_{row.slug}", -1)):
            cents, readable = _amount(form, name)
            legible = legible and readable
            if cents < 0:
                form.refuse(name, "Écrivez la somme sans signe : ce qui sort va en sortie, ce qui entre va en entrée.")
                legible = False
            elif cents:
                lines.append(Line(row.account.key, sign * cents, row.pk))
    return lines, legible


def _operating_lines(form: EntryForm, *, refund: bool, net: int) -> tuple[list[Line], bool]:
    """Charges are debits, incomes credits; `refund`: what stands on the side opposite to the money is taken negative."""
    lines, legible = [], True
    for account in form.desk.chart.operating:
        cents, readable = _amount(form, f"v_{account.key}")
        legible = legible and readable
        if not cents:
            continue
        charge = account.kind == AccountClass.CHARGE
        if refund and cents > 0 and (net > 0) == charge:
            cents = -cents
        lines.append(Line(account.key, cents if charge else -cents))
    return lines, legible


def _whole_amount(form: EntryForm) -> int:
    """The one « Montant » of plain words; 0 with its refusal."""
    cents, readable = _amount(form, "amount")
    if readable and cents <= 0:
        wrong = "Écrivez la somme sans signe." if cents else "Il manque la somme : écrivez-la, par exemple 12,50."
        form.refuse("amount", wrong)
    return max(cents, 0)


def _chosen_treasury(form: EntryForm) -> Treasury | None:
    row = form.desk.treasury(form.typed.get("money", ""))
    if row is None:
        form.refuse("money", "Dites où est cet argent : choisissez la banque ou la caisse.")
    return row


def _transfer_lines(form: EntryForm) -> tuple[list[Line], bool]:
    """Cash to bank or bank to cash: two treasury lines, no ventilation."""
    cents = _whole_amount(form)
    if not form.desk.boxes or not form.desk.banks:
        form.refuse("money", "Il faut une banque et une caisse : ajoutez d’abord le compte qui manque.")
        return [], False
    box = form.desk.boxes[0]
    bank = form.desk.treasury(form.typed.get("money", "")) or form.desk.banks[0]
    if bank.kind != TreasuryKind.BANK:
        bank = form.desk.banks[0]
    sign = 1 if form.way == DEPOSITED else -1
    if not cents:
        return [], False
    return [Line(bank.account.key, sign * cents, bank.pk), Line(box.account.key, -sign * cents, box.pk)], True


def _plain_lines(form: EntryForm) -> tuple[list[Line], bool]:
    cents, row = _whole_amount(form), _chosen_treasury(form)
    inward = form.typed.get("direction") == "in" if form.way == PEER else form.way == RECEIVED
    if row is None or not cents:
        return [], False
    net = cents if inward else -cents
    treasury = [Line(row.account.key, net, row.pk)]
    if form.way == PEER:
        return [*treasury, Line(EXCEPTIONAL_INCOME if inward else EXCEPTIONAL_CHARGES, -net)], True
    chosen = form.typed.get("account", "")
    if chosen and chosen != SEVERAL and any(text.strip() for name, text in form.typed.items() if name.startswith("v_")):
        form.refuse("account", "Choisissez un seul compte, ou « Plusieurs comptes » pour répartir la somme.")
        return treasury, False
    if chosen == SEVERAL or (not chosen and form.several):
        operating, legible = _operating_lines(form, refund=True, net=net)
        return treasury + operating, legible
    account = form.desk.chart.by_key.get(chosen)
    if account is None or account.kind not in {AccountClass.CHARGE, AccountClass.INCOME}:
        question = "d’où vient cet argent" if inward else "à quoi a servi cet argent"
        form.refuse("account", f"Dites {question} : choisissez un compte dans la liste.")
        return treasury, False
    return [*treasury, Line(account.key, -net)], True


def _explain_refund(form: EntryForm, content: EntryContent) -> None:
    """When the only fault is the side of a refund, say so and how to write it."""
    net = content.net_cents
    wrong = [line for line in content.operating_lines if (line.cents > 0) == (net > 0)]
    if not wrong or form.typed.get("refund"):
        return
    turned = sum(line.cents for line in content.operating_lines) - 2 * sum(line.cents for line in wrong)
    if net + turned != 0:
        return
    titles = ", ".join(form.desk.chart.by_key[line.account].title for line in wrong)
    said = (
        f"L’argent est entré, et {titles} reçoit des dépenses"
        if net > 0
        else f"L’argent est sorti, et {titles} reçoit des recettes"
    )
    form.errors["ventilation"] = (
        f"{said}. Si c’est un remboursement, cochez « C’est un remboursement » : la somme y sera comptée en moins."
    )
    form.offers_refund = True
