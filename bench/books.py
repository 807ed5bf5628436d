"""Our data for the bench, made through the services: books of several sizes and a session for each.

`python -m bench.books` on an empty data folder; prints JSON: per book, its
identifier, session key and the ids that the measures need.
"""

import datetime as dt
import json
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retkoop.config.settings")
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402

from retkoop.config import installation  # noqa: E402
from retkoop.core import clock  # noqa: E402
from retkoop.core.schoolyear import SchoolYear  # noqa: E402
from retkoop.identity import audit, services, session  # noqa: E402
from retkoop.identity.models import Association, Role  # noqa: E402
from retkoop.identity.sessions import SessionStore  # noqa: E402
from retkoop.ledger.content import EntryContent, Line  # noqa: E402
from retkoop.ledger.models import Posting  # noqa: E402
from retkoop.ledger.services import openings, treasuries  # noqa: E402
from retkoop.ledger.services._book import Book  # noqa: E402
from retkoop.ledger.services.entries import write_entry  # noqa: E402

SIZES = {"300": 300, "400": 400, "2000": 2000, "20000": 20_000, **{f"c{index}": 5 for index in range(8)}}
CHARGES = ("activities", "insurance", "other_charges", "resale_purchases", "durable_goods")


def main() -> None:
    """Make every book."""
    call_command("migrate", verbosity=0)
    installation.complete()
    federation = services.create_federation(name="Bench")
    association = services.create_association(federation=federation, code="085", name="OCCE 085", department="Vendée")
    installation.complete()
    made = {name: book(association, str(rank + 100), size) for rank, (name, size) in enumerate(SIZES.items())}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what a database that has lived knows of its tables
    print(json.dumps(made))


def book(association: Association, number: str, size: int) -> dict[str, Any]:
    """A cooperative with `size` entries in the year of today."""
    today = clock.today()
    start = SchoolYear.of(today).start
    cooperative = services.create_cooperative(association=association, number=number, name="École", created_on=start)
    person = services.create_person(full_name=f"Mandataire {number}")
    mandate = services.give_mandate(person=person, role=Role.MANDATAIRE, organisation=cooperative, starts=start)
    author = audit.Author(person)
    bank = treasuries.open_treasury(cooperative=cooperative, account="bank", label="Banque", opened=start, author=author)
    year = openings.ensure_years(cooperative, today, author)[-1]
    contents = [openings.OpeningContent(bank, 10**9)]
    openings.type_opening(year=year, on=start, contents=contents, author=author)
    with audit.act(cooperative, author, "bench.filled"):
        opened = Book.of(year)
        for index in range(size):
            cents = 1_000 + index * 7 % 9_000
            key = CHARGES[index % len(CHARGES)]
            day = start + dt.timedelta(days=index % max(1, (today - start).days + 1))
            lines = (Line("bank", -cents, bank.pk), Line(key, cents - 300), Line("occe_dues", 300))
            write_entry(opened, EntryContent(day, f"Bus pour la sortie n° {index}", lines, piece=f"D{index + 1}", means="card"))
    postings = Posting.objects.filter(year=year, treasury=bank, entry__number__gt=0).order_by("pk")
    return {
        "identifier": cooperative.identifier,
        "session": _session(mandate),
        "postings": list(postings.values_list("pk", flat=True)[:300]),
        "today": today.strftime("%d/%m/%Y"),
    }


def _session(mandate: Any) -> str:
    request = HttpRequest()
    request.session = SessionStore()
    session.sign_in(request, mandate)
    request.session.save()
    return str(request.session.session_key)


if __name__ == "__main__":
    main()
