"""The documents of a report: handed in, recorded as come by post, refused by the AD, taken off. Nothing is deleted."""

import datetime as dt
from collections.abc import Sequence

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.documents.services import Prepared, facts, store
from retkoop.identity import audit
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import Paper, PaperKind, PaperWay, Quitus, Report
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.papers import Need, NeedState, need_named, needs_of
from retkoop.yearend.services.quitus import end_quitus, open_report, put_paper
from retkoop.yearend.services.reports import ensure_report

FIELD = "fichiers"


def hand_in(
    *,
    year: FiscalYear,
    subject: str,
    ready: Sequence[Prepared],
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> Paper:
    """Store a prepared file as the proof that `subject` asks for; the one that was there leaves its place.

    By the cooperative, or by its AD on its behalf. Raises Refusal.
    """
    report = ensure_report(year=year, author=author)
    with audit.act(year.cooperative, author, "paper.handed_in", operation=operation) as act:
        current, need = _need(report, subject, author)
        if need.kind == PaperKind.QUITUS:
            raise Refusal("La page Quitus se dépose depuis sa propre page, avec les noms de ceux qui ont signé.", FIELD)
        if len(ready) != 1:
            raise Refusal("Un seul document par ligne : choisissez un PDF, ou une ou plusieurs photos.", FIELD)
        document = store(cooperative=year.cooperative, author=author, ready=ready[0])
        paper = put_paper(_paper(current, need, PaperWay.UPLOADED, _today(year)), author)
        paper.document = document
        paper.save(update_fields=["document"])
        _tell(act, year, paper)
        act.payload |= {"document": facts(document)}
    return paper


def record_post(
    *,
    year: FiscalYear,
    subject: str,
    received_on: dt.date,
    author: audit.Author,
    operation: audit.Operation | None = None,
) -> Paper:
    """« Reçu par courrier le … », by the AD. Raises Refusal."""
    report = ensure_report(year=year, author=author)
    with audit.act(year.cooperative, author, "paper.by_post", operation=operation) as act:
        _refuse_cooperative(author)
        current, need = _need(report, subject, author)
        if need.kind == PaperKind.QUITUS:
            raise Refusal("Un quitus reçu par courrier s’inscrit sur la page du quitus, avec les noms de ceux qui ont signé.")
        if received_on > _today(year):
            raise Refusal("Ce jour n’est pas encore venu : écrivez la date de réception.", "received_on")
        paper = put_paper(_paper(current, need, PaperWay.POST, received_on), author)
        _tell(act, year, paper)
    return paper


def refuse_paper(
    *, year: FiscalYear, subject: str, reason: str, author: audit.Author, operation: audit.Operation | None = None
) -> Paper:
    """The AD refuses what is there, with its reason; a refused quitus no longer stands. Raises Refusal."""
    report = ensure_report(year=year, author=author)
    with audit.act(year.cooperative, author, "paper.refused", operation=operation, reason=reason) as act:
        _refuse_cooperative(author)
        current, need = _need(report, subject, author)
        if need.state in {NeedState.MISSING, NeedState.REFUSED}:
            raise Refusal("Il n’y a rien à refuser ici : ce document manque, ou il est déjà refusé.")
        paper = need.paper
        if paper is None:
            paper = _paper(current, need, PaperWay.UPLOADED, _today(year))
            paper.document = need.documents[0] if need.documents else None
            put_paper(paper, author)
        paper.refused_at, paper.refusal = clock.now(), reason
        paper.save(update_fields=["refused_at", "refusal"])
        if need.kind == PaperKind.QUITUS and need.quitus is not None:
            end_quitus(Quitus.objects.get(pk=need.quitus.quitus.pk))
        _tell(act, year, paper)
    return paper


def remove_paper(*, paper: Paper, author: audit.Author, operation: audit.Operation | None = None) -> Paper:
    """Take a paper off its place; its file stays among the documents. Raises Refusal."""
    with audit.act(paper.cooperative, author, "paper.removed", operation=operation) as act:
        current = Paper.objects.select_related("report__year__cooperative__association").get(pk=paper.pk)
        open_report(current.report, author)
        if current.removed_at is not None:
            raise Refusal("Ce document était déjà retiré, ou remplacé par un autre.")
        if current.kind == PaperKind.QUITUS:
            raise Refusal("Le quitus se retire depuis sa propre page.")
        if current.way == PaperWay.POST and author.on_behalf is None:
            raise Refusal("Votre AD a inscrit ce document comme reçu par courrier : elle seule peut revenir dessus.")
        current.removed_at = clock.now()
        current.save(update_fields=["removed_at"])
        _tell(act, current.report.year, current)
    return current


def _need(report: Report, subject: str, author: audit.Author) -> tuple[Report, Need]:
    current = open_report(report, author)
    need = need_named(needs_of(current, figures_of(current.year)), subject)
    if need is None:
        raise Refusal("Ce document n’est plus demandé : les comptes ont changé depuis que la page est ouverte.", FIELD)
    return current, need


def _refuse_cooperative(author: audit.Author) -> None:
    if author.on_behalf is None:
        raise Refusal("C’est à l’AD de le faire.")


def _paper(report: Report, need: Need, way: PaperWay, on: dt.date) -> Paper:
    return Paper(report=report, kind=need.kind, subject=need.subject, way=way, received_on=on)


def _today(year: FiscalYear) -> dt.date:
    return clock.today(year.cooperative.association.time_zone)


def _tell(act: audit.Act, year: FiscalYear, paper: Paper) -> None:
    act.about("paper", paper.pk)
    act.payload = {
        "year": year.slug,
        "paper": {
            "kind": paper.kind,
            "subject": paper.subject,
            "way": paper.way,
            "received_on": paper.received_on.isoformat(),
            "refusal": paper.refusal,
            "removed": paper.removed_at is not None,
        },
    }
