"""A cooperative whose year is ready to be handed in, and the gestures of its report, for the tests of the steps."""

import datetime as dt
import io
from dataclasses import dataclass
from functools import cache

from PIL import Image

from retkoop.core import clock
from retkoop.documents.models import Document
from retkoop.documents.services import prepared, receive
from retkoop.identity.audit import Author
from retkoop.identity.models import Role
from retkoop.identity.services import give_mandate
from retkoop.identity.tests.cast import Cast
from retkoop.ledger.content import EntryContent, Line
from retkoop.ledger.models import FiscalYear
from retkoop.ledger.services import openings, pointing
from retkoop.ledger.services.entries import record_entry
from retkoop.ledger.tests.books import Desk, make_desk
from retkoop.yearend.models import PaperKind, Quitus, QuitusKind, Report
from retkoop.yearend.queries.activity import progress_of
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.papers import needs_of
from retkoop.yearend.questionnaire import CHOICE, CHOICES, TICK, WHOLE
from retkoop.yearend.services import workflow
from retkoop.yearend.services.activity import save_answers
from retkoop.yearend.services.papers import hand_in
from retkoop.yearend.services.questionnaires import load_shipped
from retkoop.yearend.services.quitus import Signed, Signer, make_quitus, sign_on_paper
from retkoop.yearend.services.reports import ensure_report

TODAY = dt.date(2025, 9, 15)
LAST = dt.date(2025, 8, 31)


@dataclass
class ReportDesk:
    """A year of a cooperative (2024-2025 when made below), its people, and the usual gestures on its report."""

    desk: Desk
    teacher: Author
    ad: Author

    @property
    def year(self) -> FiscalYear:
        return FiscalYear.objects.select_related("cooperative__association").get(pk=self.desk.year.pk)

    @property
    def report(self) -> Report:
        found = Report.objects.select_related("cooperative__association", "year").get(year=self.desk.year)
        found.year.cooperative = found.cooperative
        return found

    def keep_the_books(self) -> None:
        """An empty opening; one income, pointed on the statement of 31 August."""
        year = self.year
        eve = year.start - dt.timedelta(days=1)
        content = openings.OpeningContent(self.desk.bank, 0, eve)
        openings.type_opening(year=self.year, on=self.year.start, contents=[content], author=self.teacher)
        entry = self.desk.receive(20_000, day=dt.date(year.end.year, 3, 1))
        statement = pointing.save_statement(
            treasury=self.desk.bank, ends_on=year.end, closing_cents=20_000, author=self.teacher
        )
        pointing.set_tick(posting=self.desk.bank_line(entry), ticked=True, statement=statement, author=self.teacher)

    def answer(self) -> None:
        """Both pages of the CRA, every question answered and validated."""
        for page in (1, 2):
            asked = [question for question in progress_of(self.year).form.asked if question.page == page]
            some = {TICK: True, WHOLE: 1, CHOICES: []}
            values = {each.key: each.choices[0].key if each.kind == CHOICE else some.get(each.kind, "oui") for each in asked}
            save_answers(year=self.year, page=page, values=values, author=self.teacher, validate=True)

    def give_quitus(self) -> Quitus:
        """A paper quitus, signed, of the books as they are."""
        quitus = make_quitus(year=self.year, kind=QuitusKind.PAPER, author=self.teacher)
        signed = Signed((Signer("Claire Parent", "parent"), Signer("Marc Autre", "other")), "à l’école", clock.today())
        return sign_on_paper(quitus=quitus, signed=signed, document=self.document(), author=self.teacher)

    def hand_in_papers(self) -> None:
        """Every document that is asked for, but the quitus."""
        for need in needs_of(self.report, figures_of(self.year)):
            if need.there or need.kind == PaperKind.QUITUS:
                continue
            with prepared(name="page.png", stream=io.BytesIO(_picture())) as ready:
                hand_in(year=self.year, subject=need.subject, ready=[ready], author=self.teacher)

    def document(self) -> Document:
        return receive(cooperative=self.desk.cooperative, author=self.teacher, name="page.png", stream=io.BytesIO(_picture()))

    def make_ready(self) -> None:
        self.keep_the_books()
        ensure_report(year=self.year, author=self.teacher)
        self.answer()
        self.give_quitus()
        self.hand_in_papers()

    def submit(self, *, by_post: bool = False) -> Report:
        return workflow.submit(report=self.report, author=self.teacher, version=self.report.version, by_post=by_post)

    def take_back(self) -> Report:
        return workflow.take_back(report=self.report, author=self.teacher, version=self.report.version)

    def open(self) -> Report:
        return workflow.open_review(report=self.report, author=self.ad)

    def give_back(self, *reasons: workflow.Reason) -> Report:
        told = reasons or (workflow.Reason("cra.classes", "Classes", "Combien de classes ?"),)
        return workflow.return_report(report=self.report, reasons=told, author=self.ad, version=self.report.version)

    def validate(self) -> None:
        workflow.validate(report=self.report, author=self.ad, version=self.report.version)

    def reopen(self, reason: str = "Une facture oubliée") -> Report:
        return workflow.reopen_validated(report=self.report, reason=reason, author=self.ad, version=self.report.version)

    def archive(self) -> Report:
        return workflow.archive(report=self.report, author=self.ad, version=self.report.version)

    def pay(self, cents: int) -> None:
        """An expense of the year, not pointed."""
        lines = (Line("bank", -cents, self.desk.bank.pk), Line("activities", cents))
        record_entry(year=self.year, content=EntryContent(dt.date(self.year.end.year, 6, 1), "Bus", lines), author=self.teacher)


@cache
def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (60, 80), 250).save(buffer, "PNG")
    return buffer.getvalue()


def make_report_desk(cast: Cast, number: str = "200") -> ReportDesk:
    """On TODAY, with the questionnaire loaded and nothing in the books yet."""
    load_shipped()
    desk = make_desk(number)
    give_mandate(person=cast.mandataire_a, role=Role.MANDATAIRE, organisation=desk.cooperative, starts=dt.date(2024, 9, 1))
    return ReportDesk(desk, Author(cast.mandataire_a), Author(cast.ad_accountant, cast.ad_085))
