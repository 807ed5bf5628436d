"""The gap solver on `/compte-rendu/crf/`: three errors at most, each with the page or the box that mends it."""

import re

import pytest

from retkoop.core.clock import travel
from retkoop.identity.audit import Author
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger.models import Posting
from retkoop.ledger.services.pointing import set_tick
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.tests.totals_desk import PAGE, TYPED, make_totals_year, opened, send
from retkoop.yearend.tests.worked import make_reconciled


@pytest.fixture
def teacher(cast):
    with travel(TODAY):
        yield signed_in(cast.mandataire_a)


def named(page: str) -> list[str]:
    return re.findall(r'data-hypothesis="([^"]+)"', page)


def test_typed_totals_that_agree_show_no_hypothesis(teacher, cast):
    make_totals_year(cast.cooperative_a, Author(cast.mandataire_a))
    send(teacher, TYPED)
    assert named(opened(teacher).html) == []


def test_the_statement_typed_for_the_bank_is_told_with_a_link_to_its_box(teacher, cast):
    make_totals_year(cast.cooperative_a, Author(cast.mandataire_a))
    send(teacher, TYPED | {"t_bank": "2290"})
    page = opened(teacher).html
    assert named(page) == ["statement-for-book"]
    assert f'href="{PAGE}?annee=2024-2025#id_t_bank"' in page
    assert 'id="id_t_bank"' in page


def test_a_wrong_sign_in_the_reconciliation_leads_to_its_amount(teacher, cast):
    make_totals_year(cast.cooperative_a, Author(cast.mandataire_a))
    name = next(name for name, text in TYPED.items() if name.startswith("i_bank_") and "110" in text)
    send(teacher, TYPED | {name: "+110"})
    page = opened(teacher).html
    assert named(page)[0] == "wrong-side"
    assert (f'href="{PAGE}?annee=2024-2025#id_{name}"' in page, f'id="id_{name}"' in page) == (True, True)


def test_a_report_from_the_books_names_the_line_and_opens_its_tick(teacher, cast):
    made = make_reconciled(cast.cooperative_a, Author(cast.mandataire_a))
    assert named(teacher.get(f"{PAGE}?annee=2024-2025").content.decode()) == []
    posting = Posting.objects.get(entry=made.entries["camera"], treasury=made.bank, until_version__isnull=True)
    set_tick(posting=posting, ticked=False, author=made.author)
    page = teacher.get(f"{PAGE}?annee=2024-2025").content.decode()
    assert named(page)[0] == "line-not-ticked"
    link = f"/pointage/ligne/{posting.pk}/?releve=2025-08-31"
    assert f'href="{link}"' in page
    assert teacher.get(link).status_code == 200


def test_at_most_three_hypotheses_are_shown(teacher, cast):
    make_totals_year(cast.cooperative_a, Author(cast.mandataire_a))
    send(teacher, TYPED | {"t_bank": "999", "t_cash": "777", "s_bank": "1", "v_activities": "5"})
    assert 1 <= len(named(opened(teacher).html)) <= 3
