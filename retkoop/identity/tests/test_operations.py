"""One form, one act: keys, digests, replays and conflicts."""

import uuid

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import RequestFactory

from retkoop.identity.models import AuditEvent
from retkoop.identity.operations import operation
from retkoop.identity.tests.cast import signed_in

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def doors(settings):
    settings.ROOT_URLCONF = "retkoop.identity.tests.doors"


def posted(path="/form/", **fields):
    return RequestFactory().post(path, {"operation_key": KEY, **fields})


def digest(path="/form/", **fields):
    return operation(posted(path, **fields)).digest


def test_the_same_content_has_the_same_digest_whatever_the_token():
    assert digest(a="1", b="2") == digest(b="2", a="1", csrfmiddlewaretoken="x")


@pytest.mark.parametrize(
    "other",
    [{"a": "2"}, {"a": ["1", "1"]}, {"a": "1", "b": ""}, {"path": "/other/", "a": "1"}, {"a": "1", "version": "2"}],
)
def test_other_content_or_another_form_has_another_digest(other):
    assert digest(**other) != digest(a="1")


def test_the_bytes_of_a_file_enter_the_digest_and_can_still_be_read():
    def with_file(content):
        return posted(receipt=SimpleUploadedFile("t.png", content))

    first = with_file(b"one")
    assert operation(first).digest == operation(with_file(b"one")).digest
    assert operation(first).digest != operation(with_file(b"two")).digest
    assert first.FILES["receipt"].read() == b"one"


def test_a_password_enters_the_digest_under_a_keyed_hash(settings):
    before = digest(new_password="craie")
    assert digest(new_password="tableau") != before
    settings.SECRET_KEY = "another installation"
    assert digest(new_password="craie") != before


@pytest.mark.parametrize("key", ["", "short", "x" * 41, "0123456789abcdef!"])
def test_a_form_without_a_proper_key_is_unreadable(key):
    with pytest.raises(BadRequest):
        operation(RequestFactory().post("/form/", {"operation_key": key}))


def test_a_missing_key_is_a_400_and_writes_nothing(cast, doors):
    assert signed_in(cast.mandataire_a).post("/write/", {"label": "pain"}).status_code == 400
    assert AuditEvent.objects.filter(verb="note").count() == 0


def send(person, label, key=KEY):
    return signed_in(person).post("/write/", {"operation_key": key, "label": label})


def test_the_same_form_sent_again_leads_to_what_the_first_one_left(cast, doors):
    answers = [send(cast.mandataire_a, "pain") for _ in range(3)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, "/kept/7/")] * 3
    assert AuditEvent.objects.filter(verb="note").count() == 1


def test_a_key_reused_with_other_content_is_a_conflict_that_shows_what_was_typed(cast, doors):
    send(cast.mandataire_a, "pain")
    answer = send(cast.mandataire_a, "brioche et beurre")
    assert answer.status_code == 409
    assert "brioche et beurre" in answer.content.decode()
    assert AuditEvent.objects.filter(verb="note").count() == 1


def test_another_person_s_key_tells_nothing_of_what_it_left(cast, doors):
    send(cast.mandataire_a, "pain")
    assert send(cast.mandataire_b, "pain").status_code == 409


def test_a_stale_version_is_a_409_that_consumes_no_key(cast, doors):
    answer = send(cast.mandataire_a, "stale")
    assert answer.status_code == 409
    assert "a modifié cette page" in answer.content.decode()
    assert send(cast.mandataire_a, "fresh").status_code == 303


def test_an_act_of_the_ad_is_signed_on_its_behalf(cast, doors):
    browser = signed_in(cast.ad_accountant, cast.cooperative_a)
    browser.post("/write/", {"operation_key": KEY, "label": "aide"})
    event = AuditEvent.objects.get(verb="note")
    assert (event.cooperative, event.actor, event.on_behalf) == (cast.cooperative_a, cast.ad_accountant, cast.ad_085)
    send(cast.mandataire_a, "soi-même", uuid.uuid4().hex)
    assert AuditEvent.objects.filter(verb="note").latest("pk").on_behalf is None


def shown(request, tag="{% operation_key %}"):
    return Template(tag).render(Context({"request": request}))


def test_a_form_has_a_fresh_key_each_time_and_keeps_it_after_an_error():
    request = RequestFactory().get("/form/")
    assert shown(request) != shown(request)
    assert shown(posted()) == f'<input type="hidden" name="operation_key" value="{KEY}">'
    assert KEY not in shown(posted(), "{% operation_key fresh=True %}")
    assert KEY not in shown(RequestFactory().get("/form/", {"operation_key": KEY}))
