"""Stored files. Nothing here says what a file proves: other rooms link to it."""

from django.db import models

from retkoop.identity.models import Cooperative, Person


class Document(models.Model):
    """A received file: `original` bit for bit (SHA-256), `copy` re-encoded for screens and PDFs.

    File names on disk are made of ids, never of what the user typed; `name`
    is only shown. Rows and files are never deleted before their retention ends.
    """

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="documents")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField(help_text="bytes of the original")
    pages = models.PositiveSmallIntegerField()
    original = models.FileField(max_length=200)
    copy = models.FileField(max_length=200, blank=True)
    copy_type = models.CharField(max_length=60, blank=True)
    copy_size = models.PositiveBigIntegerField(default=0)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["cooperative", "sha256"], name="document_digest")]
