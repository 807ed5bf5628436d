"""The mandataires who cannot enter yet, and what has been sent to them; three statements, however many."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from retkoop.core import clock
from retkoop.identity.models import AccessLink, Association, LinkPurpose, Mandate, Role


@dataclass(frozen=True)
class Door:
    """A mandate whose person has no password; `link` is the activation that can still serve, if any."""

    mandate: Mandate
    link: AccessLink | None

    @property
    def on_paper(self) -> bool:
        """A letter, because there is no address to write to."""
        return not self.mandate.person.email


def closed_doors(association: Association, cooperatives: Collection[int] | None = None) -> list[Door]:
    """By number of cooperative; those of `cooperatives` only, when given."""
    today = clock.today(association.time_zone)
    mandates = Mandate.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=today),
        cooperative__association=association,
        cooperative__withdrawn_at__isnull=True,
        role=Role.MANDATAIRE,
        starts__lte=today,
        ended_at__isnull=True,
        person__is_active=True,
        person__password__startswith=UNUSABLE_PASSWORD_PREFIX,
    )
    if cooperatives is not None:
        mandates = mandates.filter(cooperative_id__in=cooperatives)
    found = list(mandates.select_related("person", "cooperative__association").order_by("cooperative__number", "pk"))
    links = AccessLink.objects.filter(
        person_id__in=[mandate.person_id for mandate in found],
        purpose=LinkPurpose.ACTIVATION,
        used_at__isnull=True,
        expires_at__gt=clock.now(),
    )
    live = {link.person_id: link for link in links.order_by("created_at", "pk")}
    return [Door(mandate, live.get(mandate.person_id)) for mandate in found]
