"""The canonical export read back into an empty year (docs/formats.md): every line, tick, number and digest."""

import contextlib
import datetime as dt
import json
import re
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Model

from retkoop.core import canonical, clock
from retkoop.core.refusal import Refusal
from retkoop.core.text import natural_key
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.canonical import treasury_state
from retkoop.ledger.chart import Chart
from retkoop.ledger.export import FORMAT, VERSION, book_state, entry_states
from retkoop.ledger.follow import DENOMINATIONS
from retkoop.ledger.models import (
    Account,
    AccountClass,
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
    TreasuryKind,
    YearMode,
)
from retkoop.ledger.queries.cash import cash_balance_on
from retkoop.ledger.queries.years import previous_of
from retkoop.ledger.rules import LARGEST_CENTS
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import Book

State = dict[str, Any]
MAX_BYTES, MAX_ENTRIES = 25 * 2**20, 10_000
_UNKEPT = "Ce cahier est abîmé : il dit des choses qu’un cahier ne peut pas dire. Rien n’a été importé."
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BROKEN = (
    ArithmeticError,  # an amount that no database holds
    AttributeError,
    DatabaseError,
    LookupError,
    ObjectDoesNotExist,
    TypeError,
    ValidationError,
    ValueError,
)


def read_book(data: bytes) -> State:
    """The file as canonical data. Raises Refusal when it is not a Retkoop book of a known version."""
    if len(data) > MAX_BYTES:
        message = f"Ce fichier pèse plus de {MAX_BYTES // 2**20} Mo : un cahier est bien plus léger."
        raise Refusal(message, "file")
    try:
        state = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        message = "Ce fichier n’est pas un cahier Retkoop : on attend celui que produit l’export « json »."
        raise Refusal(message, "file") from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        message = "Ce fichier n’est pas un cahier Retkoop : on attend celui que produit l’export « json »."
        raise Refusal(message, "file")
    if state.get("version") != VERSION:
        message = f"Ce cahier est d’une version inconnue ({state.get('version')}) : mettez Retkoop à jour."
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
            try:
                _refuse(book, state)
                _write(book, state)
                _refuse_unkept(book, state)
            except _BROKEN as error:
                if isinstance(error, Refusal):
                    raise
                message = f"Ce cahier est abîmé : {_place(error)}."
                raise Refusal(message, "file") from error
            act.about("year", book.year.pk)
            act.payload = {
                "year": book.year.slug,
                "entries": [{"year": book.year.slug, "entry": entry} for entry in entry_states(book.year, book.treasuries)],
            }
    except audit.Replay as replay:
        return FiscalYear.objects.get(pk=replay.subject_id)
    return book.year


def _place(error: Exception) -> str:
    """What is known of the damage, in a few words."""
    if isinstance(error, KeyError):
        return f"il y manque « {str(error.args[0])[:60] if error.args else ''} »"
    return "une de ses valeurs n’est pas de la bonne sorte ; il a été modifié, ou coupé"


def _refuse(book: Book, state: State) -> None:
    if (state.get("start"), state.get("end")) != (book.year.start.isoformat(), book.year.end.isoformat()):
        message = f"Ce cahier est celui de {state.get('year')}, pas de {book.year.slug}."
        raise Refusal(message, "file")
    if Entry.objects.filter(year=book.year).exists():
        message = f"L’année {book.year.slug} n’est pas vide : un cahier entier ne s’importe que dans une année vide."
        raise Refusal(message)
    if len(state["entries"]) > MAX_ENTRIES:
        message = f"Ce cahier a plus de {MAX_ENTRIES} écritures."
        raise Refusal(message, "file")
    before = previous_of(book.year)
    if before is not None and any(entry["number"] == 0 for entry in state.get("entries", [])):
        message = f"Le report à nouveau de {book.year.slug} vient de {before.slug} : importez d’abord la première année."
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
        message = "Les numéros du cahier ne se suivent pas : il est incomplet."
        raise Refusal(message, "file")
    FiscalYear.objects.filter(pk=book.year.pk).update(next_number=highest + 1, mode=state["mode"])
    book.year.next_number, book.year.mode = highest + 1, YearMode(state["mode"])
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
        message = f"L’écriture {unbalanced} de ce cahier n’est pas équilibrée : le fichier a été modifié."
        raise Refusal(message, "file")


def _refuse_unkept(book: Book, state: State) -> None:
    """Nothing in the file may be lost or changed on the way: what was written is exported again and compared.

    Accounts go by their key: their codes are those of the cooperative's own AD. Treasuries and statements
    that the cooperative already had may stand beside the file's.
    """
    written, told = _comparable(book_state(book.year)), _comparable(state)
    beside = ("treasuries", "statements")
    for name in beside:
        if not {canonical.dumps(row) for row in told[name]} <= {canonical.dumps(row) for row in written[name]}:
            raise Refusal(_UNKEPT, "file")
    rest = [{key: value for key, value in each.items() if key not in beside} for each in (written, told)]
    if canonical.dumps(rest[0]) != canonical.dumps(rest[1]):
        raise Refusal(_UNKEPT, "file")


