"""What an adhésion proves once it is final: the facts of its attestation and its certificat, from the frozen sheets alone."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from retkoop.core import canonical, clock
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Cooperative
from retkoop.membership.amounts import Amounts
from retkoop.membership.models import Adhesion, Engagement, Resignation, Sheet, SheetState
from retkoop.membership.queries.adhesions import WORDS, StandingState, added_up, standing_of


@dataclass(frozen=True)
class Part:
    """A validated sheet: number 1 is the adhésion, the others its amendments; `on`: the day of its validation."""

    number: int
    on: dt.date
    amounts: Amounts

    @property
    def words(self) -> str:
        return "Adhésion" if self.number == 1 else f"Avenant {self.number - 1}"


@dataclass(frozen=True)
class Proof:
    """A final adhésion, in cents; names are those of the day of its last validation."""

    year: SchoolYear
    identifier: str
    name: str
    town: str
    association: str
    contract: str
    engaged_by: str
    engaged_on: dt.date
    parts: tuple[Part, ...]
    whole: Amounts

    @property
    def on(self) -> dt.date:
        """The day from which it says what it says: the last validation, or the engagement if it came later."""
        return max(self.parts[-1].on, self.engaged_on)

    @property
    def digest(self) -> str:
        """The first twelve signs of the SHA-256 of all that it says."""
        return canonical.sha256(canonical.dumps(self._data())).upper()[:12]

    def _data(self) -> dict[str, Any]:
        parts = [[part.number, part.on.isoformat(), *_cents(part.amounts)] for part in self.parts]
        names = [self.identifier, self.name, self.town, self.association, self.contract, self.engaged_by]
        return {"year": self.year.slug, "names": names, "engaged": self.engaged_on.isoformat(), "parts": parts}


def _cents(amounts: Amounts) -> list[int]:
    return [amounts.pupils, amounts.adults, amounts.membership_cents, amounts.insurance_cents, amounts.review_cents]


def proof_of(cooperative: Cooperative, first: int) -> Proof | None:
    """The proof of a year's adhésion; None unless it is final (validated, engaged to, not résiliée)."""
    standing = standing_of(cooperative, first)
    return _proof(cooperative, first, list(standing.validated), standing.engagements[0]) if standing.final else None


def _proof(cooperative: Cooperative, first: int, sheets: list[Sheet], engagement: Engagement) -> Proof:
    zone = cooperative.association.time_zone
    printed = json.loads(sheets[-1].tariff).get("printed") or _today(cooperative)
    return Proof(
        year=SchoolYear(first),
        identifier=printed["identifier"],
        name=printed["name"],
        town=printed["town"],
        association=printed["association"],
        contract=printed["contract"],
        engaged_by=engagement.person.full_name,
        engaged_on=clock.day_of(engagement.at, zone),
        parts=tuple(Part(sheet.number, clock.day_of(_at(sheet), zone), added_up([sheet])) for sheet in sheets),
        whole=added_up(sheets),
    )


def _today(cooperative: Cooperative) -> dict[str, str]:
    """The names as they now are: for a sheet validated before they were frozen with it."""
    return {
        "identifier": cooperative.identifier,
        "name": cooperative.name,
        "town": cooperative.town,
        "association": cooperative.association.name,
        "contract": "",
    }


def _at(sheet: Sheet) -> dt.datetime:
    assert sheet.validated_at is not None
    return sheet.validated_at


@dataclass(frozen=True)
class YearLine:
    """A year of `/archives/adhesions/`: its state in words, what was called, whether its two PDFs are there."""

    year: SchoolYear
    words: str
    final: bool
    cents: int
    heads: int
    amendments: int


def proof_years(cooperative: Cooperative) -> list[YearLine]:
    """Every year that was begun, or from which the cooperative left, the latest first; a fixed number of queries."""
    adhesions = Adhesion.objects.filter(cooperative=cooperative).prefetch_related("sheets")
    engaged = set(Engagement.objects.filter(cooperative=cooperative).values_list("first", flat=True))
    resigned = set(Resignation.objects.filter(cooperative=cooperative, cancelled_at=None).values_list("first", flat=True))
    lines = {first: YearLine(SchoolYear(first), WORDS[StandingState.RESIGNED], final=False, cents=0, heads=0, amendments=0)
             for first in resigned}  # fmt: skip
    for adhesion in adhesions:
        sheets = [sheet for sheet in adhesion.sheets.all() if sheet.state != SheetState.WITHDRAWN]
        lines[adhesion.first] = _line(adhesion.first, sheets, adhesion.first in engaged, adhesion.first in resigned)
    return [lines[first] for first in sorted(lines, reverse=True)]


def _line(first: int, sheets: list[Sheet], engaged: bool, resigned: bool) -> YearLine:
    validated = [sheet for sheet in sheets if sheet.state == SheetState.VALIDATED]
    final = bool(validated) and engaged and not resigned
    if resigned:
        words = WORDS[StandingState.RESIGNED]
    elif validated:
        words = "validée" if engaged else "validée, il manque l’engagement du mandataire"
    else:
        words = WORDS[StandingState.SENT if any(each.state == SheetState.SENT for each in sheets) else StandingState.FILLING]
    whole = added_up(validated)
    return YearLine(SchoolYear(first), words, final, whole.total_cents, whole.heads, max(len(validated) - 1, 0))
