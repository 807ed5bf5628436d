"""The questionnaire of a school year and a cooperative's answers (CRA)."""

from django.db import models

from retkoop.identity.models import Association, Cooperative
from retkoop.yearend.models.reports import Report


class Questionnaire(models.Model):
    """A version of the questions of a school year: the federation's, or an AD's own (`association`).

    `definition` is the file as loaded, `digest` its SHA-256; a version is
    never changed once loaded. `official`: false says « modèle, en attente du
    questionnaire fédéral ».
    """

    association = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="questionnaires")
    first = models.PositiveSmallIntegerField(help_text="the calendar year in which the school year begins")
    version = models.PositiveSmallIntegerField()
    official = models.BooleanField(default=False)
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "version"], name="questionnaire_federal", condition=models.Q(association__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["association", "first", "version"],
                name="questionnaire_own",
                condition=models.Q(association__isnull=False),
            ),
        ]


class ActivityReport(models.Model):
    """The answers given in a year: `answers` by question key, None for one that was emptied.

    `pages` maps a page number (as text) to when it was validated: an
    unticked box is « non » from then on, unanswered before. What is only
    proposed is not here (queries/activity.py).
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="activity_reports")
    report = models.OneToOneField(Report, models.PROTECT, related_name="activity")
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="+")
    own = models.ForeignKey(Questionnaire, models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.JSONField(default=dict)
    pages = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
