"""Organisations, people, dated mandates, the audit trail.

Rights come from `Mandate` rows alone, never from a flag on a person. A change
of mandataire ends one mandate and begins another; nothing is reassigned, so
history stays true (reference/domain.md §7).
"""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class Federation(models.Model):
    """The national federation; one row."""

    name = models.CharField(max_length=120)
    demo = models.BooleanField(default=False, help_text="made-up data: production refuses to start on it")


class Association(models.Model):
    """A departmental association (AD): the legal person of all its cooperatives.

    Amounts are in cents; the typed columns are the AD's parameters (domain.md §8).
    """

    federation = models.ForeignKey(Federation, models.PROTECT, related_name="associations")
    code = models.CharField(max_length=3, unique=True, help_text="three characters: 085, 02B, 974")
    name = models.CharField(max_length=120, help_text="« OCCE de la Vendée »")
    department = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    office_hours = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    cash_ceiling_cents = models.BigIntegerField(default=30_000, help_text="above: a warning, never a refusal")
    muted_warnings = models.JSONField(default=list, help_text="ids of the soft warnings switched off by this AD")
    former_reads = models.BooleanField(default=True, help_text="a former mandataire may read the years that they served")

    def __str__(self) -> str:
        return self.name


class Cooperative(models.Model):
    """A school cooperative: a local section of its AD, and the tenant of every row of books."""

    association = models.ForeignKey(Association, models.PROTECT, related_name="cooperatives")
    number = models.CharField(max_length=4, help_text="099")
    name = models.CharField(max_length=120, help_text="the school's name")
    town = models.CharField(max_length=80, blank=True)
    created_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="its creation was undone: it appears nowhere")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "number"], name="cooperative_number_unique", condition=Q(withdrawn_at__isnull=True)
            )
        ]
        ordering = ["association__code", "number"]

    def __str__(self) -> str:
        return f"{self.name}, {self.town}" if self.town else self.name

    @property
    def identifier(self) -> str:
        """« 085-099 », as the guides write it."""
        return f"{self.association.code}-{self.number}"


class PersonManager(BaseUserManager["Person"]):
    """What Django's own tools ask of a user model; screens never use it."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=username)


class Person(AbstractBaseUser):
    """One human, one account. `full_name` stays in the books for ten years; events hold only the id."""

    email = models.EmailField(null=True, blank=True, unique=True)
    full_name = models.CharField(max_length=120)
    full_form = models.BooleanField(null=True, help_text="chose the full entry form, or the plain words; null: never chose")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    previous_login = models.DateTimeField(null=True, blank=True, help_text="the login before `last_login`")
    invited_at = models.DateTimeField(null=True, blank=True, help_text="answered « Compris, mais plus tard » for the last time")
    wants_reminders = models.BooleanField(default=True, help_text="wants the calendar's reminders by e-mail")

    objects = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.full_name


class Role(models.TextChoices):
    """What a mandate makes of a person; `permissions.py` says what each may do."""

    MANDATAIRE = "mandataire", "mandataire"
    COSIGNER = "cosigner", "co-signataire"
    BOOKKEEPER = "bookkeeper", "teneur ou teneuse des comptes"
    READER = "reader", "lecture seule"
    VERIFIER = "verifier", "vérificateur ou vérificatrice"
    AD_ACCOUNTANT = "ad_accountant", "comptable de l’AD"
    AD_SECRETARY = "ad_secretary", "secrétariat de l’AD"
    AD_PRESIDENT = "ad_president", "présidence de l’AD"
    AD_READER = "ad_reader", "lecture de l’AD"
    FEDERATION = "federation", "fédération"


class Mandate(models.Model):
    """A role of a person in exactly one organisation, from a date, until a date or for now.

    `ends` is the last day of the mandate; `ended_at` is set when it was ended
    at once, and then takes every right away at that instant.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=20, choices=Role.choices)
    cooperative = models.ForeignKey(Cooperative, models.PROTECT, null=True, blank=True, related_name="mandates")
    association = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="mandates")
    federation = models.ForeignKey(Federation, models.PROTECT, null=True, blank=True, related_name="mandates")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandate_one_organisation",
                condition=(
                    Q(cooperative__isnull=False, association__isnull=True, federation__isnull=True)
                    | Q(cooperative__isnull=True, association__isnull=False, federation__isnull=True)
                    | Q(cooperative__isnull=True, association__isnull=True, federation__isnull=False)
                ),
            ),
            models.CheckConstraint(name="mandate_dates", condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts"))),
        ]

    def live_on(self, day: dt.date) -> bool:
        """Does the mandate give rights on that day?"""
        return self.starts <= day and (self.ends is None or day <= self.ends)


