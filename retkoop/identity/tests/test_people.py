"""Persons and mandates on screen: who gives which, who ends which, and what an inviter never learns."""

import datetime as dt
import uuid

import pytest

from retkoop.core.refusal import Refusal
from retkoop.identity import services
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent, Invitation, Mandate, Person, Role
from retkoop.identity.permissions import GRANTS, Permission
from retkoop.identity.queries import live_mandates_of
from retkoop.identity.tests.cast import PASSWORD, SINCE, signed_in
from retkoop.identity.tests.letters import letters

pytestmark = pytest.mark.django_db
NEW = "quatre mots sans aucun lien"
NEAR = "/ad/personnes/cooperatives/085-099/"


def post(browser, path, **sent):
    return browser.post(path, {"operation_key": uuid.uuid4().hex, **sent})


def invite(browser, base="/personnes/", email="lou@exemple.fr", role=Role.BOOKKEEPER, **more):
    return post(browser, f"{base}inviter/", full_name="Lou Neuve", email=email, role=role.value, **more)


def link_path(letter):
    return letter.link.partition("8000")[2]


def test_a_mandataire_invites_a_keeper_of_the_books_who_chooses_their_own_password(cast, client):
    answer = invite(signed_in(cast.mandataire_a), ends="31/08/2030")
    assert (answer.status_code, answer["Location"]) == (303, "/personnes/")
    (letter,) = letters()
    assert (letter.to, Person.objects.filter(email="lou@exemple.fr").count()) == ("lou@exemple.fr", 0)
    path = link_path(letter)
    assert "Anne Maret" in client.get(path).content.decode()
    assert client.post(path, {"new_password": "court"}).status_code == 422
    assert client.post(path, {"new_password": NEW})["Location"] == "/connexion/"
    (mandate,) = live_mandates_of(Person.objects.get(email="lou@exemple.fr"))
    assert (mandate.role, mandate.cooperative, mandate.ends) == ("bookkeeper", cast.cooperative_a, dt.date(2030, 8, 31))
    assert client.post("/connexion/", {"identifiant": "085-099", "mot_de_passe": NEW})["Location"] == "/accueil/"
    assert client.get(path).status_code == 404


def test_a_known_address_and_an_unknown_one_get_the_same_answer_and_the_same_letter(cast):
    browser = signed_in(cast.mandataire_a)
    told = []
    for email in ("claire@exemple.fr", "personne@exemple.fr"):
        answer = invite(browser, email=email)
        page = browser.get("/personnes/").content.decode()
        told.append((answer.status_code, answer["Location"], page.count("Lou Neuve"), "Vercors" in page))
    assert told[0][:2] == told[1][:2]
    assert [seen[3] for seen in told] == [False, False]
    first, second = letters()
    assert first.subject == second.subject
    assert first.text.replace(first.link, "") == second.text.replace(second.link, "")


def test_a_known_person_accepts_and_keeps_their_password(cast, client):
    invite(signed_in(cast.mandataire_a), email="claire@exemple.fr", role=Role.VERIFIER)
    path = link_path(letters()[0])
    assert "new_password" not in client.get(path).content.decode()
    assert client.post(path)["Location"] == "/connexion/"
    cast.mandataire_c.refresh_from_db()
    assert cast.mandataire_c.check_password(PASSWORD)
    assert [m.role for m in live_mandates_of(cast.mandataire_c)] == ["mandataire", "verifier"]
    assert len(signed_in(cast.mandataire_c).get("/choisir/").context["mandates"]) == 2


def test_a_new_invitation_kills_the_former_one_and_a_withdrawn_one_is_dead(cast, client):
    browser = signed_in(cast.mandataire_a)
    invite(browser)
    invite(browser)
    first, second = (link_path(letter) for letter in letters())
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    post(browser, f"/personnes/invitations/{Invitation.objects.latest('pk').pk}/retirer/")
    assert client.post(second, {"new_password": NEW}).status_code == 404
    assert Person.objects.filter(email="lou@exemple.fr").count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.BOOKKEEPER, Role.READER, Role.VERIFIER}])
def test_a_mandataire_gives_no_mandate_of_signature_nor_of_another_house(cast, role):
    answer = invite(signed_in(cast.mandataire_a), role=role)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"role"})
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("role", [Role.MANDATAIRE, Role.COSIGNER])
def test_a_mandataire_ends_no_mandate_of_signature(cast, role):
    mandate = services.give_mandate(person=cast.reader_a, role=role, organisation=cast.cooperative_a, starts=SINCE)
    browser = signed_in(cast.mandataire_a)
    assert browser.get(f"/personnes/{mandate.pk}/terminer/").status_code == 403
    assert post(browser, f"/personnes/{mandate.pk}/terminer/").status_code == 403
    assert f"/personnes/{mandate.pk}/terminer/" not in browser.get("/personnes/").content.decode()


