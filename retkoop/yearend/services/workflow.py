"""The steps of a report, one verb each: who may take it, from where, what it does to the books, whom it tells.

A report that left the cooperative's hands has its year **sealed** (ledger): the
books are not reopened, nor what is followed beside them changed, until it comes
back. So the figures that the AD reads are those that were handed in, and a
validated report's never move.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retkoop.core import canonical, clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.documents.services import Upload, facts, prepared_uploads, store
from retkoop.identity import audit
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.queries.years import next_of
from retkoop.ledger.services import closing
from retkoop.yearend import mails
from retkoop.yearend.content import content_of
from retkoop.yearend.exports.report import report_pdf
from retkoop.yearend.fields import is_figure
from retkoop.yearend.models import TRANSITIONS, Report, ReportMove, ReportState, ReviewReason, ValidatedReport
from retkoop.yearend.readiness import refuse_unready

_WRONG = {
    ReportState.IN_PROGRESS: "Ce compte-rendu est en cours de saisie dans la coopérative.",
    ReportState.SUBMITTED: "Ce compte-rendu est transmis : l’AD ne l’a pas encore ouvert.",
    ReportState.IN_REVIEW: "Ce compte-rendu est en contrôle : votre AD l’a ouvert. Appelez-la si quelque chose est à changer.",
    ReportState.RETURNED: "Ce compte-rendu est revenu à la coopérative, qui le complète.",
    ReportState.VALIDATED: "Ce compte-rendu est validé : il ne change plus.",
    ReportState.ARCHIVED: "Ce compte-rendu est archivé : il ne change plus.",
}


@dataclass(frozen=True)
class Reason:
    """What the AD asks to mend: where (`field`, as in `ReviewReason`), its words, and whether the books open for it."""

    field: str
    label: str
    text: str
    opens_year: bool = False


def submit(
    *,
    report: Report,
    author: audit.Author,
    version: int,
    by_post: bool = False,
    operation: audit.Operation | None = None,
) -> Report:
    """Hand the report in: the books close if they are still open, and are sealed. From the day after the year's end.

    `by_post`: what is not there yet comes by post. Raises Refusal (what is missing), StaleVersion.
    """
    _refuse_helper(author)
    try:
        with audit.act(report.cooperative, author, "report.submitted", operation=operation) as act:
            current = _current(report, version)
            _refuse_step(current, ReportState.SUBMITTED)
            awaited = [lack.words for lack in refuse_unready(current).awaited]
            if awaited and not by_post:
                message = f"Il manque encore : {', '.join(awaited)}. Déposez-les, ou dites que vous les envoyez par courrier."
                raise Refusal(message, "by_post")
            current.closed_year = _closed_here(act, current)
            closing.seal_inside(act, current.year)
            current.submitted_at = clock.now()
            current.reasons.filter(done_at__isnull=True).update(done_at=current.submitted_at)
            _moved(act, current, ReportState.SUBMITTED, author, more={"awaited": awaited})
            mails.submitted(current, awaited)
    except audit.Replay as replay:
        return Report.objects.get(pk=replay.subject_id)
    return current


def _closed_here(act: audit.Act, report: Report) -> bool:
    """Close the books if they are still open; did this very act do it?"""
    if report.year.mode != YearMode.BOOKS or report.year.closed:
        return False
    report.year = closing.close_inside(act, report.year)
    return True


def take_back(*, report: Report, author: audit.Author, version: int, operation: audit.Operation | None = None) -> Report:
    """« Reprendre ma saisie », until the AD opens the report; the books open again if handing it in had closed them.

    The quitus stays while no figure changes. Raises Refusal, StaleVersion.
    """
    _refuse_helper(author)
    try:
        with audit.act(report.cooperative, author, "report.taken_back", operation=operation) as act:
            current = _current(report, version)
            _refuse_step(current, ReportState.IN_PROGRESS)
            closing.unseal_inside(act, current.year)
            if current.closed_year and _next_open(current.year):
                closing.withdraw_inside(act, current.year)
            current.closed_year = False
            current.reasons.filter(done_at=current.submitted_at).update(done_at=None)
            current.submitted_at = None
            _moved(act, current, ReportState.IN_PROGRESS, author)
    except audit.Replay as replay:
        return Report.objects.get(pk=replay.subject_id)
    return current


def _next_open(year: FiscalYear) -> bool:
    following = next_of(year)
    return following is not None and not following.closed


def open_review(*, report: Report, author: audit.Author, operation: audit.Operation | None = None) -> Report:
    """The AD opens a report that was handed in: from now on the cooperative does not take it back. Raises Refusal."""
    _refuse_others(author, report)
    try:
        with audit.act(report.cooperative, author, "report.opened", operation=operation) as act:
            current = _current(report, None)
            _refuse_step(current, ReportState.IN_REVIEW, since=ReportState.SUBMITTED)
            _moved(act, current, ReportState.IN_REVIEW, author)
    except audit.Replay as replay:
        return Report.objects.get(pk=replay.subject_id)
    return current


def return_report(
    *,
    report: Report,
    reasons: Sequence[Reason],
    author: audit.Author,
    version: int,
    operation: audit.Operation | None = None,
) -> Report:
    """Give the report back to be mended; a reason on a figure of the books may open them until it is handed in again.

    Raises Refusal, StaleVersion.
    """
    _refuse_others(author, report)
    try:
        with audit.act(report.cooperative, author, "report.returned", operation=operation) as act:
            current = _current(report, version)
            _refuse_step(current, ReportState.RETURNED)
            _refuse_reasons(current, reasons)
            told = " ".join(reason.text.strip() for reason in reasons)[:500]
            closing.unseal_inside(act, current.year)
            if any(reason.opens_year for reason in reasons):
                current.year = closing.reopen_inside(act, current.year, author, told)
            move = _moved(act, current, ReportState.RETURNED, author, told, {"reasons": [_told(each) for each in reasons]})
            ReviewReason.objects.bulk_create(_rows(current, move, reasons))
            mails.returned(current, [f"{reason.label} : {reason.text.strip()}" for reason in reasons])
    except audit.Replay as replay:
        return Report.objects.get(pk=replay.subject_id)
    return current


def _refuse_reasons(report: Report, reasons: Sequence[Reason]) -> None:
    if not reasons:
        message = "Dites ce qui est à compléter : choisissez au moins un motif, ou écrivez-le."
        raise Refusal(message, "reasons")
    for reason in reasons:
        if not reason.text.strip():
            message = f"Écrivez ce qui est à compléter pour « {reason.label} »."
            raise Refusal(message, "reasons")
        if reason.opens_year and not (is_figure(reason.field) and report.year.mode == YearMode.BOOKS):
            message = f"Le cahier ne se rouvre que pour un chiffre du cahier : « {reason.label} » n’en est pas un."
            raise Refusal(message, "reasons")


def _rows(report: Report, move: ReportMove, reasons: Iterable[Reason]) -> list[ReviewReason]:
    return [
        ReviewReason(
            cooperative=report.cooperative, report=report, move=move, field=reason.field[:60], label=reason.label[:120],
            text=reason.text.strip()[:500], opens_year=reason.opens_year, at=move.at,
        )
        for reason in reasons
    ]  # fmt: skip


def _told(reason: Reason) -> dict[str, object]:
    return {"field": reason.field, "text": reason.text.strip(), "opens_year": reason.opens_year}


def validate(
    *, report: Report, author: audit.Author, version: int, operation: audit.Operation | None = None
) -> ValidatedReport:
    """Freeze figures, controls, answers and the digests of the documents, with a PDF that never changes again.

    The PDF is made before the book is locked; if anything moved meanwhile,
    nothing is written. Raises Refusal, StaleVersion.
    """
    _refuse_others(author, report)
    if operation is not None:
        try:
            audit.refuse_known(operation, report.cooperative_id, author)
        except audit.Replay as replay:
            return ValidatedReport.objects.get(pk=replay.subject_id)
    seen = _current(report, version)
    _refuse_validation(seen)
    content = content_of(seen, at=clock.now(), author=author)
    text = canonical.dumps(content)
    name = f"compte-rendu-{seen.cooperative.identifier}-{seen.year.slug}.pdf"
    upload = Upload(name, io.BytesIO(report_pdf(content)), "application/pdf")
    try:
        with (
            prepared_uploads([upload]) as (ready,),
            audit.act(report.cooperative, author, "report.validated", operation=operation) as act,
        ):
            current = _current(report, version)
            _refuse_validation(current)
            at = clock.now()
            if canonical.dumps({**content_of(current, at=at, author=author), "validated": content["validated"]}) != text:
                raise StaleVersion
            frozen = ValidatedReport.objects.create(
                cooperative=current.cooperative, report=current, number=content["number"], at=at, by=author.person,
                on_behalf=author.on_behalf, content=text, content_sha=canonical.sha256(text),
                closing_cents=content["closing_cents"],
                pdf=store(cooperative=current.cooperative, author=author, ready=ready),
            )  # fmt: skip
            closing.seal_inside(act, current.year)
            current.validated_at = at
            _moved(act, current, ReportState.VALIDATED, author, more={"digest": frozen.content_sha, "pdf": facts(frozen.pdf)})
            act.about("validated", frozen.pk)
            mails.validated(current)
    except audit.Replay as replay:
        return ValidatedReport.objects.get(pk=replay.subject_id)
    return frozen


def _refuse_validation(report: Report) -> None:
    _refuse_step(report, ReportState.VALIDATED)
    if report.year.mode == YearMode.BOOKS and not report.year.closed:
        message = "Le cahier de cette année est ouvert : renvoyez le compte-rendu, pour qu’il soit clôturé et transmis."
        raise Refusal(message)
    awaited = [lack.words for lack in refuse_unready(report).awaited]
    if awaited:
        message = f"Il manque encore : {', '.join(awaited)}."
        raise Refusal(message)


def reopen_validated(
    *, report: Report, reason: str, author: audit.Author, version: int, operation: audit.Operation | None = None
) -> Report:
    """Take a validated report back into review, with a reason; the version that was validated is kept as it was.

    Refused once the next year's report is handed in. Raises Refusal, StaleVersion.
    """
    _refuse_others(author, report)
    try:
        with audit.act(report.cooperative, author, "report.reopened", operation=operation, reason=reason.strip()) as act:
            current = _current(report, version)
            _refuse_step(current, ReportState.IN_REVIEW, since=ReportState.VALIDATED)
            if not reason.strip():
                message = "Dites pourquoi vous rouvrez ce compte-rendu : la raison reste dans l’historique."
                raise Refusal(message, "reason")
            _refuse_after_next(current)
            frozen = current.validated.get(superseded_at__isnull=True)
            frozen.superseded_at = clock.now()
            frozen.save(update_fields=["superseded_at"])
            current.validated_at = None
            more = {"superseded": frozen.number, "closing_cents": frozen.closing_cents}
            _moved(act, current, ReportState.IN_REVIEW, author, reason.strip()[:500], more)
    except audit.Replay as replay:
        return Report.objects.get(pk=replay.subject_id)
    return current


def _refuse_after_next(report: Report) -> None:
    """The next year's report rests on this one's closing."""
    following = next_of(report.year)
    later = Report.objects.filter(year=following).first() if following is not None else None
    if later is not None and not later.editable:
        message = (
            f"Le compte-rendu {later.year.slug} est déjà transmis : il part du report à nouveau de celui-ci. "
            "Renvoyez-le d’abord, ou faites la correction dans l’année ouverte."
        )
        raise Refusal(message)
    if following is not None and following.closed:
        message = "L’année suivante est clôturée : les corrections se font dans l’année ouverte."
        raise Refusal(message)


def archive(*, report: Report, author: audit.Author, version: int, operation: audit.Operation | None = None) -> Report:
    """Put a validated report away. Raises Refusal, StaleVersion."""
    _refuse_others(author, report)
    try:
        with audit.act(report.cooperative, author, "report.archived", operation=operation) as act:
            current = _current(report, version)
            _refuse_step(current, ReportState.ARCHIVED)
            _moved(act, current, ReportState.ARCHIVED, author)
    except audit.Replay as replay:
        return Report.objects.get(pk=replay.subject_id)
    return current


def _refuse_helper(author: audit.Author) -> None:
    if author.on_behalf is not None:
        message = "C’est à la coopérative de transmettre son compte-rendu et de le reprendre."
        raise Refusal(message)


def _refuse_others(author: audit.Author, report: Report) -> None:
    if author.on_behalf is None or author.on_behalf.pk != report.cooperative.association_id:
        message = "Seule l’AD de la coopérative contrôle son compte-rendu."
        raise Refusal(message)


def _current(report: Report, version: int | None) -> Report:
    """The report re-read under the lock. Raises StaleVersion when another one than `version` was shown."""
    current = Report.objects.select_related("cooperative__association", "year").get(pk=report.pk)
    current.year.cooperative = current.cooperative
    if version is not None and current.version != version:
        raise StaleVersion
    return current


def _refuse_step(report: Report, became: ReportState, since: ReportState | None = None) -> None:
    """`since`: only from that state, or from those after it (archived counts as validated)."""
    was = ReportState(report.state)
    known = {ReportState.VALIDATED: {ReportState.VALIDATED, ReportState.ARCHIVED}}.get(since, {since}) if since else {was}
    if became not in TRANSITIONS[was] or was not in known:
        raise Refusal(_WRONG[was])


def _moved(
    act: audit.Act,
    report: Report,
    became: ReportState,
    author: audit.Author,
    reason: str = "",
    more: Mapping[str, object] | None = None,
) -> ReportMove:
    """Write the step: the report's state and version, the row of the move, what the audit trail says of it."""
    was, report.state = report.state, became
    report.version += 1
    report.save()
    act.about("report", report.pk)
    act.payload = {"year": report.year.slug, "state_before": was, "state": became.value, **(more or {})}
    return ReportMove.objects.create(
        cooperative=report.cooperative, report=report, was=was, became=became, at=clock.now(), by=author.person,
        on_behalf=author.on_behalf, reason=reason,
    )  # fmt: skip
