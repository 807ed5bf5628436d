"""The steps of a report: who may take which, what each does to the books, and what never changes."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from retkoop.core.clock import travel
from retkoop.core.refusal import Refusal, StaleVersion
from retkoop.documents import vault
from retkoop.identity import audit
from retkoop.identity.models import AuditEvent
from retkoop.ledger.invariants import check
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.queries.years import opening_of
from retkoop.ledger.services import closing
from retkoop.yearend.models import ReportMove, ReportState, ReviewReason, ValidatedReport
from retkoop.yearend.services import workflow
from retkoop.yearend.services.papers import record_post
from retkoop.yearend.tests.reports import TODAY, make_report_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast):
    with travel(TODAY):
        made = make_report_desk(cast)
        made.make_ready()
        yield made


def state(desk):
    """(state of the report, year closed, year sealed)."""
    return desk.report.state, desk.year.closed, desk.year.sealed


def test_handing_in_closes_the_books_and_seals_them(desk):
    desk.submit()
    assert state(desk) == (ReportState.SUBMITTED, True, True)
    assert desk.report.closed_year
    told = AuditEvent.objects.filter(cooperative=desk.desk.cooperative).order_by("seq").values_list("verb", flat=True)
    assert list(told)[-3:] == ["year.closed", "year.sealed", "report.submitted"]
    assert audit.verify_chain(desk.desk.cooperative) == []


def test_a_report_is_not_handed_in_before_1_september(desk):
    with travel(dt.date(2025, 8, 31)), pytest.raises(Refusal, match="à partir du 1er septembre 2025"):
        desk.submit()
    with travel(dt.date(2025, 9, 1)):
        desk.submit()


def test_a_control_that_is_not_right_forbids_handing_in_and_says_by_how_much(desk):
    statement = desk.desk.bank.statements.get(ends_on=dt.date(2025, 8, 31))
    type(statement).objects.filter(pk=statement.pk).update(closing_cents=19_000)
    with pytest.raises(Refusal, match="10,00"):
        desk.submit()
    assert state(desk) == (ReportState.IN_PROGRESS, False, False)


def test_what_is_missing_may_come_by_post_and_is_told(desk):
    desk.report.papers.filter(kind="statement").delete()
    with pytest.raises(Refusal, match="ou dites que vous les envoyez par courrier"):
        desk.submit()
    desk.submit(by_post=True)
    desk.open()
    with pytest.raises(Refusal, match="Il manque encore"):
        desk.validate()
    record_post(year=desk.year, subject="bank:banque", received_on=TODAY, author=desk.ad)
    desk.validate()


def test_taking_back_opens_the_books_again_and_keeps_the_quitus(desk):
    desk.submit()
    desk.take_back()
    assert state(desk) == (ReportState.IN_PROGRESS, False, False)
    desk.submit()
    assert state(desk) == (ReportState.SUBMITTED, True, True)


def test_taking_back_leaves_books_closed_that_were_closed_before(desk):
    closing.close_year(year=desk.year, author=desk.teacher)
    desk.submit()
    assert not desk.report.closed_year
    desk.take_back()
    assert state(desk) == (ReportState.IN_PROGRESS, True, False)


def test_once_the_ad_has_opened_it_a_report_is_not_taken_back(desk):
    desk.submit()
    desk.open()
    with pytest.raises(Refusal, match="en contrôle"):
        desk.take_back()


def test_a_reason_about_the_activity_leaves_the_books_closed(desk):
    desk.submit()
    desk.open()
    desk.give_back(workflow.Reason("cra.classes", "Classes", "Combien de classes ?"))
    assert state(desk) == (ReportState.RETURNED, True, False)
    reason = ReviewReason.objects.get()
    assert (reason.field, reason.text, reason.done_at) == ("cra.classes", "Combien de classes ?", None)
    desk.submit()
    assert state(desk) == (ReportState.SUBMITTED, True, True)
    assert ReviewReason.objects.get().done_at is not None
    assert not desk.report.closed_year


def test_a_reason_on_a_figure_opens_the_books_only_when_the_ad_ticks_it(desk):
    desk.submit()
    desk.open()
    desk.give_back(workflow.Reason("6180", "6180 Activités", "Une facture manque.", opens_year=True))
    assert state(desk) == (ReportState.RETURNED, False, False)
    event = AuditEvent.objects.get(verb="year.reopened")
    assert (event.actor, event.on_behalf, event.reason) == (desk.ad.person, desk.ad.on_behalf, "Une facture manque.")
    desk.submit()
    assert (state(desk), desk.report.closed_year) == ((ReportState.SUBMITTED, True, True), True)


def test_the_books_do_not_open_for_an_answer_or_a_document(desk):
    desk.submit()
    desk.open()
    for field in ("cra.classes", "paper:statement:bank:banque", "quitus"):
        with pytest.raises(Refusal, match="ne se rouvre que pour un chiffre"):
            desk.give_back(workflow.Reason(field, "Ceci", "À revoir", opens_year=True))
    assert state(desk) == (ReportState.IN_REVIEW, True, True)


def test_a_report_is_not_returned_without_a_reason(desk):
    desk.submit()
    desk.open()
    with pytest.raises(Refusal, match="choisissez au moins un motif"):
        workflow.return_report(report=desk.report, reasons=(), author=desk.ad, version=desk.report.version)
    with pytest.raises(Refusal, match="Écrivez ce qui est à compléter"):
        desk.give_back(workflow.Reason("6180", "6180", "  "))


def test_validation_freezes_the_figures_and_the_next_year_s_opening(desk):
    desk.submit()
    desk.open()
    desk.validate()
    frozen = ValidatedReport.objects.get()
    content = json.loads(frozen.content)
    assert (frozen.closing_cents, content["closing_cents"]) == (20_000, 20_000)
    assert content["figures"]["incomes_cents"] == 20_000
    assert [control["state"] for control in content["controls"]] == ["ok", "ok", "ok", "off", "off", "off", "ok"]
    assert opening_of(FiscalYear.objects.get(pk=desk.desk.following.pk)).total_cents == frozen.closing_cents
    assert state(desk) == (ReportState.VALIDATED, True, True)


def test_a_validated_pdf_is_the_same_to_the_byte_a_year_later(desk):
    desk.submit()
    desk.open()
    desk.validate()
    pdf = ValidatedReport.objects.get().pdf
    before = vault.path_of(pdf.original.name).read_bytes()
    with travel(dt.date(2026, 9, 15)):
        again = ValidatedReport.objects.get().pdf
        assert vault.path_of(again.original.name).read_bytes() == before
        assert (again.sha256, before[:5]) == (vault.digest_of(vault.path_of(again.original.name)), b"%PDF-")


def test_the_database_itself_refuses_to_change_a_validated_report(desk):
    desk.submit()
    desk.open()
    desk.validate()
    rows = ValidatedReport.objects.all()
    for change in ({"closing_cents": 1}, {"content": "{}"}, {"number": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportMove.objects.update(reason="autre")


def test_reopening_keeps_the_version_that_was_validated_and_a_second_one_is_told_beside_it(desk):
    desk.submit()
    desk.open()
    desk.validate()
    desk.reopen()
    assert state(desk) == (ReportState.IN_REVIEW, True, True)
    desk.give_back(workflow.Reason("6180", "6180", "Une facture manque.", opens_year=True))
    desk.pay(5_000)
    desk.give_quitus()
    desk.hand_in_papers()
    desk.submit()
    desk.open()
    desk.validate()
    told = [(row.number, row.closing_cents, row.superseded_at is None) for row in ValidatedReport.objects.order_by("number")]
    assert told == [(1, 20_000, False), (2, 15_000, True)]


def test_a_validated_report_is_reopened_with_a_reason_and_by_the_ad_alone(desk):
    desk.submit()
    desk.open()
    desk.validate()
    with pytest.raises(Refusal, match="Dites pourquoi"):
        desk.reopen(" ")
    with pytest.raises(Refusal, match="Seule l’AD"):
        workflow.reopen_validated(report=desk.report, reason="x", author=desk.teacher, version=desk.report.version)


def test_a_change_between_reading_and_validating_stops_validation(desk):
    desk.submit()
    desk.open()
    with pytest.raises(StaleVersion):
        workflow.validate(report=desk.report, author=desk.ad, version=desk.report.version - 1)
    assert not ValidatedReport.objects.exists()


def test_each_step_sent_twice_is_taken_once(desk):
    def twice(verb, **more):
        key = audit.Operation(f"key-{verb.__name__}-0123456789", "digest")
        return [verb(report=desk.report, operation=key, **more) for _ in range(2)]

    version = desk.report.version
    twice(workflow.submit, author=desk.teacher, version=version)
    twice(workflow.take_back, author=desk.teacher, version=version + 1)
    desk.submit()
    twice(workflow.open_review, author=desk.ad)
    reasons = (workflow.Reason("cra.classes", "Classes", "Combien ?"),)
    twice(workflow.return_report, reasons=reasons, author=desk.ad, version=version + 4)
    desk.submit()
    desk.open()
    first, second = twice(workflow.validate, author=desk.ad, version=version + 7)
    assert first.pk == second.pk
    twice(workflow.archive, author=desk.ad, version=version + 8)
    twice(workflow.reopen_validated, reason="Oubli", author=desk.ad, version=version + 9)
    assert ReportMove.objects.count() == desk.report.version - version == 10


def test_the_mandataire_is_told_of_each_step_by_e_mail(desk):
    desk.submit()
    desk.open()
    desk.give_back(workflow.Reason("cra.classes", "Classes", "Combien de classes ?"))
    desk.submit()
    desk.open()
    desk.validate()
    jobs = [job.args_kwargs["kwargs"] for job in DBTaskResult.objects.order_by("enqueued_at")]
    assert [(job["to"], job["subject"]) for job in jobs] == [
        ("anne@exemple.fr", "Compte-rendu 2024-2025 transmis à votre AD"),
        ("anne@exemple.fr", "Compte-rendu 2024-2025 : 1 point à compléter"),
        ("anne@exemple.fr", "Compte-rendu 2024-2025 transmis à votre AD"),
        ("anne@exemple.fr", "Compte-rendu 2024-2025 validé : il peut être téléchargé"),
    ]
    assert "Classes : Combien de classes ?" in jobs[1]["text"]
    assert "Classes : Combien de classes ?" in jobs[1]["html"]


def test_the_book_and_its_trail_agree_after_every_step(desk):
    for step in (desk.submit, desk.take_back, desk.submit, desk.open, desk.give_back, desk.submit, desk.open, desk.validate):
        step()
        assert list(check(desk.desk.cooperative)) == []
    desk.reopen()
    desk.give_back(workflow.Reason("7560", "7560", "Une recette manque.", opens_year=True))
    assert list(check(desk.desk.cooperative)) == []
