"""Cooperatives created by their AD, several at once."""

from django.db import models

from retkoop.identity.models import Association, Person


class CreationBatch(models.Model):
    """A file of cooperatives that an AD imported: what it made, so that the whole can be undone while untouched.

    `made` lists, per line, the ids of the rows made (« cooperative », « person », « mandate »).
    """

    association = models.ForeignKey(Association, models.PROTECT, related_name="creation_batches")
    file_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at"]
