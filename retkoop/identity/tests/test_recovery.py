"""The supervised way back: who may help whom, what it does, and what it never gives to those who help."""

import datetime as dt

import pytest
from django.test import Client

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.identity import services
from retkoop.identity.models import AccessRecovery, AuditEvent, RecoveryCode, Role, SecondFactor
from retkoop.identity.queries import live_mandates_of
from retkoop.identity.queries.protection import may_help
from retkoop.identity.services.recovery import finish_recovery
from retkoop.identity.tests.cast import PASSWORD, SINCE, signed_in
from retkoop.identity.tests.letters import letters
from retkoop.identity.tests.second import add_application

pytestmark = pytest.mark.django_db
PAGE = "/ad/acces/"
WHY = {"reason": "Téléphone perdu", "identity_check": "Vue au bureau"}


def op(number):
    return {"operation_key": f"0123456789abcdef{number:08d}"}


def mandate_of(person):
    return live_mandates_of(person)[0]


def ask(person, helper):
    why, check = WHY.values()
    return services.ask_recovery(person=person, helper=mandate_of(helper), reason=why, identity_check=check)


@pytest.fixture
def staff(cast):
    """Three more of the AD: who presides, a second accountant, a secretary; and a second person of the federation."""
    found = {}
    for name, role, place in (
        ("Paule Préside", Role.AD_PRESIDENT, cast.ad_085),
        ("Séverine Bureau", Role.AD_SECRETARY, cast.ad_085),
        ("Félix Réseau", Role.FEDERATION, cast.federation),
    ):
        person = services.create_person(full_name=name, email=f"{role.value}@exemple.fr")
        services.give_mandate(person=person, role=role, organisation=place, starts=SINCE)
        found[role] = person
    return found


def test_who_may_help_whom_is_one_table(cast, staff):
    people = {
        "mandataire A": cast.mandataire_a,
        "mandataire C": cast.mandataire_c,
        "former A": cast.former_mandataire_a,
        "accountant": cast.ad_accountant,
        "secretary": staff[Role.AD_SECRETARY],
        "president": staff[Role.AD_PRESIDENT],
        "other AD": cast.other_ad,
        "federation": cast.federation_person,
    }
    helpers = {**people, "reader": cast.ad_reader, "mandataire B": cast.mandataire_b}
    helpers.pop("former A")
    truth = {
        "accountant": {"mandataire A", "former A", "secretary", "president"},
        "president": {"mandataire A", "former A", "secretary", "accountant"},
        "secretary": {"mandataire A", "former A"},
        "other AD": {"mandataire C"},
        "federation": {"accountant", "secretary", "president", "other AD"},
        "reader": set(),
        "mandataire A": set(),
        "mandataire B": set(),
        "mandataire C": set(),
    }
    told = {
        who: {whom for whom, person in people.items() if may_help(mandate_of(helper), person)}
        for who, helper in helpers.items()
    }
    assert told == truth
    assert may_help(mandate_of(staff[Role.FEDERATION]), cast.federation_person)


def test_a_cooperatives_person_gets_their_own_link_and_nobody_else_gets_anything(cast):
    add_application(cast.mandataire_a)
    theirs, helper = signed_in(cast.mandataire_a), signed_in(cast.ad_accountant)
    page = helper.get(f"{PAGE}?personne={cast.mandataire_a.pk}")
    assert "anne@exemple.fr" not in page.content.decode()
    response = helper.post(PAGE, {"personne": cast.mandataire_a.pk, **WHY, **op(1)}, follow=True)
    letter = letters()[-1]
    assert (letter.to, letter.link.startswith("http://127.0.0.1:8000/acces/")) == ("anne@exemple.fr", True)
    assert letter.link.split("/")[-2] not in response.content.decode()
    assert theirs.get("/compte/").status_code == 302
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    refused = Client().post("/connexion/", {"identifiant": "anne@exemple.fr", "mot_de_passe": PASSWORD})
    assert refused.status_code == 422
    token = letter.link.split("/")[-2]
    Client().post(f"/acces/{token}/", {"new_password": "un tout autre secret bien long"})
    entered = Client().post("/connexion/", {"identifiant": "085-099", "mot_de_passe": "un tout autre secret bien long"})
    assert entered["Location"] == "/accueil/"


def test_the_trace_names_both_and_says_why(cast):
    signed_in(cast.ad_accountant).post(PAGE, {"personne": cast.mandataire_a.pk, **WHY, **op(1)})
    event = AuditEvent.objects.get(verb="ask_recovery")
    assert (event.actor, event.on_behalf, event.subject_type, event.subject_id) == (
        cast.ad_accountant, cast.ad_085, "person", cast.mandataire_a.pk,
    )  # fmt: skip
    assert (event.reason, '"identity_check":"Vue au bureau"' in (event.payload or "")) == ("Téléphone perdu", True)
    assert "Adèle Compte" in letters()[-1].text


