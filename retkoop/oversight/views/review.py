"""`/ad/comptes-rendus/<n>/`: a report under the AD's eyes, and what it does with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core.refusal import Refusal
from retkoop.documents import services as documents
from retkoop.documents import vault
from retkoop.documents.kinds import SUFFIXES
from retkoop.documents.models import Document
from retkoop.documents.views import original_name, served
from retkoop.identity.access import answering_replays, association_view, operation, see_other
from retkoop.identity.audit import Author
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import AssociationRequest
from retkoop.oversight.returning import ReturnLine, blank_lines, reasons_of, typed_lines
from retkoop.yearend.models import Report
from retkoop.yearend.queries.review import neighbours_of, report_for
from retkoop.yearend.reasons import library
from retkoop.yearend.review import forward_story, moves_of, open_reasons, review_of, versions_of
from retkoop.yearend.services import workflow

LIST = "/ad/comptes-rendus/"


def _list(_: AuditEvent) -> str:
    return LIST


def _report(request: AssociationRequest, pk: int) -> Report:
    report = report_for(request.association, pk)
    if report is None:
        raise Http404
    return report


def _author(request: AssociationRequest) -> Author:
    return Author(request.actor.person, on_behalf=request.association)


def _version(request: AssociationRequest) -> int:
    """The version that the page showed; 0, which is none, when unreadable."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


@association_view(Permission.AD_READ)
def review(request: AssociationRequest, pk: int) -> HttpResponse:
    """The report: figures, last year beside this year, controls, proofs, the step that comes next."""
    return _shown(request, _report(request, pk))


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_list)
def open_review(request: AssociationRequest, pk: int) -> HttpResponse:
    """« Contrôler »: from now on the cooperative does not take its report back."""
    report = _report(request, pk)
    return _step(request, report, lambda: workflow.open_review(**_common(request, report)), f"{LIST}{pk}/", "")


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_list)
def validate(request: AssociationRequest, pk: int) -> HttpResponse:
    """« Valider »: figures and documents are frozen, the cooperative is told."""
    report = _report(request, pk)
    done = f"Le compte-rendu {report.year.slug} de {report.cooperative.identifier} est validé. La coopérative en est avertie."
    return _step(request, report, lambda: workflow.validate(**_common(request, report), **_seen(request)), LIST, done)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_list)
def give_back(request: AssociationRequest, pk: int) -> HttpResponse:
    """« Renvoyer à la coopérative », with reasons."""
    report, lines = _report(request, pk), typed_lines(request.POST.dict())
    reasons = reasons_of(lines, review_of(report).places)
    done = f"Le compte-rendu {report.year.slug} de {report.cooperative.identifier} est renvoyé. La coopérative en est avertie."

    def act() -> object:
        return workflow.return_report(**_common(request, report), **_seen(request), reasons=reasons)

    return _step(request, report, act, LIST, done, lines=lines)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_list)
def reopen(request: AssociationRequest, pk: int) -> HttpResponse:
    """Take a validated report back into review, with a reason."""
    report, reason = _report(request, pk), request.POST.get("reason", "")

    def act() -> object:
        return workflow.reopen_validated(**_common(request, report), **_seen(request), reason=reason)

    return _step(
        request, report, act, f"{LIST}{pk}/", "Le compte-rendu est rouvert ; la version validée est gardée.", reason=reason
    )


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_list)
def archive(request: AssociationRequest, pk: int) -> HttpResponse:
    """Put a validated report away."""
    report = _report(request, pk)
    return _step(
        request, report, lambda: workflow.archive(**_common(request, report), **_seen(request)), LIST, "Compte-rendu archivé."
    )


def _common(request: AssociationRequest, report: Report) -> dict[str, Any]:
    return {"report": report, "author": _author(request), "operation": operation(request)}


def _seen(request: AssociationRequest) -> dict[str, Any]:
    return {"version": _version(request)}


def _step(
    request: AssociationRequest, report: Report, act: Callable[[], object], place: str, done: str, **typed: Any
) -> HttpResponse:
    """Take a step of the report; a refusal shows the page again, with all that was typed."""
    try:
        act()
    except Refusal as refusal:
        return _shown(request, report, refusal=refusal, **typed)
    if done:
        messages.success(request, done)
    return see_other(place)


def _shown(
    request: AssociationRequest,
    report: Report,
    *,
    refusal: Refusal | None = None,
    lines: list[ReturnLine] | None = None,
    reason: str = "",
) -> HttpResponse:
    found = review_of(report)
    context = {
        "review": found,
        "report": report,
        "cooperative": report.cooperative,
        "year_of_report": report.year,
        "near": neighbours_of(report),
        "moves": moves_of(report),
        "asked": open_reasons(report),
        "versions": versions_of(report),
        "story": forward_story(report.year),
        "ready_reasons": library(found.rules),
        "lines": lines or blank_lines(),
        "reason": reason,
        "refusal": refusal,
    }
    return render(request, "oversight/review.html", context, status=422 if refusal else 200)


def _document(request: AssociationRequest, pk: int, document_id: int) -> Document:
    """A document of the report's cooperative. Raises Http404."""
    return get_object_or_404(_report(request, pk).cooperative.documents, pk=document_id)


@association_view(Permission.AD_READ)
def document_page(request: AssociationRequest, pk: int, document_id: int, number: int) -> HttpResponse:
    """The picture of a page of a proof, beside its figure."""
    found = _document(request, pk, document_id)
    try:
        picture, content_type = documents.page_picture(found, number)
    except (LookupError, documents.Refused) as absent:
        raise Http404 from absent
    return served(picture, content_type, f"page-{number}{SUFFIXES[content_type][0]}", attached=False)


@association_view(Permission.AD_READ)
def document_original(request: AssociationRequest, pk: int, document_id: int) -> HttpResponse:
    """The very bytes that came."""
    found = _document(request, pk, document_id)
    name = original_name(found, found.content_type)
    return served(vault.path_of(found.original.name), found.content_type, name, attached=True)
