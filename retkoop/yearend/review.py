"""What the AD reads of a report: each figure beside last year's and beside its proofs, and every place to comment.

A fixed number of queries, whatever the report holds.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from retkoop.ledger.controls import Control
from retkoop.ledger.models import FiscalYear, YearMode
from retkoop.ledger.queries.years import previous_of
from retkoop.yearend.fields import paper_field
from retkoop.yearend.models import PaperKind, PastReport, Report, ReportMove, ReportRules, ReviewReason, ValidatedReport
from retkoop.yearend.queries.activity import ActivityProgress
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.papers import Need
from retkoop.yearend.queries.shapes import Figures, Line, OpenItem, Treasury
from retkoop.yearend.readiness import Readiness, known_of, readiness_of

GRANTS_KEY = "public_grants"
FORWARD = "brought_forward"


@dataclass(frozen=True)
class Row:
    """A figure: its place (`field`), this year's cents and last year's (None: unknown), what proves it."""

    field: str
    code: str
    label: str
    cents: int
    before: int | None
    needs: tuple[Need, ...] = ()

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.cents - self.before


@dataclass(frozen=True)
class Item:
    """A line of 2.c with its proof."""

    item: OpenItem
    need: Need | None

    @property
    def on(self) -> dt.date | None:
        return _day(self.item.on)


@dataclass(frozen=True)
class Bank:
    """A bank account: what the statement says, the open lines, the verdict."""

    treasury: Treasury
    items: tuple[Item, ...]

    @property
    def on(self) -> dt.date | None:
        """The day of the statement that stands for 31 August."""
        return _day(self.treasury.statement_on)


@dataclass(frozen=True)
class Review:
    """A report as its AD reads it."""

    report: Report
    figures: Figures
    verdicts: tuple[Control, ...]
    charges: tuple[Row, ...]
    incomes: tuple[Row, ...]
    treasuries: tuple[Row, ...]
    forward: Row
    banks: tuple[Bank, ...]
    needs: tuple[Need, ...]
    activity: ActivityProgress
    answers: tuple[tuple[str, str, str], ...]
    """(field, question, answer in words)."""
    ready: Readiness
    rules: ReportRules
    before_words: str

    @property
    def counted_on(self) -> dt.date | None:
        return _day(self.figures.cash.on)

    @property
    def books(self) -> bool:
        return self.figures.mode == "books"

    @property
    def places(self) -> list[tuple[str, str]]:
        """Every place to which a reason may be pinned, (field, label), in the order of the page."""
        rows = (*self.charges, *self.incomes, *self.treasuries, self.forward)
        named = [(row.field, f"{row.code} {row.label}".strip()) for row in rows]
        named += [("reconciliation", "Rapprochement bancaire"), ("cash", "Détail de la caisse"), ("grants", "Détail du 7410")]
        named += [(paper_field(need), need.label) for need in self.needs]
        return named + [(field, f"CRA : {question}") for field, question, _ in self.answers]


def _day(iso: str) -> dt.date | None:
    return dt.date.fromisoformat(iso) if iso else None


def review_of(report: Report) -> Review:
    """Everything that the review page shows."""
    known = known_of(report)
    figures, needs, activity = known.figures, known.needs, known.activity
    before, words = before_of(report.year)
    proofs = {need.subject: need for need in needs}
    return Review(
        report=report,
        figures=figures,
        verdicts=tuple(known.verdicts),
        charges=_rows(figures.charges, before, needs),
        incomes=_rows(figures.incomes, before, needs),
        treasuries=tuple(_treasury(row, before, proofs) for row in figures.treasuries),
        forward=Row(FORWARD, "", "Report à nouveau", figures.brought_forward_cents or 0, before.get(FORWARD)),
        banks=tuple(_bank(bank, proofs) for bank in figures.banks if bank.used),
        needs=tuple(needs),
        activity=activity,
        answers=tuple(
            (f"cra.{asked.key}", asked.text, asked.words(activity.answers.get(asked.key))) for asked in activity.shown
        ),
        ready=readiness_of(report, known),
        rules=known.rules,
        before_words=words,
    )


def _rows(lines: Sequence[Line], before: dict[str, int], needs: Sequence[Need]) -> tuple[Row, ...]:
    """Accounts where something is, this year or last; the grants with their proofs."""
    grants = tuple(need for need in needs if need.kind == PaperKind.GRANT)
    return tuple(
        Row(line.code, line.code, line.label, line.cents, before.get(line.key), grants if line.key == GRANTS_KEY else ())
        for line in lines
        if line.cents or before.get(line.key)
    )


def _treasury(row: Treasury, before: dict[str, int], proofs: dict[str, Need]) -> Row:
    need = proofs.get(f"bank:{row.slug}")
    known = before.get(f"treasury:{row.slug}", before.get(row.key))
    return Row(row.code, row.code, row.label, row.cents, known, (need,) if need else ())


def _bank(bank: Treasury, proofs: dict[str, Need]) -> Bank:
    named = [(item, f"entry:{item.entry_id}" if item.entry_id else item.subject) for item in bank.items]
    return Bank(bank, tuple(Item(item, proofs.get(subject)) for item, subject in named))


def before_of(year: FiscalYear) -> tuple[dict[str, int], str]:
    """Last year's figures by account key (« treasury:<slug> » too), in cents, and where they come from, in words."""
    own = {"cooperative_id": year.cooperative_id}
    frozen = ValidatedReport.objects.filter(**own, report__year__end__year=year.end.year - 1, superseded_at__isnull=True)
    content = frozen.values_list("content", flat=True).first()
    if content is not None:
        return _frozen(json.loads(content)["figures"]), "validé"
    past = PastReport.objects.filter(**own, first=year.first - 1, removed_at__isnull=True).first()
    if past is not None:
        return {str(key): int(cents) for key, cents in past.figures.items()}, "saisi par l’AD"
    previous = previous_of(year)
    if previous is None or (previous.mode == YearMode.TOTALS and not Report.objects.filter(year=previous).exists()):
        return {}, ""
    previous.cooperative = year.cooperative
    return _known(figures_of(previous)), "non validé"