def test_who_does_not_answer_for_the_cooperative_reads_the_list_and_acts_on_nothing(cast):
    browser, mandate = signed_in(cast.reader_a), cast.reader_a.mandates.get()
    page = browser.get("/personnes/").content.decode()
    assert ("Anne Maret" in page, "inviter" in page, "terminer" in page) == (True, False, False)
    assert [invite(browser).status_code, post(browser, f"/personnes/{mandate.pk}/terminer/").status_code] == [403, 403]


def test_ending_a_mandate_ends_its_rights_at_once_even_in_a_page_already_open(cast):
    teacher, reader = signed_in(cast.mandataire_a), signed_in(cast.reader_a)
    mandate = cast.reader_a.mandates.get()
    assert reader.get("/personnes/").status_code == 200
    assert "Mettre fin à ce mandat" in teacher.get(f"/personnes/{mandate.pk}/terminer/").content.decode()
    assert post(teacher, f"/personnes/{mandate.pk}/terminer/")["Location"] == "/personnes/"
    swapped = reader.get("/cahier/", headers={"hx-request": "true", "hx-current-url": "http://testserver/cahier/"})
    assert (swapped.status_code, swapped["HX-Redirect"]) == (200, "/connexion/?suite=/cahier/")
    assert [reader.get("/cahier/").status_code, post(reader, "/compte/preference/").status_code] == [302, 303]
    assert (letters()[-1].to, letters()[-1].subject) == ("remi@exemple.fr", "Votre mandat dans Retkoop prend fin")


def test_the_last_day_of_a_mandate_may_be_chosen_and_not_one_that_is_past(cast):
    teacher, mandate = signed_in(cast.mandataire_a), cast.reader_a.mandates.get()
    assert post(teacher, f"/personnes/{mandate.pk}/terminer/", last_day="01/01/2019").status_code == 422
    assert post(teacher, f"/personnes/{mandate.pk}/terminer/", last_day="31/08/2030").status_code == 303
    assert Mandate.objects.get(pk=mandate.pk).ends == dt.date(2030, 8, 31)
    assert signed_in(cast.reader_a).get("/personnes/").status_code == 200


def test_an_ad_gives_a_mandate_to_someone_without_address_by_a_letter(cast, client):
    browser = signed_in(cast.ad_accountant)
    assert invite(browser, NEAR, email="", role=Role.MANDATAIRE).status_code == 303
    person = Person.objects.get(full_name="Lou Neuve")
    mandate = person.mandates.get()
    assert f"{NEAR}{mandate.pk}/lettre.pdf" in browser.get(NEAR).content.decode()
    answer = browser.get(f"{NEAR}{mandate.pk}/lettre.pdf")
    assert (answer["Content-Type"], answer.content[:4]) == ("application/pdf", b"%PDF")
    old = services.letter_token(person.access_links.get())
    assert post(browser, f"{NEAR}{mandate.pk}/lettre/").status_code == 303
    token = services.letter_token(person.access_links.latest("pk"))
    assert [client.get(f"/acces/{each}/").status_code for each in (old, token)] == [404, 200]
    client.post(f"/acces/{token}/", {"new_password": NEW})
    assert client.get(f"/acces/{token}/").status_code == 404
    assert post(browser, f"{NEAR}{mandate.pk}/lettre/").status_code == 303
    assert person.access_links.count() == 2
    assert browser.get(f"{NEAR}{mandate.pk}/lettre.pdf").status_code == 303
    verbs = AuditEvent.objects.filter(cooperative=cast.cooperative_a, on_behalf=cast.ad_085).values_list("verb", flat=True)
    assert sorted(verbs) == ["give_mandate", "make_letter"]


def test_a_letter_is_refused_to_whoever_has_an_address_a_password_or_a_mandate_elsewhere(cast):
    for mandate in (cast.reader_a.mandates.get(), _without_address(cast.mandataire_a)):
        with pytest.raises(Refusal):
            services.make_letter(mandate=mandate, author=Author(cast.ad_accountant, cast.ad_085))
    person = services.create_person(full_name="Jo Deux")
    for role, place in ((Role.READER, cast.cooperative_a), (Role.AD_READER, cast.ad_085)):
        services.give_mandate(person=person, role=role, organisation=place, starts=SINCE)
    with pytest.raises(Refusal):
        services.make_letter(mandate=person.mandates.get(role="reader"), author=Author(cast.ad_accountant, cast.ad_085))
    assert person.access_links.count() == 0


def _without_address(person):
    person.email = None
    person.save()
    return person.mandates.get()


def test_an_ad_sees_neither_another_ad_s_staff_nor_its_cooperatives_people(cast):
    browser = signed_in(cast.other_ad)
    assert "Adèle Compte" not in browser.get("/ad/personnes/").content.decode()
    assert browser.get(NEAR).status_code == 404
    foreign = cast.ad_accountant.mandates.get()
    assert post(browser, f"/ad/personnes/{foreign.pk}/terminer/").status_code == 404


