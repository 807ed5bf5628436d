"""What voids a quitus, and what does not: one act on the books a test, by the services (trust.md P10)."""

import datetime as dt
import io
from dataclasses import replace

import pytest

from retkoop.core.clock import travel
from retkoop.documents.services import prepared
from retkoop.documents.tests.samples import pdf_bytes, text_pdf
from retkoop.identity.audit import Author
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import CashCount, Entry, FiscalYear, Grant, Posting, Statement
from retkoop.ledger.services import closing, entries, follow, openings, pointing, receipts, statement_scans
from retkoop.ledger.tests.worked import LAST_DAY, TODAY
from retkoop.yearend.models import NamedTransfer, TypedFigure, TypedItem
from retkoop.yearend.queries.digest import WORDS, changed_parts, digest_of, short_digest
from retkoop.yearend.services.reports import ensure_report
from retkoop.yearend.tests.worked import make_reconciled

JUNE = dt.date(2025, 6, 27)


@pytest.fixture
def worked(cast):
    made = make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))
    with travel(TODAY):
        yield made


def entry(worked, name):
    return Entry.objects.select_related("action").get(pk=worked.entries[name].pk)


def amend(worked, name, **changes):
    """The entry again, some facts changed; its amounts stay unless `cents` says otherwise."""
    row = entry(worked, name)
    cents = changes.pop("cents", 0)
    lines = [Line("bank", -11_000 - cents, worked.bank.pk), Line("activities", 11_000 + cents)]
    facts = {"date": row.date, "label": row.label, "piece": row.piece, "means": row.means, "cheque": row.cheque} | changes
    content = EntryContent(facts.pop("date"), facts.pop("label"), tuple(lines), **facts)
    entries.amend_entry(entry=row, version=row.version, content=content, author=worked.author, untick_confirmed=True)


def statement(worked):
    return Statement.objects.get(treasury=worked.bank, ends_on=LAST_DAY)


def scanned():
    return prepared(name="r.pdf", stream=io.BytesIO(pdf_bytes(text_pdf())), content_type_claimed="application/pdf")


def save_balance(worked, day, cents):
    row = statement(worked)
    pointing.save_statement(
        treasury=worked.bank, ends_on=day, closing_cents=cents, author=worked.author, statement=row, version=row.version
    )


def save_grant(worked, **changes):
    row = Grant.objects.filter(year=worked.year).earliest("pk")
    content = follow.GrantContent(row.funder_type, row.funder, row.object, row.cents, row.on, row.entry)
    follow.save_grant(
        year=worked.year, content=replace(content, **changes), author=worked.author, grant=row, version=row.version
    )


def tick(worked, name, *, ticked, on=None):
    posting = Posting.objects.get(entry=worked.entries[name], treasury=worked.bank, until_version=None)
    pointing.set_tick(posting=posting, ticked=ticked, statement=on, author=worked.author)


def move_tick(worked):
    tick(worked, "trip", ticked=False)
    tick(worked, "trip", ticked=True, on=july(worked))


def count(worked, pieces, on=LAST_DAY):
    follow.count_cash(year=worked.year, treasury=worked.box, on=on, pieces=pieces, author=worked.author)


def july(worked):
    return pointing.save_statement(treasury=worked.bank, ends_on=dt.date(2025, 7, 31), closing_cents=1, author=worked.author)


def reopened_with(worked, cents):
    """By the AD, with its reason."""
    contents = [openings.OpeningContent(worked.bank, cents)]
    helping = Author(worked.author.person, worked.year.cooperative.association)
    openings.type_opening(year=worked.year, on=dt.date(2024, 9, 1), contents=contents, author=helping, reason="Faute")


