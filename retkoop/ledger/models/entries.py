"""Entries and their postings, drafts, attachments, cheque slips.

`Posting.cents`: debit > 0, credit < 0. A posting is live while `until_version`
is null; an edit closes it and inserts another. The triggers of `ledger/sql`
keep `Entry.imbalance` equal to the sum of the live postings; it references
the one row of `Zero`, so that no unbalanced entry can be committed.
"""

from django.db import models
from django.db.models import Q

from retkoop.documents.models import Document
from retkoop.identity.models import Cooperative, Person
from retkoop.ledger.models.chart import Account
from retkoop.ledger.models.years import Action, FiscalYear, Statement, Treasury


class Zero(models.Model):
    """One row, 0: what a balanced entry's imbalance refers to."""

    v = models.BigIntegerField(primary_key=True)

    class Meta:
        constraints = [models.CheckConstraint(name="zero_is_zero", condition=Q(v=0))]


class EntryKind(models.TextChoices):
    ORDINARY = "ordinary", "écriture"
    OPENING = "opening", "report à nouveau"


class Means(models.TextChoices):
    """How the money moved: zone 4 of the entry form."""

    CHEQUE = "cheque", "Chèque"
    TRANSFER = "transfer", "Virement"
    CASH = "cash", "Espèces"
    CARD = "card", "Carte"
    DEBIT = "debit", "Prélèvement"
    UNPAID = "unpaid", "Pas encore payé"
    OTHER = "", "Non précisé"


class Entry(models.Model):
    """A line of the cahier. `number` is internal, gapless, 1..n per year (0 = opening); `piece` is the teacher's."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="entries", db_index=False)
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="entries", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=EntryKind.choices, default=EntryKind.ORDINARY)
    version = models.PositiveIntegerField(default=1)
    date = models.DateField()
    piece = models.CharField(max_length=20, blank=True)
    piece_sort = models.CharField(max_length=60, blank=True, help_text="natural sort key of the piece")
    label = models.CharField(max_length=200)
    means = models.CharField(max_length=10, choices=Means.choices, blank=True, default="")
    cheque = models.CharField(max_length=20, blank=True)
    action = models.ForeignKey(Action, models.PROTECT, null=True, blank=True, related_name="entries")
    counterparty = models.CharField(max_length=120, blank=True, help_text="the other cooperative, as typed")
    counterparty_cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    receipt_expected = models.BooleanField(default=True)
    imbalance = models.ForeignKey(Zero, models.PROTECT, default=0, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="entry_number_unique"),
            models.UniqueConstraint(fields=["year"], name="entry_one_opening", condition=Q(kind="opening")),
            models.CheckConstraint(
                name="entry_opening_is_zero", condition=Q(kind="opening", number=0) | Q(kind="ordinary", number__gt=0)
            ),
            models.UniqueConstraint(fields=["cooperative", "id"], name="entry_tenant"),
        ]
        indexes = [
            models.Index(fields=["year", "date", "number"], name="entry_year_date"),
            models.Index(fields=["year", "piece_sort"], name="entry_year_piece"),
            models.Index(fields=["cooperative", "cheque"], name="entry_cheque", condition=~Q(cheque="")),
            models.Index(fields=["year"], name="entry_cancelled", condition=Q(cancelled_at__isnull=False)),
        ]

    @property
    def cancelled(self) -> bool:
        return self.cancelled_at is not None


class Posting(models.Model):
    """A signed amount on an account; on a treasury account it may carry a tick (`statement`).

    `origin`, `item_*`: an item carried from the year before, in the opening entry only.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="postings", db_index=False)
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="postings", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    treasury = models.ForeignKey(Treasury, models.PROTECT, null=True, related_name="postings", db_index=False)
    cents = models.BigIntegerField()
    from_version = models.PositiveIntegerField()
    until_version = models.PositiveIntegerField(null=True, blank=True)
    statement = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="postings")
    origin = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    item_date = models.DateField(null=True, blank=True)
    item_label = models.CharField(max_length=200, blank=True)
    item_cheque = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="posting_cents", condition=~Q(cents=0) & Q(cents__gte=-(10**11), cents__lte=10**11)),
            models.CheckConstraint(
                name="posting_tick_treasury", condition=Q(statement__isnull=True) | Q(treasury__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["year", "origin"],
                name="posting_carried_once",
                condition=Q(until_version__isnull=True, origin__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["entry"], name="posting_entry"),
            # SQLite looks here for each posting inserted while its entry is not balanced yet: without it, at all postings
            models.Index(fields=["origin"], name="posting_origin", condition=Q(origin__isnull=False)),
            models.Index(
                fields=["year", "account"], name="posting_account", include=["cents"], condition=Q(until_version__isnull=True)
            ),
            models.Index(
                fields=["treasury", "year", "cents"],
                name="posting_to_point",
                condition=Q(until_version__isnull=True, statement__isnull=True, treasury__isnull=False),
            ),
        ]


class Attachment(models.Model):
    """A receipt on an entry. After an import the digest may be known before the file is."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="attachments")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="attachments")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)


class ChequeSlip(models.Model):
    """A cheque of a « remise de chèques »: issuer optional; cents > 0; the entry holds the slip's total."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="cheque_slips")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="cheque_slips")
    rank = models.PositiveSmallIntegerField()
    issuer = models.CharField(max_length=80, blank=True)
    bank = models.CharField(max_length=60, blank=True)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "rank"], name="slip_rank_unique"),
            models.CheckConstraint(name="slip_cents", condition=Q(cents__gt=0)),
        ]


class Draft(models.Model):
    """An unfinished entry (« brouillon »): outside the book and its numbers; blocks closing."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="drafts")
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="drafts")
    payload = models.JSONField(help_text="the form's fields as typed")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
