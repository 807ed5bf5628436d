"""Where the adhésion of a cooperative stands in a school year, and with which rows its table opens."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Subquery

from retkoop.core import clock
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association, Cooperative, Mandate, Person, Role
from retkoop.identity.queries import is_live
from retkoop.membership.amounts import Amounts, Prices, Row, amounts_of, difference
from retkoop.membership.models import Adhesion, Engagement, HeadCount, Resignation, SchoolClass, Sheet, SheetState, Tariff

OTHERS = "Autres adultes"
COMING_FROM_MONTH = 6


class StandingState(StrEnum):
    """Of one school year; the words are those of `Standing.words`."""

    NO_TARIFF = "no_tariff"
    NOT_BEGUN = "not_begun"
    FILLING = "filling"
    SENT = "sent"
    VALIDATED = "validated"
    RESIGNED = "resigned"
    NOT_RENEWED = "not_renewed"


WORDS: dict[StandingState, str] = {
    StandingState.NO_TARIFF: "sans tarif",
    StandingState.NOT_BEGUN: "non commencée",
    StandingState.FILLING: "en cours",
    StandingState.SENT: "transmise",
    StandingState.VALIDATED: "validée",
    StandingState.RESIGNED: "résiliée",
    StandingState.NOT_RENEWED: "non renouvelée",
}


@dataclass(frozen=True)
class Standing:
    """Where a cooperative stands in a school year. `sheets`: in order, without those withdrawn; all cents.

    `late`: the AD's deadline has passed; `over`: the school year has.
    """

    first: int
    state: StandingState
    tariff: Tariff | None
    sheets: tuple[Sheet, ...]
    engagements: tuple[Engagement, ...]
    resigned_first: int | None
    late: bool
    over: bool

    @property
    def words(self) -> str:
        """« en cours », « validée »…"""
        return WORDS[self.state]

    @property
    def slug(self) -> str:
        """« 2026-2027 »."""
        return SchoolYear(self.first).slug

    @property
    def adhesion(self) -> Adhesion | None:
        """With its version; None before it began."""
        return self.sheets[0].adhesion if self.sheets else None

    @property
    def version(self) -> int:
        """What a form of the adhésion must send back; 0 before it began."""
        return self.sheets[0].adhesion.version if self.sheets else 0

    @property
    def open_sheet(self) -> Sheet | None:
        """The one that is being filled in or was sent."""
        return next((sheet for sheet in self.sheets if sheet.state in {SheetState.FILLING, SheetState.SENT}), None)

    @property
    def validated(self) -> tuple[Sheet, ...]:
        """The first, then the amendments, once validated by the AD."""
        return tuple(sheet for sheet in self.sheets if sheet.state == SheetState.VALIDATED)

    @property
    def engagement(self) -> Engagement | None:
        """The latest; None while no mandataire has engaged."""
        return self.engagements[-1] if self.engagements else None

    @property
    def total_cents(self) -> int:
        """What is called: the sheets sent or validated."""
        return sum(sheet.total_cents for sheet in self.sheets if sheet.state != SheetState.FILLING)

    @property
    def deadline(self) -> dt.date | None:
        """The last day given by the AD."""
        return self.tariff.deadline if self.tariff else None

    @property
    def final(self) -> bool:
        """Validated by the AD and engaged to by a mandataire, and not ended by a résiliation."""
        return self.state == StandingState.VALIDATED and bool(self.engagements)

    @property
    def prices(self) -> Prices | None:
        """Those of what is being filled in: an amendment keeps those of the sheets before it."""
        frozen = [sheet.tariff for sheet in self.sheets if sheet.tariff]
        if frozen:
            return Prices.load(json.loads(frozen[0]))
        return Prices.of(self.tariff) if self.tariff else None


def standing_of(cooperative: Cooperative, first: int) -> Standing:
    """At most three queries. `cooperative.association` is read too, where it is not at hand."""
    told = Sheet.objects.filter(adhesion__cooperative=cooperative, adhesion__first__in=(first - 1, first))
    both = list(told.exclude(state=SheetState.WITHDRAWN).select_related("adhesion").order_by("number"))
    sheets = tuple(sheet for sheet in both if sheet.adhesion.first == first)
    before = any(sheet.state == SheetState.VALIDATED for sheet in both if sheet.adhesion.first == first - 1)
    ended = Resignation.objects.filter(cooperative=cooperative, first__lte=first, cancelled_at__isnull=True)
    tariff = (
        Tariff.objects.filter(association=cooperative.association_id, first=first)
        .annotate(resigned=Subquery(ended.order_by("-first").values("first")[:1]))
        .first()
    )
    resigned = tariff.resigned if tariff else ended.order_by("-first").values_list("first", flat=True).first()
    engagements = Engagement.objects.filter(cooperative=cooperative, first=first).select_related("person") if sheets else ()
    today = clock.today(cooperative.association.time_zone)
    late = tariff is not None and today > tariff.deadline
    state = state_of(first, sheets, tariff, resigned, before=before, late=late)
    over = today > SchoolYear(first).end
    return Standing(first, state, tariff, sheets, tuple(engagements), resigned, late, over)


def state_of(
    first: int, sheets: Sequence[Sheet], tariff: Tariff | None, resigned: int | None, *, before: bool, late: bool
) -> StandingState:
    """The state by the facts; `resigned`: the first year without membership; `before`: last year's was validated."""
    handed = [sheet.state for sheet in sheets if sheet.state in {SheetState.SENT, SheetState.VALIDATED}]
    if resigned == first or (resigned is not None and not handed and not before):
        return StandingState.RESIGNED
    if SheetState.VALIDATED in handed:
        return StandingState.VALIDATED
    if handed:
        return StandingState.SENT
    if sheets:
        return StandingState.FILLING
    if tariff is None:
        return StandingState.NO_TARIFF
    return StandingState.NOT_RENEWED if before and late else StandingState.NOT_BEGUN


