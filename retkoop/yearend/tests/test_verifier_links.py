"""The personal links: what each opens, for how long, and what it never shows; the code by which one signs."""

import datetime as dt
import io
import logging
import re
import uuid

import pytest
from django.test import Client

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal
from retkoop.documents.services import receive
from retkoop.documents.tests.samples import pdf_bytes, text_pdf
from retkoop.identity.audit import Author
from retkoop.ledger.models import Attachment, FiscalYear
from retkoop.ledger.tests.worked import TODAY
from retkoop.yearend.models import Question, Quitus, Report, TypedFigure, Verifier
from retkoop.yearend.queries.quitus import drawn_entries, quitus_standing
from retkoop.yearend.services.quitus import withdraw_quitus
from retkoop.yearend.services.reports import ensure_report
from retkoop.yearend.services.verifiers import MOST_QUESTIONS, ask_question, forget_addresses, replace_link
from retkoop.yearend.tests.quitus_desk import LEA, MARC, code_of, link_of, make_quitus_desk, on_the_day
from retkoop.yearend.tests.test_digest import attach_receipt

THIRTY = dt.timedelta(days=30)


@pytest.fixture
def desk(cast):
    with on_the_day():
        yield make_quitus_desk(cast)


@pytest.fixture
def asked(desk):
    return desk.invite(LEA, MARC)


def people(quitus):
    return list(quitus.verifiers.filter(replaced_at=None).order_by("pk"))


def post(path, **fields):
    return Client().post(path, {"operation_key": uuid.uuid4().hex, **fields})


def give(verifier, **fields):
    """The whole gesture: ask for the code, type it."""
    link = link_of(verifier)
    assert post(f"{link}code/").status_code == 303
    return post(f"{link}decision/", code=code_of(verifier), donner="1", **fields)


def page(path):
    return Client().get(path)


def test_only_the_digest_of_a_link_is_kept(asked):
    lea, _ = people(asked)
    token = link_of(lea).split("/")[2]
    assert token not in str(Verifier.objects.values())
    assert len(lea.token_sha) == 64
    assert len(token) >= 43


def test_the_page_shows_totals_statement_cash_and_the_drawn_pieces_alone(desk, asked):
    shown = page(link_of(people(asked)[0])).content.decode()
    assert {int(cents) for cents in re.findall(r'data-cents="(-?\d+)"', shown)} >= {328_000, 288_000, 225_000, 229_000, 4_500}
    drawn = {entry.number for entry in drawn_entries(asked)}
    assert {int(number) for number in re.findall(r'data-piece="(\d+)"', shown)} == drawn
    assert len(drawn) == 5
    for entry in desk.worked.entries.values():
        assert (f"<h3>{entry.label}</h3>" in shown) == (entry.number in drawn)


def closed(cast, desk, asked, how):
    """A link that opens nothing, by that way."""
    lea, _ = people(asked)
    link = link_of(lea)
    if how == "unknown":
        return "/quitus/this-is-no-link-of-anybody/"
    if how == "replaced":
        replace_link(verifier=lea, author=desk.author)
    elif how == "taken back":
        withdraw_quitus(quitus=asked, author=desk.author)
    elif how == "expired":
        Verifier.objects.update(expires_at=lea.invited_at)
    elif how == "another quitus begun":
        desk.invite(LEA, MARC)
    return link


@pytest.mark.parametrize("how", ["unknown", "replaced", "taken back", "expired", "another quitus begun"])
def test_a_link_that_opens_nothing_is_answered_as_an_unknown_one(cast, desk, asked, how):
    link = closed(cast, desk, asked, how)
    unknown = page("/quitus/never-made-by-anybody/")
    for tail in ("", "document/1/1.jpg"):
        answer = page(link + tail)
        assert (answer.status_code, answer.content) == (404, unknown.content)
        assert dict(answer.items()) == dict(unknown.items())
    for tail in ("vu/", "question/", "code/", "decision/"):
        answer = post(link + tail)
        assert (answer.status_code, answer.content) == (404, unknown.content)


def test_a_link_lives_thirty_days(asked):
    link = link_of(people(asked)[0])
    with travel(TODAY + THIRTY - dt.timedelta(days=1)):
        assert page(link).status_code == 200
    with travel(TODAY + THIRTY + dt.timedelta(days=1)):
        assert page(link).status_code == 404


def test_another_link_takes_up_where_the_first_one_stopped(desk, asked):
    lea, _ = people(asked)
    number = drawn_entries(asked)[0].number
    post(f"{link_of(lea)}vu/", vu=[str(number), "statement", "999", "cash"])
    post(f"{link_of(lea)}question/", number="0", text="Et le goûter ?")
    new = replace_link(verifier=lea, author=desk.author)
    assert new.seen == [number, "statement", "cash"]
    shown = page(link_of(new)).content.decode()
    assert shown.count("checked") == 3
    assert "Et le goûter" in shown


