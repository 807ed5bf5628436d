"""The tables of the yearly report, one module per part of it."""

from retkoop.yearend.models.activity import ActivityReport, Questionnaire
from retkoop.yearend.models.archives import PastReport, ValidatedReport
from retkoop.yearend.models.figures import NamedTransfer, TypedFigure, TypedItem
from retkoop.yearend.models.papers import Paper, PaperKind, PaperWay
from retkoop.yearend.models.quitus import Question, Quitus, QuitusKind, Verifier, VerifierDecision, VerifierQuality
from retkoop.yearend.models.reports import TRANSITIONS, Report, ReportMove, ReportRules, ReportState, ReviewReason

__all__ = [
    "TRANSITIONS",
    "ActivityReport",
    "NamedTransfer",
    "Paper",
    "PaperKind",
    "PaperWay",
    "PastReport",
    "Question",
    "Questionnaire",
    "Quitus",
    "QuitusKind",
    "Report",
    "ReportMove",
    "ReportRules",
    "ReportState",
    "ReviewReason",
    "TypedFigure",
    "TypedItem",
    "ValidatedReport",
    "Verifier",
    "VerifierDecision",
    "VerifierQuality",
]
