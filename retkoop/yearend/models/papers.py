"""The documents handed in with a report: which proof, by which way, received or refused (domain.md §3.3)."""

from django.db import models

from retkoop.documents.models import Document
from retkoop.identity.models import Association, Cooperative, Person
from retkoop.yearend.models.reports import Report


class PaperKind(models.TextChoices):
    QUITUS = "quitus", "Quitus signé"
    STATEMENT = "statement", "Relevé au 31 août"
    GRANT = "grant", "Preuve de la subvention"
    OPEN_ITEM = "open_item", "Justificatif d’une facture à payer ou d’un produit à recevoir"


class PaperWay(models.TextChoices):
    UPLOADED = "uploaded", "déposé"
    POST = "post", "reçu par courrier"


class Paper(models.Model):
    """A document for one need of the report. `subject` names what it proves (« bank:bank_512 », « grant:12 », « item:34 »).

    One live row per subject: a new one removes the former, which stays.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="papers")
    report = models.ForeignKey(Report, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=10, choices=PaperKind.choices)
    subject = models.CharField(max_length=60)
    way = models.CharField(max_length=8, choices=PaperWay.choices)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    received_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_behalf = models.ForeignKey(Association, models.PROTECT, null=True, blank=True, related_name="+")
    refused_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "subject"], name="paper_live_unique", condition=models.Q(removed_at__isnull=True)
            )
        ]
        ordering = ["pk"]
