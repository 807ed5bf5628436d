"""What a cooperative that keeps its books elsewhere types: totals only, in cents, as they were written."""

from django.db import models

from retkoop.identity.models import Cooperative
from retkoop.yearend.models.reports import Report


class TypedFigure(models.Model):
    """A box of the report: `key` is the account's stable key, or « statement:<account key> » for a statement's balance, or
    « grant:<id> » for the sum that was typed of a line of 2.e.

    `expression` is what was typed (« 120 + 45,50 »), `cents` its value.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="typed_figures")
    report = models.ForeignKey(Report, models.PROTECT, related_name="typed")
    key = models.CharField(max_length=60)
    expression = models.CharField(max_length=120, blank=True)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="typed_figure_unique")]


class TypedItem(models.Model):
    """A line of 2.c: cents > 0 a « produit à recevoir », < 0 a « facture à payer »; `bank` is the account's stable key.

    `expression` is what was typed (« − 60 − 50 »).
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="typed_items")
    report = models.ForeignKey(Report, models.PROTECT, related_name="items")
    bank = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    on = models.DateField(null=True, blank=True)
    cheque = models.CharField(max_length=30, blank=True)
    expression = models.CharField(max_length=120, blank=True)
    cents = models.BigIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]


class NamedTransfer(models.Model):
    """A transfer between cooperatives told in totals only: cents > 0 received, < 0 paid; the other one is named."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="named_transfers")
    report = models.ForeignKey(Report, models.PROTECT, related_name="transfers")
    other = models.ForeignKey(Cooperative, models.PROTECT, null=True, blank=True, related_name="+")
    other_name = models.CharField(max_length=120, blank=True)
    expression = models.CharField(max_length=120, blank=True)
    cents = models.BigIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