@pytest.mark.parametrize("missing", ["reason", "identity_check"])
def test_without_a_reason_or_a_check_nothing_happens(cast, missing):
    answer = signed_in(cast.ad_accountant).post(PAGE, {"personne": cast.mandataire_a.pk, **WHY, missing: " ", **op(1)})
    assert (answer.status_code, AccessRecovery.objects.count()) == (422, 0)


def test_a_stranger_and_nobody_are_the_same_404(cast):
    helper = signed_in(cast.ad_accountant)
    answers = [
        (answer.status_code, answer.content)
        for pk in (cast.mandataire_c.pk, cast.ad_accountant.pk, 999_999)
        for answer in (helper.get(f"{PAGE}?personne={pk}"),)
    ]
    assert {status for status, _ in answers} == {404}
    assert len({content for _, content in answers}) == 1
    with pytest.raises(Refusal, match="ne pouvez pas"):
        ask(cast.mandataire_c, cast.ad_accountant)


def waiting(cast, staff):
    """The president has asked for the accountant, who has a second factor and a session."""
    add_application(cast.ad_accountant)
    theirs = signed_in(cast.ad_accountant)
    asked = signed_in(staff[Role.AD_PRESIDENT]).post(PAGE, {"personne": cast.ad_accountant.pk, **WHY, **op(1)})
    assert asked.status_code == 303
    return theirs, AccessRecovery.objects.get()


def test_for_staff_it_waits_a_day_and_its_owner_can_stop_it(cast, staff):
    theirs, recovery = waiting(cast, staff)
    assert recovery.due_at - recovery.asked_at == dt.timedelta(hours=24)
    assert (theirs.get("/compte/").status_code, SecondFactor.objects.count()) == (200, 1)
    assert letters()[-1].to == cast.ad_accountant.email
    assert theirs.post("/compte/securite/arreter/", op(2)).status_code == 303
    finish_recovery.func(recovery_id=recovery.pk)
    assert (theirs.get("/compte/").status_code, SecondFactor.objects.count()) == (200, 1)


def test_after_a_day_it_takes_effect_by_itself(cast, staff, monkeypatch):
    theirs, recovery = waiting(cast, staff)
    now = clock.machine()
    monkeypatch.setattr(clock, "machine", lambda: now + dt.timedelta(hours=24, seconds=1))
    finish_recovery.func(recovery_id=recovery.pk)
    assert (theirs.get("/compte/").status_code, SecondFactor.objects.count()) == (302, 0)
    assert letters()[-1].link.startswith("http://127.0.0.1:8000/acces/")


def test_it_is_a_second_colleague_who_confirms(cast, staff):
    theirs, recovery = waiting(cast, staff)
    form = {"demande": recovery.pk, "acte": "confirmer"}
    signed_in(staff[Role.AD_PRESIDENT]).post(PAGE, {**form, **op(3)})
    signed_in(staff[Role.AD_SECRETARY]).post(PAGE, {**form, **op(4)})
    assert theirs.get("/compte/").status_code == 200
    signed_in(cast.federation_person).post("/federation/acces/", {**form, **op(5)})
    assert theirs.get("/compte/").status_code == 302
    assert AccessRecovery.objects.get().confirmed_by == cast.federation_person
    finish_recovery.func(recovery_id=recovery.pk)
    assert AuditEvent.objects.filter(verb="finish_recovery").count() == 0


def test_one_request_at_a_time_and_none_without_an_address(cast, staff):
    waiting(cast, staff)
    with pytest.raises(Refusal, match="attend déjà"):
        ask(cast.ad_accountant, cast.federation_person)
    lone = services.create_person(full_name="Sans Adresse")
    services.give_mandate(person=lone, role=Role.READER, organisation=cast.cooperative_a, starts=SINCE)
    with pytest.raises(Refusal, match="pas d’adresse"):
        ask(lone, cast.ad_accountant)


def test_people_are_found_by_name_school_or_identifier_in_ones_own_ad_alone(cast):
    helper = signed_in(cast.ad_accountant)

    def found(words):
        return {person.full_name for person, _ in helper.get(PAGE, {"q": words}).context["found"]}

    assert found("") == {"Léo Lecture"}
    assert found("maret") == found("anne 085-099") == {"Anne Maret"}
    assert found("085-101") == {"Bruno Phare"}
    assert found("ancien") == {"Odile Ancien"}
    assert found("vercors") == set()
