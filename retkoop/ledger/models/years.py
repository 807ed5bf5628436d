"""Fiscal years, treasury accounts, actions, statements and kept sums."""

from django.db import models
from django.db.models import F, Q

from retkoop.documents.models import Document
from retkoop.identity.models import Association, Cooperative, Person
from retkoop.ledger.models.chart import Account


class YearMode(models.TextChoices):
    BOOKS = "books", "cahier tenu ici"
    TOTALS = "totals", "totaux seulement"


class FiscalYear(models.Model):
    """An exercice, 1 September to 31 August (the first may start later); `closed_at` locks it (triggers).

    `next_number` is the number that the next entry takes; numbers are gapless.
    `opening_cents` per treasury live in the opening entry (kind opening, number 0).
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="years")
    start = models.DateField()
    end = models.DateField()
    mode = models.CharField(max_length=8, choices=YearMode.choices, default=YearMode.BOOKS)
    next_number = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True, blank=True)
    closings = models.PositiveSmallIntegerField(default=0)
    sealed_at = models.DateTimeField(null=True, blank=True, help_text="its report is handed in or validated: nobody reopens it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "start"], name="year_start_unique"),
            models.CheckConstraint(name="year_dates", condition=Q(end__gt=F("start"))),
        ]
        ordering = ["start"]

    def __str__(self) -> str:
        return self.slug

    @property
    def first(self) -> int:
        """The calendar year in which the school year begins."""
        return self.end.year - 1

    @property
    def slug(self) -> str:
        """« 2025-2026 »."""
        return f"{self.end.year - 1}-{self.end.year}"

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def sealed(self) -> bool:
        """Is its yearly report out of the cooperative's hands: handed in, in review, or validated?"""
        return self.sealed_at is not None


class TreasuryKind(models.TextChoices):
    BANK = "bank", "banque"
    CASH = "cash", "caisse"
    ADVANCE = "advance", "régie d’avance"


class Treasury(models.Model):
    """A bank account, the cash box, or an advance: where money is. Dated, so that a bank change shows both."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="treasuries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=TreasuryKind.choices)
    slug = models.CharField(max_length=20, help_text="stable name in exports: banque, banque-2, caisse")
    label = models.CharField(max_length=60)
    holder = models.CharField(max_length=60, blank=True)
    opened = models.DateField()
    closed = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "slug"], name="treasury_slug_unique")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label


class Action(models.Model):
    """A « regroupement d'actions »: a project to which entries may be attached."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="actions")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "name"], name="action_name_unique")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Balance(models.Model):
    """The sum of the live postings of an account (and treasury) in a year; cents, `debit` and `credit` ≥ 0.

    Kept in the transaction of each act, so that no page scans postings. `slot`
    is the treasury's id, or 0.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="balances", db_index=False)
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="balances", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    treasury = models.ForeignKey(Treasury, models.PROTECT, null=True, related_name="balances", db_index=False)
    slot = models.BigIntegerField(default=0)
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "account", "slot"], name="balance_unique")]
        indexes = [models.Index(fields=["account", "year"], name="balance_account_year")]


class Statement(models.Model):
    """A bank statement (relevé) by its date: what a tick on a posting points to.

    `closing_cents` is null until typed. A tick made in the cahier without a
    statement in hand goes to the month's statement, which then has no balance.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="statements")
    treasury = models.ForeignKey(Treasury, models.PROTECT, related_name="statements")
    ends_on = models.DateField()
    closing_cents = models.BigIntegerField(null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["treasury", "ends_on"], name="statement_date_unique")]
        ordering = ["ends_on"]


class ReopeningRequest(models.Model):
    """« Demander la réouverture » of a closed year, and the AD's answer; kept for ever."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="reopening_requests")
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="reopening_requests")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_for = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="+")
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True)


class PurgePermit(models.Model):
    """While a row stands in the same transaction, that year's rows may be deleted (legal retention is over)."""

    year = models.OneToOneField(FiscalYear, models.PROTECT, primary_key=True, related_name="+")
