"""The one form of « totaux seulement »: boxes 2.a to 2.e, read without ever losing what was typed."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from retkoop.core.dates import format_day
from retkoop.core.money import AmountError, format_amount, format_euros, parse_sum
from retkoop.ledger.chart import EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME, Chart, ChartAccount, chart_for
from retkoop.ledger.follow import COINS, NOTES
from retkoop.ledger.forms.pieces import DayField, piece_fields
from retkoop.ledger.models import FiscalYear, FunderType
from retkoop.yearend.queries.totals import (
    BANKS,
    STATEMENT,
    Amount,
    GrantRow,
    ItemRow,
    Totals,
    TransferRow,
    treasury_accounts,
)

MOST_ROWS = 60
SPARE_ROWS = 2
_ROW = re.compile(r"(i_\w+?|x|g)_(\d{1,3})_(?:label|amount|name|funder)")
_SUM = re.compile(r"\d[^+\-\u2212\u2013]*[+\-\u2212\u2013].*\d")
_SIGNED = re.compile(r"^\s*=?\s*[+\-\u2212\u2013(]")


class SumField(forms.CharField):
    """« 120 + 45,50 » → an Amount that keeps what was typed; None when left empty. `signed`: + or − comes first."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        marks = {"data-amount": "", "autocomplete": "off"}
        widget = forms.TextInput(attrs=marks if signed else marks | {"inputmode": "decimal"})
        super().__init__(max_length=120, required=False, widget=widget, **kwargs)
        self.signed = signed
        self.error_messages["max_length"] = "Ce calcul est trop long : écrivez-en le résultat."

    def clean(self, value: Any) -> Any:
        """An Amount, or None."""
        text = super().clean(value)
        if not text:
            return None
        if self.signed and not _SIGNED.match(text):
            raise forms.ValidationError(
                "Écrivez − (moins) devant ce qui sort, + (plus) devant ce qui entre, par exemple −110,00.", code="sign"
            )
        try:
            return Amount(text, parse_sum(text))
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


@dataclass(frozen=True)
class Box:
    """An amount's field; `worth`: « = 165,50 » when what is written is a sum; its cents, 0 while unreadable."""

    field: BoundField
    worth: str
    cents: int

    @property
    def told(self) -> str:
        """The id of the words under the field, which change as one types."""
        return f"{self.field.auto_id}_helptext"

    @property
    def widget(self) -> str:
        """The input, tied to its words and to what is missing."""
        errors = f" {self.field.auto_id}_error" if self.field.errors else ""
        return self.field.as_widget(attrs={"aria-describedby": f"{self.told}{errors}"})

    @property
    def direction(self) -> str:
        """In 2.c, the sign in words."""
        return "" if not self.cents else "produit à recevoir" if self.cents > 0 else "facture à payer"

    @property
    def way(self) -> str:
        """Of a transfer between cooperatives, the sign in words."""
        return "" if not self.cents else "reçus d’une autre coopérative" if self.cents > 0 else "versés à une autre coopérative"


@dataclass(frozen=True)
class Row:
    """A line of a table of the form: its number, its amount, and its other fields by name."""

    number: int
    amount: Box
    fields: dict[str, BoundField]


