"""The AD's console and the federation's first page."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity import session
from retkoop.identity.access import (
    answering_replays,
    association_view,
    federation_view,
    operation,
    safe_path,
    see_other,
)
from retkoop.identity.audit import Author
from retkoop.identity.identifiers import Kind, parse
from retkoop.identity.models import AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import associations_of, live_cooperatives, search_cooperatives
from retkoop.identity.requests import AssociationRequest, FederationRequest
from retkoop.identity.services import change_association_settings
from retkoop.ledger.services.closing import answer_reopening
from retkoop.membership.queries.campaign import waiting_adhesions
from retkoop.membership.queries.cards import identity_news
from retkoop.oversight.forms import AnswerForm, SettingsForm
from retkoop.oversight.queries import reopening_of, reopenings_of, waiting_reopenings
from retkoop.yearend.queries.review import waiting_reports

SETTINGS, REOPENINGS = "/ad/reglages/", "/ad/reouvertures/"


def _settings(_: AuditEvent) -> str:
    return SETTINGS


def _reopenings(_: AuditEvent) -> str:
    return REOPENINGS


@association_view(Permission.AD_READ)
def console(request: AssociationRequest) -> HttpResponse:
    """Where an AD lands: its cooperatives, searched by number, name or town."""
    words = request.GET.get("q", "").strip()
    context = {
        "cooperatives": search_cooperatives(request.association, words),
        "words": words,
        "waiting": waiting_reopenings(request.association),
        "reports": waiting_reports(request.association),
        "adhesions": waiting_adhesions(request.association),
        "identities": identity_news(request.association),
    }
    return render(request, "oversight/console.html", context)


@association_view(Permission.AD_READ, methods=("POST",))
def open_book(request: AssociationRequest, identifier: str) -> HttpResponse:
    """Enter a cooperative's book at its side, at the page `suite`; another AD's does not exist here."""
    who = parse(identifier)
    if who.kind is not Kind.COOPERATIVE or who.code != request.association.code:
        raise Http404
    cooperative = live_cooperatives(request.association).filter(number=who.number).first()
    if cooperative is None:
        raise Http404
    session.open_cooperative(request, cooperative)
    return see_other(safe_path(request.POST.get("suite")) or "/accueil/")


@association_view(Permission.AD_READ, methods=("POST",))
def leave_book(request: AssociationRequest) -> HttpResponse:
    """Leave the book; harmless when none is open."""
    session.leave_cooperative(request)
    return see_other("/ad/")


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_settings)
def settings(request: AssociationRequest) -> HttpResponse:
    """`/ad/reglages/`."""
    if request.method != "POST":
        return render(request, "oversight/settings.html", {"form": SettingsForm.showing(request.association)})
    form = SettingsForm(request.POST)
    key = operation(request)
    if form.is_valid():
        try:
            change_association_settings(
                association=request.association,
                phone=form.cleaned_data["phone"],
                email=form.cleaned_data["email"],
                office_hours=form.cleaned_data["office_hours"],
                cash_ceiling_cents=form.cleaned_data["cash_ceiling"],
                muted_warnings=form.muted_warnings(),
                former_reads=form.cleaned_data["former_reads"],
                author=Author(request.actor.person),
                operation=key,
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, "Vos réglages sont enregistrés.")
            return see_other(SETTINGS)
    return render(request, "oversight/settings.html", {"form": form}, status=422)


@association_view(Permission.AD_READ)
def reopenings(request: AssociationRequest) -> HttpResponse:
    """The requests for reopening and their answers."""
    asked = reopenings_of(request.association)
    return render(request, "oversight/reopenings.html", {"requests": asked})


@association_view(Permission.AD_READ, post=Permission.AD_WRITE)
@answering_replays(_reopenings)
def reopening(request: AssociationRequest, pk: int) -> HttpResponse:
    """One request, and the form that answers it."""
    asked = reopening_of(request.association, pk)
    if asked is None:
        raise Http404
    form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
    if request.method == "POST":
        key = operation(request)
        if form.is_valid():
            try:
                answer_reopening(
                    request=asked,
                    granted=form.cleaned_data["decision"] == "accord",
                    answer=form.cleaned_data["answer"],
                    author=Author(request.actor.person, on_behalf=request.association),
                    operation=key,
                )
            except Refusal as refusal:
                form.add_error(refusal.field or None, refusal.message)
            else:
                messages.success(request, "Votre réponse est enregistrée et visible par la coopérative.")
                return see_other(REOPENINGS)
    context = {"asked": asked, "form": form}
    return render(request, "oversight/reopening.html", context, status=422 if form.errors else 200)


@federation_view(Permission.FEDERATION_READ)
def federation(request: FederationRequest) -> HttpResponse:
    """Where the federation lands: its départements by name."""
    associations = associations_of(request.federation)
    total = sum(how_many for _, how_many in associations)
    return render(request, "oversight/federation.html", {"associations": associations, "total": total})
