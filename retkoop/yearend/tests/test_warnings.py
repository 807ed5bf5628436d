"""The warnings of a report: each raised by what it is about, and silent on a clean year."""

import datetime as dt
from dataclasses import replace

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.models import Association
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.content import EntryContent
from retkoop.ledger.content import Line as ContentLine
from retkoop.ledger.models import InventoryLine
from retkoop.ledger.services.entries import record_entry
from retkoop.ledger.services.membership import tell_call
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.book_warnings import book_warnings
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.membership import Called
from retkoop.yearend.queries.shapes import GrantLine, Line, TransferLine, Treasury
from retkoop.yearend.tests.test_controls import BANK, BOX, WORKED
from retkoop.yearend.tests.worked import make_reconciled
from retkoop.yearend.warnings import WARNINGS, warnings

CHARGES = (Line("occe_dues", "6281", "Cotisation", 15_000), Line("insurance", "6168", "Assurances", 1_500))
CLEAN = replace(WORKED, charges=CHARGES)
TRANSFER = replace(
    CLEAN,
    charges=(*CHARGES, Line("exceptional_charges", "6700", "Exceptionnelles", 5_000)),
    transfers=(TransferLine(1, "", -5_000),),
)


def ids(figures):
    return [found.id for found in warnings(figures)]


def test_a_clean_year_raises_no_warning():
    assert ids(CLEAN) == []


@pytest.mark.parametrize(
    ("figures", "warning", "amount"),
    [
        (replace(CLEAN, treasuries=(replace(BANK, cents=-100), BOX)), "crf-bank-negative", "−1,00"),
        (replace(CLEAN, treasuries=(BANK, replace(BOX, cents=-250))), "crf-cash-negative", "−2,50"),
        (replace(CLEAN, incomes=(Line("x", "7560", "Familles", -300),)), "crf-negative-account", "−3,00"),
        (replace(CLEAN, grants=(GrantLine(1, "Mairie", "", "2025-01-14", 30_000, 1, False),)), "crf-grant-unproved", "300,00"),
        (replace(TRANSFER), "crf-transfer-unnamed", "50,00"),
        (
            replace(CLEAN, treasuries=(BANK, BOX, Treasury("class_advance", "541", "Régie", "advance", 3_000))),
            "crf-advance-open",
            "30,00",
        ),
        (replace(CLEAN, charges=(replace(CHARGES[0], cents=0), Line("x", "6180", "Bus", 100))), "crf-dues-missing", "6281"),
        (replace(CLEAN, charges=(CHARGES[0], replace(CHARGES[1], cents=0))), "crf-insurance-missing", "150,00"),
    ],
)
def test_each_warning_is_raised_alone_and_says_its_amount(figures, warning, amount):
    assert ids(figures) == [warning]
    assert amount in warnings(figures)[0].message
    assert warnings(figures)[0].title == WARNINGS[warning].title


def test_a_named_transfer_and_an_empty_page_raise_nothing():
    assert ids(replace(TRANSFER, transfers=(TransferLine(1, "École du Phare", -5_000),))) == []
    assert ids(replace(TRANSFER, touched=False)) == []


CALLED = Called(15_000, 1_500, own=True)


@pytest.mark.parametrize(
    ("dues", "insurance", "called", "warning", "words"),
    [
        (15_000, 1_500, CALLED, [], []),
        (15_000, 4_000, CALLED, [], []),
        (15_300, 1_500, CALLED, ["crf-dues-unlike"], ["3,00\u00a0€ de trop au 6281"]),
        (14_000, 1_000, CALLED, ["crf-dues-unlike"], ["10,00\u00a0€ de moins au 6281", "5,00\u00a0€ de moins au 6168"]),
        (16_500, 0, CALLED, ["crf-insurance-missing"], []),
        (15_000, 0, Called(15_000, 0, own=True), [], []),
        (0, 0, CALLED, ["crf-dues-missing"], []),
        (0, 0, Called(others=("la mairie",)), [], []),
    ],
)
def test_the_adhesion_of_the_books_is_the_one_that_was_called(dues, insurance, called, warning, words):
    lines = (replace(CHARGES[0], cents=dues), replace(CHARGES[1], cents=insurance), Line("x", "6180", "Bus", 100))
    found = warnings(replace(CLEAN, charges=lines), called)
    assert [each.id for each in found] == warning
    assert [text for text in words if text not in found[0].message] == []


