"""Opening: the years themselves, the typed opening of a first year, the written one after a closing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import ProtectedError

from retkoop.core.money import format_euros
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.identity.models import Cooperative
from retkoop.ledger.chart import BROUGHT_FORWARD
from retkoop.ledger.models import Entry, EntryKind, FiscalYear, Posting, Statement, Treasury, TreasuryKind, YearMode
from retkoop.ledger.queries.years import OpeningItem, missing_years, opening_entry, previous_of, years_of
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import Book

LABEL = "Report à nouveau de l’année précédente"


@dataclass(frozen=True)
class OpeningItemContent:
    """A bank line of before, not yet on a statement: cents > 0 to come in, < 0 to go out."""

    date: dt.date
    label: str
    cents: int
    cheque: str = ""


@dataclass(frozen=True)
class OpeningContent:
    """What a treasury holds on the first day: `cents` on its last statement (or in the box), and what it lacks."""

    treasury: Treasury
    cents: int
    statement_on: dt.date | None = None
    items: tuple[OpeningItemContent, ...] = ()


def ensure_years(cooperative: Cooperative, today: dt.date, author: audit.Author) -> list[FiscalYear]:
    """Open the school years that are due by `today`; calling it again changes nothing. Oldest first."""
    known = years_of(cooperative)
    if not missing_years(known, today):
        return known
    with audit.act(cooperative, author, "year.opened") as act:
        known = years_of(cooperative)
        mode = known[-1].mode if known else YearMode.BOOKS
        for school_year in missing_years(known, today):
            create_year(cooperative, school_year, mode)
        act.payload = {"years": [year.slug for year in years_of(cooperative)]}
    return years_of(cooperative)


def open_year(*, cooperative: Cooperative, school_year: SchoolYear, author: audit.Author) -> FiscalYear:
    """The named year, opened with those between it and the known ones when it is not there yet. Raises Refusal.

    A year before one whose report à nouveau is written cannot be added: that opening would no longer be true.
    """
    with audit.act(cooperative, author, "year.opened") as act:
        known = years_of(cooperative)
        numbers = [year.first for year in known] or [school_year.first]
        if school_year.first < numbers[0] and known and opening_entry(known[0]) is not None:
            message = f"{known[0].slug} a déjà son report à nouveau : on n’ajoute pas d’année avant elle."
            raise Refusal(message)
        wanted = {*range(school_year.first, numbers[0]), *range(numbers[-1] + 1, school_year.first + 1), school_year.first}
        for number in sorted(wanted - {year.first for year in known}):
            create_year(cooperative, SchoolYear(number))
        act.payload = {"years": [year.slug for year in years_of(cooperative)]}
    year = FiscalYear.objects.get(cooperative=cooperative, end=school_year.end)
    year.cooperative = cooperative
    return year


def keep_books_here(*, year: FiscalYear, author: audit.Author, operation: audit.Operation | None = None) -> FiscalYear:
    """From this year on, the book is kept here instead of typing totals only. Raises Refusal (closed year)."""
    try:
        with audit.act(year.cooperative, author, "year.kept_here", operation=operation) as act:
            fresh = Book.of(year).year
            later = FiscalYear.objects.filter(cooperative=year.cooperative, start__gte=fresh.start, closed_at__isnull=True)
            later.update(mode=YearMode.BOOKS)
            act.about("year", fresh.pk)
            act.payload = {"from": fresh.slug, "mode": YearMode.BOOKS}
    except audit.Replay as replay:
        return FiscalYear.objects.get(pk=replay.subject_id)
    fresh.mode = YearMode.BOOKS
    return fresh


def create_year(cooperative: Cooperative, school_year: SchoolYear, mode: str = YearMode.BOOKS) -> FiscalYear:
    """Inside an act: the year's row, if it is not there yet."""
    year, _ = FiscalYear.objects.get_or_create(
        cooperative=cooperative,
        start=school_year.start,
        defaults={"end": school_year.end, "mode": mode},
    )
    return year


def type_opening(
    *,
    year: FiscalYear,
    on: dt.date,
    contents: Iterable[OpeningContent],
    author: audit.Author,
    operation: audit.Operation | None = None,
    reason: str = "",
) -> Entry:
    """A first year's opening: what each treasury holds at `on` (mid-year too), with its uncleared items.

    Typed again before the first entry, it is replaced; afterwards only an AD,
    acting on behalf of the cooperative and with a reason, may change it.
    Raises Refusal.
    """
    try:
        with audit.act(year.cooperative, author, "opening.typed", operation=operation, reason=reason) as act:
            book = Book.of(year)
            _refuse_opening(book, on, author, reason)
            entry = _opening_row(book, on)
            old = _postings.live(entry)
            entry.cancelled_at = None
            postings = _typed_postings(book, entry, list(contents))
            entry.save()
            _postings.close(old, version=entry.version)
            _postings.insert(postings)
            act.about("entry", entry.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(entry, postings)}
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    return entry


def _refuse_opening(book: Book, on: dt.date, author: audit.Author, reason: str) -> None:
    if previous_of(book.year) is not None:
        message = "Le report à nouveau de cette année vient de l’année précédente : il ne se saisit pas."
        raise Refusal(message)
    if not book.year.start <= on <= book.year.end:
        message = f"L’ouverture doit tomber dans l’année {book.year.slug}."
        raise Refusal(message, "on")
    used = book.year.next_number > 1
    if used and opening_entry(book.year) is not None and not (author.on_behalf and reason.strip()):
        message = "Des écritures existent déjà : seule votre AD peut changer l’ouverture, en disant pourquoi."
        raise Refusal(message)


