"""The yearly reports of the demo: one in each state in Vendée, so that its AD has something to do.

Made by the services, in the September after each year; what is told here is told in docs/demo.md.
"""

import datetime as dt
import io
from collections.abc import Collection
from dataclasses import dataclass

from retkoop.core import clock
from retkoop.core.clock import travel
from retkoop.documents.models import Document
from retkoop.documents.services import Upload, prepared_uploads, receive
from retkoop.identity.audit import Author
from retkoop.identity.models import Cooperative, Mandate, Role
from retkoop.ledger.models import FiscalYear
from retkoop.yearend.models import PaperKind, Report, ReportState
from retkoop.yearend.queries.activity import progress_of
from retkoop.yearend.queries.figures import figures_of
from retkoop.yearend.queries.papers import needs_of
from retkoop.yearend.questionnaire import CHOICE, CHOICES, TEXT, TICK, WHOLE, Asked
from retkoop.yearend.services import workflow
from retkoop.yearend.services.activity import save_answers
from retkoop.yearend.services.papers import hand_in
from retkoop.yearend.services.progress import note_balanced
from retkoop.yearend.services.quitus import Signed, Signer, make_quitus, sign_on_paper

LAST_YEAR: dict[str, str] = {
    "085-102": ReportState.SUBMITTED,
    "085-105": ReportState.ARCHIVED,
    "085-110": ReportState.SUBMITTED,
    "085-117": ReportState.IN_REVIEW,
    "085-123": ReportState.RETURNED,
    "085-130": ReportState.VALIDATED,
    "085-142": ReportState.IN_PROGRESS,
}
"""Where the report of the year that ended last 31 August stands; the others have not begun."""
EARLIER = ("085-099",)
"""Whose earlier years are validated."""
SEPTEMBER = {"answers": 10, "quitus": 14, "submit": 20, "open": 24, "decide": 26}
ANSWERS = {TICK: True, WHOLE: 4, CHOICES: [], TEXT: "Une fresque et un jardin"}
OWN_ANSWERS: dict[str, object] = {
    "pupils": 92, "teachers": 5, "other_adults": 2, "school_council_meetings": 3, "receipts_filed": 118,
    "verifiers_when": "Mi-septembre, à l’école", "class_advances": False,
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A year of a cooperative, who keeps it, who checks it; the picture that stands for its signed pages."""

    year: FiscalYear
    teacher: Author
    ad: Author
    picture: bytes

    @property
    def report(self) -> Report:
        found = Report.objects.select_related("cooperative__association", "year").get(year=self.year)
        found.year.cooperative = found.cooperative
        return found

    def day(self, what: str) -> dt.date:
        """Its day of September, or today when that has not come."""
        day = dt.date(self.year.end.year, 9, SEPTEMBER[what])
        return min(day, max(clock.today(), self.year.end + dt.timedelta(days=1)))


def tell(made: Collection[str], pictures: dict[str, bytes]) -> None:
    """The reports of the cooperatives that were made (identifiers); `pictures`: one of each."""
    for identifier in EARLIER:
        if identifier in made:
            years = list(_cooperative(identifier).years.order_by("start"))
            for year in years[:-2]:
                _play(_scene(identifier, year, pictures[identifier]), ReportState.VALIDATED)
    for identifier, state in LAST_YEAR.items():
        if identifier in made:
            year = list(_cooperative(identifier).years.order_by("start"))[-2]
            _play(_scene(identifier, year, pictures[identifier]), state)


def _cooperative(identifier: str) -> Cooperative:
    code, number = identifier.split("-")
    return Cooperative.objects.select_related("association").get(association__code=code, number=number)


def _scene(identifier: str, year: FiscalYear, picture: bytes) -> Scene:
    year.cooperative = _cooperative(identifier)
    mandates = Mandate.objects.select_related("person")
    teacher = mandates.get(cooperative=year.cooperative, role=Role.MANDATAIRE).person
    association = year.cooperative.association
    ad = mandates.filter(association=association, role=Role.AD_ACCOUNTANT).order_by("pk")[0].person
    return Scene(year, Author(teacher), Author(ad, association), picture)


def _play(scene: Scene, state: str) -> None:
    """From the first answer to that state."""
    with travel(scene.day("answers")):
        _answer(scene)
    if state == ReportState.IN_PROGRESS:
        return
    with travel(scene.day("quitus")):
        _hand_in(scene)
        _sign(scene)
    note_balanced(scene.report, balanced=True)
    with travel(scene.day("submit")):
        workflow.submit(report=scene.report, author=scene.teacher, version=scene.report.version)
    if state == ReportState.SUBMITTED:
        return
    with travel(scene.day("open")):
        workflow.open_review(report=scene.report, author=scene.ad)
    with travel(scene.day("decide")):
        if state == ReportState.RETURNED:
            _give_back(scene)
        elif state != ReportState.IN_REVIEW:
            workflow.validate(report=scene.report, author=scene.ad, version=scene.report.version)
        if state == ReportState.ARCHIVED:
            workflow.archive(report=scene.report, author=scene.ad, version=scene.report.version)


def _answer(scene: Scene) -> None:
    asked = progress_of(scene.year).form.asked
    for page in (1, 2):
        values = {question.key: _said(question) for question in asked if question.page == page}
        save_answers(year=scene.year, page=page, values=values, author=scene.teacher, validate=True)


def _said(question: Asked) -> object:
    if question.kind == CHOICE:
        return question.choices[0].key
    return OWN_ANSWERS.get(question.key, ANSWERS[question.kind])


def _sign(scene: Scene) -> None:
    quitus = make_quitus(year=scene.year, kind="paper", author=scene.teacher)
    signed = Signed((Signer("Claire Lenoir", "parent"), Signer("Paul Rivière", "teacher")), "À l’école", clock.today())
    sign_on_paper(quitus=quitus, signed=signed, document=_document(scene), author=scene.teacher)


def _hand_in(scene: Scene) -> None:
    for need in needs_of(scene.report, figures_of(scene.year)):
        if need.kind == PaperKind.QUITUS or need.there:
            continue
        with prepared_uploads([Upload("Document.png", io.BytesIO(scene.picture), "image/png")]) as ready:
            hand_in(year=scene.year, subject=need.subject, ready=ready, author=scene.teacher)


def _document(scene: Scene) -> Document:
    return receive(
        cooperative=scene.year.cooperative, author=scene.teacher, name="Quitus signé.png",
        stream=io.BytesIO(scene.picture), content_type_claimed="image/png",
    )  # fmt: skip


def _give_back(scene: Scene) -> None:
    reasons = (
        workflow.Reason(
            "6281", "6281 Cotisations OCCE", "La cotisation et l’assurance doivent être séparées : "
            "reportez-vous à votre attestation d’adhésion.", opens_year=True,
        ),
        workflow.Reason("quitus", "Page Quitus", "La signature du parent est illisible."),
    )  # fmt: skip
    workflow.return_report(report=scene.report, reasons=reasons, author=scene.ad, version=scene.report.version)
