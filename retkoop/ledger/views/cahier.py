"""`/cahier/`: the « visualisation classique », its sort and filter, and its three files."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.dates import month_label
from retkoop.identity.access import cooperative_view
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.cahier import choice_of, query_of
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.queries.cahier import MANY, Book, Choice, Page, book_of, carried_items, missing_receipts, page_of
from retkoop.ledger.queries.pointing import default_statement_day, months_of, statement_days
from retkoop.ledger.views.cahier_rows import Desk, table_html
from retkoop.ledger.web import CAHIER, annee_query, with_year, year_in_view

TABLE = "cahier-table"


@cooperative_view(Permission.BOOK_READ)
def cahier(request: HouseRequest) -> HttpResponse:
    """The whole page, or its table alone when only the sort, the filter or the page changed."""
    year = year_in_view(request)
    book = book_of(year)
    page = page_of(book, known(book, choice_of(request.GET.dict())))
    annee = annee_query(request, year)
    context = _table_context(request, book, page, annee)
    if request.htmx and request.htmx.target == TABLE:
        return render(request, "ledger/cahier/_table.html", context | {"swapped": True})
    today = clock.today(request.association.time_zone)
    context |= {
        "book": book,
        "balances": balance_boxes(book),
        "missing": missing_receipts(year),
        "many": MANY,
        "months": _months(year, today, page.choice),
        "accounts": [(account.code, account.title) for account in book.accounts],
        "statement_day": default_statement_day(year, year.start, today),
        "statement_days": statement_days(year, today),
        "entry_count": book.entries,
        "new_url": with_year("/ecritures/nouvelle/", request, year),
        "elsewhere": year.mode == YearMode.TOTALS,
        "empty": year.next_number == 1 and not book.opening.items,
    }
    return render(request, "ledger/cahier.html", context)


def may_keep(request: HouseRequest, year: FiscalYear) -> bool:
    """May the visitor write in that year's book: open, and kept here?"""
    return request.actor.may_write and not year.closed and year.mode == YearMode.BOOKS


def balance_boxes(book: Book) -> list[dict[str, object]]:
    """The boxes above the table: each bank, the cash box, and what the statement of each bank must show."""
    boxes: list[dict[str, object]] = []
    several = len(book.banks) > 1
    for rank, state in enumerate(book.banks, 1):
        label = state.treasury.label if several else "Solde banque"
        boxes.append({"kind": "bank", "id": _numbered("solde-banque", rank), "label": label, "cents": state.cents})
    for rank, state in enumerate(book.boxes, 1):
        boxes.append({"kind": "cash", "id": _numbered("solde-caisse", rank), "label": "Solde caisse", "cents": state.cents})
    for rank, state in enumerate(book.banks, 1):
        label = f"Votre relevé {state.treasury.label} doit indiquer" if several else "Votre relevé doit indiquer"
        boxes.append({"kind": "statement", "id": _numbered("solde-pointe", rank), "label": label, "cents": state.pointed_cents})
    return boxes


def _numbered(name: str, rank: int) -> str:
    return name if rank == 1 else f"{name}-{rank}"


def known(book: Book, choice: Choice) -> Choice:
    """A sort on a column that this year has not falls back on the date."""
    keys = {column.key for column in book.columns(running=False)}
    return choice if choice.sort in keys else replace(choice, sort="date")


def _table_context(request: HouseRequest, book: Book, page: Page, annee: str) -> dict[str, object]:
    choice = page.choice
    query = query_of(choice)
    whole = query_of(choice, annee=annee)
    here = f"{CAHIER}?{whole}" if whole else CAHIER
    desk = Desk(
        book=book,
        page=page,
        carried=carried_items(book, choice),
        may_write=may_keep(request, book.year),
        annee=annee,
        back=here if query else "",
    )
    return {
        "desk": desk,
        "page": page,
        "choice": choice,
        "table": table_html(desk),
        "here": here,
        "retour": desk.back,
        "filter_query": query_of(replace(choice, page=1), annee=annee),
        "all_url": f"{CAHIER}?{annee}" if annee else CAHIER,
        "pages": list(_pages(page, annee)),
    }


def _pages(page: Page, annee: str) -> Iterator[tuple[int, str, bool]]:
    """The other pages near this one, the first and the last: number, address, « this one »."""
    near = {1, page.pages, *range(page.choice.page - 2, page.choice.page + 3)}
    for number in sorted(number for number in near if 1 <= number <= page.pages):
        query = query_of(replace(page.choice, page=number), annee=annee)
        yield number, f"{CAHIER}?{query}" if query else CAHIER, number == page.choice.page


def _months(year: FiscalYear, today: dt.date, choice: Choice) -> list[tuple[str, str, bool]]:
    """The months of the year that have begun: value, words, chosen."""
    found = []
    for day in months_of(year):
        if day <= today or day == choice.month:
            found.append((f"{day:%Y-%m}", month_label(day).capitalize(), day == choice.month))
    return found
