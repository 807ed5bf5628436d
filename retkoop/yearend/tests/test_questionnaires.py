"""A questionnaire is a file: what it may say, what is refused and where, and a version that never changes."""

import json

import pytest

from retkoop.config.cli import main
from retkoop.core.refusal import Refusal
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.yearend.models import Questionnaire
from retkoop.yearend.queries.questionnaires import form_in_force
from retkoop.yearend.questionnaire import read, shown
from retkoop.yearend.services.questionnaires import SHIPPED, load_questionnaire, load_shipped
from retkoop.yearend.tests.questions import NOBODY, file_of, other_file, own_file

pytestmark = pytest.mark.django_db


def test_the_shipped_questionnaire_is_a_model_of_both_pages_with_stable_keys():
    (path,) = SHIPPED.glob("*.json")
    told, _ = read(path.read_bytes())
    assert (told.first, told.version, told.official) == (2015, 1, False)
    assert {section.page for section in told.sections} == {1, 2}
    assert "Fonctionnement de la coopérative scolaire sur l’année" in [section.title for section in told.sections]
    assert 40 <= len(told.asked) <= 60
    assert {asked.kind for asked in told.asked} == {"tick", "whole", "text", "choice", "choices"}
    assert {asked.source for asked in told.asked if asked.source} == {"actions", "advances", "grants", "inventory", "receipts"}


def test_the_shipped_files_are_loaded_once(db):
    load_shipped()
    load_shipped()
    assert Questionnaire.objects.count() == len(list(SHIPPED.glob("*.json")))
    assert not form_in_force(0, 2025).official


def test_the_same_file_again_changes_nothing_and_tells_nothing():
    first = load_questionnaire(raw=other_file(), author=NOBODY)
    spaced = json.dumps(json.loads(other_file()), indent=4).encode()
    assert load_questionnaire(raw=spaced, author=NOBODY) == first
    assert (Questionnaire.objects.count(), AuditEvent.objects.filter(verb="questionnaire.loaded").count()) == (1, 1)


def test_a_known_version_with_other_content_is_refused():
    load_questionnaire(raw=other_file(), author=NOBODY)
    with pytest.raises(Refusal, match="une version ne change jamais"):
        load_questionnaire(raw=other_file(title="Autre titre"), author=NOBODY)
    assert Questionnaire.objects.count() == 1


def test_a_higher_version_and_a_later_year_prevail_each_in_its_time():
    load_shipped()
    load_questionnaire(raw=other_file(), author=NOBODY)
    later = load_questionnaire(raw=other_file(version=3), author=NOBODY)
    assert form_in_force(0, 2023).federal == Questionnaire.objects.get(first=2015)
    assert form_in_force(0, 2024).federal == later
    assert form_in_force(0, 2030).federal == later


def test_before_any_questionnaire_nothing_is_asked():
    assert form_in_force(0, 2025).asked == ()


def test_an_ad_adds_its_own_questions_which_may_hang_on_the_federations(cast):
    load_questionnaire(raw=other_file(), author=NOBODY)
    load_questionnaire(raw=own_file(), author=Author(cast.ad_accountant), association=cast.ad_085)
    form = form_in_force(cast.ad_085.pk, 2024)
    assert [asked.key for asked in form.asked][-2:] == ["ad_choir", "ad_choir_day"]
    assert [asked.key for asked in form_in_force(cast.ad_038.pk, 2024).asked] == [asked.key for asked in form.asked][:-2]


def test_an_own_question_never_shows_once_the_one_that_it_names_has_gone(cast):
    load_questionnaire(raw=other_file(), author=NOBODY)
    load_questionnaire(raw=own_file(), author=NOBODY, association=cast.ad_085)
    load_questionnaire(raw=file_of([{"key": "pets", "text": "Animaux", "type": "tick"}], version=9), author=NOBODY)
    form = form_in_force(cast.ad_085.pk, 2024)
    assert [asked.key for asked in shown(form.asked, {"garden": True, "ad_choir": True})] == ["pets", "ad_choir"]


QUESTION = {"key": "garden", "text": "Un jardin ?", "type": "tick"}
CHOICE = {"key": "kind", "text": "Lequel ?", "type": "choice"}


@pytest.mark.parametrize(
    ("questions", "place"),
    [
        ([QUESTION | {"type": "number"}], "sections[0].questions[0].type"),
        ([QUESTION | {"key": "Jardin"}], "sections[0].questions[0].key"),
        ([QUESTION | {"key": "ad_garden"}], "sections[0].questions[0].key"),
        ([QUESTION, QUESTION], "sections[0].questions[1].key"),
        ([QUESTION | {"text": " "}], "sections[0].questions[0].text"),
        ([QUESTION | {"obligatoire": True}], "sections[0].questions[0].obligatoire"),
        ([QUESTION | {"required": "oui"}], "sections[0].questions[0].required"),
        ([QUESTION | {"source": "weather"}], "sections[0].questions[0].source"),
        ([QUESTION | {"type": "text", "source": "actions"}], "sections[0].questions[0].source"),
        ([QUESTION | {"choices": []}], "sections[0].questions[0].choices"),
        ([CHOICE], "sections[0].questions[0].choices"),
        ([CHOICE | {"choices": [{"key": "aa", "text": "A"}, {"key": "aa", "text": "B"}]}], "questions[0].choices[1].key"),
        ([QUESTION | {"show_if": {"key": "later", "is": True}}], "sections[0].questions[0].show_if.key"),
        ([QUESTION, CHOICE | {"type": "text", "show_if": [{"key": "garden", "at_least": 2}]}], "show_if[0].at_least"),
        ([QUESTION, CHOICE | {"type": "text", "show_if": {"key": "garden"}}], "questions[1].show_if"),
        ([], "sections[0].questions"),
    ],
)
def test_what_is_wrong_in_a_file_is_refused_with_its_place(questions, place):
    with pytest.raises(Refusal) as refused:
        load_questionnaire(raw=file_of(questions), author=NOBODY)
    assert f"{place} : " in refused.value.message.replace("\u202f", " ")
    assert Questionnaire.objects.count() == 0


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfe", "JSON en UTF-8"),
        (b"[]", "accolade"),
        (b"{}", "format"),
        (other_file(from_year="2025"), "from_year"),
        (other_file(version=0), "version"),
        (other_file(official="non"), "official"),
        (other_file(auteur="moi"), "auteur"),
    ],
)
def test_what_is_no_questionnaire_is_refused(raw, words):
    with pytest.raises(Refusal, match=words):
        load_questionnaire(raw=raw, author=NOBODY)


@pytest.mark.parametrize("code", ["", "085"])
def test_the_command_loads_a_file_and_says_what_is_wrong_in_it(cast, tmp_path, capsys, code):
    load_questionnaire(raw=other_file(from_year="2015-2016"), author=NOBODY)
    file = tmp_path / "questions.json"
    file.write_bytes(own_file() if code else other_file())
    arguments = ["load-questionnaire", str(file), *(["--association", code] if code else [])]
    assert main(arguments) == 0
    assert f"version 2 : {2 if code else 4} questions" in capsys.readouterr().out.replace("\u202f", " ")
    assert Questionnaire.objects.filter(association__isnull=not code, first=2024).count() == 1
    file.write_bytes(b"{}")
    assert (main(arguments), "format" in capsys.readouterr().err) == (1, True)
    assert (main(["load-questionnaire", str(file), "--association", "999"]), main(["load-questionnaire", "absent"])) == (1, 1)
