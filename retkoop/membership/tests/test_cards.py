"""`/identite/`: what is typed is kept with its date, changes are told to the AD, another's card is nobody's business."""

import datetime as dt
import re

import pytest

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.identity.audit import Author, verify_chain
from retkoop.identity.models import AuditEvent, Cooperative, Role
from retkoop.identity.services import create_person, give_mandate
from retkoop.identity.tests.cast import signed_in
from retkoop.identity.tests.letters import letters
from retkoop.ledger import chart
from retkoop.membership.models import CardChange, SchoolCard, SchoolClass
from retkoop.membership.queries.cards import card_of, classes_of, freshness_of, shown_iban, shown_waiting
from retkoop.membership.services.cards import CardFacts, ClassFacts, confirm_iban, read_iban, save_card, see_changes
from retkoop.membership.tests.desk import FACTS, IBAN, OTHER, save, typed

pytestmark = pytest.mark.django_db
PAGE = "/identite/"
NOW = dt.date(2025, 10, 6)


@pytest.fixture(autouse=True)
def today(cast):
    chart.load()
    with travel(NOW):
        yield


def words_of(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def confirmed(cast):
    save(cast.cooperative_a, cast.mandataire_a)
    card = card_of(cast.cooperative_a)
    return confirm_iban(card=card, version=card.version, author=Author(cast.ad_accountant, cast.ad_085))


def test_a_card_is_filled_in_and_every_change_is_told(cast):
    client = signed_in(cast.mandataire_a)
    assert client.post(PAGE, typed(rows=(("", "CP, Mme Bernard", "elementary", ""),), town="Soullans")).status_code == 303
    card = SchoolCard.objects.get()
    assert (card.uai, card.phone, card.bank_name, card.version) == ("0850123X", "02 51 00 00 00", "Credit Agricole Sa", 1)
    assert card.confirmed_at is not None
    assert (card.confirmed_at.date(), card.confirmed_by) == (NOW, cast.mandataire_a)
    assert Cooperative.objects.get(pk=cast.cooperative_a.pk).town == "Soullans"
    told = {row.label: (row.before, row.after) for row in CardChange.objects.all()}
    assert told["Commune"] == ("Challans", "Soullans")
    assert told["Compte en banque"] == ("", "512 Banque")
    assert told["IBAN à confirmer"] == ("", "FR76 •••• 0189")
    assert told["Classe ajoutée"] == ("", "CP, Mme Bernard (élémentaire)")
    assert "Nom de l’école" not in told
    assert {row.seen_at for row in CardChange.objects.all()} == {None}
    assert [letter.to for letter in letters()] == ["ad085@exemple.fr", "anne@exemple.fr"]
    assert verify_chain(cast.cooperative_a) == []


def test_validating_without_a_change_keeps_the_date_and_tells_nobody(cast):
    save(cast.cooperative_a, cast.mandataire_a)
    before, sent = CardChange.objects.count(), len(letters())
    with travel(NOW + dt.timedelta(days=400)):
        old = freshness_of(card_of(cast.cooperative_a), [])
        assert [group for group, fresh in old.items() if fresh.old] == ["school", "reach", "bank", "classes"]
        assert save(cast.cooperative_a, cast.mandataire_a, iban="", bank_name="Credit Agricole Sa") == 0
        confirmed_at = card_of(cast.cooperative_a).confirmed_at
        assert confirmed_at is not None
        assert confirmed_at.date() == NOW + dt.timedelta(days=400)
        fresh = freshness_of(card_of(cast.cooperative_a), [])
        assert [group for group, part in fresh.items() if part.old] == []
        assert [group for group, part in fresh.items() if part.empty] == ["classes"]
    assert (CardChange.objects.count(), len(letters())) == (before, sent)


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(cast):
    wrong = {"uai": "0850123Z", "phone": "12", "postcode": "85", "email": "marais", "iban": IBAN[:-1] + "8", "name": " "}
    answer = signed_in(cast.mandataire_a).post(PAGE, typed(rows=(("", "Petite section", "nursery", ""),), **wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sorted(re.findall(r'id="id_(\w+)_error"', page)) == sorted(wrong)
    assert re.search(r'value="Petite section"', page)
    assert 'value="0850123Z"' in page
    assert not SchoolCard.objects.exists()


def test_two_windows_on_the_same_card_do_not_overwrite_each_other(cast):
    client = signed_in(cast.mandataire_a)
    assert client.post(PAGE, typed(0)).status_code == 303
    answer = client.post(PAGE, typed(0, phone="02 51 11 11 11"))
    assert answer.status_code == 409
    assert IBAN not in answer.content.decode()
    assert card_of(cast.cooperative_a).phone == FACTS["phone"]
    with pytest.raises(StaleVersion):
        save_card(
            cooperative=cast.cooperative_a, facts=CardFacts("École"), classes=[], version=0, author=Author(cast.mandataire_a)
        )


def test_classes_are_renamed_swapped_and_removed_and_a_removed_one_keeps_its_row(cast):
    first, second = ClassFacts(None, "CP", "elementary"), ClassFacts(None, "CE1", "elementary")
    save(cast.cooperative_a, cast.mandataire_a, [first, second])
    cp, ce1 = classes_of(cast.cooperative_a)
    swapped = [ClassFacts(cp.pk, "CE1", "elementary"), ClassFacts(ce1.pk, "CP", "nursery")]
    save(cast.cooperative_a, cast.mandataire_a, swapped)
    assert [(row.pk, row.name) for row in classes_of(cast.cooperative_a)] == [(cp.pk, "CE1"), (ce1.pk, "CP")]
    save(cast.cooperative_a, cast.mandataire_a, [ClassFacts(cp.pk, "CE1", "elementary", removed=True), swapped[1]])
    assert [row.name for row in classes_of(cast.cooperative_a)] == ["CP"]
    assert SchoolClass.objects.filter(pk=cp.pk, removed_at__date=NOW).count() == 1
    for told, why in [([first, first], "Deux classes"), ([ClassFacts(ce1.pk, "", "nursery")], "nom d’une classe")]:
        with pytest.raises(Refusal, match=why):
            save(cast.cooperative_a, cast.mandataire_a, told)


def test_a_row_of_another_cooperative_s_class_makes_a_class_of_ones_own(cast):
    save(cast.cooperative_b, cast.mandataire_b, [ClassFacts(None, "Voisine", "nursery")])
    theirs = classes_of(cast.cooperative_b)[0]
    signed_in(cast.mandataire_a).post(PAGE, typed(rows=((str(theirs.pk), "Prise", "nursery", ""),)))
    assert [row.name for row in classes_of(cast.cooperative_b)] == ["Voisine"]
    assert [row.name for row in classes_of(cast.cooperative_a)] == ["Prise"]


def test_more_lines_are_given_without_storing_anything(cast):
    answer = signed_in(cast.mandataire_a).post(PAGE, typed(rows=(("", "CM2", "elementary", ""),), more="1"))
    assert answer.status_code == 200
    assert 'name="classes" value="5"' in answer.content.decode()
    assert AuditEvent.objects.filter(verb="card.saved").count() == 0


def test_an_iban_waits_for_another_person_the_first_one_too(cast):
    save(cast.cooperative_a, cast.mandataire_a)
    card = card_of(cast.cooperative_a)
    assert (shown_iban(card), shown_waiting(card)) == ("", "FR76 •••• 0189")
    confirm_iban(card=card, version=card.version, author=Author(cast.ad_accountant, cast.ad_085))
    card = card_of(cast.cooperative_a)
    assert (shown_iban(card), shown_waiting(card)) == ("FR76 •••• 0189", "")
    save(cast.cooperative_a, cast.mandataire_a, iban=OTHER)
    card = card_of(cast.cooperative_a)
    assert (shown_iban(card), shown_waiting(card)) == ("FR76 •••• 0189", "FR14 •••• 2606")
    save(cast.cooperative_a, cast.mandataire_a, iban=IBAN)
    assert shown_waiting(card_of(cast.cooperative_a)) == ""


def test_nobody_confirms_the_iban_that_they_gave(cast):
    own = Author(cast.ad_accountant, cast.ad_085)
    facts = CardFacts("École des Marais", "Challans", iban=IBAN)
    save_card(cooperative=cast.cooperative_a, facts=facts, version=0, author=own)
    card = card_of(cast.cooperative_a)
    with pytest.raises(Refusal, match="une autre personne de l’AD"):
        confirm_iban(card=card, version=card.version, author=own)
    assert card_of(cast.cooperative_a).iban_sealed == ""
    colleague = create_person(full_name="Paul Président")
    give_mandate(person=colleague, role=Role.AD_PRESIDENT, organisation=cast.ad_085, starts=NOW)
    confirm_iban(card=card, version=card.version, author=Author(colleague, cast.ad_085))
    with pytest.raises(StaleVersion):  # two answers to the same question: the second finds it answered
        confirm_iban(card=card, version=card.version, author=Author(colleague, cast.ad_085))


def test_a_refused_iban_leaves_the_kept_one_and_the_mandataire_is_told(cast):
    confirmed(cast)
    save(cast.cooperative_a, cast.mandataire_a, iban=OTHER)
    card = card_of(cast.cooperative_a)
    confirm_iban(card=card, version=card.version, author=Author(cast.ad_accountant, cast.ad_085), accept=False)
    card = card_of(cast.cooperative_a)
    assert (shown_iban(card), shown_waiting(card)) == ("FR76 •••• 0189", "")
    last = letters()[-1]
    assert (last.to, "refusé" in last.subject) == ("anne@exemple.fr", True)


def test_each_full_reading_of_an_iban_is_an_event(cast):
    confirmed(cast)
    client = signed_in(cast.mandataire_a)
    page = client.get(PAGE).content.decode()
    assert "FR76 •••• 0189" in page
    assert IBAN[:12] not in page.replace(" ", "")
    answer = client.post("/identite/iban/", {"operation_key": "0123456789abcdef"})
    assert "FR76 3000 6000 0112 3456 7890 189" in words_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert signed_in(cast.reader_a).post("/identite/iban/").status_code == 403
    event = AuditEvent.objects.get(verb="iban.read")
    assert (event.actor, IBAN[:12] in (event.payload or "").replace(" ", "")) == (cast.mandataire_a, False)
    with pytest.raises(Refusal, match="Aucun IBAN"):
        read_iban(cooperative=cast.cooperative_a, author=Author(cast.mandataire_a), waiting=True)


def test_what_the_ad_changes_itself_it_has_seen_and_what_it_has_seen_is_told_once(cast):
    facts = CardFacts("École des Marais", "Challans", phone="02 51 00 00 00")
    save_card(cooperative=cast.cooperative_b, facts=facts, version=0, author=Author(cast.ad_accountant, cast.ad_085))
    assert [letter.to for letter in letters()] == []
    save(cast.cooperative_a, cast.mandataire_a, iban="")
    waiting = CardChange.objects.filter(seen_at__isnull=True)
    last = max(row.pk for row in waiting)
    count = waiting.count()
    assert {row.cooperative_id for row in waiting} == {cast.cooperative_a.pk}
    assert see_changes(association=cast.ad_038, until=last, author=Author(cast.other_ad)) == 0
    assert see_changes(association=cast.ad_085, until=last, author=Author(cast.ad_accountant)) == count


def test_a_reader_sees_the_card_and_changes_nothing(cast):
    client = signed_in(cast.reader_a)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "Valider les modifications" not in answer.content.decode()
    assert client.post(PAGE, typed()).status_code == 403


def test_the_last_step_of_the_adhesion_leads_back_to_it(cast):
    client = signed_in(cast.mandataire_a)
    assert "Dernière étape de votre adhésion" in words_of(client.get(f"{PAGE}?adhesion=1"))
    assert client.post(PAGE, typed(adhesion="1"))["Location"] == "/adhesion/"
