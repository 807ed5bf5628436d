"""The quitus: what was approved, by whom, and the digest that ties both to the books (trust.md P10)."""

from django.db import models

from retkoop.documents.models import Document
from retkoop.identity.models import Cooperative, Person
from retkoop.ledger.models import Entry
from retkoop.yearend.models.reports import Report


class QuitusKind(models.TextChoices):
    PAPER = "paper", "sur papier"
    ELECTRONIC = "electronic", "sans papier"
    COMMISSION = "commission", "commission de contrôle"


class Quitus(models.Model):
    """One quitus of a report. `digest` maps a part of the books (« entries », « postings »…) to its SHA-256 when printed.

    It stands while `given_at` is set, `withdrawn_at` is not, and every part
    still has that digest. `seed` draws the pieces to see. `printed` are the
    figures that the page carried, in cents.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="quitus")
    report = models.ForeignKey(Report, models.PROTECT, related_name="quitus")
    kind = models.CharField(max_length=12, choices=QuitusKind.choices)
    digest = models.JSONField()
    printed = models.JSONField(default=dict)
    seed = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=80, blank=True)
    met_on = models.DateField(null=True, blank=True)
    observations = models.CharField(max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]


class VerifierQuality(models.TextChoices):
    """Who a vérificateur is (domain.md §4)."""

    PARENT = "parent", "parent d’élève"
    TEACHER = "teacher", "enseignant ou enseignante"
    OTHER = "other", "autre"


class VerifierDecision(models.TextChoices):
    WAITING = "waiting", "en attente"
    GIVEN = "given", "donne quitus"
    REFUSED = "refused", "ne donne pas quitus"


class Verifier(models.Model):
    """A vérificateur of one quitus. `token_sha` opens their own page for 30 days, `code_sha` signs it.

    `seen` lists the ids of the pieces ticked as seen; a replaced link keeps its row.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="verifiers")
    quitus = models.ForeignKey(Quitus, models.PROTECT, related_name="verifiers")
    name = models.CharField(max_length=120)
    quality = models.CharField(max_length=8, choices=VerifierQuality.choices)
    email = models.EmailField(blank=True)
    token_sha = models.CharField(max_length=64, null=True, unique=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    code_sha = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    seen = models.JSONField(default=list)
    decision = models.CharField(max_length=8, choices=VerifierDecision.choices, default=VerifierDecision.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    observations = models.CharField(max_length=500, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]


class Question(models.Model):
    """A vérificateur's question on a piece, and the answer."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="verifier_questions")
    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="questions")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
