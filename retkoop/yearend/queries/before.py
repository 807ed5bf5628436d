"""The year before: what its report ended with (E6), and the details of 7410, which both ways of keeping share."""

import datetime as dt

from retkoop.core import sql
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.grants import GrantLine as Detail
from retkoop.ledger.queries.grants import grant_lines
from retkoop.yearend.queries.shapes import GrantLine

_BEFORE = """
SELECT v.closing_cents, 'validated', 1 FROM yearend_validatedreport v
  JOIN yearend_report r ON r.id = v.report_id JOIN ledger_fiscalyear y ON y.id = r.year_id
WHERE v.cooperative_id = %s AND v.superseded_at IS NULL AND y."end" BETWEEN %s AND %s
UNION ALL
SELECT p.closing_cents, 'past', 2 FROM yearend_pastreport p
WHERE p.cooperative_id = %s AND p.first = %s AND p.removed_at IS NULL
ORDER BY 3
"""


def validated_before(year: FiscalYear) -> tuple[int | None, str]:
    """(closing cents, « validated » or « past ») of the year before; (None, "") when nobody said."""
    end = dt.date(year.end.year - 1, 1, 1), dt.date(year.end.year - 1, 12, 31)
    found = sql.fetch(_BEFORE, [year.cooperative_id, *end, year.cooperative_id, year.first - 1])
    return (found[0][0], found[0][1]) if found else (None, "")


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
