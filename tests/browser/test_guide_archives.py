"""Guide 000's « astuce »: the reports of the past years, typed by the AD, are read from home; the AD types one."""

from functools import partial

import pytest

from retkoop.identity.audit import Author
from retkoop.identity.models import Role
from retkoop.yearend.services.past_reports import PastRow, type_past_report
from tests.browser.school import running_year

pytestmark = pytest.mark.browser


def with_past_years(cooperative, author):
    """A year kept here, and the two before, typed by the AD."""
    running_year(cooperative, author, first=2025, entries=1)
    for first in (2022, 2023):
        row = PastRow(cooperative, first, {"bank": 90_000, "brought_forward": 90_000})
        type_past_report(row=row, author=Author(author.person, cooperative.association))


def test_the_past_years_are_read_from_home(school, come, script):
    teacher = come(school.cooperative(with_past_years), script=script)
    teacher.open("/accueil/")
    teacher.follow("Archives", inside=teacher.page.locator("main"))
    teacher.sees_title("Archives")
    teacher.sees("Comptes saisis par l’OCCE de la Vendée")
    teacher.follow("Année 2022-2023", inside=teacher.page.locator("main"))
    teacher.sees_title("Comptes 2022-2023")
    assert teacher.read("Comptes pour le conseil d’école")[:4] == b"%PDF"
    assert teacher.read("Version pour les élèves")[:4] == b"%PDF"


def test_the_ad_types_a_past_report_from_its_console(school, come, script):
    account = school.cooperative(partial(running_year, first=2025))
    teacher = come(school.staff(Role.AD_ACCOUNTANT), script=script)
    teacher.open("/ad/")
    teacher.follow("Anciens comptes-rendus", inside=teacher.page.locator("main"))
    teacher.follow("Saisir un ancien compte-rendu", inside=teacher.page.locator("main"))
    teacher.type("Identifiant de la coopérative", account.identifier)
    teacher.choose("Année du compte-rendu", "2023-2024")
    teacher.type("6180 Charges des activités éducatives", "100 + 20")
    teacher.type("512 Banque", "880")
    teacher.type("110 Report à nouveau", "1 000")
    teacher.press("Enregistrer ce compte-rendu")
    teacher.sees(f"Le compte-rendu de {account.identifier}, 2023-2024 est enregistré.")
    reader = come(account, script=script)
    reader.open("/archives/2023-2024/")
    reader.sees("6180 Charges des activités éducatives")
