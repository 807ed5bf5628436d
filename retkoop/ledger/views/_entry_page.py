"""What the pages of one entry share: the desk, the judgement of a form, and the page that shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.text import fold
from retkoop.identity.access import author, operation
from retkoop.identity.audit import refuse_known
from retkoop.identity.requests import HouseRequest
from retkoop.ledger import warnings
from retkoop.ledger.chart import chart_for
from retkoop.ledger.forms import fields
from retkoop.ledger.forms.entries import FULL, PAID, PEER, RECEIVED, WAYS, Desk, EntryForm
from retkoop.ledger.models import Draft, Entry, FiscalYear, Means, Posting, YearMode
from retkoop.ledger.queries.desk import present_balances, usable_treasuries
from retkoop.ledger.queries.entries import action_names, entry_of
from retkoop.ledger.queries.suggestions import Side, next_cheque_of, next_pieces, suggest_account
from retkoop.ledger.queries.years import year_named
from retkoop.ledger.web import annee_query, years_in_view

_SHORT = {PEER: "Une autre coopérative"}
_LONGEST_PREFILL = 300


def desk_of(request: HouseRequest, year: FiscalYear, keep: Iterable[int] = ()) -> Desk:
    """The desk for a year; `keep`: ids of accounts that the entry already uses."""
    return Desk(
        year=year,
        years=tuple(years_in_view(request)),
        chart=chart_for(request.cooperative.association_id, year.first),
        treasuries=usable_treasuries(year, keep),
        today=clock.today(request.cooperative.association.time_zone),
    )


def own_entry(request: HouseRequest, entry_id: int, *, opening: bool = False) -> Entry:
    """The cooperative's entry, with its year as the request knows it. Raises Http404."""
    entry = entry_of(request.cooperative, entry_id, opening=opening)
    if entry is None:
        raise Http404
    entry.cooperative = request.cooperative
    entry.year = next(year for year in years_in_view(request) if year.pk == entry.year_id)
    return entry


def refuse_repeated(request: HouseRequest) -> None:
    """Before telling what is wrong with a form: was it already carried out? Raises Replay, OperationConflict.

    The same form sent twice would else be warned of the entry that it made itself.
    """
    refuse_known(operation(request), request.cooperative.pk, author(request))


def surroundings(desk: Desk, entry: Entry | None = None, own: Sequence[Posting] = ()) -> warnings.Surroundings:
    """What the warnings look at."""
    return warnings.Surroundings(
        year=desk.year,
        years=desk.years,
        chart=desk.chart,
        treasuries=desk.treasuries,
        today=desk.today,
        entry_id=entry.pk if entry else None,
        own=own,
    )


def accepted(request: HttpRequest) -> tuple[str, ...]:
    """The warnings that the author ticked: `override`, ids separated by spaces."""
    ids = " ".join(request.POST.getlist("override")).replace(",", " ").split()
    return tuple(key for key in warnings.WARNINGS if key in ids)


def _texts(sent: QueryDict) -> list[tuple[str, str]]:
    return [(name, sent.get(name, "") or "") for name in sent]


def posted(request: HttpRequest) -> dict[str, str]:
    """The form's fields as sent, the last one of each name."""
    return dict(_texts(request.POST))


def prefilled(request: HttpRequest) -> dict[str, str]:
    """What the address proposes for the form's fields (a duplicate, a cash difference, another way of telling)."""
    known = {
        "piece",
        "date",
        "label",
        "means",
        "cheque",
        "action",
        "counterparty",
        "amount",
        "money",
        "account",
        "direction",
        "explique",
    }
    return {
        name: text[:_LONGEST_PREFILL]
        for name, text in _texts(request.GET)
        if name in known or name.startswith(("in_", "out_", "v_")) or name in {"tick", "receipt_expected", "je"}
    }