def test_the_page_says_who_else_pays_the_adhesion(cast, worked):
    client = signed_in(cast.mandataire_a)

    def page(**facts):
        tell_call(
            cooperative=worked.year.cooperative, first=worked.year.first, ref="sheet-1", on=dt.date(2024, 10, 4),
            membership_cents=9_000, insurance_cents=900, review_cents=0, **facts,
        )  # fmt: skip
        return client.get(f"/compte-rendu/crf/?annee={worked.year.slug}").content.decode()

    own = page()
    assert ("crf-dues" in own, "data-adhesion" in own) == (True, False)
    other = page(payer="parents", payer_name="Amicale")
    assert ("crf-dues" in other, "est payée par l’association de parents (Amicale)" in other) == (False, True)


@pytest.fixture
def worked(cast):
    made = make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))
    with travel(TODAY):
        yield made


def pay(worked, cents, day, **facts):
    lines = (ContentLine("bank", -cents, worked.bank.pk), ContentLine("activities", cents))
    return record_entry(year=worked.year, content=EntryContent(day, "Sortie", lines, **facts), author=worked.author)


def told(worked):
    return {found.id: found.message.replace("\u202f", " ").replace("\u00a0", " ") for found in book_warnings(worked.year)}


def test_the_worked_year_has_nothing_odd(worked):
    assert told(worked) == {}
    assert ids(figures_of(worked.year)) == ["crf-grant-unproved", "crf-grant-unproved"]


def test_cheques_used_twice_or_skipped_are_listed(worked):
    for number in ("4000110", "4000110", "4000113", "4000900"):
        pay(worked, 100, dt.date(2025, 3, 1), cheque=number)
    assert told(worked) == {
        "crf-cheque-reused": "Ce chèque est dans plusieurs écritures : 4000110.",
        "crf-cheque-gap": "Ces chèques ne sont dans aucune écriture : 4000111, 4000112. Gardez-les dans le chéquier s’ils sont "
        "annulés.",
    }


def test_a_piece_used_twice_is_listed(worked):
    for piece in ("D12", "D12", "D13"):
        pay(worked, 100, dt.date(2025, 3, 1), piece=piece)
    assert told(worked) == {"crf-piece-reused": "Ce numéro de pièce est dans plusieurs écritures : D12."}


def test_the_first_day_below_zero_is_named_with_its_amount(worked):
    pay(worked, 500_000, dt.date(2024, 10, 1))
    worked.record(dt.date(2024, 12, 5), "Don en espèces", box=-100, activities=100)
    assert told(worked) == {
        "crf-bank-overdrawn": "« Banque » était à −2 195,00 € le 01/10/2024.",
        "crf-cash-below-zero": "« Caisse » était à −1,00 € le 05/12/2024.",
    }


def test_a_durable_good_without_its_line_is_named(worked):
    InventoryLine.objects.all().delete()
    assert told(worked) == {"crf-inventory-missing": "180,10 € au compte 6800 sans ligne d’inventaire : Appareil photo."}


def test_the_page_shows_them_and_an_ad_switches_each_off(worked, cast):
    pay(worked, 100, dt.date(2025, 3, 1), piece="D12")
    pay(worked, 100, dt.date(2025, 3, 1), piece="D12")
    teacher = signed_in(cast.mandataire_a)
    assert 'data-warning="crf-piece-reused"' in teacher.get("/compte-rendu/crf/verifications/").content.decode()
    assert 'data-warning="crf-grant-unproved"' in teacher.get("/compte-rendu/crf/").content.decode()
    Association.objects.update(muted_warnings=["crf-piece-reused", "crf-grant-unproved"])
    assert "data-warning" not in teacher.get("/compte-rendu/crf/verifications/").content.decode()
    assert "data-warning" not in teacher.get("/compte-rendu/crf/").content.decode()
