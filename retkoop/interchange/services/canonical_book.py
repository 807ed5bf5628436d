"""The canonical export read back into an empty year (docs/formats.md): every line, tick, number and digest."""

import contextlib
import datetime as dt
import json
from typing import Any

from django.db import transaction

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.text import natural_key
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.canonical import treasury_state
from retkoop.ledger.chart import Chart
from retkoop.ledger.export import FORMAT, VERSION, entry_states
from retkoop.ledger.follow import DENOMINATIONS
from retkoop.ledger.models import (
    Account,
    Attachment,
    CashCount,
    ChequeSlip,
    Entry,
    EntryKind,
    FiscalYear,
    Grant,
    InventoryLine,
    Posting,
    Statement,
    Treasury,
)
from retkoop.ledger.queries.cash import cash_balance_on
from retkoop.ledger.queries.years import previous_of
from retkoop.ledger.rules import LARGEST_CENTS
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import Book

State = dict[str, Any]


def read_book(data: bytes) -> State:
    """The file as canonical data. Raises Refusal when it is not a Retkoop book of a known version."""
    try:
        state = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError):
        message = "Ce fichier n’est pas un cahier Retkoop : on attend celui que produit l’export « json »."
        raise Refusal(message, "file") from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        message = "Ce fichier n’est pas un cahier Retkoop : on attend celui que produit l’export « json »."
        raise Refusal(message, "file")
    if state.get("version") != VERSION:
        message = f"Ce cahier est d’une version inconnue ({state.get('version')}) : mettez Retkoop à jour."
        raise Refusal(message, "file")
    return state


