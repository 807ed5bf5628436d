"""`/compte-rendu/transmettre/`: handing the report in, on a page that says what it does; and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import mandataires_of
from retkoop.identity.requests import HouseRequest
from retkoop.yearend.models import Report
from retkoop.yearend.services import workflow
from retkoop.yearend.standing import standing_of
from retkoop.yearend.web import Desk, desk_of, page_context

HUB = "/compte-rendu/"


def _hub(_: AuditEvent) -> str:
    return HUB


def _place(desk: Desk) -> str:
    return f"{HUB}?annee={desk.year.slug}"


@cooperative_view(Permission.BOOK_READ, post=Permission.BOOK_CLOSE)
@answering_replays(_hub)
def submit(request: HouseRequest) -> HttpResponse:
    """The confirmation that says what handing in does; posting it hands in."""
    desk = desk_of(request)
    if request.method != "POST":
        return _shown(request, desk)
    report, by_post = _report(desk), request.POST.get("by_post") == "oui"
    try:
        workflow.submit(
            report=report, author=author(request), version=_version(request), by_post=by_post, operation=operation(request)
        )
    except Refusal as refusal:
        return _shown(request, desk, refusal=refusal, by_post=by_post)
    messages.success(
        request, f"Votre saisie est terminée : le compte-rendu {desk.year.slug} est transmis à votre AD.{_mail(request)}"
    )
    return see_other(_place(desk))


@cooperative_view(Permission.BOOK_CLOSE, methods=("POST",))
@answering_replays(_hub)
def take_back(request: HouseRequest) -> HttpResponse:
    """« Reprendre ma saisie »."""
    desk = desk_of(request)
    report = _report(desk)
    try:
        workflow.take_back(report=report, author=author(request), version=_version(request), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return see_other(_place(desk))
    messages.success(request, "Vous avez repris votre saisie : le compte-rendu n’est plus chez votre AD.")
    return see_other(_place(desk))


def _report(desk: Desk) -> Report:
    """The report that the form is about. Raises Http404 when nothing of it is written."""
    if desk.report is None:
        raise Http404
    return desk.report


def _version(request: HouseRequest) -> int:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _mail(request: HouseRequest) -> str:
    """The page says what the mail says, and to whom it went."""
    addresses = [person.email for person in mandataires_of(request.cooperative) if person.email]
    return f" Un message de confirmation part à {', '.join(addresses)}." if addresses else ""


def _shown(request: HouseRequest, desk: Desk, *, refusal: Refusal | None = None, by_post: bool = False) -> HttpResponse:
    context = {
        **page_context(request, desk, "transmettre"),
        "standing": standing_of(request, desk),
        "refusal": refusal,
        "by_post": by_post,
    }
    return render(request, "yearend/submit.html", context, status=422 if refusal else 200)
