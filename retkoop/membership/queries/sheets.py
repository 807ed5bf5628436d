"""A sheet under the AD's eyes: who is declared, what changed since the last time, who engaged."""

from collections.abc import Iterable
from dataclasses import dataclass

from retkoop.identity.models import AuditEvent
from retkoop.ledger.chart import chart_for
from retkoop.ledger.proposed import INSURANCE, MEMBERSHIP_DUES, REVIEW
from retkoop.membership.amounts import Amounts
from retkoop.membership.models import HeadCount, Resignation, Sheet, SheetState
from retkoop.membership.queries.adhesions import Standing, added_up, standing_of
from retkoop.membership.queries.campaign import payment_words


@dataclass(frozen=True)
class Change:
    """A row that is not as it was; heads that count (0 outside), None when it was not there or is no more."""

    label: str
    before: int | None
    now: int | None

    @property
    def words(self) -> str:
        if self.before is None:
            return f"nouvelle ligne : {self.now}"
        if self.now is None:
            return f"n’y est plus : {self.before} l’autre fois"
        return f"{self.before} → {self.now}"


@dataclass(frozen=True)
class SheetView:
    """All that the page of a sheet shows; `base`: the sheet with which it is compared, None for a first adhésion."""

    sheet: Sheet
    standing: Standing
    rows: tuple[HeadCount, ...]
    base: Sheet | None
    changes: tuple[Change, ...]
    whole: Amounts
    given_back: AuditEvent | None
    resignation: Resignation | None

    @property
    def others(self) -> tuple[Sheet, ...]:
        """The other sheets of the same adhésion."""
        return tuple(each for each in self.standing.sheets if each.pk != self.sheet.pk)

    @property
    def waits(self) -> bool:
        return self.sheet.state == SheetState.SENT

    @property
    def payable(self) -> bool:
        return self.sheet.state in {SheetState.SENT, SheetState.VALIDATED}

    @property
    def codes(self) -> dict[str, str]:
        """The accounts' numbers in the chart of that AD and year, by key."""
        chart = chart_for(self.sheet.cooperative.association_id, self.sheet.adhesion.first)
        return {key: chart.by_key[key].code for key in (MEMBERSHIP_DUES, INSURANCE, REVIEW)}

    @property
    def paid(self) -> str:
        return payment_words(self.sheet)

    @property
    def version(self) -> int:
        return self.sheet.adhesion.version


def sheet_view(sheet: Sheet) -> SheetView:
    """A fixed number of queries."""
    standing = standing_of(sheet.cooperative, sheet.adhesion.first)
    base = _base(sheet, standing)
    found = HeadCount.objects.filter(sheet__in=[each.pk for each in (sheet, base) if each]).order_by("position", "pk")
    rows = list(found)
    now = tuple(row for row in rows if row.sheet_id == sheet.pk)
    before = [row for row in rows if row.sheet_id != sheet.pk]
    told = [each for each in standing.validated if each.number < sheet.number]
    resignation = Resignation.objects.filter(cooperative=sheet.cooperative, cancelled_at=None, first__gte=sheet.adhesion.first)
    return SheetView(
        sheet,
        standing,
        now,
        base,
        _changes(before, now) if base else (),
        added_up([*told, sheet]),
        given_back(sheet),
        resignation.order_by("first").first(),
    )


def given_back(sheet: Sheet) -> AuditEvent | None:
    """The last time that the AD gave the sheet back: when, and its reason; None when it never did."""
    events = AuditEvent.objects.filter(cooperative=sheet.cooperative_id, subject_type="sheet", subject_id=sheet.pk)
    return events.filter(verb="adhesion.returned").order_by("-seq").first()


def _base(sheet: Sheet, standing: Standing) -> Sheet | None:
    """The declaration before this one: in the same year, else the last validated of the year before."""
    same = [each for each in standing.validated if each.number < sheet.number]
    if same:
        return same[-1]
    old = Sheet.objects.filter(
        cooperative=sheet.cooperative, adhesion__first=sheet.adhesion.first - 1, state=SheetState.VALIDATED
    )
    return old.select_related("adhesion").order_by("-number").first()


def _changes(before: Iterable[HeadCount], now: Iterable[HeadCount]) -> tuple[Change, ...]:
    """By class where it has one, else by name; in the order of the new table, what is gone last."""
    old = {_key(row): row for row in before}
    found = []
    for row in now:
        was = old.pop(_key(row), None)
        heads = counted(row)
        if was is None or counted(was) != heads:
            found.append(Change(row.label, counted(was) if was else None, heads))
    found += [Change(row.label, counted(row), None) for row in old.values()]
    return tuple(found)


def counted(row: HeadCount) -> int:
    """The heads of a row that belong: none when the class stays out."""
    return row.pupils + row.teachers + row.adults if row.member else 0


def _key(row: HeadCount) -> object:
    return row.school_class_id or row.label.strip().casefold()
