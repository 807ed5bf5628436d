"""`/compte-rendu/`: the year of which it speaks, and its steps."""

import re

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.models import Report
from retkoop.yearend.tests.worked import make_reconciled


@pytest.fixture
def teacher(cast):
    make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))
    with travel(TODAY):
        yield signed_in(cast.mandataire_a)


def test_home_leads_to_the_report_of_the_year_that_has_ended(teacher):
    home = teacher.get("/accueil/").content.decode()
    assert re.search(r'href="/compte-rendu/"[^>]*>.{0,300}?<b>Le Compte-Rendu 2025</b>', home, re.DOTALL)
    shown = teacher.get("/compte-rendu/").content.decode()
    assert "<h1>Le Compte-Rendu 2025</h1>" in shown
    assert re.findall(r'data-step="(\w+)" data-done="(\w+)"', shown) == [
        ("cra", "non"),
        ("crf", "oui"),
        ("quitus", "non"),
        ("documents", "non"),
    ]
    assert "Le Compte-Rendu-Financier 2024-2025 semble correct" in shown


def test_looking_at_the_report_begins_nothing(teacher):
    teacher.get("/compte-rendu/")
    assert not Report.objects.exists()


def test_the_running_year_is_a_preview(teacher):
    shown = teacher.get("/compte-rendu/?annee=2025-2026").content.decode()
    assert "data-preview" in shown
    assert "<h1>Le Compte-Rendu 2026</h1>" in shown
    assert "data-preview" not in teacher.get("/compte-rendu/").content.decode()
