"""Storing what a cooperative that keeps its books elsewhere types: the whole page at once, one act."""

from dataclasses import dataclass, replace

from retkoop.core import clock
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity import audit
from retkoop.ledger.follow import grant_state
from retkoop.ledger.models import FiscalYear, Grant, YearMode
from retkoop.ledger.services._book import refuse_sealed
from retkoop.ledger.services.follow import GrantContent, withdraw_grant, write_grant
from retkoop.yearend.models import NamedTransfer, Report, TypedFigure, TypedItem
from retkoop.yearend.queries.totals import GRANT, GrantRow, ItemRow, Totals, TransferRow, totals_of, totals_state
from retkoop.yearend.services.reports import refuse_locked


@dataclass(frozen=True)
class Saved:
    """The report, and what was stored in the order in which it came, each row with its id."""

    report: Report
    totals: Totals


def save_totals(
    *,
    year: FiscalYear,
    totals: Totals,
    author: audit.Author,
    version: int,
    operation: audit.Operation | None = None,
) -> Saved:
    """Store the page as it was typed; rows that are no longer in it go. The report begins with it.

    `version`: that of the report when the page was shown, 0 before it began.
    Raises StaleVersion, Refusal (books kept here, report handed in).
    """
    try:
        with audit.act(year.cooperative, author, "report.totals_typed", operation=operation) as act:
            refuse_sealed(year.pk)
            report = _report(year, version)
            kept = _store(report, totals)
            kept = replace(kept, grants=_grants(act, year, totals))
            _keep_sums(report, kept.grants)
            report.version += 1
            report.save(update_fields=["version", "cash_pieces"])
            act.about("report", report.pk)
            act.payload = {"year": year.slug, "totals": totals_state(totals_of(year, report))}
    except audit.Replay as replay:
        report = Report.objects.get(pk=replay.subject_id)
        return Saved(report, totals_of(year, report))
    return Saved(report, kept)


def _report(year: FiscalYear, version: int) -> Report:
    """The year's report as it now stands, begun if need be."""
    if FiscalYear.objects.values_list("mode", flat=True).get(pk=year.pk) != YearMode.TOTALS:
        message = "Le cahier de cette année est tenu ici : ses totaux ne se saisissent pas, ils viennent des écritures."
        raise Refusal(message)
    report, begun = Report.objects.get_or_create(
        year=year, defaults={"cooperative": year.cooperative, "started_at": clock.now()}
    )
    if version != (0 if begun else report.version):
        raise StaleVersion
    refuse_locked(report)
    return report


def _store(report: Report, totals: Totals) -> Totals:
    """The amounts, the rows and the count; returns them with the ids of the rows."""
    for key, amount in totals.amounts.items():
        said = {"expression": amount.expression, "cents": amount.cents, "cooperative_id": report.cooperative_id}
        TypedFigure.objects.update_or_create(report=report, key=key, defaults=said)
    TypedFigure.objects.filter(report=report).exclude(key__in=totals.amounts).exclude(key__startswith=GRANT).delete()
    report.cash_pieces = None if totals.pieces is None else {str(value): n for value, n in sorted(totals.pieces.items()) if n}
    return replace(totals, items=_items(report, totals), transfers=_transfers(report, totals))


def _items(report: Report, totals: Totals) -> tuple[ItemRow, ...]:
    known = {row.pk: row for row in TypedItem.objects.filter(report=report, removed_at__isnull=True)}
    kept = []
    for item in totals.items:
        line = known.pop(item.id or 0, None) or TypedItem(report=report, cooperative_id=report.cooperative_id)
        line.bank, line.label, line.on, line.cheque = item.bank, item.label, item.on, item.cheque
        line.expression, line.cents = item.amount.expression, item.amount.cents
        line.save()
        kept.append(replace(item, id=line.pk))
    TypedItem.objects.filter(pk__in=known).update(removed_at=clock.now())
    return tuple(kept)


def _transfers(report: Report, totals: Totals) -> tuple[TransferRow, ...]:
    own = NamedTransfer.objects.filter(report=report, removed_at__isnull=True)
    known = {row.pk: row for row in own.select_related("other")}
    kept = []
    for transfer in totals.transfers:
        told = known.pop(transfer.id or 0, None) or NamedTransfer(report=report, cooperative_id=report.cooperative_id)
        if told.other is None or told.other.name != transfer.name:
            told.other, told.other_name = None, transfer.name
        told.expression, told.cents = transfer.amount.expression, transfer.amount.cents
        told.save()
        kept.append(replace(transfer, id=told.pk))
    NamedTransfer.objects.filter(pk__in=known).update(removed_at=clock.now())
    return tuple(kept)


def _grants(act: audit.Act, year: FiscalYear, totals: Totals) -> tuple[GrantRow, ...]:
    """2.e: the same lines as those of `/subventions/`, each change told as the change that it is."""
    rows = Grant.objects.filter(year=year, removed_at__isnull=True).select_related("entry", "document")
    known, kept = {row.pk: row for row in rows}, []
    for row in totals.grants:
        grant = known.pop(row.id or 0, None)
        if grant is None or not _same(grant, row):
            content = GrantContent(
                row.funder_type, row.funder, row.object, row.cents, row.on,
                grant.entry if grant else None, grant.document if grant else None,
            )  # fmt: skip
            grant = write_grant(year, content, grant)
            act.also("grant.saved", "grant", grant.pk, {"year": year.slug, "grant": grant_state(grant)})
        kept.append(replace(row, id=grant.pk))
    for grant in known.values():
        withdraw_grant(grant)
        act.also("grant.removed", "grant", grant.pk, {"year": year.slug, "grant": grant_state(grant), "removed": True})
    return tuple(kept)


def _keep_sums(report: Report, grants: tuple[GrantRow, ...]) -> None:
    """« 400 + 200 », as it was typed, beside the line of the grant that it made."""
    typed = {f"{GRANT}{row.id}": row for row in grants if row.expression}
    TypedFigure.objects.filter(report=report, key__startswith=GRANT).exclude(key__in=typed).delete()
    for key, row in typed.items():
        said = {"expression": row.expression, "cents": row.cents, "cooperative_id": report.cooperative_id}
        TypedFigure.objects.update_or_create(report=report, key=key, defaults=said)


def _same(grant: Grant, row: GrantRow) -> bool:
    names = ("funder_type", "funder", "object", "on", "cents")
    return all(getattr(grant, name) == getattr(row, name) for name in names)
