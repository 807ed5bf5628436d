"""What is followed beside the entries: cash counts, grants, inventory, proposals, purchase advice."""

from django.db import models
from django.db.models import Q

from retkoop.documents.models import Document
from retkoop.identity.models import Association, Cooperative
from retkoop.ledger.models.entries import Entry
from retkoop.ledger.models.years import FiscalYear, Treasury


class CashCount(models.Model):
    """An « arrêté de caisse »: notes and coins counted at a date.

    `pieces` maps the denomination in cents (as text) to how many were
    counted; `counted_cents` is their value, `book_cents` the cash balance of
    the book at that date when it was counted.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="cash_counts")
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="cash_counts")
    treasury = models.ForeignKey(Treasury, models.PROTECT, related_name="cash_counts")
    on = models.DateField()
    pieces = models.JSONField()
    counted_cents = models.BigIntegerField()
    book_cents = models.BigIntegerField()
    explained_by = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["on", "pk"]


class FunderType(models.TextChoices):
    """Who gives a public subsidy (domain.md §3.e)."""

    TOWN = "town", "Mairie, commune"
    GROUP = "group", "Intercommunalité"
    DEPARTMENT = "department", "Conseil départemental"
    REGION = "region", "Conseil régional"
    STATE = "state", "État"
    PUBLIC_BODY = "public_body", "Autre établissement public"


class Grant(models.Model):
    """A line of detail of 7410: who gave, for what, how much (cents > 0), when, which entry, which proof."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="grants")
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="grants")
    funder_type = models.CharField(max_length=12, choices=FunderType.choices)
    funder = models.CharField(max_length=120)
    object = models.CharField(max_length=200, blank=True)
    cents = models.BigIntegerField()
    on = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="grants")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="grant_cents", condition=Q(cents__gt=0))]
        ordering = ["on", "pk"]


class InventoryLine(models.Model):
    """A durable object of the cooperative (cahier d'inventaire): never frozen, changes are audited. Cents ≥ 0."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="inventory")
    label = models.CharField(max_length=120)
    acquired_on = models.DateField()
    cents = models.BigIntegerField()
    place = models.CharField(max_length=80, blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="inventory")
    ceded_on = models.DateField(null=True, blank=True)
    ceded_how = models.CharField(max_length=120, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="inventory_cents", condition=Q(cents__gte=0))]
        ordering = ["acquired_on", "pk"]


class ProposalState(models.TextChoices):
    OPEN = "open", "proposée"
    TAKEN = "taken", "acceptée"
    DISMISSED = "dismissed", "écartée"


class Proposal(models.Model):
    """An entry proposed from elsewhere (the other side of a transfer, a called adhésion); one tap records it, once."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="proposals")
    source = models.CharField(max_length=12)
    source_ref = models.CharField(max_length=60)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    made_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "source", "source_ref"], name="proposal_source_unique")]


class PurchaseAdvice(models.Model):
    """An AD's own words and verdict for an example of « Aide à la ventilation » (domain.md §8)."""

    association = models.ForeignKey(Association, models.PROTECT, related_name="purchase_advice")
    key = models.CharField(max_length=60)
    verdict = models.CharField(max_length=10)
    text = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["association", "key"], name="advice_key_unique")]


class MembershipPayer(models.TextChoices):
    COOPERATIVE = "cooperative", "la coopérative"
    TOWN_HALL = "town_hall", "la mairie"
    PARENTS = "parents", "l’association de parents"


class MembershipCall(models.Model):
    """The adhésion of a school year as the books must show it (cents): one row a sheet that the AD validated.

    When someone else pays, no entry is proposed and the adhésion control is off,
    with the payer as the reason. `first` is the calendar year in which the school year begins.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="membership_calls")
    first = models.PositiveSmallIntegerField()
    source_ref = models.CharField(max_length=60)
    on = models.DateField()
    membership_cents = models.BigIntegerField()
    insurance_cents = models.BigIntegerField()
    review_cents = models.BigIntegerField()
    payer = models.CharField(max_length=12, choices=MembershipPayer.choices, default=MembershipPayer.COOPERATIVE)
    payer_name = models.CharField(max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "source_ref"], name="membership_call_unique")]
        indexes = [models.Index(fields=["cooperative", "first"], name="membership_call_year")]
