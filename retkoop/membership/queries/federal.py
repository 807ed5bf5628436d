"""The federal share that the ADs owe of a school year: summed by the database over the validated sheets."""

from dataclasses import dataclass

from retkoop.core import sql
from retkoop.identity.models import Association, Federation
from retkoop.membership.models import FederalPayment

_SUMS = """
SELECT a.id, a.code, a.name, COALESCE(d.cooperatives, 0), COALESCE(d.pupils, 0), COALESCE(d.adults, 0),
  COALESCE(d.cents, 0), COALESCE(p.cents, 0)
FROM identity_association a
  LEFT JOIN (
    SELECT c.association_id, COUNT(DISTINCT h.cooperative_id) AS cooperatives, SUM(s.federal_cents) AS cents,
      SUM(CASE WHEN s.number = m.last THEN s.pupils ELSE 0 END) AS pupils,
      SUM(CASE WHEN s.number = m.last THEN s.adults ELSE 0 END) AS adults
    FROM membership_sheet s
      JOIN membership_adhesion h ON h.id = s.adhesion_id
      JOIN (SELECT adhesion_id, MAX(number) AS last FROM membership_sheet WHERE state = 'validated' GROUP BY adhesion_id) m
        ON m.adhesion_id = h.id
      JOIN identity_cooperative c ON c.id = h.cooperative_id
    WHERE h.first = %s AND s.state = 'validated' GROUP BY c.association_id
  ) d ON d.association_id = a.id
  LEFT JOIN (
    SELECT association_id, SUM(cents) AS cents FROM membership_federalpayment
    WHERE first = %s AND cancelled_at IS NULL GROUP BY association_id
  ) p ON p.association_id = a.id
"""


@dataclass(frozen=True)
class Share:
    """What an AD owes of a school year: heads of the last validated sheets, cents of them all; `paid_cents` received."""

    association_id: int
    code: str
    name: str
    cooperatives: int
    pupils: int
    adults: int
    due_cents: int
    paid_cents: int

    @property
    def heads(self) -> int:
        return self.pupils + self.adults

    @property
    def left_cents(self) -> int:
        return self.due_cents - self.paid_cents

    @property
    def words(self) -> str:
        """« réglée », « en partie », « à régler », « trop versé »."""
        if self.left_cents < 0:
            return "trop versé"
        if not self.left_cents:
            return "réglée" if self.due_cents else "rien à régler"
        return "en partie" if self.paid_cents else "à régler"


def shares_of(federation: Federation, first: int) -> list[Share]:
    """Every AD of the federation, by code: one statement."""
    return _shares("WHERE a.federation_id = %s ORDER BY a.code", first, federation.pk)


def share_of(association: Association, first: int) -> Share:
    """One AD's."""
    return _shares("WHERE a.id = %s", first, association.pk)[0]


def _shares(where: str, first: int, pk: int) -> list[Share]:
    found = sql.fetch(_SUMS + where, [first, first, pk])
    return [Share(int(row[0]), str(row[1]), str(row[2]), *(int(value) for value in row[3:])) for row in found]


def payments_of(association: Association, first: int) -> list[FederalPayment]:
    """What the federation recorded, those cancelled included, in the order of their days."""
    return list(association.federal_payments.filter(first=first).select_related("recorded_by").order_by("paid_on", "pk"))


def payment_of(federation: Federation, pk: int) -> FederalPayment | None:
    """A payment of one of the federation's ADs; None for another's and the absent alike."""
    rows = FederalPayment.objects.select_related("association").filter(association__federation=federation)
    return rows.filter(pk=pk).first()


_LINES = """
SELECT c.number, c.name, c.town, SUM(CASE WHEN s.number = m.last THEN s.pupils ELSE 0 END),
  SUM(CASE WHEN s.number = m.last THEN s.adults ELSE 0 END), SUM(s.federal_cents), COUNT(*)
FROM membership_sheet s
  JOIN membership_adhesion h ON h.id = s.adhesion_id
  JOIN (SELECT adhesion_id, MAX(number) AS last FROM membership_sheet WHERE state = 'validated' GROUP BY adhesion_id) m
    ON m.adhesion_id = h.id
  JOIN identity_cooperative c ON c.id = h.cooperative_id
WHERE c.association_id = %s AND h.first = %s AND s.state = 'validated'
GROUP BY c.id, c.number, c.name, c.town ORDER BY c.number
"""


@dataclass(frozen=True)
class ShareLine:
    """A cooperative's part in what its AD owes; `sheets`: its adhésion and its amendments."""

    identifier: str
    name: str
    town: str
    pupils: int
    adults: int
    cents: int
    sheets: int

    @property
    def school(self) -> str:
        return f"{self.name}, {self.town}" if self.town else self.name


def share_lines(association: Association, first: int) -> list[ShareLine]:
    """Per cooperative, by number."""
    found = sql.fetch(_LINES, [association.pk, first])
    return [
        ShareLine(f"{association.code}-{row[0]}", str(row[1]), str(row[2]), *(int(value) for value in row[3:])) for row in found
    ]