def test_after_the_answer_the_link_shows_that_answer_and_no_book(asked):
    lea, _ = people(asked)
    assert give(lea).status_code == 303
    shown = page(link_of(lea)).content.decode()
    assert 'data-decision="given"' in shown
    assert "data-cents" not in shown
    assert post(f"{link_of(lea)}vu/", vu="1").status_code == 422
    assert post(f"{link_of(lea)}code/").status_code == 422
    assert page(f"{link_of(lea)}document/1/1.jpg").status_code == 404


def test_a_link_opens_the_receipts_of_its_drawn_pieces_and_no_other_document(desk, asked, other_document):
    attach_receipt(desk.worked)
    receipt = Attachment.objects.get()
    drawn = receipt.entry_id in {entry.pk for entry in drawn_entries(asked)}
    for seed in "abcdefghijklmnop":
        Quitus.objects.update(seed=seed)
        asked.seed = seed
        drawn = receipt.entry_id in {entry.pk for entry in drawn_entries(asked)}
        answer = page(f"{link_of(people(asked)[0])}document/{receipt.document_id}/1.jpg")
        assert answer.status_code == (200 if drawn else 404)
        assert page(f"{link_of(people(asked)[0])}document/{other_document}/1.jpg").status_code == 404


@pytest.fixture
def other_document(desk, cast):

    made = receive(
        cooperative=cast.cooperative_b, author=Author(cast.mandataire_b), name="b.pdf", stream=io.BytesIO(pdf_bytes(text_pdf()))
    )
    return made.pk


