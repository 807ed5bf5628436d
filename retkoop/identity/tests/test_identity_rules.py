"""The rules of identity as truth tables: identifier × person × password × state of the mandate."""

import datetime as dt
from itertools import product

import pytest

from retkoop.identity import services
from retkoop.identity.audit import Author
from retkoop.identity.models import Association, LoginFailures, Mandate, Person, Role
from retkoop.identity.queries import is_live, today_for
from retkoop.identity.tests.cast import PASSWORD, SINCE

pytestmark = pytest.mark.django_db
WORDS = "quatre mots sans aucun lien"
DAY = dt.timedelta(days=1)

# State of the only mandate → what its person finds behind their door: in a role that kept the accounts, when the AD
# lets them be read again and when it does not; then in a role that only read.
DOORS = {
    "to come": ("refused", "refused", "refused"),
    "from today": ("in", "in", "in"),
    "until today": ("in", "in", "in"),
    "last day past": ("served", "refused", "refused"),
    "ended at once": ("served", "refused", "refused"),
}
# Identifier typed → does it name the person at all?
NAMES = {"085-101": True, "sam@exemple.fr": True, "085-099": False, "ad085": False, "federation": False, "x@y.fr": False}


@pytest.fixture(autouse=True)
def quick(settings):
    """What the hashes cost is measured elsewhere."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def dated(mandate, state):
    """Put the mandate in that state."""
    today = today_for(mandate)
    starts, ends, at_once = {
        "to come": (today + DAY, None, False),
        "from today": (today, None, False),
        "until today": (SINCE, today, False),
        "last day past": (SINCE, today - DAY, False),
        "ended at once": (SINCE, None, True),
    }[state]
    Mandate.objects.filter(pk=mandate.pk).update(starts=starts, ends=ends, ended_at=None)
    if at_once:
        services.end_mandate(mandate=Mandate.objects.get(pk=mandate.pk), author=Author(None))


def entered(identifier, password=WORDS, address="192.0.2.1"):
    """What is behind the door: « in », « served », « e-mail » (it must decide) or « refused »; and who."""
    LoginFailures.objects.all().delete()
    try:
        admission = services.log_in(identifier=identifier, password=password, address=address, device="")
    except services.Unrecognised:
        return "refused", None
    except services.Ambiguous:
        return "e-mail", None
    return "in" if is_live(admission.mandate) else "served", admission.mandate.person


def newcomer(cast, name="Sam Neuf", role=Role.MANDATAIRE, password=WORDS):
    person = services.create_person(full_name=name, email=f"{name.split()[0].lower()}@exemple.fr")
    mandate = services.give_mandate(person=person, role=role, organisation=cast.cooperative_b, starts=SINCE)
    services.set_demo_password(person=person, password=password)
    return person, mandate


@pytest.mark.parametrize("state", DOORS)
def test_what_an_identifier_opens_follows_from_the_state_of_the_mandate(cast, state):
    person, mandate = newcomer(cast)
    wrong, address = [], 0
    for (role, allows, told), active, (typed, named) in product(
        zip((Role.COSIGNER, Role.COSIGNER, Role.READER), (True, False, True), DOORS[state], strict=True),
        (True, False),
        NAMES.items(),
    ):
        Mandate.objects.filter(pk=mandate.pk).update(role=role)
        dated(mandate, state)
        Association.objects.update(former_reads=allows)
        Person.objects.filter(pk=person.pk).update(is_active=active)
        address += 1
        expected = told if named and active else "refused"
        seen, who = entered(typed, address=f"198.51.100.{address}")
        if (seen, who) != (expected, None if expected == "refused" else person):
            wrong.append((role, allows, active, typed, seen, expected))
    assert wrong == []
    assert address == 36


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("from today", "from today", "e-mail"),
        ("from today", "last day past", "first"),
        ("ended at once", "from today", "second"),
        ("last day past", "ended at once", "e-mail"),
        ("from today", "to come", "first"),
        ("to come", "to come", "refused"),
    ],
)
def test_when_one_password_fits_two_people_the_live_mandate_wins_and_else_the_e_mail_decides(cast, first, second, told):
    people = [newcomer(cast, name) for name in ("Sam Neuf", "Lia Neuve")]
    Mandate.objects.filter(person=cast.mandataire_b).update(starts=dt.date.max - DAY)
    for (_, mandate), state in zip(people, (first, second), strict=True):
        dated(mandate, state)
    seen, who = entered("085-101")
    by_name = {"first": ("in", people[0][0]), "second": ("in", people[1][0])}
    assert (seen, who) == by_name.get(told, (told, None))
    for (person, _), state in zip(people, (first, second), strict=True):
        expected = DOORS[state][0]
        assert entered(person.email) == (expected, None if expected == "refused" else person)


def test_the_password_selects_the_person_and_a_person_without_one_never_enters(cast):
    person, _ = newcomer(cast)
    waiting = services.create_person(full_name="Pas Encore", email="pas@exemple.fr")
    services.give_mandate(person=waiting, role=Role.READER, organisation=cast.cooperative_b, starts=SINCE)
    assert [entered("085-101", words) for words in (WORDS, PASSWORD, "", "autre chose du tout")] == [
        ("in", person),
        ("in", cast.mandataire_b),
        ("refused", None),
        ("refused", None),
    ]
    assert entered("pas@exemple.fr", "") == ("refused", None)


def test_beyond_three_people_of_one_number_each_enters_by_their_address(cast):
    people = [newcomer(cast, f"Nom{rank} Suite", Role.READER, f"phrase numéro {rank} du cahier")[0] for rank in range(4)]
    doors = [entered("085-101", f"phrase numéro {rank} du cahier")[0] for rank in range(4)]
    assert doors == ["in", "in", "refused", "refused"]
    assert [entered(each.email, f"phrase numéro {rank} du cahier") for rank, each in enumerate(people)] == [
        ("in", each) for each in people
    ]


@pytest.mark.parametrize("state", DOORS)
def test_a_former_never_takes_the_place_of_a_live_one_among_the_three_that_are_looked_at(cast, state):
    former = [newcomer(cast, f"Nom{rank} Ancien", Role.MANDATAIRE, f"ancienne phrase {rank} du cahier") for rank in range(3)]
    for _, mandate in former:
        dated(mandate, "last day past")
    person, mandate = newcomer(cast, role=Role.READER)
    dated(mandate, state)
    assert entered("085-101")[0] == DOORS[state][2]
    assert entered("085-101", PASSWORD) == ("in", cast.mandataire_b)
    assert person.email == "sam@exemple.fr"
