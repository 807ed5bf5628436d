"""What is kept of a report for the AD's list, which would otherwise compute hundreds of reports.

Not an act, so not in the audit trail: it says nothing that the figures do not.
It is noted on looking at the report, the one moment when its controls are
computed anyway; only by someone who may write in it, and only on a change.
The report is judged on its figures when it is handed in, never on this.
"""

from retkoop.yearend.models import Report


def note_balanced(report: Report | None, *, balanced: bool) -> None:
    """Keep whether the controls were all right when the report was last looked at; a write only when that changed."""
    if report is not None and report.editable and report.balanced != balanced:
        Report.objects.filter(pk=report.pk).update(balanced=balanced)
        report.balanced = balanced