def test_both_give_and_the_quitus_is_given_with_its_pdf(desk, asked):
    lea, marc = people(asked)
    give(lea)
    assert quitus_standing(asked.report) is None
    give(marc, observations="Comptes bien tenus.")
    assert quitus_standing(asked.report) == asked
    answer = desk.client.get(f"/compte-rendu/quitus/{asked.pk}/quitus.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "Le quitus est donné" in desk.client.get("/compte-rendu/quitus/").content.decode()


def test_one_who_does_not_give_quitus_ends_it_and_says_why(desk, asked):
    lea, marc = people(asked)
    give(lea)
    link = link_of(marc)
    post(f"{link}code/")
    assert post(f"{link}decision/", code=code_of(marc), refuser="1").status_code == 422
    answer = post(f"{link}decision/", code=code_of(marc), refuser="1", observations="Il manque un reçu.")
    assert answer.status_code == 303
    assert "vous ne donnez pas quitus" in page(link).content.decode()
    assert quitus_standing(asked.report) is None
    shown = desk.client.get("/compte-rendu/quitus/").content.decode()
    assert "Il manque un reçu." in shown
    assert page(link_of(lea)).status_code == 200


def test_a_change_of_the_books_stops_the_vote_and_voids_what_was_given(desk, asked):
    lea, marc = people(asked)
    give(lea)
    post(f"{link_of(marc)}code/")
    desk.change_books()
    shown = page(link_of(marc)).content.decode()
    assert "data-outdated" in shown
    assert "data-cents" not in shown
    assert post(f"{link_of(marc)}decision/", code=code_of(marc), donner="1").status_code == 422
    assert quitus_standing(asked.report) is None
    assert "data-outdated" in desk.client.get("/compte-rendu/quitus/").content.decode()


def test_a_given_quitus_is_void_visibly_when_the_books_change(desk, asked):
    for person in people(asked):
        give(person)
    desk.change_books()
    shown = desk.client.get("/compte-rendu/quitus/").content.decode()
    assert 'data-quitus="void"' in shown
    assert "les écritures, les montants des écritures ou le report à nouveau" in shown


WRONG = {"another's": "marc", "five times wrong": "wrong", "too old": "late", "used twice": "used", "none was sent": ""}


@pytest.mark.parametrize("how", WRONG)
def test_a_code_that_is(desk, asked, how):
    lea, marc = people(asked)
    link = link_of(lea)
    for person in (lea, marc) if how != "none was sent" else ():
        post(f"{link_of(person)}code/")
    good = code_of(lea) if how != "none was sent" else "123456"
    if how == "another's":
        tried = [code_of(marc)]
    elif how == "five times wrong":
        tried = [f"{(int(good) + step) % 10**6:06d}" for step in range(1, 6)] + [good]
    elif how == "too old":
        Verifier.objects.update(code_expires_at=lea.invited_at)
        tried = [good]
    elif how == "used twice":
        post(f"{link}decision/", code=good, donner="1")
        tried = [good]
    else:
        tried = [good]
    for code in tried:
        assert post(f"{link}decision/", code=code, donner="1").status_code == 422
    assert Verifier.objects.get(pk=lea.pk).decision == ("given" if how == "used twice" else "waiting")


def test_codes_are_kept_under_a_key_and_a_few_an_hour_are_sent(asked):
    lea, _ = people(asked)
    link = link_of(lea)
    answers = [post(f"{link}code/").status_code for _ in range(5)]
    assert answers[:3] == [303, 303, 303]
    assert answers[-1] == 422
    row = Verifier.objects.get(pk=lea.pk)
    assert len(row.code_sha) == 64
    assert code_of(lea) not in str(Verifier.objects.values())


def test_a_question_is_asked_on_a_drawn_piece_and_answered(desk, asked):
    lea, _ = people(asked)
    drawn = {entry.number for entry in drawn_entries(asked)}
    other = next(entry.number for entry in desk.worked.entries.values() if entry.number not in drawn)
    link = link_of(lea)
    assert post(f"{link}question/", number=str(other), text="Et celle-ci ?").status_code == 422
    assert post(f"{link}question/", number=str(min(drawn)), text="À quoi sert-elle ?").status_code == 303
    asked_question = Question.objects.get()
    assert "À quoi sert-elle" in desk.client.get("/compte-rendu/quitus/").content.decode()
    answer = desk.post(f"/compte-rendu/quitus/questions/{asked_question.pk}/", answer="À la sortie de juin.")
    assert answer.status_code == 303
    assert "À la sortie de juin." in page(link).content.decode()


def test_a_form_sent_twice_acts_once(asked):
    lea, _ = people(asked)
    link = link_of(lea)
    key = uuid.uuid4().hex
    post(f"{link}code/")
    fields = {"operation_key": key, "code": code_of(lea), "donner": "1"}
    assert [Client().post(f"{link}decision/", fields).status_code for _ in range(2)] == [303, 303]
    question = {"operation_key": uuid.uuid4().hex, "number": "0", "text": "Pourquoi ?"}
    marc = link_of(people(asked)[1])
    assert [Client().post(f"{marc}question/", question).status_code for _ in range(2)] == [303, 303]
    assert Client().post(f"{marc}question/", question | {"text": "Autre ?"}).status_code == 409
    assert Question.objects.count() == 1


def test_a_validated_report_takes_no_answer(asked):
    lea, _ = people(asked)
    post(f"{link_of(lea)}code/")
    Report.objects.update(state="validated")
    assert post(f"{link_of(lea)}decision/", code=code_of(lea), donner="1").status_code == 422


def test_a_link_is_not_replaced_after_its_answer(desk, asked):
    lea, _ = people(asked)
    give(lea)
    with pytest.raises(Refusal, match="déjà répondu"):
        replace_link(verifier=lea, author=desk.author)


def test_no_link_is_told_to_the_log(asked, caplog):
    link = link_of(people(asked)[0])
    Client(enforce_csrf_checks=True).post(f"{link}code/")
    logging.getLogger("django.request").error("Internal Server Error: %s", f"{link}code/")
    assert [record.getMessage() for record in caplog.records] == [
        "Forbidden (CSRF cookie not set.): /quitus/…/code/",
        "Internal Server Error: /quitus/…/code/",
    ]


def test_addresses_are_forgotten_when_the_links_are_over_and_names_stay(asked):
    lea, _ = people(asked)
    link = link_of(lea)
    assert forget_addresses() == 0
    with travel(TODAY + THIRTY + dt.timedelta(days=1)):
        assert forget_addresses() == 2
        assert page(link).status_code == 404
    assert list(Verifier.objects.order_by("pk").values_list("name", "email", "token_sha")) == [
        ("Léa Parent", "", None),
        ("Marc Voisin", "", None),
    ]


def test_a_link_does_not_fill_anybodys_letter_box(asked):
    lea, _ = people(asked)
    link = link_of(lea)
    for rank in range(MOST_QUESTIONS):
        ask_question(verifier=lea, number=0, text=f"Question {rank}")
    assert post(f"{link}question/", number="0", text="Encore une ?").status_code == 422
    assert Question.objects.count() == MOST_QUESTIONS


def test_a_year_kept_in_totals_is_checked_on_its_figures_without_a_draw(desk):
    FiscalYear.objects.filter(pk=desk.worked.year.pk).update(mode="totals")
    report = ensure_report(year=desk.year, author=desk.author)
    for key, cents in (("activities", 12_300), ("family_contributions", 50_000), ("bank", 222_700)):
        TypedFigure.objects.create(cooperative=desk.cast.cooperative_a, report=report, key=key, cents=cents)
    quitus = desk.invite(LEA, MARC)
    shown = page(link_of(people(quitus)[0])).content.decode()
    assert {int(cents) for cents in re.findall(r'data-cents="(-?\d+)"', shown)} >= {12_300, 50_000, 222_700}
    assert "data-piece" not in shown
    assert "tenu ailleurs" in shown
    for person in people(quitus):
        give(person)
    assert quitus_standing(report) == quitus
    TypedFigure.objects.filter(key="activities").update(cents=12_301)
    assert quitus_standing(report) is None
    assert "les totaux saisis" in desk.client.get("/compte-rendu/quitus/").content.decode()