CHANGES = {
    "a new entry": (lambda w: w.record(JUNE, "Livres", -500, activities=500), {"entries", "postings"}),
    "an entry on another day": (lambda w: amend(w, "bus", date=dt.date(2025, 6, 26)), {"entries"}),
    "another means": (lambda w: amend(w, "bus", means="cheque"), {"entries"}),
    "a cheque number": (lambda w: amend(w, "bus", means="cheque", cheque="4000117"), {"entries"}),
    "a cancelled entry": (
        lambda w: entries.cancel_entry(entry=entry(w, "bus"), version=1, author=w.author), {"entries", "postings"}
    ),
    "an amount": (lambda w: amend(w, "bus", cents=100), {"postings"}),
    "the report à nouveau": (lambda w: reopened_with(w, 185_001), {"postings"}),
    "a tick": (lambda w: tick(w, "bus", ticked=True, on=statement(w)), {"pointage"}),
    "a tick taken away": (lambda w: tick(w, "trip", ticked=False), {"pointage"}),
    "a tick on another statement": (move_tick, {"pointage"}),
    "another count of the cash": (lambda w: count(w, {2_000: 2, 500: 1}), {"cash"}),
    "the same sum in other coins": (lambda w: count(w, {2_000: 2, 100: 5}), {"cash"}),
    "a count taken back": (
        lambda w: follow.cancel_count(count=CashCount.objects.get(), author=w.author), {"cash"}
    ),
    "the statement's balance": (lambda w: save_balance(w, LAST_DAY, 229_001), {"statement"}),
    "the statement's day": (lambda w: save_balance(w, dt.date(2025, 8, 30), 229_000), {"statement", "pointage"}),
    "a grant's funder": (lambda w: save_grant(w, funder="Mairie de Soullans"), {"grants"}),
    "a grant's kind of funder": (lambda w: save_grant(w, funder_type="region"), {"grants"}),
    "a grant's object": (lambda w: save_grant(w, object="Théâtre"), {"grants"}),
    "a grant's amount": (lambda w: save_grant(w, cents=29_999), {"grants"}),
    "a grant's day": (lambda w: save_grant(w, on=dt.date(2025, 1, 15)), {"grants"}),
    "a grant's entry": (lambda w: save_grant(w, entry=None), {"grants"}),
    "a grant taken out": (
        lambda w: follow.remove_grant(grant=Grant.objects.earliest("pk"), author=w.author), {"grants"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_what_was_approved_changes_that_part_and_no_other(worked, what):
    before = digest_of(worked.year)
    act, parts = CHANGES[what]
    act(worked)
    now = digest_of(FiscalYear.objects.select_related("cooperative__association").get(pk=worked.year.pk))
    assert set(changed_parts(before, now)) == parts
    assert short_digest(before) != short_digest(now)


def attach_receipt(worked):
    with scanned() as ready:
        receipts.attach_receipts(entry=entry(worked, "bus"), ready=[ready], author=worked.author)


def attach_statement(worked):
    with scanned() as ready:
        statement_scans.attach_scan(statement=statement(worked), ready=ready, author=worked.author)


def later_tick(worked):
    september = pointing.save_statement(
        treasury=worked.bank, ends_on=dt.date(2025, 9, 30), closing_cents=5, author=worked.author
    )
    tick(worked, "bus", ticked=True, on=september)


def close(worked):
    closing.close_year(year=FiscalYear.objects.select_related("cooperative__association").get(pk=worked.year.pk),
                       author=worked.author)  # fmt: skip


HARMLESS = {
    "a receipt": attach_receipt,
    "the scan of the statement": attach_statement,
    "a label's typo": lambda w: amend(w, "bus", label="Car du musée"),
    "a piece number": lambda w: amend(w, "bus", piece="42"),
    "an action": lambda w: amend(w, "bus", action="Musée"),
    "the other school's name": lambda w: amend(w, "bus", counterparty="École voisine"),
    "no receipt expected": lambda w: receipts.expect_receipt(entry=entry(w, "bus"), expected=False, version=1, author=w.author),
    "an entry of the next year": lambda w: w.__class__(
        w.author, FiscalYear.objects.get(cooperative=w.year.cooperative, start__year=2025), w.bank, w.box, {}
    ).record(dt.date(2025, 9, 3), "Rentrée", -100, activities=100),
    "a tick on a statement of the next year": later_tick,
    "the closing of the year": close,
    "an earlier count of the cash": lambda w: count(w, {100: 1}, dt.date(2025, 3, 21)),
    "the balance of an earlier statement": july,
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_approves_nothing_else_leaves_the_digest_as_it_is(worked, what):
    before = digest_of(worked.year)
    HARMLESS[what](worked)
    now = digest_of(FiscalYear.objects.select_related("cooperative__association").get(pk=worked.year.pk))
    assert changed_parts(before, now) == ()


def test_a_change_taken_back_gives_the_same_digest_again(worked):
    before = digest_of(worked.year)
    row = entry(worked, "bus")
    entries.cancel_entry(entry=row, version=row.version, author=worked.author)
    assert changed_parts(before, digest_of(worked.year)) != ()
    row.refresh_from_db()
    entries.restore_entry(entry=row, version=row.version, author=worked.author)
    assert changed_parts(before, digest_of(worked.year)) == ()


@pytest.fixture
def totals(cast):
    made = make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))
    FiscalYear.objects.filter(pk=made.year.pk).update(mode="totals")
    year = FiscalYear.objects.select_related("cooperative__association").get(pk=made.year.pk)
    with travel(TODAY):
        report = ensure_report(year=year, author=made.author)
        TypedFigure.objects.create(cooperative=year.cooperative, report=report, key="activities", cents=100)
        TypedItem.objects.create(cooperative=year.cooperative, report=report, bank="bank", label="Bus", cents=-11_000)
        NamedTransfer.objects.create(cooperative=year.cooperative, report=report, other_name="Voisins", cents=5_000)
        report.cash_pieces = {"2000": 1}
        report.save()
        yield report


TYPED = {
    "a total": (lambda r: TypedFigure.objects.update(cents=101), {"totals"}),
    "a box": (lambda r: TypedFigure.objects.update(key="insurance"), {"totals"}),
    "an item's amount": (lambda r: TypedItem.objects.update(cents=-1), {"items"}),
    "an item's day": (lambda r: TypedItem.objects.update(on=JUNE), {"items"}),
    "an item's cheque": (lambda r: TypedItem.objects.update(cheque="7"), {"items"}),
    "an item's bank": (lambda r: TypedItem.objects.update(bank="postal_bank"), {"items"}),
    "an item taken out": (lambda r: TypedItem.objects.update(removed_at=r.started_at), {"items"}),
    "a transfer's amount": (lambda r: NamedTransfer.objects.update(cents=4_000), {"transfers"}),
    "a transfer's other side": (lambda r: NamedTransfer.objects.update(other_name="Autres"), {"transfers"}),
    "a transfer taken out": (lambda r: NamedTransfer.objects.update(removed_at=r.started_at), {"transfers"}),
    "the pieces counted": (lambda r: r.__class__.objects.update(cash_pieces={"2000": 2}), {"cash"}),
    "a grant": (lambda r: Grant.objects.filter(funder_type="town").update(cents=1), {"grants"}),
    "a sum written otherwise": (lambda r: TypedFigure.objects.update(expression="50 + 50"), set()),
    "an item's words": (lambda r: TypedItem.objects.update(label="Car"), set()),
    "the advance of the report": (lambda r: r.__class__.objects.update(state="submitted"), set()),
}


@pytest.mark.parametrize("what", TYPED)
def test_each_typed_field_changes_its_own_part(totals, what):
    before = digest_of(totals.year)
    act, parts = TYPED[what]
    assert act(totals)
    now = digest_of(FiscalYear.objects.select_related("cooperative__association").get(pk=totals.year_id))
    moved = {"totals"} if what.startswith("a transfer") else set()
    assert set(changed_parts(before, now)) - moved == parts - moved


def test_every_part_has_its_words(totals):
    typed = {*digest_of(totals.year)}
    totals.year.mode = "books"
    assert {*digest_of(totals.year), *typed} == {*WORDS}