def tariff_of(association: Association | int, first: int) -> Tariff | None:
    """The prices of that AD and year, None until it has typed them."""
    return Tariff.objects.filter(association=association, first=first).first()


def running_first(association: Association) -> int:
    """The school year in which the AD lives today, by its first calendar year."""
    return SchoolYear.of(clock.today(association.time_zone)).first


def offered_years(cooperative: Cooperative) -> list[int]:
    """The years whose adhésion may be looked at: this one, those that exist, from June the coming one with its tariff."""
    today = clock.today(cooperative.association.time_zone)
    running = SchoolYear.of(today).first
    known = set(Adhesion.objects.filter(cooperative=cooperative).values_list("first", flat=True)) | {running}
    if COMING_FROM_MONTH <= today.month < 9 and tariff_of(cooperative.association_id, running + 1):
        known.add(running + 1)
    return sorted(known)


@dataclass(frozen=True)
class Declared:
    """A row of a sheet: a class (`class_id` of a SchoolClass, None for one not known yet) or the « autres adultes »."""

    label: str
    pupils: int = 0
    teachers: int = 0
    adults: int = 0
    member: bool = True
    class_id: int | None = None

    @property
    def is_others(self) -> bool:
        """The adults who belong to no class."""
        return self.class_id is None and self.label == OTHERS

    @property
    def row(self) -> Row:
        """For the count."""
        return Row(self.member, self.pupils, self.teachers, self.adults)


@dataclass(frozen=True)
class Opening:
    """The rows with which a table opens, and where they come from: « sheet », « last_year », « classes » or « » (none)."""

    rows: tuple[Declared, ...]
    source: str
    supplement_cents: int = 0
    review_copies: int = 0


def rows_of(sheet: Sheet) -> tuple[Declared, ...]:
    """What a sheet declares, in its order."""
    rows = HeadCount.objects.filter(sheet=sheet).order_by("position", "pk")
    return tuple(Declared(row.label, row.pupils, row.teachers, row.adults, row.member, row.school_class_id) for row in rows)


def live_classes(cooperative: Cooperative) -> dict[int, str]:
    """The classes of the school today, by id, in their order."""
    live = SchoolClass.objects.filter(cooperative=cooperative, removed_at__isnull=True)
    return dict(live.values_list("pk", "name"))


def mandataires_of(cooperative: Cooperative) -> list[Person]:
    """Who answers for the cooperative today, in the order of their mandates."""
    held = Mandate.objects.filter(cooperative=cooperative, role=Role.MANDATAIRE, ended_at__isnull=True)
    told = held.select_related("person", "cooperative__association").order_by("pk")
    return [mandate.person for mandate in told if is_live(mandate)]


def opening_of(cooperative: Cooperative, first: int, sheet: Sheet | None) -> Opening:
    """A sheet's own rows; before there is one: last year's, with the classes of today; else those classes, empty."""
    if sheet is not None:
        return Opening(rows_of(sheet), "sheet", sheet.supplement_cents, sheet.review_copies)
    classes = live_classes(cooperative)
    last = (
        Sheet.objects.filter(adhesion__cooperative=cooperative, adhesion__first=first - 1, state=SheetState.VALIDATED)
        .order_by("-number")
        .first()
    )
    kept: list[Declared] = []
    if last is not None:
        for row in rows_of(last):
            if row.class_id is None:
                kept.append(row)
            elif row.class_id in classes:
                kept.append(replace(row, label=classes.pop(row.class_id)))
    kept += [Declared(name, class_id=pk) for pk, name in classes.items()]
    kept.sort(key=lambda row: row.is_others)
    source = "last_year" if last is not None else "classes" if kept else ""
    return Opening(tuple(kept), source, 0, last.review_copies if last else 0)


def validated_amounts(adhesion: Adhesion | None) -> Amounts:
    """What the validated sheets of an adhésion come to: heads of the last one, cents of all."""
    sheets = list(adhesion.sheets.filter(state=SheetState.VALIDATED).order_by("number")) if adhesion else []
    return added_up(sheets)


def added_up(sheets: Sequence[Sheet]) -> Amounts:
    """The whole that sheets (in order) declare: heads and supplement of the last, cents of all."""
    if not sheets:
        return Amounts()
    return Amounts(
        pupils=sheets[-1].pupils,
        adults=sheets[-1].adults,
        membership_cents=sum(sheet.membership_cents for sheet in sheets),
        insurance_cents=sum(sheet.insurance_cents for sheet in sheets),
        review_cents=sum(sheet.review_cents for sheet in sheets),
        supplement_cents=sheets[-1].supplement_cents,
        federal_cents=sum(sheet.federal_cents for sheet in sheets),
    )


@dataclass(frozen=True)
class Called:
    """What a sheet declares on the whole, and what it calls for: the difference to the sheets validated before it."""

    whole: Amounts
    call: Amounts


def called(rows: Sequence[Declared], prices: Prices, before: Amounts, *, supplement_cents: int, review_copies: int) -> Called:
    """`before`: what was validated."""
    whole = amounts_of([row.row for row in rows], prices, supplement_cents=supplement_cents, review_copies=review_copies)
    return Called(whole, difference(whole, before))
