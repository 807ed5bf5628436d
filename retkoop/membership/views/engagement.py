"""`/adhesion/engagement/`, `/adhesion/transmettre/` and the acts that follow: each is one button."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core import canonical
from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.pieces import whole
from retkoop.membership.models import Sheet, SheetState
from retkoop.membership.queries.adhesions import Standing, added_up, called, mandataires_of, opening_of
from retkoop.membership.services.adhesions import (
    engage,
    send_sheet,
    start_amendment,
    take_back_sheet,
    withdraw_amendment,
)
from retkoop.membership.steps import ENGAGEMENT, SEND, TABLE, path_of
from retkoop.membership.web import asked_standing, page_context


def _table(_: AuditEvent) -> str:
    return TABLE


def _engagement(_: AuditEvent) -> str:
    return ENGAGEMENT


@cooperative_view(Permission.BOOK_READ, post=Permission.ENGAGE)
@answering_replays(_engagement)
def engagement(request: HouseRequest) -> HttpResponse:
    """« Oui », then the text, then « je m’engage à être mandataire »; the others read who must do it."""
    standing = asked_standing(request)
    if request.method != "POST":
        return _engagement_page(request, standing)
    try:
        engage(
            cooperative=request.cooperative,
            first=standing.first,
            mandate=request.actor.mandate,
            author=author(request),
            text_sha=request.POST.get("text", ""),
            operation=operation(request),
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _engagement_page(request, standing, 422)
    messages.success(request, f"Votre engagement de mandataire pour {standing.slug} est enregistré.")
    return see_other(path_of(ENGAGEMENT, standing.first))


def _engagement_page(request: HouseRequest, standing: Standing, status: int = 200) -> HttpResponse:
    person = request.actor.person
    text = standing.tariff.engagement if standing.tariff else ""
    context = page_context(request, standing, ENGAGEMENT) | {
        "mandataires": mandataires_of(request.cooperative),
        "mine": any(made.person_id == person.pk for made in standing.engagements),
        "text": text,
        "text_sha": canonical.sha256(text),
        "yes": request.GET.get("oui") == "oui" or request.method == "POST",
        "asked": "demande" in request.GET,
        "send_url": path_of(SEND, standing.first) if _filling(standing) else "",
    }
    return render(request, "membership/adhesion/engagement.html", context, status=status)


def _filling(standing: Standing) -> Sheet | None:
    opened = standing.open_sheet
    return opened if opened is not None and opened.state == SheetState.FILLING else None


@cooperative_view(Permission.BOOK_READ, post=Permission.MEMBERSHIP_WRITE)
@answering_replays(_table)
def send(request: HouseRequest) -> HttpResponse:
    """What is about to be sent, then « Transmettre l’adhésion à l’AD »."""
    standing = asked_standing(request)
    if request.method != "POST":
        if _filling(standing) is None:
            return see_other(path_of(TABLE, standing.first))
        return _send_page(request, standing)
    expected = whole(request.POST.get("total", "").removeprefix("-"))
    signed = -expected if expected is not None and request.POST.get("total", "").startswith("-") else expected
    try:
        send_sheet(
            sheet=_sheet(standing),
            author=author(request),
            version=_version(request),
            expected_cents=signed,
            operation=operation(request),
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _send_page(request, standing, 422) if _filling(standing) else see_other(path_of(TABLE, standing.first))
    return see_other(path_of(TABLE, standing.first))


def _send_page(request: HouseRequest, standing: Standing, status: int = 200) -> HttpResponse:
    sheet = _filling(standing)
    assert sheet is not None
    assert standing.prices is not None
    opening = opening_of(request.cooperative, standing.first, sheet)
    before = added_up(standing.validated)
    context = page_context(request, standing, SEND) | {
        "opening": opening,
        "count": called(
            opening.rows, standing.prices, before,
            supplement_cents=sheet.supplement_cents, review_copies=sheet.review_copies,
        ),
        "before": before if standing.validated else None,
        "amendment": sheet if standing.validated else None,
    }  # fmt: skip
    return render(request, "membership/adhesion/send.html", context, status=status)


@cooperative_view(Permission.MEMBERSHIP_WRITE, methods=["POST"])
@answering_replays(_table)
def take_back(request: HouseRequest) -> HttpResponse:
    """« Reprendre ma saisie »."""
    return _acted(
        request,
        "Vous pouvez de nouveau changer l’adhésion. N’oubliez pas de la transmettre ensuite.",
        lambda standing: take_back_sheet(
            sheet=_sheet(standing), author=author(request), version=_version(request), operation=operation(request)
        ),
    )


@cooperative_view(Permission.MEMBERSHIP_WRITE, methods=["POST"])
@answering_replays(_table)
def amend(request: HouseRequest) -> HttpResponse:
    """« Déclarer un changement » after the validation: an avenant begins."""
    return _acted(
        request,
        "Votre avenant commence avec les effectifs déclarés : changez ce qui a changé.",
        lambda standing: start_amendment(
            cooperative=request.cooperative,
            first=standing.first,
            author=author(request),
            version=_version(request),
            operation=operation(request),
        ),
    )


@cooperative_view(Permission.MEMBERSHIP_WRITE, methods=["POST"])
@answering_replays(_table)
def withdraw(request: HouseRequest) -> HttpResponse:
    """« Abandonner cet avenant »."""
    return _acted(
        request,
        "L’avenant est abandonné : l’adhésion validée reste telle qu’elle est.",
        lambda standing: withdraw_amendment(
            sheet=_sheet(standing), author=author(request), version=_version(request), operation=operation(request)
        ),
    )


def _acted(request: HouseRequest, done: str, act: Callable[[Standing], object]) -> HttpResponse:
    """Do it, then back to the table; a refusal is told there."""
    standing = asked_standing(request)
    try:
        act(standing)
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return see_other(path_of(TABLE, standing.first))


def _sheet(standing: Standing) -> Sheet:
    """The last sheet. Raises Refusal before the adhésion began."""
    if not standing.sheets:
        message = f"L’adhésion {standing.slug} n’est pas commencée : remplissez d’abord le tableau des effectifs."
        raise Refusal(message)
    return standing.sheets[-1]


def _version(request: HouseRequest) -> int | None:
    return whole(request.POST.get("version", ""))
