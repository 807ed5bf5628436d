"""Builds the demo, through the services only: `build()` on an empty database, once.

What stands where is told, to the cent, in docs/demo.md.
"""

import datetime as dt
import io
import random
from collections.abc import Collection

from django.contrib.auth.hashers import make_password
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.core.fonts import FOLDER
from retkoop.core.schoolyear import SchoolYear
from retkoop.demo import adhesions, cards, reports, schools
from retkoop.demo.desk import Desk
from retkoop.demo.stories import LIGHT, RICH, VARIED, Richness, year_story
from retkoop.demo.totals import type_past_reports, type_totals
from retkoop.documents.models import Document
from retkoop.documents.services import receive
from retkoop.identity import services as identity
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, Cooperative, Federation, Person, Role
from retkoop.identity.services.demo import set_demo_password
from retkoop.ledger import chart
from retkoop.ledger.models import YearMode
from retkoop.ledger.services import openings
from retkoop.yearend.services.questionnaires import load_shipped

PASSWORD = "demo-retkoop-2026"  # noqa: S105 - shown on the login page of a demo
YEARS, MOST_YEARS = 4, 5
_LONG = {"085-099"}
_RICH = {"085-099", "085-101", "085-102", "038-015", "009-001"}
_EMPTY = {"085-100"}
_TOTALS = {"038-012"}


@transaction.atomic
def build(only: Collection[str] = ()) -> None:
    """Make the federation, its ADs, cooperatives, people and four school years of books: all, or nothing.

    `only`: the identifiers of the cooperatives to make; all of them when empty.
    """
    today = clock.today()
    running = SchoolYear.of(today)
    first = SchoolYear(running.first - MOST_YEARS + 1)
    with travel(first.start):
        federation = identity.create_federation(name="Fédération nationale de l’OCCE", demo=True)
        encoded = make_password(PASSWORD)
        _staff(federation, encoded)
    chart.load()
    load_shipped()
    for association in Association.objects.order_by("code"):
        for rank, number in enumerate(schools.NUMBERS[association.code]):
            if only and f"{association.code}-{number}" not in only:
                continue
            years = MOST_YEARS if f"{association.code}-{number}" in _LONG else YEARS
            _cooperative(association, number, rank, SchoolYear(running.first - years + 1), today, encoded)
    made = {each.identifier: each for each in Cooperative.objects.select_related("association")}
    reported = [name for name in made if name in {*reports.EARLIER, *reports.LAST_YEAR}]
    reports.tell(reported, {name: _picture("Document du compte-rendu", made[name]) for name in reported})
    cards.tell(made, running.first)
    adhesions.tell(made, running.first)


def _staff(federation: Federation, encoded: str) -> None:
    starts = clock.today()
    _person("Fédération, accès de démonstration", Role.FEDERATION, federation, starts, encoded)
    for code, name, department, phone, email in schools.ASSOCIATIONS:
        association = identity.create_association(
            federation=federation, code=code, name=name, department=department, phone=phone, email=email,
            office_hours=schools.OFFICE_HOURS,
        )  # fmt: skip
        _person(f"Accueil, {name}", Role.AD_ACCOUNTANT, association, starts, encoded)


def _person(
    name: str, role: Role, organisation: Federation | Association | Cooperative, starts: dt.date, encoded: str
) -> Person:
    person = identity.create_person(full_name=name)
    identity.give_mandate(person=person, role=role, organisation=organisation, starts=starts)
    set_demo_password(person=person, password=PASSWORD, encoded=encoded)
    return person


