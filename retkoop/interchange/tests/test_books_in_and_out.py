"""Books out and in: the canonical export is byte-identical after a round trip; the French CSV is read to the cent."""

import datetime as dt
import json
from pathlib import Path

import pytest

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal
from retkoop.core.schoolyear import SchoolYear
from retkoop.identity.audit import Author
from retkoop.identity.models import Person
from retkoop.interchange import french_csv
from retkoop.interchange.services.canonical_book import import_book, read_book, try_import
from retkoop.interchange.services.french_book import import_csv
from retkoop.ledger.chart import chart_for
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.export import book_bytes
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Draft, Entry
from retkoop.ledger.queries.balances import treasuries_of, treasury_states
from retkoop.ledger.queries.bilan import bilan_of
from retkoop.ledger.services import closing, entries, follow, openings
from retkoop.ledger.tests.books import make_desk

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parents[3] / "tests" / "fixtures"
AUTUMN = dt.date(2026, 9, 15)


@pytest.fixture
def desk():
    made = make_desk()
    with travel(dt.date(2025, 9, 15)):
        openings.type_opening(
            year=made.year,
            on=dt.date(2024, 9, 1),
            contents=[
                openings.OpeningContent(
                    made.bank, 90_000, dt.date(2024, 8, 31),
                    (openings.OpeningItemContent(dt.date(2024, 8, 20), "Librairie", -5_000, "12"),),
                ),
                openings.OpeningContent(made.cash, 2_000),
            ],
            author=made.teacher,
        )  # fmt: skip
        yield made


def rich(desk):
    """A year with everything that an export holds."""
    desk.pay(11_000, "Bus « musée »; l’œuvre", day=dt.date(2025, 6, 28), cheque="400", piece="D2", action="Musée")
    desk.receive(50_000, piece="R1", tick=True)
    entries.cancel_entry(entry=desk.pay(700, piece="D3"), version=1, author=desk.teacher)
    lines = (Line("bank", 30_000, desk.bank.pk), Line("public_grants", -30_000))
    grant = entries.record_entry(
        year=desk.year, content=EntryContent(dt.date(2025, 1, 8), "Mairie", lines), author=desk.teacher
    )
    follow.save_grant(
        year=desk.year,
        content=follow.GrantContent("town", "Mairie", "Fresque", 30_000, dt.date(2025, 1, 8), grant),
        author=desk.teacher,
    )
    follow.count_cash(year=desk.year, treasury=desk.cash, on=dt.date(2025, 6, 30), pieces={1_000: 2, 5: 0}, author=desk.teacher)
    follow.save_inventory_line(
        cooperative=desk.cooperative,
        content=follow.InventoryContent("Appareil photo", dt.date(2025, 2, 3), 18_010, "Salle 2"),
        author=desk.teacher,
    )


def test_a_rich_year_exported_and_imported_elsewhere_is_the_same_to_the_byte(desk):
    rich(desk)
    exported = book_bytes(desk.year)
    other = make_desk(number="101")
    import_book(year=other.year, state=read_book(exported), author=other.teacher)
    assert book_bytes(other.year) == exported
    assert list(check(other.cooperative)) == []
    assert treasury_states(other.year)[0].pointed_cents == treasury_states(desk.year)[0].pointed_cents


def test_a_trial_import_leaves_nothing(desk):
    rich(desk)
    other = make_desk(number="101")
    try_import(year=other.year, state=read_book(book_bytes(desk.year)), author=other.teacher)
    assert Entry.objects.filter(year=other.year).count() == 0


def test_a_book_goes_only_into_an_empty_year_of_its_own_dates(desk):
    rich(desk)
    state = read_book(book_bytes(desk.year))
    with pytest.raises(Refusal, match="pas vide"):
        import_book(year=desk.year, state=state, author=desk.teacher)
    other = make_desk(number="101")
    with pytest.raises(Refusal, match="pas de 2025-2026"):
        import_book(year=other.following, state=state, author=other.teacher)


@pytest.mark.parametrize("amount", [1, -1, 10**12, "12", None])
def test_a_book_whose_amounts_were_tampered_with_is_refused_whole(desk, amount):
    rich(desk)
    state = read_book(book_bytes(desk.year))
    state["entries"][1]["postings"][0]["cents"] = amount
    other = make_desk(number="101")
    with pytest.raises(Refusal):
        import_book(year=other.year, state=json.loads(json.dumps(state)), author=other.teacher)
    assert Entry.objects.filter(year=other.year).count() == 0


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b'{"format":"retkoop-book","version":9}', b"[1]"])
def test_what_is_not_a_book_is_refused_in_words(data):
    with pytest.raises(Refusal) as refused:
        read_book(data)
    assert refused.value.field == "file"


def read_csv(desk, year, data: bytes):
    return french_csv.read(
        data,
        year=year,
        treasuries=treasuries_of(desk.cooperative),
        chart=chart_for(desk.cooperative.association_id, year.first),
        today=AUTUMN,
    )


@pytest.fixture
def real():
    with travel(AUTUMN):
        desk = make_desk_of_2025()
        yield desk


