"""Closing a year, reopening it (AD only), asking for it. Atomic, repeatable, visible for ever."""

import datetime as dt
from typing import Any

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity import audit
from retkoop.ledger.models import Draft, Entry, EntryKind, FiscalYear, Posting, ReopeningRequest, Treasury
from retkoop.ledger.queries.years import closing_by_treasury, next_of, open_items, opening_entry, previous_of
from retkoop.ledger.services import _postings
from retkoop.ledger.services._book import Book
from retkoop.ledger.services.openings import create_year, describe, write_carried_opening


def close_year(*, year: FiscalYear, author: audit.Author, operation: audit.Operation | None = None) -> FiscalYear:
    """« Clôture définitive de ce cahier de compta »: lock the year and write the next one's report à nouveau.

    From the day after its end; drafts first, the year before first. Raises Refusal.
    """
    try:
        with audit.act(year.cooperative, author, "year.closed", operation=operation) as act:
            closed, act.payload = _close(year)
            act.about("year", closed.pk)
    except audit.Replay as replay:
        return FiscalYear.objects.get(pk=replay.subject_id)
    return closed


def close_inside(act: audit.Act, year: FiscalYear) -> FiscalYear:
    """Close the year as part of a larger act, which tells it as an event of its own. Raises Refusal."""
    closed, payload = _close(year)
    act.also("year.closed", "year", closed.pk, payload)
    return closed


def _close(year: FiscalYear) -> tuple[FiscalYear, dict[str, Any]]:
    """Inside an act: lock the year, write the next one's opening; what the audit trail keeps."""
    book = Book.of(year)
    refuse_closing(book.year, clock.today(book.zone))
    closing, items = closing_by_treasury(book.year), open_items(book.year)
    following = create_year(book.cooperative, SchoolYear(book.year.first + 1))
    next_book = Book.of(following)
    opening = write_carried_opening(next_book, closing, items, book.year.end)
    book.year.closed_at = clock.now()
    book.year.closings += 1
    book.year.save(update_fields=["closed_at", "closings"])
    return book.year, {
        "year": book.year.slug,
        "closed": True,
        "closing": describe(closing, book.treasuries),
        "next": following.slug,
        "entry": next_book.state(opening, _postings.live(opening)),
    }


def refuse_closing(year: FiscalYear, today: dt.date) -> None:
    """Raises Refusal for what forbids closing (what only delays it is shown, not refused)."""
    if today <= year.end:
        message = f"Le cahier {year.slug} se clôture à partir du 1er septembre {year.end.year}."
        raise Refusal(message)
    before = previous_of(year)
    if before is not None and not before.closed:
        message = f"Clôturez d’abord le cahier {before.slug} : les années se suivent."
        raise Refusal(message)
    if before is None and opening_entry(year) is None and year.next_number == 1:
        message = "Ce cahier est vide : saisissez d’abord son ouverture ou une écriture."
        raise Refusal(message)
    drafts = Draft.objects.filter(year=year, done_at__isnull=True).count()
    if drafts:
        message = (
            "Il reste un brouillon : terminez-le ou retirez-le."
            if drafts == 1
            else f"Il reste {drafts} brouillons : terminez-les ou retirez-les."
        )
        raise Refusal(message)


def reopen_year(*, year: FiscalYear, author: audit.Author, reason: str, operation: audit.Operation | None = None) -> FiscalYear:
    """Undo a closing: AD only, with a reason, while the next year is open. The ticks come back with the lines.

    Raises Refusal.
    """
    try:
        with audit.act(year.cooperative, author, "year.reopened", operation=operation, reason=reason) as act:
            current = _stored(year)
            act.about("year", current.pk)
            act.payload = _reopen(current, author, reason)
    except audit.Replay as replay:
        return FiscalYear.objects.get(pk=replay.subject_id)
    return current


def reopen_inside(act: audit.Act, year: FiscalYear, author: audit.Author, reason: str) -> FiscalYear:
    """Undo a closing as part of a larger act of the AD (a report returned). Raises Refusal."""
    current = _stored(year)
    act.also("year.reopened", "year", current.pk, _reopen(current, author, reason), reason)
    return current


def withdraw_inside(act: audit.Act, year: FiscalYear) -> FiscalYear:
    """Take back the closing that handing in the report made, with the report itself; the cooperative's own act.

    Raises Refusal once the next year is closed.
    """
    current = _stored(year)
    act.also("year.closing_withdrawn", "year", current.pk, _undo(current, _following(current)))
    return current


def seal_inside(act: audit.Act, year: FiscalYear) -> None:
    """Its report left the cooperative's hands: the year is not reopened, nor what is followed beside it changed."""
    _set_sealed(act, year, "year.sealed", clock.now())


def unseal_inside(act: audit.Act, year: FiscalYear) -> None:
    """Its report came back to the cooperative."""
    _set_sealed(act, year, "year.unsealed", None)


def _set_sealed(act: audit.Act, year: FiscalYear, verb: str, at: dt.datetime | None) -> None:
    current = _stored(year)
    if current.sealed == (at is not None):
        return
    current.sealed_at = at
    current.save(update_fields=["sealed_at"])
    act.also(verb, "year", current.pk, {"year": current.slug, "sealed": current.sealed})


def _stored(year: FiscalYear) -> FiscalYear:
    return FiscalYear.objects.select_related("cooperative__association").get(pk=year.pk)


