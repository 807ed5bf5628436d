"""The AD's campaign of adhésions of a school year: every cooperative, where it stands, what it is called, how it pays.

One statement for the whole list, however many cooperatives there are.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from retkoop.core import sql
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.models import Association
from retkoop.ledger.models import MembershipCall
from retkoop.membership.models import Payer, PaymentWay, Resignation, Sheet, SheetState, Tariff
from retkoop.membership.queries.adhesions import WORDS, StandingState, state_of

WAITING, UNENGAGED, UNPAID = "waiting", "unengaged", "unpaid"
FILTERS: dict[str, str] = {
    WAITING: "à valider",
    **{state.value: WORDS[state] for state in StandingState if state is not StandingState.NO_TARIFF},
    UNENGAGED: "sans engagement",
    UNPAID: "à encaisser",
}
"""What the list may be narrowed to, in its order: (key, words)."""
_READ = sql.Reader(Sheet, "s")
_LIST = f"""
SELECT c.id, c.number, c.name, c.town, r.first, b.cooperative_id, e.cooperative_id, {_READ.columns}
FROM identity_cooperative c
  LEFT JOIN (SELECT cooperative_id, MAX(first) AS first FROM membership_resignation
             WHERE first <= %s AND cancelled_at IS NULL GROUP BY cooperative_id) r ON r.cooperative_id = c.id
  LEFT JOIN (SELECT DISTINCT a.cooperative_id FROM membership_adhesion a JOIN membership_sheet v ON v.adhesion_id = a.id
             WHERE a.first = %s AND v.state = 'validated') b ON b.cooperative_id = c.id
  LEFT JOIN (SELECT DISTINCT cooperative_id FROM membership_engagement WHERE first = %s) e ON e.cooperative_id = c.id
  LEFT JOIN membership_adhesion a ON a.cooperative_id = c.id AND a.first = %s
  LEFT JOIN {_READ.table} ON s.adhesion_id = a.id AND s.state <> 'withdrawn'
WHERE c.association_id = %s AND c.created_on <= %s AND c.withdrawn_at IS NULL
ORDER BY c.number, s.number
"""  # noqa: S608
_RANK = {state: rank for rank, state in enumerate((StandingState.SENT, StandingState.FILLING, StandingState.NOT_BEGUN))}


@dataclass(frozen=True)
class CampaignRow:
    """A cooperative in the campaign; `sheets` without those withdrawn, in order; cents are those sent or validated."""

    cooperative_id: int
    identifier: str
    name: str
    town: str
    state: StandingState
    sheets: tuple[Sheet, ...]
    engaged: bool

    @property
    def words(self) -> str:
        return WORDS[self.state]

    @cached_property
    def known(self) -> tuple[Sheet, ...]:
        """The sheets that the AD has: sent or validated."""
        return tuple(sheet for sheet in self.sheets if sheet.state in {SheetState.SENT, SheetState.VALIDATED})

    @cached_property
    def waiting(self) -> Sheet | None:
        """The sheet that the AD has to validate."""
        return next((sheet for sheet in self.sheets if sheet.state == SheetState.SENT), None)

    @property
    def shown(self) -> Sheet | None:
        """The sheet that its line opens: the one that waits, else the last that the AD has."""
        return self.waiting or (self.known[-1] if self.known else None)

    @property
    def pupils(self) -> int:
        return self.known[-1].pupils if self.known else 0

    @property
    def adults(self) -> int:
        return self.known[-1].adults if self.known else 0

    @property
    def heads(self) -> int:
        return self.pupils + self.adults

    @property
    def cents(self) -> int:
        return sum(sheet.total_cents for sheet in self.known)

    @property
    def unengaged(self) -> bool:
        """Sent or validated, and nobody has engaged."""
        return bool(self.known) and not self.engaged and self.state is not StandingState.RESIGNED

    @property
    def unpaid(self) -> bool:
        """Validated, and a sheet of it is not recorded as paid."""
        return any(sheet.state == SheetState.VALIDATED and sheet.total_cents and not sheet.paid_on for sheet in self.sheets)

    @property
    def paid(self) -> str:
        """« prélèvement, le 12/10/2025 », « la mairie (Challans) »; "" while nothing is recorded."""
        told = [sheet for sheet in self.known if sheet.payment or sheet.paid_on or sheet.payer != Payer.COOPERATIVE]
        return payment_words(told[-1]) if told else ""

    @property
    def paid_on(self) -> dt.date | None:
        """The day of the last payment recorded."""
        return max((sheet.paid_on for sheet in self.known if sheet.paid_on is not None), default=None)

    @cached_property
    def marks(self) -> frozenset[str]:
        """The keys of the filters that keep it."""
        more = {WAITING: self.waiting is not None, UNENGAGED: self.unengaged, UNPAID: self.unpaid}
        return frozenset([self.state.value, *(key for key, kept in more.items() if kept)])


def payment_words(sheet: Sheet) -> str:
    """Who pays a sheet and how."""
    words = []
    if sheet.payer != Payer.COOPERATIVE:
        by = Payer(sheet.payer).label
        words.append(f"{by} ({sheet.payer_name})" if sheet.payer_name else by)
    if sheet.payment:
        words.append(PaymentWay(sheet.payment).label)
    return ", ".join(words)


@dataclass(frozen=True)
class Campaign:
    """The list of a school year."""

    school_year: SchoolYear
    tariff: Tariff | None
    rows: tuple[CampaignRow, ...]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(key, words, how many) of each filter that keeps some."""
        kept = Counter(key for row in self.rows for key in row.marks)
        return [(key, words, kept[key]) for key, words in FILTERS.items() if kept[key]]

    @property
    def waiting(self) -> int:
        return sum(row.waiting is not None for row in self.rows)

    @property
    def validated_cents(self) -> int:
        return sum(sheet.total_cents for row in self.rows for sheet in row.sheets if sheet.state == SheetState.VALIDATED)

    @property
    def paid_cents(self) -> int:
        return sum(sheet.total_cents for row in self.rows for sheet in row.sheets if sheet.paid_on is not None)

    @property
    def heads(self) -> int:
        return sum(row.heads for row in self.rows)


