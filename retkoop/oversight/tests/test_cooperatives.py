"""`/ad/cooperatives/`: the list, what the cooperatives changed, the IBANs that wait."""

import datetime as dt
import re
import uuid

import pytest

from retkoop.core.clock import travel
from retkoop.identity import services
from retkoop.identity.models import LinkPurpose, Role
from retkoop.identity.services import create_cooperative, create_person, give_mandate, issue_link
from retkoop.identity.tests.cast import signed_in
from retkoop.ledger import chart
from retkoop.membership.models import CardChange
from retkoop.membership.queries.cards import card_of, shown_iban, shown_waiting
from retkoop.membership.queries.cooperatives import cooperatives_of
from retkoop.membership.tests.desk import save

pytestmark = pytest.mark.django_db
PAGE, CHANGES = "/ad/cooperatives/", "/ad/cooperatives/modifications/"
NOW = dt.date(2025, 10, 6)


@pytest.fixture(autouse=True)
def today(cast):
    chart.load()
    with travel(NOW):
        yield


def words_of(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def key():
    return {"operation_key": uuid.uuid4().hex}


def listed(client, query=""):
    return re.findall(r'data-cooperative="([^"]+)" data-access="([^"]+)"', client.get(f"{PAGE}{query}").content.decode())


def school(cast, number):
    cooperative = create_cooperative(association=cast.ad_085, number=number, name=f"École {number}", created_on=NOW)
    person = create_person(full_name=f"Mandataire {number}")
    give_mandate(person=person, role=Role.MANDATAIRE, organisation=cooperative, starts=NOW)
    return cooperative, person


def test_the_list_says_who_may_enter_and_what_is_to_be_done(cast):
    client = signed_in(cast.ad_reader)
    _, waiting = school(cast, "200")
    school(cast, "201")
    issue_link(person=waiting, purpose=LinkPurpose.ACTIVATION)
    create_cooperative(association=cast.ad_085, number="202", name="École vide", created_on=NOW)
    save(cast.cooperative_a, cast.mandataire_a)
    everyone = [
        ("085-099", "ouvert"),
        ("085-101", "ouvert"),
        ("085-200", "envoye"),
        ("085-201", "a-ouvrir"),
        ("085-202", "sans"),
    ]
    assert listed(client) == everyone
    assert listed(client, "?q=marais") == [("085-099", "ouvert")]
    assert listed(client, "?q=mandataire+201") == [("085-201", "a-ouvrir")]
    assert listed(client, "?etat=envoye") == [("085-200", "envoye")]
    assert listed(client, "?etat=iban") == listed(client, "?etat=modifications") == [("085-099", "ouvert")]
    assert [name for name, _ in listed(client, "?etat=identite")] == ["085-101", "085-200", "085-201", "085-202"]


def test_the_list_asks_as_many_questions_of_one_cooperative_as_of_many(cast, django_assert_max_num_queries):
    other, one = signed_in(cast.other_ad), signed_in(cast.ad_accountant)
    with django_assert_max_num_queries(20) as asked:
        other.get(PAGE)
    for number in ("300", "301", "302"):
        school(cast, number)
    with django_assert_max_num_queries(len(asked)):
        one.get(PAGE)


def test_what_changed_is_read_then_put_away(cast):
    save(cast.cooperative_a, cast.mandataire_a)
    assert "Coopératives (10 à regarder)" in words_of(signed_in(cast.ad_reader).get("/ad/"))
    page = signed_in(cast.ad_reader).get(CHANGES)
    assert "3 rue du Port" in words_of(page)
    assert "Vu</button>" not in page.content.decode()
    client = signed_in(cast.ad_accountant)
    until = max(CardChange.objects.values_list("pk", flat=True))
    save(cast.cooperative_b, cast.mandataire_b, name="École du Phare", iban="")
    assert client.post(CHANGES, {**key(), "jusqu_a": until}).status_code == 303
    left = CardChange.objects.filter(seen_at__isnull=True)
    assert {change.cooperative_id for change in left} == {cast.cooperative_b.pk}


def test_an_iban_is_compared_then_confirmed_or_refused(cast):
    save(cast.cooperative_a, cast.mandataire_a)
    save(cast.cooperative_b, cast.mandataire_b, name="École du Phare")
    client, place = signed_in(cast.ad_accountant), f"{PAGE}{cast.cooperative_a.pk}/iban/"
    shown = words_of(client.get(place))
    assert "FR76 •••• 0189 , donné le 6 octobre 2025 par Anne Maret" in shown
    assert "Cet IBAN est aussi celui de 085-101" in shown
    assert "FR76 3000 6000 0112 3456 7890 189" in words_of(client.post(f"{place}lire/", key()))
    assert signed_in(cast.ad_reader).post(place, key()).status_code == 403
    assert signed_in(cast.other_ad).get(place).status_code == 404
    assert client.post(place, {**key(), "version": "0"}).status_code == 409
    assert client.post(place, {**key(), "version": "1", "decision": "confirmer"}).status_code == 303
    assert shown_iban(card_of(cast.cooperative_a)) == "FR76 •••• 0189"
    theirs = f"{PAGE}{cast.cooperative_b.pk}/iban/"
    assert client.post(theirs, {**key(), "version": "1", "decision": "refuser"}).status_code == 303
    card = card_of(cast.cooperative_b)
    assert (shown_iban(card), shown_waiting(card)) == ("", "")


def test_a_withdrawn_cooperative_is_nowhere_and_its_number_is_free(cast):
    cooperative, person = school(cast, "400")
    token = issue_link(person=person, purpose=LinkPurpose.ACTIVATION)
    services.withdraw_cooperative(cooperative=cooperative, author=services.people.NOBODY)
    assert [row.identifier for row in cooperatives_of(cast.ad_085)] == ["085-099", "085-101"]
    with pytest.raises(services.links.LinkRefused):
        services.check_link(token)
    assert signed_in(cast.ad_accountant).post("/ad/ouvrir/085-400/").status_code == 404
    again, _ = school(cast, "400")
    assert [row.pk for row in cooperatives_of(cast.ad_085)][2:] == [again.pk]