class TotalsForm(forms.Form):
    """Built for a year; `Totals` go in by `showing`, come out by `totals`. `notices` says what was understood."""

    def __init__(self, *args: Any, year: FiscalYear, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.today = year, today
        self.chart: Chart = chart_for(year.cooperative.association_id, year.first)
        self.notices: list[str] = []
        self._filled: list[str] = []
        self._numbers = self._rows_in(self.data if self.is_bound else self.initial)
        for account in self.chart.operating:
            self.fields[f"v_{account.key}"] = SumField(label=account.title)
        for account in treasury_accounts(self.chart):
            self.fields[f"t_{account.key}"] = SumField(label=account.title)
        for key in BANKS:
            self._bank_fields(self.chart.by_key[key])
        for number in self._numbers["x"]:
            self._transfer_fields(number)
        for number in self._numbers["g"]:
            self._grant_fields(number)
        self.fields.update(piece_fields())

    def _rows_in(self, names: Mapping[str, Any]) -> dict[str, list[int]]:
        """The numbers of the rows that came with the form, or that are shown at first."""
        found: dict[str, set[int]] = {"x": set(), "g": set(), **{f"i_{key}": set() for key in BANKS}}
        for name in names:
            match = _ROW.fullmatch(name)
            if match and match[1] in found and int(match[2]) < MOST_ROWS:
                found[match[1]].add(int(match[2]))
        for prefix, numbers in found.items():
            spare = SPARE_ROWS - bool(numbers) if not self.is_bound or "add_rows" in self.data else 0
            spare = 0 if prefix == "x" and "add_rows" not in self.data else spare
            begin = max(numbers, default=-1) + 1
            numbers.update(range(begin, min(begin + spare, MOST_ROWS)))
        return {prefix: sorted(numbers) for prefix, numbers in found.items()}

    def _bank_fields(self, account: ChartAccount) -> None:
        end = self.year.end
        label = f"{account.code} Solde de votre dernier relevé ({format_day(end)})"
        self.fields[f"s_{account.key}"] = SumField(label=label)
        for number in self._numbers[f"i_{account.key}"]:
            name, line = f"i_{account.key}_{number}", f"ligne {number + 1}"
            self.fields[f"{name}_label"] = forms.CharField(label=_label("Libellé", line), max_length=120, required=False)
            self.fields[f"{name}_on"] = self._day(_label("Date", line))
            self.fields[f"{name}_cheque"] = forms.CharField(label=_label("N° de chèque", line), max_length=30, required=False)
            self.fields[f"{name}_amount"] = SumField(label=_label("Montant", line), signed=True)
            self._id_field(name)

    def _transfer_fields(self, number: int) -> None:
        name = f"x_{number}"
        self.fields[f"{name}_name"] = forms.CharField(label="Nom de l’autre coopérative", max_length=120, required=False)
        self.fields[f"{name}_amount"] = SumField(label="Montant (− versé, + reçu)", signed=True)
        self._id_field(name)

    def _grant_fields(self, number: int) -> None:
        name, line = f"g_{number}", f"subvention {number + 1}"
        self.fields[f"{name}_type"] = forms.ChoiceField(
            label=_label("Organisme", line), choices=FunderType.choices, required=False, initial=FunderType.TOWN
        )
        self.fields[f"{name}_funder"] = forms.CharField(label=_label("Nom", line), max_length=120, required=False)
        self.fields[f"{name}_object"] = forms.CharField(label=_label("Objet", line), max_length=200, required=False)
        self.fields[f"{name}_on"] = self._day(_label("Date", line))
        self.fields[f"{name}_amount"] = SumField(label=_label("Montant", line))
        self._id_field(name)

    def _id_field(self, name: str) -> None:
        self.fields[f"{name}_id"] = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def _day(self, label: str) -> DayField:
        field = DayField(label=label, max_length=40, required=False)
        field.within(self.year.start, self.year.end, self.today)
        return field

    @staticmethod
    def showing(totals: Totals) -> dict[str, Any]:
        """What the form of stored totals starts with."""
        start: dict[str, Any] = {}
        for key, amount in totals.amounts.items():
            bare = key.removeprefix(STATEMENT)
            box = "s" if key.startswith(STATEMENT) else "t" if bare in {*BANKS, "cash"} else "v"
            start[f"{box}_{bare}"] = amount.expression or format_amount(amount.cents)
        for bank in BANKS:
            for number, item in enumerate(row for row in totals.items if row.bank == bank):
                name = f"i_{bank}_{number}"
                start |= {f"{name}_label": item.label, f"{name}_cheque": item.cheque, f"{name}_id": item.id}
                start |= {f"{name}_on": format_day(item.on) if item.on else "", f"{name}_amount": _signed(item.amount)}
        for number, transfer in enumerate(totals.transfers):
            name = f"x_{number}"
            start |= {f"{name}_name": transfer.name, f"{name}_amount": _signed(transfer.amount), f"{name}_id": transfer.id}
        for number, grant in enumerate(totals.grants):
            name = f"g_{number}"
            start |= {f"{name}_type": grant.funder_type, f"{name}_funder": grant.funder, f"{name}_object": grant.object}
            start |= {f"{name}_on": format_day(grant.on), f"{name}_amount": grant.expression or format_amount(grant.cents)}
            start[f"{name}_id"] = grant.id
        for value, count in (totals.pieces or {}).items():
            start[f"n_{value}"] = count
        if totals.pieces == {}:
            start["n_1"] = 0
        return start

    def clean(self) -> dict[str, Any]:
        """What a row lacks is said beside it."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for prefix, numbers in self._numbers.items():
            for number in numbers:
                self._clean_row(f"{prefix}_{number}", said)
        return said

    def _clean_row(self, name: str, said: dict[str, Any]) -> None:
        amount, cents = said.get(f"{name}_amount"), 0
        cents = amount.cents if amount else 0
        words = [said.get(f"{name}_{part}") for part in ("label", "cheque", "funder", "object", "name")]
        if f"{name}_amount" in self.errors:
            return
        if any(words) and not cents:
            self.add_error(f"{name}_amount", "Écrivez le montant de cette ligne, ou effacez-la.")
        if cents and name.startswith("i_") and not said.get(f"{name}_label"):
            self.add_error(f"{name}_label", "Dites ce que c’est, par exemple « Facture du photographe ».")
        if name.startswith("g_"):
            self._clean_grant(name, cents, said)

    def _clean_grant(self, name: str, cents: int, said: dict[str, Any]) -> None:
        if cents and not said.get(f"{name}_funder"):
            self.add_error(f"{name}_funder", "Dites qui a versé la subvention, par exemple « Mairie de Challans ».")
        if cents < 0:
            self.add_error(f"{name}_amount", "Le montant d’une subvention est plus grand que zéro.")
        on = said.get(f"{name}_on")
        if on and not self.year.start <= on <= self.year.end:
            self.add_error(f"{name}_on", f"Cette date n’est pas dans l’année {self.year.slug}.")

    def totals(self) -> Totals:
        """What could be read; a negative exceptional box becomes a transfer paid, and `notices` says so."""
        said, self.notices, self._filled = self.cleaned_data, [], []
        amounts, transfers = {}, []
        for name, key in self._boxes():
            amount = said.get(name)
            if amount is None:
                continue
            if key in {EXCEPTIONAL_CHARGES, EXCEPTIONAL_INCOME} and amount.cents < 0:
                transfers.append(TransferRow("", amount))
                self.notices.append(
                    f"« {amount.expression} » en {self.chart.by_key[key].code} est compris comme "
                    f"{format_euros(-amount.cents)} versés à une autre coopérative : nommez-la ci-dessous."
                )
                continue
            amounts[key] = amount
        return Totals(
            amounts=amounts,
            items=tuple(row for key in BANKS for row in self._items(key)),
            transfers=(*self._transfers(), *transfers),
            grants=tuple(self._grants()),
            pieces=self._pieces(),
        )

    def _boxes(self) -> list[tuple[str, str]]:
        names = [(f"v_{account.key}", account.key) for account in self.chart.operating]
        names += [(f"t_{account.key}", account.key) for account in treasury_accounts(self.chart)]
        return names + [(f"s_{key}", f"{STATEMENT}{key}") for key in BANKS]

    def _items(self, key: str) -> list[ItemRow]:
        found = []
        for number in self._numbers[f"i_{key}"]:
            label, on, cheque, amount, pk = self._said(f"i_{key}_{number}", "label", "on", "cheque", "amount", "id")
            if amount and amount.cents:
                self._filled.append(f"i_{key}_{number}")
                found.append(ItemRow(key, label or "", on, cheque or "", amount, pk))
        return found

    def _transfers(self) -> list[TransferRow]:
        found = []
        for number in self._numbers["x"]:
            name, amount, pk = self._said(f"x_{number}", "name", "amount", "id")
            if amount and amount.cents:
                self._filled.append(f"x_{number}")
                found.append(TransferRow(name or "", amount, pk))
        return found

    def _grants(self) -> list[GrantRow]:
        found = []
        for number in self._numbers["g"]:
            kind, funder, what, on, amount, pk = self._said(f"g_{number}", "type", "funder", "object", "on", "amount", "id")
            if amount and amount.cents > 0:
                self._filled.append(f"g_{number}")
                day, typed = on or self.year.end, amount.expression
                found.append(GrantRow(kind or FunderType.TOWN, funder or "", what or "", day, amount.cents, pk, typed))
        return found

    def _said(self, name: str, *parts: str) -> list[Any]:
        return [self.cleaned_data.get(f"{name}_{part}") for part in parts]

    def _pieces(self) -> dict[int, int] | None:
        told = {value: self.cleaned_data.get(f"n_{value}") for value in NOTES + COINS}
        if all(number is None for number in told.values()):
            return None
        return {value: number for value, number in told.items() if number}

    def ids(self, kept: Totals) -> dict[str, int | None]:
        """After `totals()` were stored: the field that holds each row's id → that id."""
        told: dict[str, int | None] = {}
        for prefix, ids in (
            ("i_", [row.id for row in kept.items]),
            ("x_", [row.id for row in kept.transfers]),
            ("g_", [row.id for row in kept.grants]),
        ):
            names = [name for name in self._filled if name.startswith(prefix)]
            told |= {f"{name}_id": pk for name, pk in zip(names, ids, strict=False)}
        return told

    # --- what the page shows

    @property
    def charges(self) -> list[Box]:
        return [self.box(f"v_{account.key}") for account in self.chart.charges]

    @property
    def incomes(self) -> list[Box]:
        return [self.box(f"v_{account.key}") for account in self.chart.incomes]

    @property
    def boxes(self) -> list[Box]:
        return [self.box(f"t_{account.key}") for account in treasury_accounts(self.chart)]

    @property
    def told(self) -> list[str]:
        """The ids of the words that change as one types."""
        return [self.box(name).told for name, field in self.fields.items() if isinstance(field, SumField)]

    def box(self, name: str) -> Box:
        """An amount's field, and « = 165,50 » when a sum is written in it."""
        text = str(self[name].value() or "")
        return Box(self[name], _worth(text), _cents(text))

    @property
    def notes(self) -> list[BoundField]:
        return [self[f"n_{value}"] for value in NOTES]

    @property
    def coins(self) -> list[BoundField]:
        return [self[f"n_{value}"] for value in COINS]

    @property
    def transfers(self) -> list[Row]:
        return [self._row("x", number, "name") for number in self._numbers["x"]]

    @property
    def grants(self) -> list[Row]:
        return [self._row("g", number, "type", "funder", "object", "on") for number in self._numbers["g"]]

    def items(self, key: str) -> list[Row]:
        """The lines of 2.c of a bank."""
        return [self._row(f"i_{key}", number, "label", "on", "cheque") for number in self._numbers[f"i_{key}"]]

    def _row(self, prefix: str, number: int, *parts: str) -> Row:
        name = f"{prefix}_{number}"
        return Row(number, self.box(f"{name}_amount"), {part: self[f"{name}_{part}"] for part in parts})


def _label(words: str, line: str) -> SafeString:
    """« Libellé », and for those who do not see the row « , ligne 2 »."""
    return format_html('{}<span class="visually-hidden">, {}</span>', words, line)


def _cents(text: str) -> int:
    try:
        return parse_sum(text)
    except AmountError:
        return 0


def _worth(text: str) -> str:
    if not _SUM.search(text):
        return ""
    try:
        return f"= {format_amount(parse_sum(text))}"
    except AmountError:
        return ""


def _signed(amount: Amount) -> str:
    """« + 25,00 », as the guides write it."""
    if amount.expression:
        return amount.expression
    return f"{'+' if amount.cents > 0 else ''}{format_amount(amount.cents)}"
