"""`/compte-rendu/documents/`: what must be handed in, line by line, each with its state and « Choisir un fichier »."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from retkoop.core import clock
from retkoop.core.dates import format_day
from retkoop.core.refusal import Refusal
from retkoop.documents.models import Document
from retkoop.documents.services import Refused, prepared_uploads
from retkoop.documents.uploads import by_script, received, uploads_of
from retkoop.documents.uploads import refused as upload_refused
from retkoop.identity.access import answering_replays, author, cooperative_view, operation, see_other
from retkoop.identity.audit import Replay, refuse_known
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.requests import HouseRequest
from retkoop.ledger.forms.pieces import refused
from retkoop.ledger.web import years_in_view
from retkoop.yearend.forms.quitus import PostForm, RefusalForm
from retkoop.yearend.models import Paper, PaperKind
from retkoop.yearend.queries.news import asked_again
from retkoop.yearend.queries.papers import Need, need_named
from retkoop.yearend.services.papers import hand_in, record_post, refuse_paper, remove_paper
from retkoop.yearend.web import Desk, desk_of, page_context

PAGE = "/compte-rendu/documents/"


def papers_page(year_slug: str) -> str:
    """The page of that year's documents."""
    return f"{PAGE}?annee={year_slug}"


def _page(_: AuditEvent) -> str:
    return PAGE


@cooperative_view(Permission.BOOK_READ)
def papers(request: HouseRequest) -> HttpResponse:
    """Every line."""
    return _shown(request, desk_of(request))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def handed_in(request: HouseRequest) -> HttpResponse:
    """A file for the line that `piece` names: one step, several photos make one PDF."""
    desk, need = _line(request)
    try:
        refuse_known(operation(request), request.cooperative.pk, author(request))  # before the slow work, not after it
        with prepared_uploads(uploads_of(request)) as ready:
            paper = hand_in(
                year=desk.year, subject=need.subject, ready=ready, author=author(request), operation=operation(request)
            )
    except Refusal as refusal:
        if by_script(request):
            return upload_refused(request, Refused(refusal.message), PAGE)
        return _shown(request, desk, refusals={need.subject: refusal.message})
    except Replay as replay:
        if not by_script(request):
            raise
        known = get_object_or_404(request.cooperative.papers.select_related("document"), pk=replay.subject_id)
        return received(request, [_document(request, known)], papers_page(desk.year.slug))
    return received(request, [_document(request, paper)], papers_page(desk.year.slug))


@cooperative_view(Permission.BOOK_WRITE, methods=("POST",))
@answering_replays(_page)
def removed(request: HouseRequest, paper_id: int) -> HttpResponse:
    """Take a paper off its line; its file stays."""
    paper = get_object_or_404(request.cooperative.papers.select_related("report"), pk=paper_id)
    paper.cooperative = request.cooperative
    year = next(year for year in years_in_view(request) if year.pk == paper.report.year_id)
    try:
        remove_paper(paper=paper, author=author(request), operation=operation(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return see_other(papers_page(year.slug))
    messages.success(request, "Le document est retiré de cette ligne. Le fichier est gardé parmi les documents.")
    return see_other(papers_page(year.slug))


@cooperative_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_page)
def by_post(request: HouseRequest) -> HttpResponse:
    """« Reçu par courrier le … », by the AD."""
    desk, need = _line(request)
    form = _post_form(request, desk, need, request.POST)
    if form.is_valid():
        day = form.cleaned_data["received_on"]
        try:
            record_post(
                year=desk.year, subject=need.subject, received_on=day, author=author(request), operation=operation(request)
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"« {need.label} » : reçu par courrier le {format_day(day)}.")
            return see_other(papers_page(desk.year.slug))
    return _shown(request, desk, post_forms={need.subject: form})


@cooperative_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_page)
def refuse(request: HouseRequest) -> HttpResponse:
    """The AD refuses what is there, and says why."""
    desk, need = _line(request)
    form = RefusalForm(request.POST, auto_id=_id(need, "refus"))
    if form.is_valid():
        try:
            refuse_paper(
                year=desk.year,
                subject=need.subject,
                reason=form.cleaned_data["reason"],
                author=author(request),
                operation=operation(request),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"« {need.label} » est refusé : la coopérative en lit la raison ici.")
            return see_other(papers_page(desk.year.slug))
    return _shown(request, desk, refusal_forms={need.subject: form})


def _line(request: HouseRequest) -> tuple[Desk, Need]:
    """The line that the address names (`?piece=`). Raises Http404."""
    desk = desk_of(request)
    need = need_named(desk.known.needs, request.GET.get("piece", ""))
    if need is None:
        raise Http404
    return desk, need


def _document(request: HouseRequest, paper: Paper) -> Document:
    document = paper.document
    assert document is not None
    document.cooperative = request.cooperative
    return document


def _post_form(request: HouseRequest, desk: Desk, need: Need, typed: object = None) -> PostForm:
    today = clock.today(request.association.time_zone)
    return PostForm(
        typed, year=desk.year, today=today, auto_id=_id(need, "courrier"), initial={"received_on": format_day(today)}
    )


def _id(need: Need, what: str) -> str:
    return f"{what}-{need.subject.replace(':', '-')}-%s"


def _shown(
    request: HouseRequest,
    desk: Desk,
    *,
    refusals: dict[str, str] | None = None,
    post_forms: dict[str, PostForm] | None = None,
    refusal_forms: dict[str, RefusalForm] | None = None,
) -> HttpResponse:
    bad = bool(refusals or post_forms or refusal_forms)
    needs = desk.known.needs
    frozen = desk.report is not None and desk.report.frozen
    lines = [
        {
            "need": need,
            "id": need.subject.replace(":", "-"),
            "action": f"{PAGE}deposer/?annee={desk.year.slug}&piece={quote(need.subject)}",
            "post_action": f"{PAGE}courrier/?annee={desk.year.slug}&piece={quote(need.subject)}",
            "refuse_action": f"{PAGE}refuser/?annee={desk.year.slug}&piece={quote(need.subject)}",
            "again": asked_again(need, desk.asked),
            "refusal": (refusals or {}).get(need.subject, ""),
            "post_form": (post_forms or {}).get(need.subject) or _post_form(request, desk, need),
            "refusal_form": (refusal_forms or {}).get(need.subject) or RefusalForm(auto_id=_id(need, "refus")),
            "is_quitus": need.kind == PaperKind.QUITUS,
        }
        for need in needs
    ]
    context = page_context(request, desk, "documents") | {
        "lines": lines,
        "figures": desk.figures,
        "missing": [need for need in needs if not need.there or asked_again(need, desk.asked)],
        "here": papers_page(desk.year.slug),
        "may": request.actor.may_write and (desk.editable or (request.actor.is_association and not frozen)),
        "may_check": request.actor.is_association and request.actor.may_administer and not frozen,
    }
    return render(request, "yearend/papers.html", context, status=422 if bad else 200)