def _reopen(year: FiscalYear, author: audit.Author, reason: str) -> dict[str, object]:
    """Inside an act: the AD undoes the closing; returns what the audit trail keeps."""
    if author.on_behalf is None:
        message = "Seule votre AD peut rouvrir une année clôturée."
        raise Refusal(message)
    if not reason.strip():
        message = "Dites pourquoi vous rouvrez cette année : la raison reste dans l’historique."
        raise Refusal(message, "reason")
    return _undo(year, _following(year))


def _undo(year: FiscalYear, following: FiscalYear) -> dict[str, object]:
    """Undo the closing; returns what the audit trail keeps, the old balances among it."""
    treasuries = {row.pk: row for row in Treasury.objects.filter(cooperative=year.cooperative)}
    before = describe(closing_by_treasury(year), treasuries)
    year.closed_at = None
    year.save(update_fields=["closed_at"])
    payload: dict[str, object] = {"year": year.slug, "closed": False, "closing": before, "next": following.slug}
    opening, ticked = _withdraw_opening(following)
    if opening is not None:
        payload["entry"] = Book.of(following).state(opening, _postings.last(opening))
    book = Book.of(year)
    payload["entries"] = [
        {"year": year.slug, "entry": book.state(entry, _postings.live(entry))}
        for entry in Entry.objects.filter(pk__in=ticked).select_related("action")
    ]
    return payload


def _following(year: FiscalYear) -> FiscalYear:
    """The open year after a closed one that may be undone. Raises Refusal."""
    if not year.closed:
        message = "Cette année n’est pas clôturée."
        raise Refusal(message)
    if year.sealed:
        message = (
            "Le compte-rendu de cette année est transmis ou validé : c’est en le renvoyant à la coopérative "
            "que l’AD rouvre le cahier."
        )
        raise Refusal(message)
    following = next_of(year)
    if following is None or following.closed:
        message = "L’année suivante est clôturée : les corrections se font dans l’année ouverte."
        raise Refusal(message)
    return following


def _withdraw_opening(following: FiscalYear) -> tuple[Entry | None, set[int]]:
    """The next year's opening becomes provisional again; ticks made on it go back to the lines they came from.

    Returns the withdrawn opening and the ids of the entries whose ticks changed.
    """
    opening = Entry.objects.filter(year=following, kind=EntryKind.OPENING, cancelled_at__isnull=True).first()
    if opening is None:
        return None, set()
    live = _postings.live(opening)
    ticked: set[int] = set()
    for posting in live:
        origin = Posting.objects.filter(pk=posting.origin_id).first() if posting.origin_id is not None else None
        if origin is not None and origin.statement_id != posting.statement_id:
            Posting.objects.filter(pk=origin.pk).update(statement_id=posting.statement_id)
            ticked.add(origin.entry_id)
    opening.version += 1
    opening.cancelled_at = clock.now()
    _postings.close(live, version=opening.version)
    opening.save(update_fields=["version", "cancelled_at"])
    return opening, ticked


def request_reopening(
    *, year: FiscalYear, reason: str, author: audit.Author, operation: audit.Operation | None = None
) -> ReopeningRequest:
    """« Demander la réouverture »: one open request a year. Raises Refusal."""
    try:
        with audit.act(year.cooperative, author, "reopening.asked", operation=operation, reason=reason) as act:
            if author.person is None or not reason.strip():
                message = "Dites à votre AD pourquoi vous voulez rouvrir cette année."
                raise Refusal(message, "reason")
            if not FiscalYear.objects.get(pk=year.pk).closed:
                message = "Cette année n’est pas clôturée."
                raise Refusal(message)
            if ReopeningRequest.objects.filter(year=year, answered_at__isnull=True).exists():
                message = "Votre demande est déjà chez votre AD."
                raise Refusal(message)
            asked = ReopeningRequest.objects.create(
                cooperative=year.cooperative,
                year=year,
                asked_at=clock.now(),
                asked_by=author.person,
                reason=reason.strip(),
            )
            act.about("reopening", asked.pk)
            act.payload = {"year": year.slug}
    except audit.Replay as replay:
        return ReopeningRequest.objects.get(pk=replay.subject_id)
    return asked


def answer_reopening(
    *,
    request: ReopeningRequest,
    granted: bool,
    answer: str,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> ReopeningRequest:
    """The AD's answer; granting it reopens the year with the cooperative's reason. Raises Refusal."""
    if author.on_behalf is None or author.person is None:
        message = "Seule l’AD répond à une demande de réouverture."
        raise Refusal(message)
    try:
        with audit.act(request.cooperative, author, "reopening.answered", operation=operation, reason=answer) as act:
            current = ReopeningRequest.objects.select_related("year__cooperative").get(pk=request.pk)
            if current.answered_at is not None:
                message = "Cette demande a déjà une réponse."
                raise Refusal(message)
            current.answered_at = clock.now()
            current.answered_by, current.answered_for = author.person, author.on_behalf
            current.granted, current.answer = granted, answer.strip()
            current.save()
            act.about("reopening", current.pk)
            act.payload = {"granted": granted, "year": current.year.slug}
            if granted:
                act.payload |= _reopen(current.year, author, current.reason)
    except audit.Replay as replay:
        return ReopeningRequest.objects.get(pk=replay.subject_id)
    return current