def make_desk_of_2025():
    desk = make_desk(number="200")
    openings.ensure_years(desk.cooperative, AUTUMN, desk.teacher)
    return desk


def test_the_real_year_is_read_with_its_two_faulty_lines_named(real):
    expected = json.loads((FIXTURES / "annee_reelle.json").read_text())
    reading = read_csv(real, real.following, (FIXTURES / "annee_reelle.csv").read_bytes())
    assert (len(reading.good), [line.number for line in reading.bad]) == (118, expected["faulty"])
    first, second = reading.bad
    assert "Il manque 9,00" in first.reasons[0]
    assert "31 février 2026 n’est pas au calendrier" in second.reasons[0]


def test_the_real_year_is_refused_whole_or_keeps_its_faulty_lines_as_drafts(real):
    expected = json.loads((FIXTURES / "annee_reelle.json").read_text())
    reading = read_csv(real, real.following, (FIXTURES / "annee_reelle.csv").read_bytes())
    with pytest.raises(Refusal, match="2 lignes"):
        import_csv(year=real.following, reading=reading, author=real.teacher)
    assert Entry.objects.filter(year=real.following).count() == 0
    person = Person.objects.create(full_name="Mme Martin", created_at=dt.datetime(2025, 9, 1, tzinfo=dt.UTC))
    import_csv(year=real.following, reading=reading, author=Author(person), bad_as_drafts=True)
    figures = bilan_of(real.following)
    assert (figures.charges_cents, figures.incomes_cents) == (expected["charges_cents"], expected["incomes_cents"])
    bank, cash = treasury_states(real.following)
    opening = expected["opening"]
    uncleared = sum(item[3] for item in opening["uncleared"])
    assert bank.cents == expected["bank_cents"] - opening["bank"] - uncleared
    assert cash.cents == expected["cash_cents"] - opening["cash"]
    drafts = [draft.payload["label"] for draft in Draft.objects.filter(year=real.following).order_by("pk")]
    assert drafts == ["Fournitures, atelier d’écriture", "Timbres"]
    assert list(check(real.cooperative)) == []


HEAD = "Date;Libellé;Entrée banque;Sortie banque;6180 x;7560 y\r\n"


@pytest.mark.parametrize(
    ("line", "cents"),
    [
        ("12/3/26;Bus;;1 234,50;1 234,50;", -123_450),
        ("12/03/2026;Bus;;1\u202f234,5;1234,50;", -123_450),
        ("2026-03-12;Familles;12 €;;;12", 1_200),
        ("12/03/2026;Remboursement;20,00;;-20,00;", 2_000),
    ],
)
def test_amounts_and_dates_are_read_as_people_type_them(real, line, cents):
    reading = read_csv(real, real.following, (HEAD + line).encode())
    assert [good.content.net_cents for good in reading.good] == [cents]


@pytest.mark.parametrize(
    "line",
    [
        "12/03/2026;Bus;;1.000;1.000;",
        "12/03/2026;;;10;10;",
        "12/03/2027;Bus;;10;10;",
        "hier;Bus;;10;10;",
        "12/03/2026;Bus;;10;;",
        "12/03/2026;Bus;;10;10;10",
        "12/03/2026;Bus;;dix;10;",
    ],
)
def test_what_is_ambiguous_or_wrong_is_named_never_guessed(real, line):
    reading = read_csv(real, real.following, (HEAD + line).encode())
    assert (len(reading.good), [bad.number for bad in reading.bad]) == (0, [2])
    assert all(reason for reason in reading.bad[0].reasons)


@pytest.mark.parametrize("data", [b"", b"bonjour", b"Date;Libelle\r\n1;2", b"\x00\x01\x02" * 50, "é".encode("utf-16")])
def test_a_file_that_is_no_cahier_is_refused_in_words(real, data):
    with pytest.raises(Refusal) as refused:
        read_csv(real, real.following, data)
    assert refused.value.field == "file"


def test_tabs_commas_marks_and_totals_are_understood(real):
    text = HEAD.replace(";", "\t") + "12/03/2026\tBus\t\t10\t10\t\r\nTotaux\t\t\t10\t10\t\r\n\r\n"
    reading = read_csv(real, real.following, b"\xef\xbb\xbf" + text.encode())
    assert (len(reading.good), len(reading.bad), reading.ignored) == (1, 0, (3,))


def test_a_statement_column_ticks_the_line_on_that_statement(real):
    head = HEAD.replace("\r\n", ";Relevé\r\n")
    reading = read_csv(real, real.following, (head + "12/03/2026;Bus;;10;10;;31/03/2026").encode())
    import_csv(year=real.following, reading=reading, author=real.teacher)
    bank = treasury_states(real.following)[0]
    assert (bank.cents, bank.pointed_cents) == (-1_000, -1_000)
    assert list(check(real.cooperative)) == []


def test_closing_after_an_import_carries_what_the_file_left_open(desk):
    rich(desk)
    other = make_desk(number="101")
    import_book(year=other.year, state=read_book(book_bytes(desk.year)), author=other.teacher)
    closing.close_year(year=other.year, author=other.teacher)
    assert list(check(other.cooperative)) == []
    assert SchoolYear.of(dt.date(2025, 9, 1)).slug == other.following.slug
