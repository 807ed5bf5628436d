"""An AD's own dates, and the reminders that were sent."""

from django.db import models

from retkoop.identity.models import Association, Cooperative, Person


class HolidayZone(models.TextChoices):
    A = "A", "zone A"
    B = "B", "zone B"
    C = "C", "zone C"
    CORSE = "corse", "Corse"
    GUADELOUPE = "guadeloupe", "Guadeloupe"
    GUYANE = "guyane", "Guyane"
    MARTINIQUE = "martinique", "Martinique"
    MAYOTTE = "mayotte", "Mayotte"
    REUNION = "reunion", "La Réunion"
    NONE = "none", "sans vacances connues"


class AgendaRules(models.Model):
    """An AD's zone of school holidays, and whether reminders leave by e-mail."""

    association = models.OneToOneField(Association, models.PROTECT, related_name="agenda_rules")
    zone = models.CharField(max_length=12, choices=HolidayZone.choices, default=HolidayZone.NONE)
    mails = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)


class DueDate(models.Model):
    """An AD's own date for a step of the year (`key` of data/year.json), or the step switched off.

    `month` is 0 for a monthly step: the `day` of the month that follows.
    """

    association = models.ForeignKey(Association, models.PROTECT, related_name="due_dates")
    key = models.CharField(max_length=30)
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    off = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["association", "key"], name="due_date_unique")]


class Reminder(models.Model):
    """A reminder sent by e-mail to a person about a cooperative.

    `keys` names the steps and how they stood: « report:2026:soon », « point:2026-10:late ».
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="reminders")
    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="reminders")
    at = models.DateTimeField()
    keys = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="reminder_person_at")]