def _cooperative(association: Association, number: str, rank: int, first: SchoolYear, today: dt.date, encoded: str) -> None:
    chance = random.Random(f"{association.code}-{number}")
    towns = schools.TOWNS[association.code]
    name = f"École {schools.NAMES[(rank * 5 + int(association.code)) % len(schools.NAMES)]}"
    with travel(first.start):
        cooperative = identity.create_cooperative(
            association=association, number=number, name=name, town=towns[rank % len(towns)], created_on=first.start
        )
        keeper = f"{chance.choice(schools.FIRST_NAMES)} {chance.choice(schools.LAST_NAMES)}"
        author = Author(_person(keeper, Role.MANDATAIRE, cooperative, first.start, encoded))
    identifier = cooperative.identifier
    if identifier in _EMPTY:
        return
    mode = YearMode.TOTALS if identifier in _TOTALS else YearMode.BOOKS
    openings.open_first_year(cooperative=cooperative, first=first, today=today, author=author, mode=mode)
    if mode == YearMode.BOOKS:
        _books(cooperative, author, first, today, chance)
    else:
        _, ended, _ = list(cooperative.years.order_by("start"))[-3:]
        helper = Person.objects.get(mandates__association=association)
        with travel(min(today, ended.end + dt.timedelta(days=12))):
            type_past_reports(ended, Author(helper, association))
            type_totals(ended, author)


def _books(cooperative: Cooperative, author: Author, first: SchoolYear, today: dt.date, chance: random.Random) -> None:
    identifier = cooperative.identifier
    richness = RICH if identifier in _RICH else chance.choice((VARIED, LIGHT, LIGHT))
    desk = Desk(cooperative, author, first, cash=richness.cash_box, postal=chance.random() < 0.25)
    years = list(cooperative.years.order_by("start"))
    desk.open(years[0], chance.randrange(90_000, 240_000) + 200_000 * (richness is RICH), 3_000)
    documents = _samples(cooperative, author, 3 if richness is RICH else 1, years[0].start)
    for index, year in enumerate(years[:-1]):
        last = index == len(years) - 2
        late = identifier == "085-099" and last
        story = year_story(f"{identifier}/{index}", richness)
        proofs = documents if richness is RICH or last else []
        done = desk.live(year, story, until=year.end, unpointed=3 if late else 0, documents=proofs, missing=2 if late else 0)
        desk.finish(year, done)
        if not last or (identifier not in {"085-099", "085-101"} and chance.random() < 0.4):
            desk.close(year)
    _running(desk, richness, identifier, today, documents)


def _running(desk: Desk, richness: Richness, identifier: str, today: dt.date, documents: list[Document]) -> None:
    """The running year: its autumn so far, spread between 1 September and today."""
    year = desk.cooperative.years.order_by("start").last()
    if year is None:
        return
    count = {"085-099": 60, "085-101": 12}.get(identifier, 20 if richness is RICH else 6)
    story = year_story(f"{identifier}/running", richness)[:count]
    squeezed = [type(event)(**{**vars(event), "at": index / max(1, count)}) for index, event in enumerate(story)]
    desk.live(year, squeezed, until=today, unpointed=4, documents=documents, missing=1)


def _samples(cooperative: Cooperative, author: Author, count: int, day: dt.date) -> list[Document]:
    """Made-up receipts, one picture each."""
    titles = ("Facture", "Ticket de caisse", "Bordereau de remise")[:count]
    with travel(day):
        return [
            receive(
                cooperative=cooperative, author=author, name=f"{title}.png",
                stream=io.BytesIO(_picture(title, cooperative)), content_type_claimed="image/png",
            )
            for title in titles
        ]  # fmt: skip


def _picture(title: str, cooperative: Cooperative) -> bytes:
    sheet = Image.new("L", (620, 877), 250)
    draw = ImageDraw.Draw(sheet)
    sizes = {size: ImageFont.truetype(FOLDER / "SourceSans3-Regular.ttf", size) for size in (28, 20)}
    draw.rectangle((30, 30, 590, 847), outline=90, width=2)
    for line, text in enumerate((title, "Pièce de démonstration", f"Coopérative {cooperative.identifier}", str(cooperative))):
        draw.text((60, 70 + 46 * line), text, fill=30, font=sizes[20 if line else 28])
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()
