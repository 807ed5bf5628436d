"""Nobody sees another cooperative, nor can guess that it exists (P11): every address × everyone × every method × whose.

The table of what each may do is derived from the permissions alone. Every text
of every book bears a token of that book: a foreign one in any answer fails.
"""

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client

from retkoop.core.clock import travel
from retkoop.identity import services
from retkoop.identity.access import Page, list_pages
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent, Cooperative, Mandate, Role
from retkoop.identity.permissions import FORMER, GRANTS, Permission
from retkoop.identity.tests.cast import SINCE, Cast, signed_in_under
from retkoop.ledger import chart
from retkoop.ledger.export import book_bytes
from retkoop.ledger.services import closing
from tests.addresses import ABSENT, address, parts
from tests.full_book import TODAY, FullBook, import_one, make_full_book, propose

PROVE = os.environ.get("RETKOOP_PROVE") == "1"  # every method for everyone on both engines
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
MAIN = {"anonymous", "mandataire A", "AD accountant in A", "other AD in C"}  # all who knock on the second engine
THOROUGH = {"anonymous", "mandataire A"}  # who try every method: HEAD is a GET, PUT and DELETE are nobody's
TWINS = {"mandataire B", "mandataire C"}  # what mandataire A sends, they send only in the long proof
KEY = "0123456789abcdef0123456789abcdef"
CONSOLE = ("/ad/comptes-rendus/<", "/ad/cooperatives/", "/ad/adhesions/")  # where an AD reads what its cooperatives wrote
SHOWN = {200, 302, 303}
ANSWERED = SHOWN | {400, 404, 409, 422}


@dataclass
class Visitor:
    """Someone at the door: `own` is the book in which they stand, `may_name` the letters of what they may read about."""

    name: str
    mandate: Mandate | None = None
    former: bool = False
    own: FullBook | None = None
    may_read: str = ""
    may_name: str = ""
    helping: bool = False

    @property
    def granted(self) -> frozenset[Permission]:
        """What is granted to whoever is signed in; nothing to a stranger."""
        if self.mandate is None:
            return frozenset()
        return FORMER if self.former else GRANTS[Role(self.mandate.role)]

    def enter(self) -> Client:
        if self.mandate is None:
            return Client()
        return signed_in_under(self.mandate, self.own.cooperative if self.own and self.helping else None)


@dataclass
class Town:
    """Three full books, and everyone."""

    books: dict[str, FullBook]
    everyone: list[Visitor]
    wrong: list[str] = field(default_factory=list)


def make_town(cast: Cast) -> Town:
    """Books A and B in one AD, C in another; a fourth cooperative has proposed a transfer to each."""
    chart.load()
    plain = services.create_cooperative(
        association=cast.ad_085, number="777", name="École du Port", town="Noirmoutier", created_on=SINCE
    )
    sender = make_full_book(plain, Author(cast.ad_accountant), "PORT", documents=False)
    books = {}
    for letter, cooperative, person in (
        ("A", cast.cooperative_a, cast.mandataire_a),
        ("B", cast.cooperative_b, cast.mandataire_b),
        ("C", cast.cooperative_c, cast.mandataire_c),
    ):
        Cooperative.objects.filter(pk=cooperative.pk).update(name=f"École NOM{letter}", town=f"Bourg NOM{letter}")
        cooperative.refresh_from_db()
        book = books[letter] = make_full_book(cooperative, Author(person), f"JETON{letter}")
        book.years[0].refresh_from_db()
        asked = closing.request_reopening(year=book.years[0], reason=f"Raison MOTIF{letter}", author=book.author)
        propose(sender, book)
        import_one(book)
        book.ids |= {"reopening": asked.pk, "identifier": cooperative.identifier, "code": cooperative.association.code}
    return Town(books, list(_everyone(cast, books)))


def _everyone(cast: Cast, books: dict[str, FullBook]) -> Iterator[Visitor]:
    a, b, c = books.values()
    yield Visitor("anonymous")
    yield Visitor("mandataire A", cast.mandataire_a.mandates.get(), own=a, may_read="A", may_name="A")
    yield Visitor(
        "former mandataire A", cast.former_mandataire_a.mandates.get(), former=True, own=a, may_read="A", may_name="A"
    )
    yield Visitor("reader A", cast.reader_a.mandates.get(), own=a, may_read="A", may_name="A")
    yield Visitor("mandataire B", cast.mandataire_b.mandates.get(), own=b, may_read="B", may_name="B")
    yield Visitor("mandataire C", cast.mandataire_c.mandates.get(), own=c, may_read="C", may_name="C")
    ad = {"may_name": "AB", "helping": True}
    yield Visitor("AD accountant in A", cast.ad_accountant.mandates.get(), own=a, may_read="A", **ad)
    yield Visitor("AD accountant", cast.ad_accountant.mandates.get(), **ad)
    yield Visitor("AD reader in A", cast.ad_reader.mandates.get(), own=a, may_read="A", **ad)
    yield Visitor("other AD in C", cast.other_ad.mandates.get(), own=c, may_read="C", may_name="C", helping=True)
    yield Visitor("federation", cast.federation_person.mandates.get())


def expected(visitor: Visitor, page: Page, method: str, whose: str) -> set[int]:
    """The statuses that the permissions allow."""
    if method not in page["methods"]:
        return {405}
    asked = Permission(page["post_permission"] if method == "POST" else page["permission"])
    if asked is Permission.PUBLIC:
        return ANSWERED
    if visitor.mandate is None:
        return {303} if method == "POST" else {302}
    if asked not in visitor.granted:
        return {403}
    if asked.value.startswith("book.") and visitor.own is None:
        return {303}
    if whose in {"foreign", "absent", "mixed"}:
        return {404}
    if method == "POST":
        return ANSWERED - {404} if parts(page["pattern"], page["name"]) else ANSWERED
    return SHOWN