def _comparable(state: State) -> State:
    entries = []
    for entry in state["entries"]:
        postings = [{key: value for key, value in part.items() if key != "code"} for part in entry["postings"]]
        entries.append({**entry, "postings": sorted(postings, key=canonical.dumps)})
    return {**state, "entries": entries}


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _treasuries(cooperative: Cooperative, states: list[State]) -> dict[str, Treasury]:
    known = {row.slug: row for row in Treasury.objects.filter(cooperative=cooperative).select_related("account")}
    for state in states:
        row = known.get(state["slug"])
        if row is not None and treasury_state(row) == state:
            continue
        if row is not None and Posting.objects.filter(treasury=row).exists():
            message = f"Le compte « {row.label} » de ce cahier diffère de celui de la coopérative."
            raise Refusal(message)
        row = row or Treasury(cooperative=cooperative, slug=state["slug"])
        row.account = Account.objects.get(key=state["account"])
        row.kind, row.label, row.opened = state["kind"], state["label"], _day(state["opened"])
        row.closed = _day(state["closed"]) if state["closed"] else None
        row.clean_fields(exclude=("cooperative", "account"))
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
    _save(entry)
    postings = [_posting(book, entry, part, treasuries) for part in row["postings"]]
    twice = kind == EntryKind.ORDINARY and len({(row.account_id, row.treasury_id) for row in postings}) < len(postings)
    if len(postings) == 1 or twice or (not postings and kind == EntryKind.ORDINARY):
        message = f"L’écriture {row['number']} de ce cahier n’est pas complète : le fichier a été modifié."
        raise Refusal(message, "file")
    _postings.insert(postings)
    if row["cancelled"]:
        _postings.close(postings, version=entry.version)
    now = clock.now()
    for digest in row["receipts"]:
        if not _DIGEST.fullmatch(digest):
            message = f"Un justificatif de l’écriture {row['number']} n’a pas d’empreinte lisible."
            raise Refusal(message, "file")
        Attachment.objects.create(cooperative=book.cooperative, entry=entry, sha256=digest, added_at=now)
    for rank, slip in enumerate(row["cheques"], start=1):
        cheque = ChequeSlip(cooperative=book.cooperative, entry=entry, rank=rank)
        cheque.issuer, cheque.bank, cheque.cents = slip["issuer"], slip["bank"], slip["cents"]
        _save(cheque)
    return entry


def _save(row: Model) -> None:
    """Save a new row whose texts fit and whose choices are known, on either database."""
    row.clean_fields(exclude=[field.name for field in row._meta.fields if field.is_relation])
    row.save(force_insert=True)


def _posting(book: Book, entry: Entry, part: State, treasuries: dict[str, Treasury]) -> Posting:
    treasury = treasuries[part["treasury"]] if part["treasury"] else None
    account_id = treasury.account_id if treasury else _operating(book.chart, entry, part["account"])
    statement = None
    if part["statement"]:
        if treasury is None or treasury.kind != TreasuryKind.BANK:
            message = f"L’écriture {entry.number} pointe une ligne qui n’est pas en banque."
            raise Refusal(message, "file")
        statement = Statement.objects.get(treasury=treasury, ends_on=_day(part["statement"]))
    item = part.get("item")
    if not isinstance(part["cents"], int) or not 0 < abs(part["cents"]) <= LARGEST_CENTS:
        message = f"Un montant de l’écriture {entry.number} n’est pas un nombre de centimes possible."
        raise Refusal(message, "file")
    return Posting(
        cooperative=book.cooperative,
        year=book.year,
        entry=entry,
        account_id=account_id,
        treasury=treasury,
        cents=part["cents"],
        from_version=1,
        statement=statement,
        item_date=_day(item["date"]) if item else None,
        item_label=item["label"] if item else "",
        item_cheque=item["cheque"] if item else "",
    )


def _operating(chart: Chart, entry: Entry, key: str) -> int:
    """The account of a line without treasury: of operation, or the report à nouveau in the opening."""
    account = chart.by_key.get(key)
    fitting = {AccountClass.OPENING} if entry.kind == EntryKind.OPENING else {AccountClass.CHARGE, AccountClass.INCOME}
    if account is None or account.kind not in fitting:
        message = f"L’écriture {entry.number} va sur un compte que le plan comptable n’a pas : « {str(key)[:40]} »."
        raise Refusal(message, "file")
    return account.id


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
    grant = Grant(
        cooperative=book.cooperative,
        year=book.year,
        funder_type=row["funder_type"],
        funder=row["funder"],
        object=row["object"],
        cents=row["cents"],
        on=_day(row["on"]),
        entry=entries.get(row["entry"]) if row["entry"] else None,
    )
    _save(grant)


def _inventory(book: Book, row: State, entries: dict[int, Entry]) -> None:
    line = InventoryLine(
        cooperative=book.cooperative,
        label=row["label"],
        acquired_on=_day(row["acquired_on"]),
        cents=row["cents"],
        place=row["place"],
        entry=entries.get(row["entry"]) if row["entry"] else None,
        ceded_on=_day(row["ceded_on"]) if row["ceded_on"] else None,
        ceded_how=row["ceded_how"],
    )
    _save(line)


class _Undo(Exception):  # noqa: N818
    """Leaves a trial's block, so that its transaction rolls back."""


def try_import(*, year: FiscalYear, state: State, author: audit.Author) -> None:
    """Everything that `import_book` does, undone: raises its Refusal, leaves nothing."""
    with contextlib.suppress(_Undo), transaction.atomic():
        import_book(year=year, state=state, author=author)
        raise _Undo
