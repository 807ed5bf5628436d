"""The report's own row: made by the first act that writes in it, never by looking at it."""

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import audit
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import Report, ReportState

LOCKED: dict[str, str] = {
    ReportState.SUBMITTED: "Le compte-rendu est transmis à votre AD : reprenez votre saisie pour le changer.",
    ReportState.IN_REVIEW: "Votre AD contrôle le compte-rendu : il ne se change plus. Écrivez-lui s’il faut corriger.",
    ReportState.VALIDATED: "Le compte-rendu est validé : il ne se change plus. Seule votre AD peut le rouvrir.",
    ReportState.ARCHIVED: "Le compte-rendu est archivé : il ne se change plus. Seule votre AD peut le rouvrir.",
}


def ensure_report(*, year: FiscalYear, author: audit.Author) -> Report:
    """The year's report, begun if it is not there yet (one audited act, once)."""
    known = Report.objects.filter(year=year).first()
    if known is not None:
        return known
    with audit.act(year.cooperative, author, "report.begun") as act:
        report, _ = Report.objects.get_or_create(
            year=year, defaults={"cooperative": year.cooperative, "started_at": clock.now()}
        )
        act.about("report", report.pk)
        act.payload = {"year": year.slug, "report": {"state": report.state}}
    return report


def editable_report(report: Report) -> Report:
    """Inside an act: the report as it now stands. Raises Refusal, with the reason, when it may not be changed."""
    current = Report.objects.select_related("year__cooperative__association").get(pk=report.pk)
    refuse_locked(current)
    return current


def refuse_locked(report: Report) -> None:
    """Raises Refusal when the cooperative may not change the report."""
    if not report.editable:
        raise Refusal(LOCKED[report.state])