def import_book(
    *,
    year: FiscalYear,
    state: State,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> FiscalYear:
    """Write a canonical book into an empty year of the same dates. All or nothing. Raises Refusal."""
    try:
        with audit.act(year.cooperative, author, "book.imported", operation=operation) as act:
            book = Book.of(year)
            _refuse(book, state)
            try:
                _write(book, state)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                if isinstance(error, Refusal):
                    raise
                message = f"Ce cahier est abîmé : il manque ou il y a de travers « {error} »."
                raise Refusal(message, "file") from error
            act.about("year", book.year.pk)
            act.payload = {
                "year": book.year.slug,
                "entries": [{"year": book.year.slug, "entry": entry} for entry in entry_states(book.year, book.treasuries)],
            }
    except audit.Replay as replay:
        return FiscalYear.objects.get(pk=replay.subject_id)
    return book.year


def _refuse(book: Book, state: State) -> None:
    if (state.get("start"), state.get("end")) != (book.year.start.isoformat(), book.year.end.isoformat()):
        message = f"Ce cahier est celui de {state.get('year')}, pas de {book.year.slug}."
        raise Refusal(message, "file")
    if Entry.objects.filter(year=book.year).exists():
        message = f"L’année {book.year.slug} n’est pas vide : un cahier entier ne s’importe que dans une année vide."
        raise Refusal(message)
    before = previous_of(book.year)
    if before is not None and any(entry["number"] == 0 for entry in state.get("entries", [])):
        message = f"Le report à nouveau de {book.year.slug} vient de {before.slug} : importez d’abord la première année."
        raise Refusal(message)


def _write(book: Book, state: State) -> None:
    treasuries = _treasuries(book.cooperative, state["treasuries"])
    book.treasuries.clear()
    book.treasuries.update({row.pk: row for row in treasuries.values()})
    for row in state["statements"]:
        statement = book.statement(treasuries[row["treasury"]], _day(row["ends_on"]))
        if row["closing_cents"] is not None:
            statement.closing_cents = row["closing_cents"]
            statement.save(update_fields=["closing_cents"])
    entries = {row["number"]: _entry(book, row, treasuries) for row in state["entries"]}
    highest = max(entries, default=0)
    if sorted(number for number in entries if number) != list(range(1, highest + 1)):
        message = "Les numéros du cahier ne se suivent pas : il est incomplet."
        raise Refusal(message, "file")
    FiscalYear.objects.filter(pk=book.year.pk).update(next_number=highest + 1, mode=state["mode"])
    book.year.next_number = highest + 1
    for row in state["cash_counts"]:
        _cash_count(book, row, treasuries, entries)
    for row in state["grants"]:
        _grant(book, row, entries)
    for row in state["inventory"]:
        _inventory(book, row, entries)
    _check_deferred()


def _check_deferred() -> None:
    """Find an unbalanced entry now, not at commit, so that it is refused in words."""
    unbalanced = Entry.objects.exclude(imbalance_id=0).values_list("number", flat=True).first()
    if unbalanced is not None:
        message = f"L’écriture {unbalanced} de ce cahier n’est pas équilibrée : le fichier a été modifié."
        raise Refusal(message, "file")


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _treasuries(cooperative: Cooperative, states: list[State]) -> dict[str, Treasury]:
    known = {row.slug: row for row in Treasury.objects.filter(cooperative=cooperative).select_related("account")}
    for state in states:
        row = known.get(state["slug"])
        if row is not None and treasury_state(row) == state:
            continue
        if row is not None and Posting.objects.filter(treasury=row).exists():
            message = f"Le compte « {row.label} » de ce cahier diffère de celui de la coopérative."
            raise Refusal(message)
        row = row or Treasury(cooperative=cooperative, slug=state["slug"])
        row.account = Account.objects.get(key=state["account"])
        row.kind, row.label, row.opened = state["kind"], state["label"], _day(state["opened"])
        row.closed = _day(state["closed"]) if state["closed"] else None
        row.save()
        known[row.slug] = row
    return known


def _entry(book: Book, row: State, treasuries: dict[str, Treasury]) -> Entry:
    kind = EntryKind(row["kind"])
    day = _day(row["date"])
    if kind == EntryKind.ORDINARY and not book.year.start <= day <= book.year.end:
        message = f"L’écriture {row['number']} est datée hors de l’année {book.year.slug}."
        raise Refusal(message, "file")
    entry = Entry(
        cooperative=book.cooperative,
        year=book.year,
        number=row["number"],
        kind=kind,
        version=2 if row["cancelled"] else 1,
        date=day,
        piece=row["piece"],
        piece_sort=natural_key(row["piece"]),
        label=row["label"],
        means=row["means"],
        cheque=row["cheque"],
        action=book.action(row["action"]),
        counterparty=row["counterparty"],
        cancelled_at=clock.now() if row["cancelled"] else None,
        receipt_expected=row["receipt_expected"],
    )
    entry.save(force_insert=True)
    postings = [_posting(book, entry, part, treasuries, book.chart) for part in row["postings"]]
    if len(postings) == 1 or (not postings and kind == EntryKind.ORDINARY):
        message = f"L’écriture {row['number']} de ce cahier n’est pas complète : le fichier a été modifié."
        raise Refusal(message, "file")
    _postings.insert(postings)
    if row["cancelled"]:
        _postings.close(postings, version=entry.version)
    now = clock.now()
    Attachment.objects.bulk_create(
        Attachment(cooperative=book.cooperative, entry=entry, sha256=digest, added_at=now) for digest in row["receipts"]
    )
    ChequeSlip.objects.bulk_create(
        ChequeSlip(cooperative=book.cooperative, entry=entry, rank=rank, **slip)
        for rank, slip in enumerate(row["cheques"], start=1)
    )
    return entry


def _posting(book: Book, entry: Entry, part: State, treasuries: dict[str, Treasury], chart: Chart) -> Posting:
    treasury = treasuries[part["treasury"]] if part["treasury"] else None
    statement = None
    if part["statement"]:
        statement = Statement.objects.get(treasury=treasury, ends_on=_day(part["statement"]))
    item = part.get("item")
    if not isinstance(part["cents"], int) or not 0 < abs(part["cents"]) <= LARGEST_CENTS:
        message = f"Un montant de l’écriture {entry.number} n’est pas un nombre de centimes possible."
        raise Refusal(message, "file")
    return Posting(
        cooperative=book.cooperative,
        year=book.year,
        entry=entry,
        account_id=treasury.account_id if treasury else chart.by_key[part["account"]].id,
        treasury=treasury,
        cents=part["cents"],
        from_version=1,
        statement=statement,
        item_date=_day(item["date"]) if item else None,
        item_label=item["label"] if item else "",
        item_cheque=item["cheque"] if item else "",
    )


def _cash_count(book: Book, row: State, treasuries: dict[str, Treasury], entries: dict[int, Entry]) -> None:
    treasury, on = treasuries[row["treasury"]], _day(row["on"])
    pieces = {value: int(number) for value, number in row["pieces"].items()}
    if any(int(value) not in DENOMINATIONS for value in pieces):
        message = "Un comptage de caisse de ce cahier porte une pièce inconnue."
        raise Refusal(message, "file")
    CashCount.objects.create(
        cooperative=book.cooperative,
        year=book.year,
        treasury=treasury,
        on=on,
        pieces=pieces,
        counted_cents=sum(int(value) * number for value, number in pieces.items()),
        book_cents=cash_balance_on(book.year, treasury, on),
        explained_by=entries.get(row["explained_by"]) if row["explained_by"] else None,
        at=clock.now(),
    )


def _grant(book: Book, row: State, entries: dict[int, Entry]) -> None:
    Grant.objects.create(
        cooperative=book.cooperative,
        year=book.year,
        funder_type=row["funder_type"],
        funder=row["funder"],
        object=row["object"],
        cents=row["cents"],
        on=_day(row["on"]),
        entry=entries.get(row["entry"]) if row["entry"] else None,
    )


def _inventory(book: Book, row: State, entries: dict[int, Entry]) -> None:
    InventoryLine.objects.create(
        cooperative=book.cooperative,
        label=row["label"],
        acquired_on=_day(row["acquired_on"]),
        cents=row["cents"],
        place=row["place"],
        entry=entries.get(row["entry"]) if row["entry"] else None,
        ceded_on=_day(row["ceded_on"]) if row["ceded_on"] else None,
        ceded_how=row["ceded_how"],
    )


class _Undo(Exception):  # noqa: N818
    """Leaves a trial's block, so that its transaction rolls back."""


def try_import(*, year: FiscalYear, state: State, author: audit.Author) -> None:
    """Everything that `import_book` does, undone: raises its Refusal, leaves nothing."""
    with contextlib.suppress(_Undo), transaction.atomic():
        import_book(year=year, state=state, author=author)
        raise _Undo
