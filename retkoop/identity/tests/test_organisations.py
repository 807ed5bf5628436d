"""How organisations, people and mandates come to be, and what is refused."""

import datetime as dt

import pytest

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import services
from retkoop.identity.audit import Author, verify_chain
from retkoop.identity.models import BookHead, Federation, Person, Role
from retkoop.identity.queries import contact_for, live_mandates_of
from retkoop.identity.tests.cast import SINCE

pytestmark = pytest.mark.django_db


def refused(call, **arguments):
    """The field that a refusal stands beside."""
    with pytest.raises(Refusal) as refusal:
        call(**arguments)
    return refusal.value.field


def test_there_is_one_federation(cast):
    assert refused(services.create_federation, name="Une autre") == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "85"}, "code"),
        ({"code": "ABC"}, "code"),
        ({"code": "085"}, "code"),
        ({"name": "  "}, "name"),
        ({"department": ""}, "department"),
        ({"time_zone": "Europe/Nantes"}, "time_zone"),
    ],
)
def test_a_wrong_association_is_refused_with_its_field(cast, change, field):
    right = {"federation": cast.federation, "code": "009", "name": "OCCE de l’Ariège", "department": "Ariège"}
    assert refused(services.create_association, **right | change) == field
    assert services.create_association(**right).code == "009"


def test_corsica_and_overseas_have_their_codes(cast):
    def made(code, zone):
        return services.create_association(federation=cast.federation, code=code, name=code, department=code, time_zone=zone)

    assert [made("02b", "Europe/Paris").code, made("974", "Indian/Reunion").code] == ["02B", "974"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"number": "7"}, "number"), ({"number": "A12"}, "number"), ({"number": "099"}, "number"), ({"name": ""}, "name")],
)
def test_a_wrong_cooperative_is_refused_with_its_field(cast, change, field):
    right = {"association": cast.ad_085, "number": "100", "name": "École du Bocage", "created_on": SINCE}
    assert refused(services.create_cooperative, **right | change) == field
    cooperative = services.create_cooperative(**right)
    assert (cooperative.identifier, verify_chain(cooperative)) == ("085-100", [])
    assert BookHead.objects.get(cooperative=cooperative).seq == 1


def test_a_new_person_has_no_usable_password_and_one_address(cast):
    person = services.create_person(full_name="  Paul   Neuf ", email="Paul@Exemple.fr")
    assert (person.full_name, person.email, person.has_usable_password()) == ("Paul Neuf", "paul@exemple.fr", False)
    assert refused(services.create_person, full_name="Paul Double", email="PAUL@exemple.fr") == "email"
    assert refused(services.create_person, full_name=" ") == "full_name"
    assert refused(services.create_person, full_name="X", email="a@b.fr,c@d.fr") == "email"


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.AD_ACCOUNTANT, "cooperative_a"),
        (Role.MANDATAIRE, "ad_085"),
        (Role.FEDERATION, "ad_085"),
        (Role.READER, "federation"),
    ],
)
def test_a_role_belongs_to_one_kind_of_organisation(cast, role, place):
    arguments = {"person": cast.mandataire_b, "role": role, "organisation": getattr(cast, place), "starts": SINCE}
    assert refused(services.give_mandate, **arguments) == "role"


def test_a_mandate_cannot_end_before_it_begins_nor_twice(cast):
    given = {"person": cast.mandataire_b, "role": Role.READER, "organisation": cast.cooperative_a}
    starts = dt.date(2030, 9, 1)
    assert refused(services.give_mandate, **given, starts=starts, ends=dt.date(2030, 8, 31)) == "ends"
    mandate = services.give_mandate(**given, starts=SINCE)
    early = dt.date(2020, 8, 31)
    assert refused(services.end_mandate, mandate=mandate, last_day=early, author=Author(None)) == "last_day"
    services.end_mandate(mandate=mandate, author=Author(None))
    assert refused(services.end_mandate, mandate=mandate, author=Author(None)) == ""


def test_a_mandate_lives_by_the_date_of_its_ad(cast, monkeypatch):
    reunion = services.create_association(
        federation=cast.federation, code="974", name="R", department="La Réunion", time_zone="Indian/Reunion"
    )
    person = services.create_person(full_name="Rita Lointaine")
    last = dt.date(2026, 11, 20)
    services.give_mandate(person=person, role=Role.AD_READER, organisation=reunion, starts=SINCE, ends=last)
    monkeypatch.setattr(clock, "today", lambda zone="Europe/Paris": last + dt.timedelta(days=zone != "Europe/Paris"))
    assert live_mandates_of(person) == []


def test_nobody_sets_a_password_outside_a_demo(cast, settings):
    Federation.objects.update(demo=False)
    with pytest.raises(PermissionError):
        services.set_demo_password(person=cast.mandataire_a, password="demo-retkoop-2026")
    Federation.objects.update(demo=True)
    settings.PRODUCTION = True
    with pytest.raises(PermissionError):
        services.set_demo_password(person=cast.mandataire_a, password="demo-retkoop-2026")
    assert not Person.objects.get(pk=cast.mandataire_a.pk).check_password("demo-retkoop-2026")


def test_the_contact_is_found_by_prefix_cooperative_or_association(cast):
    expected = contact_for(cast.ad_085)
    assert expected is not None
    assert (expected.name, expected.office_hours) == ("OCCE de la Vendée", "mardi et jeudi, 9 h à 17 h")
    assert [contact_for(about) for about in ("085-099", "085-998", "085", "AD085", cast.cooperative_a)] == [expected] * 5
    assert [contact_for(about) for about in ("", "977-001", "anne@exemple.fr", "federation")] == [None] * 4
