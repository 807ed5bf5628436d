"""`/ad/cooperatives/lettres/`: who cannot enter yet gets a letter or an e-mail, and chooses a password alone."""

import datetime as dt
import re
import uuid

import pypdfium2
import pytest

from retkoop.core.clock import travel
from retkoop.identity.models import AuditEvent, Role
from retkoop.identity.services import check_link, create_cooperative, create_person, give_mandate, use_link
from retkoop.identity.services.links import LinkRefused
from retkoop.identity.tests.cast import PASSWORD, signed_in
from retkoop.identity.tests.letters import letters
from retkoop.ledger import chart
from retkoop.membership.queries.doors import closed_doors

pytestmark = pytest.mark.django_db
PAGE = "/ad/cooperatives/lettres/"
FILE = f"{PAGE}lettres.pdf"
NOW = dt.date(2025, 10, 6)


@pytest.fixture(autouse=True)
def today(cast):
    chart.load()
    with travel(NOW):
        yield


@pytest.fixture
def mandates(cast):
    """Two mandataires without an address, one with."""
    found = []
    for number, email in (("200", None), ("201", None), ("202", "luc@exemple.fr")):
        cooperative = create_cooperative(association=cast.ad_085, number=number, name=f"École {number}", created_on=NOW)
        person = create_person(full_name=f"Mandataire {number}", email=email)
        found.append(give_mandate(person=person, role=Role.MANDATAIRE, organisation=cooperative, starts=NOW))
    return found


def send(client, mandates, what):
    chosen = [mandate.pk for mandate in mandates]
    sent = {"operation_key": uuid.uuid4().hex, "mandat": chosen, "faire": what}
    return client.post(PAGE, sent, follow=True).content.decode()


def printed(client):
    document = pypdfium2.PdfDocument(client.get(FILE).content)
    texts = [page.get_textpage().get_text_range().replace("\r\n", " ") for page in document]
    document.close()
    return texts


def token_of(text):
    (found,) = re.findall(r"/acces/([\w-]+)/", text.replace(" ", ""))
    return found


def test_letters_are_one_page_each_with_a_link_that_serves_once(cast, mandates):
    client = signed_in(cast.ad_accountant)
    assert client.get(FILE).status_code == 303
    assert "2 lettres prêtes" in send(client, mandates, "lettres").replace("\u202f", " ")
    first, second = printed(client)
    assert ("085-200" in first, "Mandataire 200" in first, "20 octobre 2025" in first) == (True, True, True)
    assert ("085-201" in second, "085-200" in second) == (True, False)
    assert letters() == []
    assert AuditEvent.objects.filter(verb="make_letter", on_behalf=cast.ad_085).count() == 2
    old = token_of(first)
    send(client, mandates[:1], "lettres")
    with pytest.raises(LinkRefused):  # the new letter has ended the old one
        check_link(old)
    person = use_link(token=token_of(printed(client)[0]), new_password=PASSWORD)
    assert person == mandates[0].person
    assert [door.mandate for door in closed_doors(cast.ad_085)] == mandates[1:]
    assert [text.count("085-201") > 0 for text in printed(client)] == [True]


def test_who_has_an_address_is_written_to_and_gets_no_letter(cast, mandates):
    client = signed_in(cast.ad_accountant)
    assert "1 e-mail envoyé" in send(client, mandates, "courriels")
    assert [letter.to for letter in letters()] == ["luc@exemple.fr"]
    assert client.get(FILE).status_code == 303
    link = re.findall(r"/acces/([\w-]+)/", letters()[0].text)[0]
    assert check_link(link).person == mandates[2].person


def test_the_letters_belong_to_the_office_of_that_ad(cast, mandates):
    send(signed_in(cast.ad_accountant), mandates, "lettres")
    assert signed_in(cast.ad_reader).get(FILE).status_code == 403
    stranger = signed_in(cast.other_ad)
    assert stranger.get(FILE).status_code == 303
    assert "Cochez au moins une personne" in send(stranger, mandates, "lettres")
    assert stranger.get(f"{PAGE}?import=1").status_code == 404