def choices(town: Town, visitor: Visitor, page: Page) -> Iterator[tuple[str, str]]:
    """(whose, address): one's own, each foreign book's, none's, and one's own with one foreign part."""
    named = parts(page["pattern"], page["name"])
    console = page["permission"].startswith("ad.")
    everywhere = page["permission"].startswith("federation.")
    reach = "ABC" if everywhere else visitor.may_name if console else visitor.may_read
    near = [book for letter, book in town.books.items() if letter in reach]
    own = (near if console or everywhere else [visitor.own] if visitor.own else []) or [town.books["A"]]
    mine = {part: own[0].ids[what] for part, what in named.items()}
    yield "own", address(page["pattern"], page["name"], mine)
    if not named:
        return
    for book in town.books.values():
        if book not in own:
            yield "foreign", address(page["pattern"], page["name"], {part: book.ids[what] for part, what in named.items()})
            if len(named) > 1:
                for part, what in named.items():
                    yield "mixed", address(page["pattern"], page["name"], {**mine, part: book.ids[what]})
    yield "absent", address(page["pattern"], page["name"], {part: ABSENT.get(what, 999_999) for part, what in named.items()})


def body(answer: HttpResponseBase) -> bytes:
    """What came, whole."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def readable(answer: HttpResponseBase, came: bytes) -> str:
    """Every text that a person could read in it: headers, page, table, workbook, PDF."""
    told = str(answer.headers)
    if came.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(came)) as book:
            return told + " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if came.startswith(b"%PDF"):
        pdf = pypdfium2.PdfDocument(came)
        pages = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
        return told + str(pdf.get_metadata_dict()) + pages
    return told + came.decode("utf-8", "replace")


def forbidden_words(visitor: Visitor, page: Page) -> list[str]:
    """The tokens of other books, and the names and reasons that only their AD may read: it reads its reports too."""
    readable = visitor.may_read + (visitor.may_name if page["pattern"].startswith(CONSOLE) and visitor.helping else "")
    return [f"JETON{letter}" for letter in "ABC" if letter not in readable] + [
        f"{word}{letter}" for word in ("NOM", "MOTIF") for letter in "ABC" if letter not in visitor.may_name
    ]


class Matrix:
    """Knocks at every door, and keeps what is not as the table says."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.absent: tuple[object, bytes] | None = None
        self.requests = self.seen_own = 0

    def knock(self, visitor: Visitor, page: Page, method: str, whose: str, path: str) -> None:
        client = visitor.enter() if method == "POST" and whose == "own" else self.client
        sent = {"operation_key": KEY} if whose != "own" else {}
        answer = getattr(client, method.lower())(path, sent if method == "POST" else None)
        came = body(answer)
        self.requests += 1
        where = f"{visitor.name} {method} {path} ({whose})"
        allowed = expected(visitor, page, method, whose)
        if answer.status_code not in allowed:
            self.town.wrong.append(f"{where}: {answer.status_code}, not {sorted(allowed)}")
        if answer.status_code == 404 and method != "HEAD" and page["permission"] != "public":
            self.same(where, dict(answer.headers), came)
        text = readable(answer, came)
        self.town.wrong += [f"{where}: shows {word}" for word in forbidden_words(visitor, page) if word in text]
        self.seen_own += any(f"JETON{letter}" in text for letter in visitor.may_read)

    def same(self, where: str, headers: dict[str, str], came: bytes) -> None:
        """Every 404 is the very same answer."""
        headers = {name: value for name, value in headers.items() if name != "Date"}
        self.absent = self.absent or (headers, came)
        if self.absent != (headers, came):
            self.town.wrong.append(f"{where}: another 404, {headers}")

    def play(self, visitor: Visitor, methods: tuple[str, ...]) -> None:
        self.client = visitor.enter()
        for page in list_pages():
            for whose, path in choices(self.town, visitor, page):
                for method in methods:
                    if method in {"PUT", "DELETE"} and whose != "own":
                        continue
                    if method == "HEAD" and whose == "own" and not path.endswith("/"):
                        continue
                    self.knock(visitor, page, method, whose, path)


@pytest.mark.django_db
def test_nobody_sees_another_cooperative_at_any_address_by_any_method(cast):
    with travel(TODAY):
        town = make_town(cast)
        exported = {letter: [book_bytes(year) for year in book.years] for letter, book in town.books.items()}
        events = AuditEvent.objects.count()
        matrix = Matrix(town)
        second = connection.vendor == "postgresql" and not PROVE
        for visitor in town.everyone:
            if visitor.name in MAIN or not second:
                short = ("GET",) if visitor.name in TWINS else ("GET", "POST")
                matrix.play(visitor, METHODS if PROVE or (visitor.name in THOROUGH and not second) else short)
        assert not town.wrong, "\n".join(town.wrong)
        assert exported == {letter: [book_bytes(year) for year in book.years] for letter, book in town.books.items()}
        assert AuditEvent.objects.count() == events
    print(f"{matrix.requests} requests; own token read {matrix.seen_own} times")
    assert matrix.absent is not None
    assert (matrix.requests > 500, matrix.seen_own > 50) == (True, True)


def test_the_matrix_knows_how_to_fill_every_address():
    for page in list_pages():
        parts(page["pattern"], page["name"])
    with pytest.raises(LookupError):
        parts("/secret/<int:thing_id>/", "secret")
