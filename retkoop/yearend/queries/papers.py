"""What must be handed in with a report, computed, and where each of it stands (domain.md §3.3)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Max

from retkoop.core.dates import format_long
from retkoop.core.money import format_euros
from retkoop.documents.models import Document
from retkoop.documents.queries import local_reception, pages_in_words
from retkoop.ledger.models import Attachment, FiscalYear, Grant, Posting, Statement, TreasuryKind
from retkoop.ledger.models import Treasury as Account
from retkoop.yearend.models import Paper, PaperKind, PaperWay, Quitus, QuitusKind, Report
from retkoop.yearend.queries.quitus import QuitusState, quitus_states
from retkoop.yearend.queries.shapes import Figures, GrantLine, OpenItem, Treasury

QUITUS_SUBJECT = "quitus"


class NeedState(StrEnum):
    """Where a paper stands."""

    MISSING = "missing"
    RECEIVED = "received"
    POST = "post"
    REFUSED = "refused"
    ATTACHED = "attached"


@dataclass(frozen=True)
class Need:
    """A paper that the report wants. `subject` names what it proves; `why` says in a sentence what it is asked for.

    `attached`: documents joined to the books during the year, which prove it already.
    """

    kind: PaperKind
    subject: str
    label: str
    why: str
    paper: Paper | None = None
    attached: tuple[Document, ...] = ()
    quitus: QuitusState | None = None
    cents: int | None = None

    @property
    def documents(self) -> tuple[Document, ...]:
        """Where to look: what was handed in, else what was joined during the year."""
        handed = self.paper.document if self.paper is not None else None
        return (handed,) if handed is not None else self.attached

    @property
    def state(self) -> NeedState:
        """`missing`, `received`, `post` (« reçu par courrier »), `refused` or `attached` (there since the year)."""
        if self.paper is not None and self.paper.refused_at is not None:
            return NeedState.REFUSED
        if self.kind == PaperKind.QUITUS:
            return self._quitus_state()
        if self.paper is not None:
            return NeedState.POST if self.paper.way == PaperWay.POST else NeedState.RECEIVED
        return NeedState.ATTACHED if self.attached else NeedState.MISSING

    def _quitus_state(self) -> NeedState:
        if self.quitus is None or not self.quitus.stands:
            return NeedState.MISSING
        by_post = self.paper is not None and self.paper.way == PaperWay.POST
        return NeedState.POST if by_post else NeedState.RECEIVED

    @property
    def since(self) -> dt.datetime | None:
        """When what is there came; None when nothing is."""
        if self.kind == PaperKind.QUITUS:
            return self.quitus.quitus.given_at if self.quitus is not None else None
        if self.paper is not None:
            return self.paper.at
        return max((row.received_at for row in self.attached), default=None)

    @property
    def there(self) -> bool:
        """Has the AD what it needs of it?"""
        return self.state in {NeedState.RECEIVED, NeedState.POST, NeedState.ATTACHED}

    @property
    def refusal(self) -> str:
        """Why the AD refused it; "" when it did not."""
        return self.paper.refusal if self.paper is not None and self.paper.refused_at is not None else ""

    @property
    def sentence(self) -> str:
        """Its state in a French sentence."""
        state = self.state
        if state == NeedState.REFUSED:
            return f"Refusé par l’AD : {self.refusal}"
        if state == NeedState.POST and self.paper is not None:
            return f"Reçu par courrier le {format_long(self.paper.received_on)}"
        if state == NeedState.MISSING:
            return self._missing()
        if self.kind == PaperKind.QUITUS and self.quitus is not None and not self.documents:
            return "Donné sans papier"
        if state == NeedState.ATTACHED:
            return f"Déjà là, {_received(self.documents)}" if self.documents else "Déjà là, joint pendant l’année"
        return _received(self.documents).capitalize()

    def _missing(self) -> str:
        if self.quitus is not None and self.quitus.void:
            return f"Annulé : {' et '.join(self.quitus.changed_words)} ont changé depuis la signature"
        return "Manque encore"


def _received(documents: tuple[Document, ...]) -> str:
    """« reçu le 3 mars 2026 à 14:32, 2 pages »."""
    at = local_reception(documents[0])
    return f"reçu le {format_long(at.date())} à {at:%H:%M}, {pages_in_words(sum(row.pages for row in documents))}"


def needs_of(report: Report, figures: Figures) -> list[Need]:
    """Quitus, statements, grants, open items; in the order of the page."""
    papers = _papers(report)
    needs = [
        _quitus_need(report, papers.get((PaperKind.QUITUS, QUITUS_SUBJECT))),
        *_document_needs(report, figures, papers, _scans(report)),
    ]
    for need in needs:
        for document in need.documents:
            document.cooperative = report.year.cooperative
    return needs


def needs_for(year: FiscalYear, report: Report | None, figures: Figures) -> list[Need]:
    """The same for a year whose report may not have been begun."""
    return needs_of(report or Report(year=year, cooperative=year.cooperative), figures)


def documents_there(year: FiscalYear, report: Report | None, figures: Figures) -> bool:
    """Has the AD every document but the quitus? Two queries tell most reports that lack one."""
    if not figures.touched:
        return False
    begun = report or Report(year=year, cooperative=year.cooperative)
    papers, scans = _papers(begun), _scans(begun)
    if any(not line.proved and (PaperKind.GRANT, f"grant:{line.id}") not in papers for line in figures.grants):
        return False
    scanned = {row.treasury.slug for row in scans}
    for bank in figures.banks:
        if bank.used and bank.slug not in scanned and (PaperKind.STATEMENT, f"bank:{bank.slug}") not in papers:
            return False
    return all(need.there for need in _document_needs(begun, figures, papers, scans))


def _document_needs(report: Report, figures: Figures, papers: "Papers", scans: list[Statement]) -> list[Need]:
    return [
        *_statement_needs(report, figures, papers, scans),
        *_grant_needs(figures.grants, papers),
        *_item_needs([(bank, item) for bank in figures.banks for item in bank.items], papers),
    ]


def need_named(needs: Iterable[Need], subject: str) -> Need | None:
    """The need of that subject."""
    return next((need for need in needs if need.subject == subject), None)


Papers = dict[tuple[str, str], Paper]


def _papers(report: Report) -> Papers:
    rows = Paper.objects.filter(report=report, removed_at__isnull=True) if report.pk else Paper.objects.none()
    return {(row.kind, row.subject): row for row in rows.select_related("document", "by", "on_behalf")}


def _quitus_need(report: Report, paper: Paper | None) -> Need:
    states = quitus_states(report) if report.pk else []
    given = [state for state in states if state.given]
    shown = next((state for state in given if state.stands), given[0] if given else None)
    mine = paper if paper is not None and _is_of(paper, shown) else None
    return Need(
        PaperKind.QUITUS,
        QUITUS_SUBJECT,
        "Page Quitus",
        "Les vérificateurs ont vu les comptes et donnent quitus.",
        paper=mine,
        quitus=shown,
    )


def _is_of(paper: Paper, state: QuitusState | None) -> bool:
    """A refused paper speaks for itself; another one only for the quitus that it brought."""
    if paper.refused_at is not None:
        return True
    quitus: Quitus | None = state.quitus if state else None
    return quitus is not None and (paper.document_id == quitus.document_id or quitus.kind == QuitusKind.ELECTRONIC)


def _statement_needs(report: Report, figures: Figures, papers: Papers, scans: list[Statement]) -> list[Need]:
    moved = _last_moves(report)
    found = []
    for bank in figures.banks:
        if not (bank.cents or bank.statement_cents or bank.items or bank.slug in moved):
            continue
        subject = f"bank:{bank.slug}"
        day, words = _statement_day(report, bank, moved.get(bank.slug))
        attached = [row.document for row in scans if row.treasury.slug == bank.slug and row.ends_on >= day and row.document]
        found.append(
            Need(
                PaperKind.STATEMENT,
                subject,
                f"Relevé au {format_long(day)} ({bank.label})",
                f"Il montre le solde {words}.",
                paper=papers.get((PaperKind.STATEMENT, subject)),
                attached=tuple(attached[-1:]),
                cents=bank.statement_cents,
            )
        )
    return found


def _statement_day(report: Report, bank: Treasury, last_move: dt.date | None) -> tuple[dt.date, str]:
    """The August statement that the books hold, else 31 August, or 31 July when nothing moved in August."""
    end = report.year.end
    if bank.statement_on > end.replace(day=1).isoformat():
        day = min(dt.date.fromisoformat(bank.statement_on), end)
        return day, f"au {format_long(day)}"
    if last_move is None or last_move >= end.replace(day=1):
        return end, f"au {format_long(end)}"
    before = end.replace(day=1) - dt.timedelta(days=1)
    return before, f"au {format_long(before)} : rien n’a bougé en août"


def _last_moves(report: Report) -> dict[str, dt.date]:
    """Per bank (its slug): the last day of the year on which the book says that something moved."""
    rows = Posting.objects.filter(
        year=report.year, until_version__isnull=True, treasury__kind=TreasuryKind.BANK, entry__number__gt=0
    )
    return dict(rows.values_list("treasury__slug").annotate(last=Max("entry__date")))


def _scans(report: Report) -> list[Statement]:
    year = report.year
    rows = Statement.objects.filter(
        treasury__in=Account.objects.filter(cooperative_id=year.cooperative_id),
        ends_on__range=(year.start, year.end),
        document__isnull=False,
    )
    return list(rows.select_related("treasury", "document").order_by("ends_on"))


def _grant_needs(grants: tuple[GrantLine, ...], papers: Papers) -> list[Need]:
    own = {row.pk: row.document for row in Grant.objects.filter(pk__in=[line.id for line in grants]).select_related("document")}
    receipts = _receipts(line.entry_id for line in grants)
    found = []
    for line in grants:
        subject = f"grant:{line.id}"
        document = own.get(line.id)
        attached = (document,) if document is not None else receipts.get(line.entry_id or 0, ())
        found.append(
            Need(
                PaperKind.GRANT,
                subject,
                f"Preuve de la subvention : {line.funder} ({format_euros(line.cents)})",
                "La lettre d’attribution, le relevé ou le reçu de cette somme.",
                paper=papers.get((PaperKind.GRANT, subject)),
                attached=tuple(attached),
                cents=line.cents,
            )
        )
    return found


def _item_needs(items: list[tuple[Treasury, OpenItem]], papers: Papers) -> list[Need]:
    receipts = _receipts(item.entry_id for _, item in items)
    found: dict[str, Need] = {}
    for _, item in items:
        subject = f"entry:{item.entry_id}" if item.entry_id else item.subject
        owed = item.cents < 0
        found.setdefault(
            subject,
            Need(
                PaperKind.OPEN_ITEM,
                subject,
                f"{'Facture à payer' if owed else 'Produit à recevoir'} : {item.label} ({format_euros(abs(item.cents))})",
                "La facture ou le talon du chèque." if owed else "Le bordereau de remise ou l’avis de versement.",
                paper=papers.get((PaperKind.OPEN_ITEM, subject)),
                attached=receipts.get(item.entry_id or 0, ()),
                cents=item.cents,
            ),
        )
    return list(found.values())


def _receipts(entries: Iterable[int | None]) -> dict[int, tuple[Document, ...]]:
    """Per entry, the files joined to it."""
    ids = {pk for pk in entries if pk}
    rows = Attachment.objects.filter(entry__in=ids, removed_at__isnull=True, document__isnull=False)
    found: dict[int, tuple[Document, ...]] = {}
    for row in rows.select_related("document").order_by("pk"):
        if row.document is not None:
            found[row.entry_id] = (*found.get(row.entry_id, ()), row.document)
    return found
