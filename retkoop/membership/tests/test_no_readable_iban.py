"""No IBAN can be read anywhere but on the page that was asked for it (trust.md P17).

One is planted by every way that an IBAN can take, right and wrong; then every
table, file, log, mail, backup and answer is searched, with and without spaces.
"""

import logging
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import make_cast, signed_in
from retkoop.interchange import backup as backups
from retkoop.ledger import chart
from retkoop.membership.queries.cards import card_of
from retkoop.membership.services.cards import confirm_iban
from retkoop.membership.tests.desk import IBAN, OTHER, typed
from retkoop.membership.tests.test_cards import NOW

WRONG = IBAN[:-1] + "8"
GAPS = re.compile(rb"[\s\x00]+")


def planted(text: bytes) -> list[str]:
    """The IBANs that can be read in it: whole, in groups, or all but their first and last signs."""
    bare = GAPS.sub(b"", text).lower()
    return [iban for iban in (IBAN, OTHER, WRONG) if iban[4:20].lower().encode() in bare]


def everything_stored() -> dict[str, bytes]:
    """Every row of every table as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = repr(cursor.fetchall()).encode()
    return found


def give_ibans(cast) -> tuple[Client, Client]:
    """Given, refused by the form, given again, confirmed, changed, read by both sides, sent twice, sent stale."""
    teacher, office = signed_in(cast.mandataire_a), signed_in(cast.ad_accountant)
    first = typed(0)
    assert [teacher.post("/identite/", first).status_code for _ in range(2)] == [303, 303]
    assert teacher.post("/identite/", {**first, "phone": "02 51 22 22 22"}).status_code == 409
    assert teacher.post("/identite/", typed(1, iban=WRONG)).status_code == 422
    assert teacher.post("/identite/", typed(0, iban=f" {OTHER} ")).status_code == 409
    card = card_of(cast.cooperative_a)
    confirm_iban(card=card, version=card.version, author=Author(cast.ad_accountant, cast.ad_085))
    assert teacher.post("/identite/", typed(card_of(cast.cooperative_a).version, iban=OTHER)).status_code == 303
    return teacher, office


def test_an_iban_is_found_in_no_table_file_log_mail_backup_nor_page(committed_db, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    chart.load()
    with travel(NOW):
        cast = make_cast()
        teacher, office = give_ibans(cast)
        key = {"operation_key": "0123456789abcdef"}
        assert IBAN in planted(teacher.post("/identite/iban/", key).content)  # the search finds what is there
        key = {"operation_key": "0123456789abcdeg"}
        assert OTHER in planted(office.post(f"/ad/cooperatives/{cast.cooperative_a.pk}/iban/lire/", key).content)
        pages = [
            "/identite/",
            "/accueil/",
            f"/ad/cooperatives/{cast.cooperative_a.pk}/iban/",
            "/ad/cooperatives/modifications/",
        ]
        shown = {path: client.get(path).content for path in pages for client in (teacher, office)}
        broken = _a_page_that_breaks(teacher)
        call_command("db_worker", batch=True, interval=0, verbosity=3)
        saved = backups.backup(tmp_path / "saved")
    places = {**everything_stored(), **shown, "broken": broken, "log": caplog.text.encode()}
    out, err = capfd.readouterr()
    places |= {"out": out.encode(), "err": err.encode()}
    places |= {f"mail {index}": sent.message().as_bytes() for index, sent in enumerate(mail.outbox)}
    folders = [Path(settings.DATA_DIR), saved]
    places |= {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert {name: planted(text) for name, text in places.items() if planted(text)} == {}
    assert len(mail.outbox) == 5, "the mails were sent"
    assert set(places) >= {model._meta.db_table for model in apps.get_app_config("membership").get_models()}


def _a_page_that_breaks(teacher: Client) -> bytes:
    """The form with an IBAN, while the table that it writes to is gone."""
    teacher.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE membership_cardchange RENAME TO elsewhere")
    answer = teacher.post("/identite/", typed(3, iban=IBAN, phone="02 51 33 33 33"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO membership_cardchange")
    assert answer.status_code == 500
    return answer.content
