"""The report of a year, where it stands, and what its AD asks of it."""

from django.db import models

from retkoop.identity.models import Association, Cooperative, Person
from retkoop.ledger.models import FiscalYear


class ReportState(models.TextChoices):
    """Where a report stands. « Non commencé » is a year without a row; « équilibré » is read from its controls."""

    IN_PROGRESS = "in_progress", "en cours de saisie"
    SUBMITTED = "submitted", "transmis à l’AD"
    IN_REVIEW = "in_review", "en contrôle"
    RETURNED = "returned", "à compléter"
    VALIDATED = "validated", "validé"
    ARCHIVED = "archived", "archivé"


TRANSITIONS: dict[str, frozenset[str]] = {
    ReportState.IN_PROGRESS: frozenset({ReportState.SUBMITTED}),
    ReportState.SUBMITTED: frozenset({ReportState.IN_PROGRESS, ReportState.IN_REVIEW}),
    ReportState.IN_REVIEW: frozenset({ReportState.RETURNED, ReportState.VALIDATED}),
    ReportState.RETURNED: frozenset({ReportState.SUBMITTED}),
    ReportState.VALIDATED: frozenset({ReportState.IN_REVIEW, ReportState.ARCHIVED}),
    ReportState.ARCHIVED: frozenset({ReportState.IN_REVIEW}),
}
EDITABLE = frozenset({ReportState.IN_PROGRESS, ReportState.RETURNED})
FROZEN = frozenset({ReportState.VALIDATED, ReportState.ARCHIVED})


class Report(models.Model):
    """One yearly report. `version` grows with each act on the report itself; `closed_year`: submitting closed the books.

    `cash_pieces` (totals only) maps the denomination in cents, as text, to
    how many were counted on 31 August. `balanced` is kept for the AD's list,
    which would otherwise compute hundreds of reports.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="reports")
    year = models.OneToOneField(FiscalYear, models.PROTECT, related_name="report")
    state = models.CharField(max_length=12, choices=ReportState.choices, default=ReportState.IN_PROGRESS)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    validated_at = models.DateTimeField(null=True, blank=True)
    closed_year = models.BooleanField(default=False)
    cash_pieces = models.JSONField(null=True, blank=True)
    balanced = models.BooleanField(default=False, help_text="its controls were all right when it was last looked at")

    class Meta:
        indexes = [models.Index(fields=["cooperative", "state"], name="report_cooperative_state")]

    @property
    def editable(self) -> bool:
        """May the cooperative change it?"""
        return self.state in EDITABLE

    @property
    def frozen(self) -> bool:
        return self.state in FROZEN


class ReportMove(models.Model):
    """A step from one state to another: who, for which AD, when, why. Never changed (triggers)."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="report_moves")
    report = models.ForeignKey(Report, models.PROTECT, related_name="moves")
    was = models.CharField(max_length=12, choices=ReportState.choices)
    became = models.CharField(max_length=12, choices=ReportState.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class ReviewReason(models.Model):
    """What the AD asks to mend, pinned to a place of the report (`field`: « 512 », « cra.classes », « paper:grant:12 »).

    `opens_year`: the AD ticked that the books may be changed for it.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="review_reasons")
    report = models.ForeignKey(Report, models.PROTECT, related_name="reasons")
    move = models.ForeignKey(ReportMove, models.PROTECT, null=True, blank=True, related_name="reasons")
    field = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    text = models.CharField(max_length=500)
    opens_year = models.BooleanField(default=False)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]


class ReportRules(models.Model):
    """An AD's parameters of the yearly report; the federation's defaults are the fields' own (domain.md §4, §5)."""

    association = models.OneToOneField(Association, models.PROTECT, related_name="report_rules")
    cra_opens_month = models.PositiveSmallIntegerField(default=6)
    cra_opens_day = models.PositiveSmallIntegerField(default=1)
    verifiers = models.PositiveSmallIntegerField(default=2)
    parents = models.PositiveSmallIntegerField(default=1)
    teachers = models.PositiveSmallIntegerField(default=0)
    commission_allowed = models.BooleanField(default=True, help_text="a commission de contrôle's report instead of the quitus")
    receivables_allowed = models.BooleanField(default=True, help_text="produits à recevoir in the reconciliation")
    cheques_only = models.BooleanField(default=False, help_text="only cheques issued and not yet debited")
    reasons = models.JSONField(default=list, help_text="the AD's own sentences for a return")
