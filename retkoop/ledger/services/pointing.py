"""Pointage: ticking bank lines on dated statements, and typing the statements themselves."""

import datetime as dt

from django.db.models import F, Q

from retkoop.core import clock, sql
from retkoop.core.dates import format_day
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity import audit
from retkoop.ledger.canonical import statement_state
from retkoop.ledger.export import entry_states
from retkoop.ledger.models import Entry, FiscalYear, Posting, Statement, Treasury, TreasuryKind
from retkoop.ledger.queries import stored
from retkoop.ledger.queries.pointing import default_statement_day
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import SEALED, Book


def set_tick(
    *,
    posting: Posting,
    ticked: bool,
    author: audit.Author,
    statement: Statement | None = None,
    on: dt.date | None = None,
    operation: audit.Operation | None = None,
) -> Posting:
    """Tick or un-tick one bank line, touching nothing else. Asking twice for the same state changes nothing.

    The tick goes to `statement`, or to the one dated `on` (made without a
    balance when nobody typed it yet), or to the statement of that time (see
    `default_statement_day`). Raises Refusal (closed year, cash line, changed
    line, statement dated before the entry).
    """
    verb = "posting.ticked" if ticked else "posting.unticked"
    try:
        with audit.act(posting.cooperative, author, verb, operation=operation) as act:
            current = _current(posting)
            book = Book.fresh(current.year, posting.cooperative)
            if ticked and current.statement_id is None:
                current.statement = statement or _statement_on(book, current, on)
                _refuse_untickable(current)
            elif not ticked:
                current.statement = None
            sql.execute("UPDATE ledger_posting SET statement_id = %s WHERE id = %s", [current.statement_id, current.pk])
            act.about("entry", current.entry_id)
            act.payload = _entry_payload(book, current.entry)
    except audit.Replay:
        return Posting.objects.select_related("statement").get(pk=posting.pk)
    return current


def _current(posting: Posting) -> Posting:
    """The posting re-read under the lock, with all that it hangs on."""
    current = stored.whole_posting(posting.pk)
    if current is None:
        raise Posting.DoesNotExist
    return current


def _statement_on(book: Book, posting: Posting, on: dt.date | None) -> Statement:
    if posting.treasury is None or posting.treasury.kind != TreasuryKind.BANK:
        message = "Seules les lignes de banque se pointent : la caisse se compte."
        raise Refusal(message)
    day = posting.item_date or posting.entry.date
    return book.statement(posting.treasury, on or default_statement_day(book.year, day, clock.today(book.zone)))


def _refuse_untickable(posting: Posting) -> None:
    if posting.until_version is not None:
        message = "Cette ligne a changé entre-temps : rechargez la page."
        raise Refusal(message)
    if posting.treasury is None or posting.treasury.kind != TreasuryKind.BANK:
        message = "Seules les lignes de banque se pointent : la caisse se compte."
        raise Refusal(message)
    day = posting.item_date or posting.entry.date
    if posting.statement is not None and posting.statement.ends_on < day:
        message = (
            f"Le relevé s’arrête au {format_day(posting.statement.ends_on)} "
            f"et cette écriture est du {format_day(day)} : elle sera sur un relevé suivant."
        )
        raise Refusal(message)


def _entry_payload(book: Book, entry: Entry) -> dict[str, object]:
    return {"year": book.year.slug, "entry": book.state(entry, _postings.live(entry))}


