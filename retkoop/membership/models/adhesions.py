"""The adhésion of a school year: its sheets with their head-counts, the engagement, the résiliation."""

from django.db import models
from django.db.models import Q

from retkoop.identity.models import Association, Cooperative, Mandate, Person
from retkoop.membership.models.cards import SchoolClass


class Adhesion(models.Model):
    """The membership of a cooperative in a school year (`first`: the calendar year in which it begins).

    Final when its first sheet is validated; a live `Resignation` ends it.
    `version` grows with each change of the sheet that is being filled in.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="adhesions")
    first = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "first"], name="adhesion_year_unique")]
        ordering = ["first"]


class SheetState(models.TextChoices):
    FILLING = "filling", "en cours de saisie"
    SENT = "sent", "transmise à l’AD"
    VALIDATED = "validated", "validée"
    WITHDRAWN = "withdrawn", "retirée"


class Payer(models.TextChoices):
    COOPERATIVE = "cooperative", "la coopérative"
    TOWN_HALL = "town_hall", "la mairie"
    PARENTS = "parents", "l’association de parents"


class PaymentWay(models.TextChoices):
    DEBIT = "debit", "prélèvement"
    CHEQUE = "cheque", "chèque"
    TRANSFER = "transfer", "virement"


class Sheet(models.Model):
    """One declaration of an adhésion: number 1, then the amendments (« avenants ») 2, 3…

    Its rows declare the whole; its amounts (cents) are what this sheet adds to
    the sheets validated before it, frozen when it is sent together with the
    `tariff` used (canonical JSON). `membership_cents` (6281) includes the
    supplement; `federal_cents` is the federation's part of it. Who pays and
    how is the AD's to record, before or after it validates. Frozen by triggers
    once validated, but for the payment.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="sheets")
    adhesion = models.ForeignKey(Adhesion, models.PROTECT, related_name="sheets")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.FILLING)
    supplement_cents = models.PositiveIntegerField(default=0)
    review_copies = models.PositiveSmallIntegerField(default=0)
    tariff = models.TextField(blank=True)
    pupils = models.PositiveIntegerField(default=0)
    adults = models.PositiveIntegerField(default=0)
    membership_cents = models.BigIntegerField(default=0)
    insurance_cents = models.BigIntegerField(default=0)
    review_cents = models.BigIntegerField(default=0)
    federal_cents = models.BigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    validated_at = models.DateTimeField(null=True, blank=True)
    validated_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    payer = models.CharField(max_length=12, choices=Payer.choices, default=Payer.COOPERATIVE)
    payer_name = models.CharField(max_length=80, blank=True)
    payment = models.CharField(max_length=10, choices=PaymentWay.choices, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    payment_reference = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adhesion", "number"], name="sheet_number_unique"),
            models.UniqueConstraint(fields=["adhesion"], name="sheet_one_open", condition=Q(state__in=["filling", "sent"])),
        ]
        indexes = [models.Index(fields=["state", "cooperative"], name="sheet_state")]
        ordering = ["adhesion", "number"]

    @property
    def total_cents(self) -> int:
        """What is called for this sheet, in cents."""
        return self.membership_cents + self.insurance_cents + self.review_cents


class HeadCount(models.Model):
    """A row of a sheet: a class in or out as a whole, or the adults who belong to none (`school_class` empty)."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="head_counts")
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="rows")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    member = models.BooleanField(default=True, help_text="a class is in or out as a whole")
    pupils = models.PositiveSmallIntegerField(default=0)
    teachers = models.PositiveSmallIntegerField(default=0)
    adults = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]


class Engagement(models.Model):
    """« Je m’engage à être mandataire »: who, under which mandate, when, and the text engaged to. Never changed."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="engagements")
    first = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="engagements")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    text_sha = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "first", "person"], name="engagement_unique")]
        ordering = ["at"]


class Resignation(models.Model):
    """A written résiliation received by the AD (before 31 October, else the year is due); `cancelled_at` takes it back."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="resignations")
    first = models.PositiveSmallIntegerField(help_text="the first school year without membership")
    written_on = models.DateField()
    received_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf = models.ForeignKey(Association, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "first"], name="resignation_unique", condition=Q(cancelled_at__isnull=True)
            )
        ]