def campaign_of(association: Association, first: int, today: dt.date) -> Campaign:
    """Every cooperative of the AD that existed in that year: two queries. `today` says who is late."""
    year = SchoolYear(first)
    tariff = Tariff.objects.filter(association=association, first=first).first()
    late = tariff is not None and today > tariff.deadline
    found = sql.fetch(_LIST, [first, first - 1, first, first, association.pk, year.end])
    rows = []
    at = 0
    while at < len(found):
        end = at + 1
        while end < len(found) and found[end][0] == found[at][0]:
            end += 1
        rows.append(_row(association.code, first, found[at:end], tariff, late=late))
        at = end
    return Campaign(year, tariff, tuple(sorted(rows, key=_order)))


def _row(code: str, first: int, found: Sequence[tuple[object, ...]], tariff: Tariff | None, *, late: bool) -> CampaignRow:
    pk, number, name, town, resigned, before, engaged = found[0][:7]
    sheets = tuple(_READ.read(row, 7) for row in found if row[7] is not None)
    state = state_of(
        first, sheets, tariff, int(str(resigned)) if resigned is not None else None, before=before is not None, late=late
    )
    return CampaignRow(int(str(pk)), f"{code}-{number}", str(name), str(town), state, sheets, engaged is not None)


def _order(row: CampaignRow) -> tuple[int, str, str]:
    """What waits for the AD first, the oldest of it first; then by state and number."""
    if row.waiting is not None:
        return 0, row.waiting.sent_at.isoformat() if row.waiting.sent_at else "", row.identifier
    return 1 + _RANK.get(row.state, len(_RANK)), "", row.identifier


def waiting_adhesions(association: Association) -> int:
    """How many sheets wait for the AD, of any year."""
    return Sheet.objects.filter(cooperative__association=association, state=SheetState.SENT).count()


def sheet_for(association: Association, pk: int) -> Sheet | None:
    """A sheet of that AD's cooperatives, withdrawn ones aside; None for the absent and the foreign alike."""
    found = Sheet.objects.filter(cooperative__association=association).exclude(state=SheetState.WITHDRAWN)
    return found.select_related("adhesion", "cooperative__association", "validated_by", "sent_by").filter(pk=pk).first()


def sheets_for(association: Association, pks: Sequence[int]) -> list[Sheet]:
    """Those of the AD's cooperatives among the ids; a foreign one is no more found than an absent one."""
    found = Sheet.objects.filter(cooperative__association=association, pk__in=pks).exclude(state=SheetState.WITHDRAWN)
    return list(found.select_related("adhesion", "cooperative__association"))


def untold_sheets(association: Association) -> list[Sheet]:
    """Validated sheets of which the books know nothing: a process stopped in between."""
    ref = Concat(Value("sheet-"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    told = MembershipCall.objects.filter(cooperative_id=OuterRef("cooperative_id"), source_ref=ref)
    found = Sheet.objects.filter(~Exists(told), cooperative__association=association, state=SheetState.VALIDATED)
    return list(found.select_related("adhesion", "cooperative__association").order_by("pk")[:500])


def last_resignation_day(association_id: int, first: int) -> dt.date:
    """The last day of a written résiliation for that school year: the AD's, or 31 October (domain.md §6)."""
    told = Tariff.objects.filter(association_id=association_id, first=first).values_list("resignation_by", flat=True).first()
    return told or dt.date(first, 10, 31)


def resignation_for(association: Association, pk: int) -> Resignation | None:
    """A résiliation of that AD's cooperatives; None for the absent and the foreign alike."""
    rows = Resignation.objects.select_related("cooperative__association")
    return rows.filter(cooperative__association=association, pk=pk).first()


def sent_under(association: Association, first: int) -> int:
    """How many sheets of that year keep the prices with which they were sent."""
    told = Sheet.objects.filter(cooperative__association=association, adhesion__first=first)
    return told.filter(state__in=(SheetState.SENT, SheetState.VALIDATED)).count()
