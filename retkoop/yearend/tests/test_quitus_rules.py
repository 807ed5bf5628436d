"""Who may check the accounts: auditor ≠ mandataire ≠ other auditor, at least one parent (trust.md P10), both ways."""

import datetime as dt

import pytest

from retkoop.core.refusal import Refusal
from retkoop.identity import services as identity
from retkoop.identity.audit import Author
from retkoop.identity.models import Role
from retkoop.yearend.models import Quitus, ReportRules
from retkoop.yearend.queries.quitus import drawn_numbers, quitus_standing
from retkoop.yearend.services.quitus import Signed, Signer, sign_on_paper
from retkoop.yearend.tests.quitus_desk import LEA, MARC, make_quitus_desk, on_the_day

PAUL = Signer("Paul Parent", "parent", "paul@exemple.fr")
JEANNE = Signer("Jeanne Autre", "other", "jeanne@exemple.fr")


@pytest.fixture
def desk(cast):
    with on_the_day():
        made = make_quitus_desk(cast)
        for name, role, last in (
            ("Cosette Signe", Role.COSIGNER, None),
            ("Théo Compte", Role.BOOKKEEPER, None),
            ("Yves Passé", Role.MANDATAIRE, dt.date(2025, 1, 5)),
            ("Zoé Jadis", Role.MANDATAIRE, dt.date(2024, 8, 30)),
        ):
            person = identity.create_person(full_name=name, email=f"{name[:4].lower().strip()}@exemple.fr".replace("é", "e"))
            identity.give_mandate(
                person=person, role=role, organisation=cast.cooperative_a, starts=dt.date(2020, 9, 1), ends=last
            )
        yield made


def ask(desk, way, signers):
    return desk.invite(*signers) if way == "without paper" else desk.sign(desk.print(), *signers)


REFUSED = {
    "the mandataire": (LEA, Signer("Anne Maret", "teacher", "x@exemple.fr")),
    "the mandataire, surname first, without capitals": (LEA, Signer("MARET anne", "teacher", "x@exemple.fr")),
    "the mandataire as a parent": (MARC, Signer("Anne Maret", "parent", "x@exemple.fr")),
    "the co-signataire": (LEA, Signer("Cosette Signe", "teacher", "x@exemple.fr")),
    "who keeps the books": (LEA, Signer("Theo COMPTE", "other", "x@exemple.fr")),
    "a mandataire of the beginning of the year": (LEA, Signer("Yves Passe", "teacher", "x@exemple.fr")),
    "the same person twice": (LEA, Signer("léa parent", "teacher", "autre@exemple.fr")),
    "the same person as parent and as teacher": (LEA, Signer("Parent Léa", "teacher", "autre@exemple.fr")),
    "one alone": (LEA,),
    "nobody": (),
    "no parent": (MARC, JEANNE),
}


@pytest.mark.parametrize("way", ["on paper", "without paper"])
@pytest.mark.parametrize("who", REFUSED)
def test_is_refused(desk, who, way):
    with pytest.raises(Refusal):
        ask(desk, way, REFUSED[who])
    assert not Quitus.objects.filter(given_at__isnull=False).exists()


ACCEPTED = {
    "a parent and a teacher": (LEA, MARC),
    "two parents": (LEA, PAUL),
    "three of them": (LEA, PAUL, JEANNE),
    "a mandataire of another school": (LEA, Signer("Bruno Phare", "teacher", "bruno@exemple.fr")),
    "who only reads the books": (LEA, Signer("Rémi Vérif", "teacher", "remi@exemple.fr")),
    "a mandataire who left before the year": (LEA, Signer("Zoé Jadis", "teacher", "zoe@exemple.fr")),
}


@pytest.mark.parametrize("way", ["on paper", "without paper"])
@pytest.mark.parametrize("who", ACCEPTED)
def test_is_accepted(desk, who, way):
    quitus = ask(desk, way, ACCEPTED[who])
    assert [row.name for row in quitus.verifiers.order_by("pk")] == [signer.name for signer in ACCEPTED[who]]
    assert (quitus_standing(quitus.report) is not None) == (way == "on paper")


@pytest.mark.parametrize("email", ["anne@exemple.fr", " ANNE@exemple.fr "])
def test_the_address_of_the_mandataire_is_refused_under_any_name(desk, email):
    with pytest.raises(Refusal, match="extérieur à la comptabilité"):
        desk.invite(LEA, Signer("Sophie Prête-Nom", "teacher", email))


def test_one_address_for_two_people_is_refused(desk):
    with pytest.raises(Refusal, match="même adresse"):
        desk.invite(LEA, Signer("Marc Voisin", "teacher", "LEA@exemple.fr"))


STRICTER = {
    "three vérificateurs": ({"verifiers": 3}, (LEA, MARC), (LEA, MARC, JEANNE)),
    "two parents": ({"parents": 2}, (LEA, MARC), (LEA, PAUL)),
    "a parent and a teacher": ({"teachers": 1}, (LEA, PAUL), (LEA, MARC)),
    "no parent needed": ({"parents": 0}, (MARC,), (MARC, JEANNE)),
}


@pytest.mark.parametrize("rule", STRICTER)
def test_an_ad_has_its_own_rules(desk, rule):
    wanted, too_few, enough = STRICTER[rule]
    ReportRules.objects.create(association=desk.cast.ad_085, **wanted)
    with pytest.raises(Refusal):
        desk.sign(desk.print(), *too_few)
    assert desk.sign(desk.print(), *enough).given_at is not None


def test_a_commission_de_controle_signs_in_the_same_place_when_its_ad_allows_it(desk):
    assert desk.sign(desk.print("commission"), MARC).kind == "commission"
    ReportRules.objects.create(association=desk.cast.ad_085, commission_allowed=False)
    with pytest.raises(Refusal, match="n’admet pas"):
        desk.print("commission")


def test_a_commission_does_not_count_the_mandataire(desk):
    with pytest.raises(Refusal, match="extérieur à la comptabilité"):
        desk.sign(desk.print("commission"), Signer("Anne Maret", "teacher"))


def test_only_the_ad_records_a_signed_page_without_its_file(desk):
    with pytest.raises(Refusal, match="Choisissez le document signé"):
        sign_on_paper(
            quitus=desk.print(), signed=Signed((LEA, MARC)), document=None, author=Author(desk.cast.mandataire_a),
            by_post=dt.date(2025, 9, 20),
        )  # fmt: skip


def test_a_draw_is_a_tenth_five_at_least_and_is_drawn_again_from_its_seed():
    assert drawn_numbers("a", [1, 2, 3]) == [1, 2, 3]
    assert [len(drawn_numbers("a", range(1, n + 1))) for n in (5, 50, 51, 300)] == [5, 5, 6, 30]
    assert drawn_numbers("a", range(1, 301)) == drawn_numbers("a", range(1, 301)) != drawn_numbers("b", range(1, 301))