def _frozen(figures: dict[str, list[dict[str, object]]]) -> dict[str, int]:
    found = {str(row["key"]): int(str(row["cents"])) for side in ("charges", "incomes", "treasuries") for row in figures[side]}
    found |= {f"treasury:{row['slug']}": int(str(row["cents"])) for row in figures["treasuries"]}
    return found | {FORWARD: int(str(figures[f"{FORWARD}_cents"] or 0))}


def _known(figures: Figures) -> dict[str, int]:
    found = {row.key: row.cents for row in (*figures.charges, *figures.incomes)}
    found |= {row.key: row.cents for row in figures.treasuries}
    found |= {f"treasury:{row.slug}": row.cents for row in figures.treasuries}
    return found | {FORWARD: figures.brought_forward_cents or 0}


def moves_of(report: Report) -> list[ReportMove]:
    """The steps of a report, the oldest first."""
    return list(report.moves.select_related("by", "on_behalf").order_by("at", "pk"))


def open_reasons(report: Report) -> list[ReviewReason]:
    """What the AD asked for and is still to be done."""
    return list(report.reasons.filter(done_at__isnull=True))


def versions_of(report: Report) -> list[ValidatedReport]:
    """What was validated, the first version first."""
    return list(report.validated.select_related("pdf", "by", "on_behalf").order_by("number"))


def forward_story(year: FiscalYear) -> list[ValidatedReport]:
    """The versions of the year before's report when its closing moved: both values of this year's report à nouveau."""
    rows = ValidatedReport.objects.filter(cooperative_id=year.cooperative_id, report__year__end__year=year.end.year - 1)
    found = list(rows.order_by("number"))
    return found if len({row.closing_cents for row in found}) > 1 else []
