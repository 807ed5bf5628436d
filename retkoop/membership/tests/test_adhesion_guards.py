"""The database's own word on adhésions: what the AD validated and what a mandataire engaged to never change."""

import pytest
from django.db import Error, transaction

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.membership.models import Engagement, HeadCount, Sheet
from retkoop.membership.tests.adhesion_desk import TODAY, make_adhesion_desk

PAYMENT = {
    "payer": "town_hall", "payer_name": "Mairie", "payment": "cheque", "paid_on": TODAY, "payment_reference": "42",
}  # fmt: skip


@pytest.fixture
def desk(cast):
    with travel(TODAY):
        yield make_adhesion_desk(cast.cooperative_a, cast.mandataire_a)


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except Error:
        return True
    return False


def test_a_validated_sheet_changes_in_nothing_but_its_payment(desk):
    sheet = desk.validated()
    other = {"state": "filling", "tariff": "{}", "number": 9, "sent_at": None, "validated_at": None, "sent_by": None}
    numbers = [field.name for field in Sheet._meta.concrete_fields if field.name.endswith(("_cents", "_copies"))]
    other |= dict.fromkeys([*numbers, "pupils", "adults"], 7)
    assert len(other) == 14
    row = Sheet.objects.filter(pk=sheet.pk)
    assert [name for name, value in other.items() if not refused(lambda n=name, v=value: row.update(**{n: v}))] == []
    assert refused(row.delete)
    row.update(**PAYMENT)
    assert Sheet.objects.get().payer_name == "Mairie"


def test_the_rows_of_a_validated_sheet_neither_change_nor_come_nor_go(desk):
    sheet = desk.validated()
    rows = HeadCount.objects.filter(sheet=sheet)
    assert refused(lambda: rows.update(pupils=1))
    assert refused(rows.delete)
    assert refused(lambda: HeadCount.objects.create(cooperative=desk.cooperative, sheet=sheet, label="CM2"))
    assert rows.count() == 3


def test_before_its_validation_a_sheet_and_its_rows_may_change(desk):
    sheet = desk.send()
    HeadCount.objects.filter(sheet=sheet).update(pupils=1)
    Sheet.objects.filter(pk=sheet.pk).update(pupils=1)
    HeadCount.objects.filter(sheet=sheet).delete()


def test_an_engagement_neither_changes_nor_vanishes(desk):
    desk.fill()
    made = Engagement.objects.filter(pk=desk.engage().pk)
    assert refused(lambda: made.update(text="autre"))
    assert refused(lambda: made.update(at=clock.now()))
    assert refused(made.delete)
    assert made.count() == 1
