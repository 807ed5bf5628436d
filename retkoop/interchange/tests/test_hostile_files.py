"""Whatever the bytes, a file is read, or refused in words: never a fault, never half a book."""

import copy
import datetime as dt
import json
import string
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal
from retkoop.identity.tests.cast import signed_in
from retkoop.interchange import french_csv
from retkoop.interchange.services.canonical_book import import_book, read_book
from retkoop.interchange.tests.made_books import new_desk, open_books
from retkoop.interchange.tests.test_books_in_and_out import rich
from retkoop.ledger.chart import chart_for
from retkoop.ledger.export import book_bytes
from retkoop.ledger.invariants import check
from retkoop.ledger.models import Entry
from retkoop.ledger.queries.balances import treasuries_of
from retkoop.ledger.services import treasuries
from retkoop.ledger.tests.books import START, make_desk

pytestmark = pytest.mark.django_db
AUTUMN = dt.date(2025, 9, 15)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
HEAD = "Date;Libellé;N° de chèque;Moyen;Relevé;Entrée banque;Sortie banque;Entrée caisse;6180 x;7560 y\n"
_CELLS = st.one_of(
    st.sampled_from(["", "12/3/25", "1/9/2024", "12,50", "-12,50", "1 234", "virement", "Bus", "12/03/2025, –", '"', "=1"]),
    st.text(max_size=12),
)
_JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=12), st.just([]), st.just({}),
    st.just("\ud800"), st.just("a" * 300), st.just("\x00"), st.just("2025-02-31"), st.just([{}]),
)  # fmt: skip


@pytest.fixture
def desk():
    with travel(AUTUMN):
        yield make_desk()


def read(desk, data: bytes):
    return french_csv.read(
        data,
        year=desk.year,
        treasuries=treasuries_of(desk.cooperative),
        chart=chart_for(desk.cooperative.association_id, 2024),
        today=AUTUMN,
    )


@FEW
@given(data=st.one_of(st.binary(max_size=400), st.text(string.printable, max_size=400).map(str.encode)))
def test_any_bytes_are_no_cahier_and_are_refused_in_words(desk, data):
    with pytest.raises(Refusal) as refused:
        read(desk, data)
    assert refused.value.field == "file"


@FEW
@given(rows=st.lists(st.lists(_CELLS, max_size=11), min_size=1, max_size=6))
def test_any_lines_under_good_headings_are_read_or_named(desk, rows):
    text = HEAD + "\n".join(";".join(cell.replace("\n", " ").replace(";", ",") for cell in row) for row in rows)
    try:
        reading = read(desk, text.encode("utf-8", errors="surrogatepass"))
    except Refusal:
        return
    for good in reading.good:
        assert sum(line.cents for line in good.content.lines) == 0
        assert desk.year.start <= good.content.date <= desk.year.end
    assert all(bad.reasons for bad in reading.bad)


def _places(state: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [path] if path else []
    if isinstance(state, dict):
        for key in sorted(state):
            found += _places(state[key], (*path, key))
    elif isinstance(state, list):
        for index, value in enumerate(state):
            found += _places(value, (*path, index))
    return found


@pytest.fixture
def book(desk):
    """A rich canonical book, as data."""
    second = treasuries.open_treasury(
        cooperative=desk.cooperative, account="postal_bank", label="La Poste", opened=START, author=desk.teacher
    )
    open_books(desk, second)
    rich(desk)
    return json.loads(book_bytes(desk.year))


@FEW
@given(data=st.data())
def test_a_book_with_one_value_replaced_or_missing_is_refused_whole_or_is_a_sound_book(book, data):
    other, _ = new_desk()
    changed = copy.deepcopy(book)
    *way, last = data.draw(st.sampled_from(_places(book)))
    holder = changed
    for step in way:
        holder = holder[step]
    if data.draw(st.booleans()):
        holder[last] = data.draw(_JUNK)
    else:
        del holder[last]
    try:
        import_book(year=other.year, state=read_book(json.dumps(changed).encode()), author=other.teacher)
    except Refusal as refusal:
        assert refusal.message
        assert Entry.objects.filter(year=other.year).count() == 0
    else:
        assert list(check(other.cooperative)) == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: (HEAD + text).encode("utf-8", "replace")))
)
def test_no_file_breaks_the_page(entry_desk, data, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    client = signed_in(entry_desk.cast.mandataire_a)
    answer = client.post("/importation/", {"fichier": SimpleUploadedFile("x", data)})
    assert answer.status_code in {303, 422}
    if answer.status_code == 303:
        assert client.get(answer["Location"]).status_code == 200
        assert client.post(answer["Location"], {"operation_key": uuid.uuid4().hex}).status_code in {303, 422}