def _opening_row(book: Book, on: dt.date) -> Entry:
    entry = Entry.objects.filter(year=book.year, kind=EntryKind.OPENING).first()
    if entry is None:
        entry = Entry(
            cooperative=book.cooperative, year=book.year, number=0, kind=EntryKind.OPENING, date=on,
            label=LABEL, receipt_expected=False,
        )  # fmt: skip
        entry.save(force_insert=True)
        return entry
    entry.date = on
    entry.version += 1
    return entry


def _typed_postings(book: Book, entry: Entry, contents: list[OpeningContent]) -> list[Posting]:
    postings = []
    for content in contents:
        if content.treasury.pk not in book.treasuries:
            message = "Ce compte de trésorerie n’est pas celui de la coopérative."
            raise Refusal(message)
        statement = None
        if content.treasury.kind == TreasuryKind.BANK:
            statement = _typed_statement(book, content)
        if content.cents:
            postings.append(_treasury_posting(book, entry, content.treasury, content.cents, statement))
        for item in content.items:
            if item.cents:
                posting = _treasury_posting(book, entry, content.treasury, item.cents, None)
                posting.item_date, posting.item_label, posting.item_cheque = item.date, item.label, item.cheque
                postings.append(posting)
    return postings + _counterweight(book, entry, postings)


def _typed_statement(book: Book, content: OpeningContent) -> Statement:
    day = content.statement_on or book.year.start - dt.timedelta(days=1)
    statement = book.statement(content.treasury, day)
    if statement.closing_cents != content.cents:
        statement.closing_cents = content.cents
        statement.save(update_fields=["closing_cents"])
    return statement


def _treasury_posting(book: Book, entry: Entry, treasury: Treasury, cents: int, statement: Statement | None) -> Posting:
    return Posting(
        cooperative=book.cooperative,
        year=book.year,
        entry=entry,
        account_id=treasury.account_id,
        treasury=treasury,
        cents=cents,
        from_version=entry.version,
        statement=statement,
    )


def _counterweight(book: Book, entry: Entry, postings: list[Posting]) -> list[Posting]:
    """The report à nouveau itself (110), which balances what the treasuries hold."""
    total = sum(posting.cents for posting in postings)
    if total == 0:
        return []
    return [
        Posting(
            cooperative=book.cooperative,
            year=book.year,
            entry=entry,
            account_id=book.chart.by_key[BROUGHT_FORWARD].id,
            cents=-total,
            from_version=entry.version,
        )
    ]


def write_carried_opening(book: Book, closing: dict[int, int], items: list[OpeningItem], reconciled_on: dt.date) -> Entry:
    """Inside a closing's act: the next year's opening entry, one posting reconciled and one an open item."""
    entry = _opening_row(book, book.year.start)
    entry.cancelled_at = None
    entry.save()
    postings = []
    for treasury_id in sorted({*closing, *(item.treasury_id for item in items)}):
        treasury = book.treasuries[treasury_id]
        own = sum(item.cents for item in items if item.treasury_id == treasury_id)
        reconciled = closing.get(treasury_id, 0) - own
        statement = book.statement(treasury, reconciled_on) if treasury.kind == TreasuryKind.BANK else None
        if reconciled:
            postings.append(_treasury_posting(book, entry, treasury, reconciled, statement))
    for item in items:
        posting = _treasury_posting(book, entry, book.treasuries[item.treasury_id], item.cents, None)
        posting.statement_id = item.statement_id
        posting.origin_id = item.posting_id
        posting.item_date, posting.item_label, posting.item_cheque = item.date, item.label, item.cheque
        postings.append(posting)
    _postings.insert(postings + _counterweight(book, entry, postings))
    return entry


def describe(cents_by_treasury: dict[int, int], treasuries: dict[int, Treasury]) -> dict[str, int]:
    """Balances by the treasuries' stable names, for the audit trail."""
    return {treasuries[pk].slug: cents for pk, cents in sorted(cents_by_treasury.items())}


def in_words(cents_by_treasury: dict[int, int], treasuries: dict[int, Treasury]) -> str:
    """« Banque 2 205,00 €, Caisse 45,00 € »."""
    return ", ".join(f"{treasuries[pk].label} {format_euros(cents)}" for pk, cents in sorted(cents_by_treasury.items()))


def open_first_year(
    *,
    cooperative: Cooperative,
    first: SchoolYear,
    today: dt.date,
    author: audit.Author,
    mode: str = YearMode.BOOKS,
    operation: audit.Operation | None = None,
) -> list[FiscalYear]:
    """Begin the books in another year than today's, while nothing is written yet: empty years before it go. Raises Refusal."""
    try:
        with audit.act(cooperative, author, "year.opened", operation=operation) as act:
            if Entry.objects.filter(cooperative=cooperative).exists():
                message = "Des écritures existent déjà : la première année ne peut plus changer."
                raise Refusal(message)
            if first > SchoolYear.of(today):
                message = "Cette année n’a pas encore commencé."
                raise Refusal(message, "first")
            _drop_before(cooperative, first)
            for number in range(first.first, SchoolYear.of(today).first + 1):
                create_year(cooperative, SchoolYear(number), mode)
            act.payload = {"years": [year.slug for year in years_of(cooperative)]}
    except audit.Replay:
        return years_of(cooperative)
    return years_of(cooperative)


def _drop_before(cooperative: Cooperative, first: SchoolYear) -> None:
    """Years opened by mistake, in which nothing was ever written."""
    for year in FiscalYear.objects.filter(cooperative=cooperative, end__lt=first.start):
        try:
            year.delete()
        except ProtectedError as held:
            message = f"L’année {year.slug} a déjà un brouillon ou un comptage : retirez-le avant de commencer plus tard."
            raise Refusal(message, "first") from held
