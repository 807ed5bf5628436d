"""What an adhésion costs, for an AD and a school year, and what the AD owes the federation of it."""

from django.db import models

from retkoop.identity.models import Association, Person


class Tariff(models.Model):
    """The prices of an AD for a school year, in cents per head (domain.md §6: they differ with the AD and the year).

    `pupil` and `adult` are the cotisation (account 6281), the AD's and the
    federation's parts together, without the insurance; `federal_*` is the
    federation's part of them; `insurance_*` goes to 6168; `review` is one
    subscription to Animation & Éducation (6500). `minimum_cents` is the least
    cotisation of a cooperative (0: none); `supplement` says whether a free
    supplement may be added. `first` is the calendar year in which the school
    year begins. A tariff that a sent sheet used is never changed: the sheet
    keeps its own copy.
    """

    association = models.ForeignKey(Association, models.PROTECT, related_name="tariffs")
    first = models.PositiveSmallIntegerField()
    pupil_cents = models.PositiveIntegerField()
    adult_cents = models.PositiveIntegerField()
    federal_pupil_cents = models.PositiveIntegerField()
    federal_adult_cents = models.PositiveIntegerField()
    insurance_pupil_cents = models.PositiveIntegerField()
    insurance_adult_cents = models.PositiveIntegerField()
    minimum_cents = models.PositiveIntegerField(default=0)
    supplement = models.BooleanField(default=True)
    review_cents = models.PositiveIntegerField(default=0, help_text="0: no subscription is offered")
    deadline = models.DateField(help_text="the last day of the adhésion of this AD")
    resignation_by = models.DateField(help_text="the last day of a written résiliation, 31 October in general")
    insurance_contract = models.CharField(max_length=80, blank=True, help_text="« MAE-MAIF, contrat 3 456 789 »")
    engagement = models.TextField(help_text="the text that the mandataire engages to")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["association", "first"], name="tariff_year_unique")]
        ordering = ["first"]


class FederalPayment(models.Model):
    """What an AD paid of the federal share of a school year (cents), as the federation recorded it; never changed."""

    association = models.ForeignKey(Association, models.PROTECT, related_name="federal_payments")
    first = models.PositiveSmallIntegerField()
    cents = models.BigIntegerField()
    paid_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["paid_on", "pk"]
