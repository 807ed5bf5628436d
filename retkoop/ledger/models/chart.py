"""The chart of accounts: a stable meaning (`Account.key`) and its dated numbers and words (`ChartLine`).

Codes differ between ADs and years (reference/domain.md §1.1), so code never
knows a number: it knows keys. Reference data, without tenant.
"""

from django.db import models

from retkoop.identity.models import Association


class AccountClass(models.TextChoices):
    TREASURY = "treasury", "trésorerie"
    OPENING = "opening", "report à nouveau"
    CHARGE = "charge", "charge"
    INCOME = "income", "produit"


class Account(models.Model):
    """A stable meaning, such as `public_grants`, whatever its number this year."""

    key = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=AccountClass.choices)


class ChartLine(models.Model):
    """An account's number and words for an AD (or everyone) from a school year, until one or for now.

    `from_year`, `to_year`: the calendar year in which the school year begins.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="lines")
    association = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="chart_lines")
    from_year = models.PositiveSmallIntegerField()
    to_year = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=10)
    label = models.CharField(max_length=80)
    help = models.CharField(max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]