@dataclass
class Page:
    """An entry form on its page: new, resumed from a draft, or of an entry being changed."""

    request: HouseRequest
    form: EntryForm
    entry: Entry | None = None
    draft: Draft | None = None
    found: Sequence[warnings.Warning] = ()
    accepted: Sequence[str] = ()
    confirm_untick: bool = False
    ticked: Sequence[Posting] = ()
    conflict: Mapping[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def answer(self, status: int = 200) -> HttpResponse:
        """The page."""
        return render(self.request, "ledger/entry_form.html", self.context(), status=status)

    def context(self) -> dict[str, Any]:
        """What `ledger/entry_form.html` reads."""
        request, form, desk = self.request, self.form, self.form.desk
        pieces = None if self.entry else next_pieces(desk.year)
        balances = present_balances(desk.year, desk.years)
        return {
            "form": form,
            "year": desk.year,
            "annee_query": annee_query(request, desk.year),
            "blocked": _blocked(desk),
            "entry": self.entry,
            "draft": self.draft,
            "ways": [(way, _SHORT.get(way, words), way == form.way) for way, words in WAYS.items() if way != FULL],
            "full_way": FULL,
            "balances": [(row, balances.get(row.pk, 0)) for row in desk.treasuries],
            "actions": action_names(request.cooperative),
            "pieces": pieces,
            "piece_next": pieces.of(_side(form)) if pieces else "",
            "cheque_next": next_cheque_of(request.cooperative, desk.years[0].start),
            "warnings": self.found,
            "accepted": " ".join(self.accepted),
            "all_accepted": bool(self.found) and not warnings.unaccepted(self.found, self.accepted),
            "warning_ids": " ".join(warning.id for warning in self.found),
            "confirm_untick": self.confirm_untick,
            "ticked": self.ticked,
            "conflict": self.conflict,
            "error_links": _error_links(form),
            "suggestion": self._suggestion(),
            **self.extra,
        }

    def _suggestion(self) -> Any:
        """On a refused form, what the past says of the label, for those without JavaScript."""
        form = self.form
        if not (form.errors.get("ventilation") or form.errors.get("account")):
            return None
        side: Side = _side(form) or "out"
        return suggest_account(self.request.cooperative, form.desk.chart, form.typed.get("label", ""), side)


def _blocked(desk: Desk) -> str:
    """Why no entry may be written in the year in view: closed, totals (kept elsewhere), accounts (none yet), or ""."""
    if desk.year.closed:
        return "closed"
    if desk.year.mode == YearMode.TOTALS:
        return "totals"
    return "" if desk.treasuries else "accounts"


def _side(form: EntryForm) -> Side | None:
    """The side of the money that the way of telling says; None in the full form."""
    sides: dict[str, Side] = {PAID: "out", RECEIVED: "in"}
    return sides.get(form.way)


def _error_links(form: EntryForm) -> list[tuple[str, str]]:
    """(anchor, sentence) for the summary at the top of the page."""
    groups = {"treasury": "zone-tresorerie", "ventilation": "zone-ventilation", "override": "verifications", "": "contenu"}
    groups["documents"] = "zone-justificatif"  # receipts that came with the form
    return [(groups.get(name, f"id_{name}"), sentence) for name, sentence in form.errors.items() if sentence]


def year_called(request: HouseRequest, slug: str) -> FiscalYear:
    """An open year of the cooperative by its name. Raises Http404."""
    year = year_named(years_in_view(request), slug)
    if year is None:
        raise Http404
    return year


def differing(stored: Mapping[str, str], typed: Mapping[str, str], form: EntryForm) -> list[tuple[str, str, str]]:
    """(label, what is stored, what was typed) for each field of the full form that differs."""
    labels = {
        "piece": "N° de pièce",
        "date": "Date",
        "label": "Libellé",
        "means": "Moyen de paiement",
        "cheque": "N° de chèque",
        "action": "Action",
        "counterparty": "Autre coopérative",
    }
    for row in form.treasury_rows:
        labels[row.entering.name], labels[row.leaving.name] = row.entering.label, row.leaving.label
    for amount in fields.account_fields(form.desk.chart, {}, {}):
        labels[amount.name] = amount.label
    return [
        (words, _in_words(name, stored.get(name, "")), _in_words(name, typed.get(name, "")))
        for name, words in labels.items()
        if _same(stored.get(name, ""), typed.get(name, "")) is False
    ]


def _in_words(name: str, text: str) -> str:
    return str(Means(text).label) if name == "means" and text in Means.values else text


def _same(one: str, other: str) -> bool:
    return fold(one) == fold(other) or fields.cents_in(one) == fields.cents_in(other) != (0, "")
