"""Entries: record, amend, cancel, restore. Each is one atomic, audited act under the book's lock."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Sum

from retkoop.core import clock, sql
from retkoop.core.money import format_euros
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.core.text import natural_key
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger import rules
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import ChequeSlip, Entry, EntryKind, FiscalYear, Posting, Treasury, TreasuryKind
from retkoop.ledger.queries.pointing import default_statement_day
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import Book
from retkoop.ledger.services.transfers import tell_other_side


class TickWouldFall(Refusal):
    """The change touches an amount already ticked on a statement: the author must confirm it."""


def record_entry(
    *,
    year: FiscalYear,
    content: EntryContent,
    author: audit.Author,
    operation: audit.Operation | None = None,
    overridden: tuple[str, ...] = (),
    treasuries: Iterable[Treasury] = (),
) -> Entry:
    """Write a new entry of the year; it takes the next gapless number.

    `overridden`: ids of the warnings that the author saw and accepted, kept in
    the history. `treasuries`: the cooperative's accounts as the caller has
    just read them, if it has: what an entry asks of them never changes.
    Raises Refusal (the first broken rule), OperationConflict. A repeated
    operation gives back the entry of its first time.
    """
    try:
        with audit.act(year.cooperative, author, "entry.recorded", operation=operation) as act:
            book = Book.to_write_in(year, treasuries)
            entry, postings = write_entry(book, content)
            act.about("entry", entry.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(entry, postings, fresh=True)}
            if overridden:
                act.payload["overridden"] = sorted(overridden)
    except audit.Replay as replay:
        entry = Entry.objects.get(pk=replay.subject_id)
    tell_other_side(entry)
    return entry


def write_entry(book: Book, content: EntryContent) -> tuple[Entry, list[Posting]]:
    """Inside an act: check the rules, then write the entry and its postings (also used by imports)."""
    _refuse_broken(book, content)
    entry = Entry(
        cooperative=book.cooperative,
        year=book.year,
        number=book.take_number(),
        **_columns(book, content),
    )
    sql.insert([entry])
    postings = [_posting(book, entry, line) for line in content.lines]
    if content.tick:
        _tick_new(book, entry, postings)
    _postings.insert(postings)
    return entry, postings


def amend_entry(
    *,
    entry: Entry,
    version: int,
    content: EntryContent,
    author: audit.Author,
    operation: audit.Operation | None = None,
    untick_confirmed: bool = False,
    overridden: tuple[str, ...] = (),
) -> Entry:
    """Change an entry. Untouched postings stay, with their ticks; changed ones are closed and replaced.

    Raises StaleVersion when `version` is not the current one, TickWouldFall
    when a ticked amount changes without `untick_confirmed`, Refusal otherwise.
    """
    try:
        with audit.act(entry.cooperative, author, "entry.amended", operation=operation) as act:
            book = Book.of(entry.year)
            current = current_of(entry, version)
            named = current.counterparty_cooperative_id
            _refuse_unlike_slips(current, content)
            amend_inside(book, current, content, untick_confirmed=untick_confirmed)
            act.about("entry", current.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(current, _postings.live(current))}
            if overridden:
                act.payload["overridden"] = sorted(overridden)
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    tell_other_side(current, before=named)
    return current


def amend_inside(book: Book, current: Entry, content: EntryContent, *, untick_confirmed: bool) -> None:
    """Inside an act: check the rules, then change the entry, its postings and its version (also used by deposits)."""
    if current.cancelled:
        message = "Cette écriture est annulée : annulez d’abord sa suppression."
        raise Refusal(message)
    _refuse_broken(book, content)
    _replace_postings(book, current, content, untick_confirmed=untick_confirmed)
    columns = _columns(book, content)
    for name, value in columns.items():
        setattr(current, name, value)
    current.version += 1
    current.save(update_fields=[*columns, "version"])


def _refuse_unlike_slips(entry: Entry, content: EntryContent) -> None:
    total = ChequeSlip.objects.filter(entry=entry).aggregate(total=Sum("cents"))["total"]
    if total is not None and total != content.net_cents:
        message = f"Cette écriture est une remise de chèques de {format_euros(total)} : changez d’abord la liste des chèques."
        raise Refusal(message, "treasury")


def cancel_entry(*, entry: Entry, version: int, author: audit.Author, operation: audit.Operation | None = None) -> Entry:
    """The red cross: close the postings, keep the number. Raises StaleVersion, Refusal (closed year)."""
    try:
        with audit.act(entry.cooperative, author, "entry.cancelled", operation=operation) as act:
            book = Book.of(entry.year)
            current = current_of(entry, version)
            if not current.cancelled:
                current.version += 1
                current.cancelled_at = clock.now()
                _postings.close(_postings.live(current), version=current.version)
                current.save(update_fields=["version", "cancelled_at"])
            act.about("entry", current.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(current, _postings.last(current))}
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    tell_other_side(current)
    return current


def restore_entry(*, entry: Entry, version: int, author: audit.Author, operation: audit.Operation | None = None) -> Entry:
    """« Annuler la suppression »: the postings live again, with their ticks. Raises StaleVersion, Refusal."""
    try:
        with audit.act(entry.cooperative, author, "entry.restored", operation=operation) as act:
            book = Book.of(entry.year)
            current = current_of(entry, version)
            if current.cancelled:
                closed = _postings.last(current)
                current.version += 1
                current.cancelled_at = None
                _postings.insert([_reborn(posting, current) for posting in closed])
                current.save(update_fields=["version", "cancelled_at"])
            act.about("entry", current.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(current, _postings.live(current))}
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    tell_other_side(current)
    return current


def current_of(entry: Entry, version: int) -> Entry:
    """The entry re-read under the lock. Raises StaleVersion, and Refusal for the report à nouveau."""
    current = Entry.objects.select_related("action", "year").get(pk=entry.pk)
    if current.version != version:
        raise StaleVersion
    if current.kind == EntryKind.OPENING:
        message = "Le report à nouveau ne se modifie pas comme une écriture."
        raise Refusal(message)
    return current


def _refuse_broken(book: Book, content: EntryContent) -> None:
    broken = rules.problems(content, start=book.year.start, end=book.year.end)
    if broken:
        raise broken[0]
    for line in content.lines:
        if line.treasury_id is not None and line.treasury_id not in book.treasuries:
            message = "Ce compte de trésorerie n’est pas celui de la coopérative."
            raise Refusal(message, "treasury")
        if line.account not in book.chart.by_key:
            message = "Ce compte n’existe pas dans le plan comptable de cette année."
            raise Refusal(message, "ventilation")


def _columns(book: Book, content: EntryContent) -> dict[str, object]:
    return {
        "date": content.date,
        "piece": content.piece,
        "piece_sort": natural_key(content.piece),
        "label": content.label.strip(),
        "means": content.means,
        "cheque": content.cheque,
        "action": book.action(content.action),
        "counterparty": content.counterparty.strip(),
        "counterparty_cooperative": _peer(content.counterparty),
        "receipt_expected": content.receipt_expected,
    }


def _peer(counterparty: str) -> Cooperative | None:
    """The cooperative whose identifier begins what was typed; nobody is told whether it exists."""
    code, _, number = counterparty.strip().split(" ")[0].partition("-")
    if not code or not number:
        return None
    return Cooperative.objects.filter(association__code=code, number=number, withdrawn_at__isnull=True).first()


def _posting(book: Book, entry: Entry, line: Line, version: int = 1) -> Posting:
    account_id = (
        book.treasuries[line.treasury_id].account_id if line.treasury_id is not None else book.chart.by_key[line.account].id
    )
    return Posting(
        cooperative_id=book.cooperative.pk,
        year_id=book.year.pk,
        entry_id=entry.pk,
        account_id=account_id,
        treasury_id=line.treasury_id,
        cents=line.cents,
        from_version=version,
    )


def _tick_new(book: Book, entry: Entry, postings: list[Posting]) -> None:
    """« Déjà passée sur le relevé (pointer) »: tick the bank lines on the statement of that time."""
    for posting in postings:
        treasury = book.treasuries.get(posting.treasury_id or 0)
        if treasury is not None and treasury.kind == TreasuryKind.BANK:
            day = default_statement_day(book.year, entry.date, clock.today(book.zone))
            posting.statement = book.statement(treasury, day)


def _tick_untouched(book: Book, entry: Entry, day: dt.date) -> None:
    """The tick asked for while changing an entry also falls on the bank lines that did not change."""
    for posting in _postings.live(entry):
        treasury = book.treasuries.get(posting.treasury_id or 0)
        if treasury is not None and treasury.kind == TreasuryKind.BANK and posting.statement_id is None:
            statement = book.statement(treasury, default_statement_day(book.year, day, clock.today(book.zone)))
            Posting.objects.filter(pk=posting.pk).update(statement=statement)


def _replace_postings(book: Book, entry: Entry, content: EntryContent, *, untick_confirmed: bool) -> None:
    wanted = {
        (posting.account_id, posting.treasury_id): posting
        for posting in (_posting(book, entry, line, entry.version + 1) for line in content.lines)
    }
    changed = []
    for posting in _postings.live(entry):
        key = (posting.account_id, posting.treasury_id)
        if key in wanted and wanted[key].cents == posting.cents:
            if posting.statement_id and posting.statement and posting.statement.ends_on < content.date:
                _refuse_tick_before_date(posting.statement.ends_on)
            del wanted[key]
        else:
            changed.append(posting)
    if any(posting.statement_id for posting in changed) and not untick_confirmed:
        message = "Cette somme est déjà pointée sur un relevé : en la changeant, vous la dépointez. Confirmez-le."
        raise TickWouldFall(message, "confirm_untick")
    _postings.close(changed, version=entry.version + 1)
    if content.tick:
        _tick_new(book, entry, [posting for posting in wanted.values() if posting.treasury_id])
    _postings.insert(list(wanted.values()))
    if content.tick:
        _tick_untouched(book, entry, content.date)


def _refuse_tick_before_date(ends_on: dt.date) -> None:
    message = (
        f"Cette écriture est pointée sur le relevé du {ends_on:%d/%m/%Y} : sa date ne peut pas être après. "
        "Dépointez-la d’abord."
    )
    raise Refusal(message, "date")


def _reborn(posting: Posting, entry: Entry) -> Posting:
    """A copy of a closed posting, live from the entry's version, with its tick.

    The tick falls when meanwhile its statement was redated before the entry.
    """
    before = posting.statement is not None and posting.statement.ends_on < entry.date
    return Posting(
        cooperative_id=posting.cooperative_id,
        year_id=posting.year_id,
        entry_id=posting.entry_id,
        account_id=posting.account_id,
        treasury_id=posting.treasury_id,
        cents=posting.cents,
        from_version=entry.version,
        statement_id=None if before else posting.statement_id,
    )
