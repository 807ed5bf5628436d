"""What an adhésion costs: head-counts and prices in, cents out; pure, so that screens, services and tests count alike.

The cotisation (6281) is counted by head, pupils at one price, teachers and
other adults at another, and is never under the AD's minimum; the free
supplement comes on top. The insurance (6168) is by head, the subscription to
*Animation & Éducation* (6500) by copy. The federation's share stands inside
the cotisation and is counted by head, whatever the minimum (domain.md §6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from retkoop.membership.models import Tariff


@dataclass(frozen=True)
class Prices:
    """The prices of an AD and school year in cents per head; what a sheet that was sent keeps of them."""

    pupil_cents: int
    adult_cents: int
    federal_pupil_cents: int
    federal_adult_cents: int
    insurance_pupil_cents: int
    insurance_adult_cents: int
    minimum_cents: int = 0
    supplement: bool = True
    review_cents: int = 0

    @classmethod
    def of(cls, tariff: Tariff) -> "Prices":
        """Those of an AD's tariff."""
        return cls(**{field.name: getattr(tariff, field.name) for field in fields(cls)})

    def dump(self) -> dict[str, int | bool]:
        """For canonical JSON."""
        return asdict(self)

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Prices":
        """From what `dump` gave; what a later version added is left aside."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})


@dataclass(frozen=True)
class Row:
    """A class, or adults who belong to none; `member`: in or out as a whole, out it counts nobody."""

    member: bool
    pupils: int
    teachers: int
    adults: int


@dataclass(frozen=True)
class Amounts:
    """Heads (teachers count as adults) and cents; `membership_cents` includes the supplement, and the federation's share.

    A difference of two of them may be negative.
    """

    pupils: int = 0
    adults: int = 0
    membership_cents: int = 0
    insurance_cents: int = 0
    review_cents: int = 0
    supplement_cents: int = 0
    federal_cents: int = 0

    @property
    def total_cents(self) -> int:
        """What is to be paid."""
        return self.membership_cents + self.insurance_cents + self.review_cents

    @property
    def heads(self) -> int:
        """Everyone declared."""
        return self.pupils + self.adults


def amounts_of(rows: Iterable[Row], prices: Prices, *, supplement_cents: int = 0, review_copies: int = 0) -> Amounts:
    """What the rows cost, in cents. The minimum is due as soon as one person is declared."""
    members = [row for row in rows if row.member]
    pupils = sum(row.pupils for row in members)
    adults = sum(row.teachers + row.adults for row in members)
    dues = pupils * prices.pupil_cents + adults * prices.adult_cents
    if pupils + adults:
        dues = max(dues, prices.minimum_cents)
    return Amounts(
        pupils=pupils,
        adults=adults,
        membership_cents=dues + supplement_cents,
        insurance_cents=pupils * prices.insurance_pupil_cents + adults * prices.insurance_adult_cents,
        review_cents=review_copies * prices.review_cents,
        supplement_cents=supplement_cents,
        federal_cents=pupils * prices.federal_pupil_cents + adults * prices.federal_adult_cents,
    )


def difference(now: Amounts, before: Amounts) -> Amounts:
    """What `now` adds to `before`, each part apart."""
    return Amounts(**{field.name: getattr(now, field.name) - getattr(before, field.name) for field in fields(Amounts)})