def test_an_ad_s_mandates_are_given_and_ended_by_its_accountant_and_its_president_only(cast):
    keepers = {role for role in Role if Permission.AD_PEOPLE in GRANTS[role]}
    assert keepers == {Role.AD_ACCOUNTANT, Role.AD_PRESIDENT}
    reader = signed_in(cast.ad_reader)
    assert "Adèle Compte" in reader.get("/ad/personnes/").content.decode()
    assert invite(reader, "/ad/personnes/", role=Role.AD_READER).status_code == 403
    accountant, mandate = signed_in(cast.ad_accountant), cast.ad_reader.mandates.get()
    assert invite(accountant, "/ad/personnes/", role=Role.AD_PRESIDENT).status_code == 303
    assert post(accountant, f"/ad/personnes/{mandate.pk}/terminer/").status_code == 303
    assert reader.get("/ad/personnes/").status_code == 302


def test_nobody_ends_their_own_last_mandate_that_keeps_the_staff_of_the_ad(cast):
    browser, mandate = signed_in(cast.ad_accountant), cast.ad_accountant.mandates.get()
    refused = post(browser, f"/ad/personnes/{mandate.pk}/terminer/")
    assert (refused.status_code, len(refused.context["form"].non_field_errors())) == (422, 1)
    services.give_mandate(person=cast.ad_accountant, role=Role.AD_PRESIDENT, organisation=cast.ad_085, starts=SINCE)
    assert post(browser, f"/ad/personnes/{mandate.pk}/terminer/").status_code == 303
    left = cast.ad_accountant.mandates.get(role="ad_president")
    with pytest.raises(Refusal):
        services.end_mandate(mandate=left, author=Author(cast.ad_accountant))


def test_two_who_end_each_other_s_mandates_at_once_do_not_leave_the_ad_without_anyone(cast):
    other = services.create_person(full_name="Paul Présent", email="paul@exemple.fr")
    mandate = services.give_mandate(person=other, role=Role.AD_PRESIDENT, organisation=cast.ad_085, starts=SINCE)
    services.end_mandate(mandate=mandate, author=Author(cast.ad_accountant))
    with pytest.raises(Refusal):  # he was let in just before his own mandate ended
        services.end_mandate(mandate=cast.ad_accountant.mandates.get(), author=Author(other))
    services.end_mandate(mandate=cast.ad_accountant.mandates.get(), author=Author(cast.federation_person))
    assert live_mandates_of(cast.ad_accountant) == []


def test_the_federation_helps_an_ad_back_in(cast):
    browser = signed_in(cast.federation_person)
    assert "/federation/personnes/085/" in browser.get("/federation/personnes/").content.decode()
    assert invite(browser, "/federation/personnes/085/", role=Role.AD_PRESIDENT)["Location"] == "/federation/personnes/085/"
    mandate = cast.ad_accountant.mandates.get()
    assert post(browser, f"/federation/personnes/085/{mandate.pk}/lien/").status_code == 303
    assert [letter.to for letter in letters()] == ["lou@exemple.fr", "adele@exemple.fr"]
    assert browser.get("/federation/personnes/999/").status_code == 404


def test_a_letter_box_is_not_flooded_by_invitations(cast):
    browser = signed_in(cast.mandataire_a)
    assert [invite(browser).status_code for _ in range(5)] == [303, 303, 303, 422, 422]
    assert len(letters()) == 3


def test_a_person_without_a_password_is_sent_an_activation_and_one_who_has_a_reset(cast):
    browser = signed_in(cast.ad_accountant)
    person = services.create_person(full_name="Ida Sans", email="ida@exemple.fr")
    mandates = [
        services.give_mandate(person=person, role=Role.COSIGNER, organisation=cast.cooperative_a, starts=SINCE),
        cast.reader_a.mandates.get(),
    ]
    for mandate in mandates:
        assert post(browser, f"{NEAR}{mandate.pk}/lien/").status_code == 303
    assert [(letter.to, "14 jours" in letter.text) for letter in letters()] == [
        ("ida@exemple.fr", True),
        ("remi@exemple.fr", False),
    ]


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_costs_the_same_for_one_person_and_for_three(cast, how_many, django_assert_num_queries):
    for number in range(how_many):
        services.appoint_by_letter(
            cooperative=cast.cooperative_a, role=Role.READER, full_name=f"Lu {number}", author=Author(cast.ad_accountant)
        )
    browser = signed_in(cast.ad_accountant)
    with django_assert_num_queries(6):
        browser.get(NEAR)


def test_the_link_that_an_ad_starts_is_seen_by_its_person_alone(cast):
    browser, mandate = signed_in(cast.ad_accountant), cast.reader_a.mandates.get()
    sent = post(browser, f"{NEAR}{mandate.pk}/lien/")
    token = letters()[0].link.rstrip("/").rpartition("/")[2]
    answers = [sent.content, str(sent.headers).encode(), browser.get(NEAR).content]
    payloads = "".join(text or "" for text in AuditEvent.objects.values_list("payload", flat=True))
    assert [token.encode() in answer for answer in answers] == [False, False, False]
    assert (token in payloads, len(token)) == (False, 43)
