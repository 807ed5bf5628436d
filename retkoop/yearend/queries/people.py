"""Who answers for a cooperative today."""

from django.db.models import Q

from retkoop.core import clock
from retkoop.identity.models import Cooperative, Mandate, Person, Role


def mandataires_of(cooperative: Cooperative) -> list[Person]:
    """The people whose mandate as mandataire is live, in the order of their mandates."""
    today = clock.today(cooperative.association.time_zone)
    live = Mandate.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=today),
        cooperative=cooperative,
        role=Role.MANDATAIRE,
        starts__lte=today,
        ended_at__isnull=True,
        person__is_active=True,
    )
    return [mandate.person for mandate in live.select_related("person").order_by("pk")]