def set_ticks(
    *,
    statement: Statement,
    ticked: frozenset[int],
    shown: frozenset[int],
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> Statement:
    """The monthly screen: of the `shown` postings, exactly `ticked` are on this statement. One act for all.

    A line that another statement holds is left alone. Raises Refusal.
    """
    try:
        with audit.act(statement.cooperative, author, "statement.pointed", operation=operation) as act:
            rows = Posting.objects.filter(
                pk__in=shown, cooperative=statement.cooperative, treasury=statement.treasury, until_version__isnull=True
            ).select_related("entry", "entry__action", "treasury", "year")
            touched: dict[int, Entry] = {}
            for posting in rows:
                wanted = posting.pk in ticked
                if wanted == (posting.statement_id == statement.pk):
                    continue
                if posting.statement_id not in {None, statement.pk}:
                    continue
                posting.statement = statement if wanted else None
                Book.of(posting.year)
                if wanted:
                    _refuse_untickable(posting)
                Posting.objects.filter(pk=posting.pk).update(statement=posting.statement)
                touched[posting.entry_id] = posting.entry
            act.about("statement", statement.pk)
            act.payload = {"statement": statement_state(statement), "entries": _states(touched)}
    except audit.Replay:
        pass
    return statement


def _states(entries: dict[int, Entry]) -> list[dict[str, object]]:
    """The canonical states of the touched entries, a fixed number of queries a year."""
    by_year: dict[int, list[Entry]] = {}
    for entry in entries.values():
        by_year.setdefault(entry.year_id, []).append(entry)
    states: list[dict[str, object]] = []
    for touched in by_year.values():
        year = touched[0].year
        year.cooperative = touched[0].cooperative
        book = Book(year, year.cooperative)
        only = [entry.pk for entry in touched]
        states += [{"year": year.slug, "entry": state} for state in entry_states(year, book.treasuries, only)]
    return states


def save_statement(
    *,
    treasury: Treasury,
    ends_on: dt.date,
    closing_cents: int | None,
    author: audit.Author,
    operation: audit.Operation | None = None,
    statement: Statement | None = None,
    version: int | None = None,
) -> Statement:
    """Type a statement (date, closing balance in cents), or correct one with its `version`.

    Typing the date of a known statement completes that one. Raises
    StaleVersion; Refusal when the new date would pass before a ticked line, or is in a closed year.
    """
    try:
        with audit.act(treasury.cooperative, author, "statement.typed", operation=operation) as act:
            if treasury.kind != TreasuryKind.BANK:
                message = "Un relevé se saisit pour un compte en banque."
                raise Refusal(message)
            current = _statement_to_save(treasury, ends_on, statement, version)
            _refuse_before_lines(current, ends_on)
            _refuse_of_a_sealed_year(treasury, {ends_on, current.ends_on})
            was = current.ends_on.isoformat()
            current.ends_on, current.closing_cents = ends_on, closing_cents
            current.save()
            act.about("statement", current.pk)
            act.payload = {"statement": statement_state(current), "was": was}
    except audit.Replay as replay:
        return Statement.objects.get(pk=replay.subject_id)
    return current


def _statement_to_save(treasury: Treasury, ends_on: dt.date, statement: Statement | None, version: int | None) -> Statement:
    known = Statement.objects.filter(treasury=treasury, ends_on=ends_on).first()
    if statement is None:
        return known or Statement(cooperative=treasury.cooperative, treasury=treasury, ends_on=ends_on)
    current = Statement.objects.get(pk=statement.pk)
    if version is not None and current.version != version:
        raise StaleVersion
    if known is not None and known.pk != current.pk:
        message = f"Vous avez déjà un relevé au {format_day(ends_on)} : complétez celui-là."
        raise Refusal(message, "ends_on")
    current.version += 1
    return current


def _refuse_of_a_sealed_year(treasury: Treasury, days: set[dt.date]) -> None:
    for day in days:
        sealed = FiscalYear.objects.filter(
            cooperative_id=treasury.cooperative_id, start__lte=day, end__gte=day, sealed_at__isnull=False
        )
        if sealed.exists():
            raise Refusal(SEALED, "ends_on")


def _refuse_before_lines(statement: Statement, ends_on: dt.date) -> None:
    if statement.pk is None or ends_on == statement.ends_on:
        return
    shown = Q(until_version__isnull=True) | Q(entry__cancelled_at__isnull=False, until_version=F("entry__version"))
    for posting in Posting.objects.filter(shown, statement=statement).select_related("entry", "year"):
        if posting.year.closed:
            message = "Ce relevé porte des lignes d’une année clôturée : sa date ne change plus."
            raise Refusal(message, "ends_on")
        if not posting.entry.cancelled and (posting.item_date or posting.entry.date) > ends_on:
            message = f"« {posting.entry.label} » est pointée sur ce relevé et date d’après : dépointez-la d’abord."
            raise Refusal(message, "ends_on")