class Invitation(models.Model):
    """A mandate offered to an e-mail address; it begins when whoever reads that letter box accepts it.

    `full_name` is what the inviter wrote. The inviter never learns whether the
    address was known: both get the same link. Only the token's SHA-256 is kept.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, null=True, blank=True, related_name="invitations")
    association = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="invitations")
    federation = models.ForeignKey(Federation, models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    full_name = models.CharField(max_length=120)
    email = models.EmailField()
    ends = models.DateField(null=True, blank=True, help_text="last day of the mandate offered")
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    token_sha = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    mandate = models.OneToOneField(Mandate, models.PROTECT, null=True, blank=True, related_name="invitation")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_one_organisation",
                condition=(
                    Q(cooperative__isnull=False, association__isnull=True, federation__isnull=True)
                    | Q(cooperative__isnull=True, association__isnull=False, federation__isnull=True)
                    | Q(cooperative__isnull=True, association__isnull=True, federation__isnull=False)
                ),
            )
        ]


class LinkPurpose(models.TextChoices):
    ACTIVATION = "activation", "activation"
    RESET = "reset", "nouveau mot de passe"


class AccessLink(models.Model):
    """A one-use link by which a person chooses a password; only the token's SHA-256 is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="access_links")
    purpose = models.CharField(max_length=12, choices=LinkPurpose.choices)
    token_sha = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class FactorKind(models.TextChoices):
    TOTP = "totp", "application de codes"
    PASSKEY = "passkey", "clé d’accès"


class SecondFactor(models.Model):
    """A second proof that a person is themselves: an application of codes or a passkey.

    `secret` is sealed (`core.sealed`) for TOTP and empty for a passkey, whose
    public `credential` is not a secret. `last_step` is the last time step of a
    TOTP code that was accepted (a code never serves twice), or the passkey's
    signature counter. Unusable until `confirmed_at`.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="second_factors")
    kind = models.CharField(max_length=8, choices=FactorKind.choices)
    name = models.CharField(max_length=60)
    secret = models.TextField(blank=True)
    credential_id = models.CharField(max_length=400, null=True, blank=True, unique=True)
    credential = models.TextField(blank=True)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)


class RecoveryCode(models.Model):
    """One of a person's one-use codes for the day when the second factor is lost; only its keyed SHA-256 is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="recovery_codes")
    code_sha = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "code_sha"], name="recovery_code_unique")]


class AccessRecovery(models.Model):
    """A supervised way back for someone who has lost everything: who helped, why, and how they made sure of the person.

    Carried out at once, or at `due_at` unless `confirmed_by` comes first; one at a time for a person.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="recoveries")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    identity_check = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="recovery_one_waiting", condition=Q(done_at__isnull=True, stopped_at__isnull=True)
            )
        ]


class OpenSession(models.Model):
    """A browser in which a person is signed in: what the list of sessions shows, and what ends it from afar.

    `key_sha` is the SHA-256 of the session key; `agent` a few plain words
    (« Firefox, Windows »), never the whole header.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="open_sessions")
    mandate = models.ForeignKey("Mandate", models.PROTECT, related_name="+")
    key_sha = models.CharField(max_length=64, unique=True)
    agent = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class LoginFailures(models.Model):
    """Failed logins of one key (account, network, département, everyone) in one window (trust.md P13)."""

    key = models.CharField(max_length=80, unique=True)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()


class BookHead(models.Model):
    """THE lock of a cooperative's book, and the tip of its audit chain.

    Every writing service locks this row first (model.md, trap 2).
    """

    cooperative = models.OneToOneField(Cooperative, models.PROTECT, primary_key=True, related_name="head")
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")


class AuditEvent(models.Model):
    """One act: who, for whom, when, what it left behind (`payload`), why. Append-only (triggers).

    `payload` is canonical JSON; it may be set to null (erasure), the chain
    holds through `payload_sha`. Events with a cooperative form a chain by
    `seq`; `op_key` is the form's one-use operation key, `op_digest` the
    SHA-256 of what was sent with it.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, null=True, blank=True, related_name="events")
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf = models.ForeignKey(Association, models.PROTECT, null=True, related_name="+", db_index=False)
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=30, blank=True)
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    payload = models.TextField(null=True)
    payload_sha = models.CharField(max_length=64)
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    op_key = models.CharField(max_length=40, null=True, unique=True)
    op_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "seq"], name="event_seq_unique", condition=Q(cooperative__isnull=False)
            )
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="event_subject")]
