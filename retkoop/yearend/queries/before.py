"""The year before: what its report ended with (E6), and the details of 7410, which both ways of keeping share."""

from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.grants import GrantLine as Detail
from retkoop.ledger.queries.grants import grant_lines
from retkoop.yearend.models import PastReport, ValidatedReport
from retkoop.yearend.queries.shapes import GrantLine


def validated_before(year: FiscalYear) -> tuple[int | None, str]:
    """(closing cents, « validated » or « past ») of the year before; (None, "") when nobody said."""
    own = {"cooperative_id": year.cooperative_id}
    live = ValidatedReport.objects.filter(**own, report__year__end__year=year.end.year - 1, superseded_at__isnull=True)
    validated = live.values_list("closing_cents", flat=True).first()
    if validated is not None:
        return validated, "validated"
    past = PastReport.objects.filter(**own, first=year.first - 1, removed_at__isnull=True)
    typed = past.values_list("closing_cents", flat=True).first()
    return typed, "" if typed is None else "past"


def detail_of_grants(year: FiscalYear) -> tuple[GrantLine, ...]:
    """The lines of 2.e, by date."""
    return tuple(_line(detail) for detail in grant_lines(year))


def _line(detail: Detail) -> GrantLine:
    grant = detail.grant
    return GrantLine(
        id=grant.pk,
        funder=grant.funder,
        object=grant.object,
        on=grant.on.isoformat(),
        cents=grant.cents,
        entry_id=grant.entry_id,
        proved=detail.has_receipt,
    )
