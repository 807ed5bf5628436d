"""The identity of a cooperative: its school, how to reach it, its bank, its classes (guide 004, « Identité de la coop »)."""

from django.db import models

from retkoop.identity.models import Association, Cooperative, Person


class SchoolKind(models.TextChoices):
    NURSERY = "nursery", "école maternelle"
    ELEMENTARY = "elementary", "école élémentaire"
    PRIMARY = "primary", "école primaire"
    LOWER_SECONDARY = "lower_secondary", "collège"
    UPPER_SECONDARY = "upper_secondary", "lycée"
    SPECIAL = "special", "établissement spécialisé"
    OTHER = "other", "autre"


class Level(models.TextChoices):
    NURSERY = "nursery", "maternelle"
    ELEMENTARY = "elementary", "élémentaire"
    ULIS = "ulis", "ULIS, UPE2A, SEGPA"
    LOWER_SECONDARY = "lower_secondary", "collège"
    UPPER_SECONDARY = "upper_secondary", "lycée"
    OTHER = "other", "autre"


class SchoolCard(models.Model):
    """What `Identité de la coop` holds beyond the name and town (those are on the cooperative itself).

    `bank_key` is the stable key of the chart's account (512 or 514). The IBAN
    is sealed (`core.sealed`, place « iban:<cooperative id> ») and shown by its
    last four characters; `iban_print` finds an equal one. A changed IBAN waits
    in the `waiting_*` fields until a member of the AD has confirmed it: two
    persons for every bank change (trust.md §2, abuse 5). `confirmed_at` is the
    day of the last « Valider les modifications », even if nothing changed.
    """

    cooperative = models.OneToOneField(Cooperative, models.PROTECT, related_name="card")
    uai = models.CharField(max_length=8, blank=True, help_text="0850123A: seven digits and a letter")
    kind = models.CharField(max_length=16, choices=SchoolKind.choices, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    bank_key = models.CharField(max_length=40, blank=True)
    bank_name = models.CharField(max_length=60, blank=True)
    iban_sealed = models.CharField(max_length=200, blank=True)
    iban_last4 = models.CharField(max_length=4, blank=True)
    iban_print = models.CharField(max_length=64, blank=True)
    waiting_sealed = models.CharField(max_length=200, blank=True)
    waiting_last4 = models.CharField(max_length=4, blank=True)
    waiting_print = models.CharField(max_length=64, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    waiting_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)


class SchoolClass(models.Model):
    """A class of the school; one that has ended keeps its row, so that past head-counts keep their name."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="classes")
    name = models.CharField(max_length=60, help_text="« CE1-CE2, Mme Bernard »")
    level = models.CharField(max_length=16, choices=Level.choices, default=Level.ELEMENTARY)
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "name"], name="class_name_unique", condition=models.Q(removed_at__isnull=True)
            )
        ]
        ordering = ["position", "pk"]


class CardChange(models.Model):
    """One field of the identity that changed: before, after (an IBAN masked), who; the AD is told until it has seen it."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="card_changes")
    field = models.CharField(max_length=20)
    label = models.CharField(max_length=60)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
