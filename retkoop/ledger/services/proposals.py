"""Entries proposed from elsewhere: recorded by one tap, once, or put aside."""

import datetime as dt

from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import Entry, FiscalYear, Proposal, ProposalState, Treasury
from retkoop.ledger.proposed import TRANSFER, lines_of, means_of, net_cents
from retkoop.ledger.queries.suggestions import next_pieces
from retkoop.ledger.services._book import Book
from retkoop.ledger.services.entries import write_entry
from retkoop.ledger.services.transfers import mirror_label

_ANSWERED = "Vous avez déjà répondu à cette proposition, ou elle a été retirée."


def take_proposal(
    *,
    proposal: Proposal,
    year: FiscalYear,
    bank: Treasury,
    on: dt.date,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> Entry:
    """Record the proposed entry at `on`, in that bank and on its accounts, and close the proposal: one act.

    Raises Refusal when it was answered or withdrawn meanwhile, or breaks a rule of entries.
    """
    try:
        with audit.act(proposal.cooperative, author, "entry.recorded", operation=operation) as act:
            current = Proposal.objects.get(pk=proposal.pk)
            if current.state != ProposalState.OPEN:
                raise Refusal(_ANSWERED)
            book = Book.of(year)
            entry, postings = write_entry(book, _content(current, year, bank, on))
            current.state, current.entry = ProposalState.TAKEN, entry
            current.save(update_fields=["state", "entry"])
            act.about("entry", entry.pk)
            act.payload = {"year": book.year.slug, "entry": book.state(entry, postings, fresh=True)}
    except audit.Replay as replay:
        return Entry.objects.get(pk=replay.subject_id)
    return entry


def dismiss_proposal(
    *, proposal: Proposal, author: audit.Author, operation: audit.Operation | None = None, back: bool = False
) -> Proposal:
    """« Écarter » a proposal, or with `back` propose it again. Raises Refusal when it was recorded or withdrawn."""
    try:
        with audit.act(proposal.cooperative, author, "proposal.dismissed", operation=operation) as act:
            current = Proposal.objects.get(pk=proposal.pk)
            if current.state == ProposalState.TAKEN or "withdrawn" in current.payload:
                raise Refusal(_ANSWERED)
            current.state = ProposalState.OPEN if back else ProposalState.DISMISSED
            current.save(update_fields=["state"])
            act.about("proposal", current.pk)
            act.payload = {"proposal": current.payload, "back": back}
    except audit.Replay as replay:
        return Proposal.objects.get(pk=replay.subject_id)
    return current


def _content(proposal: Proposal, year: FiscalYear, bank: Treasury, on: dt.date) -> EntryContent:
    said, cents = proposal.payload, net_cents(proposal.payload)
    return EntryContent(
        date=on,
        label=mirror_label(said) if proposal.source == TRANSFER else said["label"],
        lines=(Line(bank.account.key, cents, bank.pk), *lines_of(said)),
        piece=next_pieces(year).of("in" if cents > 0 else "out"),
        means=means_of(said),
        counterparty=said["who"],
    )
