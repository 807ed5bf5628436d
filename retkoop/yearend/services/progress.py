"""What is kept of a report for the AD's list. Not an act: it says nothing that the figures do not."""

from retkoop.yearend.models import Report


def note_balanced(report: Report | None, *, balanced: bool) -> None:
    """Keep whether the controls were all right when the report was last looked at; a write only when that changed."""
    if report is not None and report.editable and report.balanced != balanced:
        Report.objects.filter(pk=report.pk).update(balanced=balanced)
        report.balanced = balanced
