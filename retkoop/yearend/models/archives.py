"""What never changes again: validated reports, and the past reports that an AD typed or imported."""

from django.db import models

from retkoop.documents.models import Document
from retkoop.identity.models import Association, Cooperative, Person
from retkoop.yearend.models.reports import Report


class ValidatedReport(models.Model):
    """A report as it was validated: figures (cents), controls, answers, the digests of its documents, its PDF.

    Frozen by triggers; only `superseded_at` may be set, once, by a reopening.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="validated_reports")
    report = models.ForeignKey(Report, models.PROTECT, related_name="validated")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf = models.ForeignKey(Association, models.PROTECT, null=True, related_name="+")
    content = models.TextField(help_text="canonical JSON: figures, controls, answers, documents, quitus")
    content_sha = models.CharField(max_length=64)
    closing_cents = models.BigIntegerField(help_text="the next year's report à nouveau")
    pdf = models.ForeignKey(Document, models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="validated_number_unique"),
            models.UniqueConstraint(
                fields=["report"], name="validated_live_unique", condition=models.Q(superseded_at__isnull=True)
            ),
        ]
        ordering = ["report", "number"]


class PastReport(models.Model):
    """The report of a year before the cooperative came here, as its AD typed or imported it (guide 000).

    `figures` maps an account's stable key to cents, treasuries and « brought_forward » included.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="past_reports")
    first = models.PositiveSmallIntegerField(help_text="the calendar year in which the school year begins")
    figures = models.JSONField()
    closing_cents = models.BigIntegerField()
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    typed_at = models.DateTimeField()
    typed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf = models.ForeignKey(Association, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "first"], name="past_report_unique", condition=models.Q(removed_at__isnull=True)
            )
        ]
        ordering = ["-first"]
