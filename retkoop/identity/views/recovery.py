"""`/ad/acces/`, `/federation/acces/`: help someone who has lost everything to find their access again.

The staff say why and how they made sure of the person; what is sent to the
person, and what their account holds, is never shown here.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity.access import (
    answering_replays,
    association_view,
    federation_view,
    open_while_enrolling,
    operation,
    see_other,
    signed_in_view,
)
from retkoop.identity.forms import HelpForm
from retkoop.identity.models import Person
from retkoop.identity.permissions import Permission
from retkoop.identity.queries.protection import people_to_help, person_to_help, waiting_recoveries, waiting_recovery
from retkoop.identity.requests import AssociationRequest, FederationRequest, SignedInRequest
from retkoop.identity.services import ask_recovery, confirm_recovery, stop_recovery
from retkoop.identity.views.security import HOME, proved

ASSOCIATION, FEDERATION = "/ad/acces/", "/federation/acces/"
_SHOWN = 30


@association_view(Permission.AD_WRITE, methods=("GET", "POST"))
@answering_replays(lambda _: ASSOCIATION)
@proved
def by_association(request: AssociationRequest) -> HttpResponse:
    """The AD helps its cooperatives' people, and its own staff one another."""
    return _page(request, ASSOCIATION)


@federation_view(Permission.FEDERATION_WRITE, methods=("GET", "POST"))
@answering_replays(lambda _: FEDERATION)
@proved
def by_federation(request: FederationRequest) -> HttpResponse:
    """The federation helps the staff of the ADs, and its own people one another."""
    return _page(request, FEDERATION)


@open_while_enrolling
@signed_in_view(methods=("POST",))
@answering_replays(lambda _: HOME)
def stop_own(request: SignedInRequest) -> HttpResponse:
    """« Arrêter cette demande »: the owner of the account has lost nothing."""
    key = operation(request)
    recovery = waiting_recovery(request.actor.person)
    try:
        stop_recovery(recovery=recovery, person=request.actor.person, operation=key)
        messages.success(request, "La demande est arrêtée\u202f: rien n’a changé dans votre compte.")
    except Refusal as refusal:
        messages.info(request, refusal.message)
    return see_other(HOME)


def _page(request: SignedInRequest, home: str) -> HttpResponse:
    asked = request.POST.get("personne") or request.GET.get("personne") or ""
    if request.method == "POST" and not asked:
        return _answer_waiting(request, home)
    if not asked:
        return _list(request, home)
    person = person_to_help(request.actor.mandate, _number(asked))
    if person is None:
        raise Http404
    form = HelpForm(request.POST) if request.method == "POST" else HelpForm()
    if request.method == "POST":
        led = _ask(request, home, person, form)
        if led is not None:
            return led
    context = {"form": form, "person": person, "home": home}
    return render(request, "identity/recovery/ask.html", context, status=422 if form.errors else 200)


def _ask(request: SignedInRequest, home: str, person: Person, form: HelpForm) -> HttpResponse | None:
    """Where an accepted form leads; None when it is shown again."""
    key = operation(request)
    if not form.is_valid():
        return None
    try:
        recovery = ask_recovery(person=person, helper=request.actor.mandate, operation=key, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None
    sentence = (
        "Un lien part à l’adresse de cette personne\u202f: elle choisira un nouveau mot de passe."
        if recovery.done_at
        else "La demande est notée. Elle prendra effet dans vingt-quatre heures, ou dès qu’un autre collègue la confirme."
    )
    messages.success(request, sentence)
    return see_other(home)


def _answer_waiting(request: SignedInRequest, home: str) -> HttpResponse:
    """« Confirmer » or « Arrêter » a request that waits."""
    key = operation(request)
    waiting = {str(each.pk): each for each in waiting_recoveries(request.actor.mandate)}
    recovery = waiting.get(request.POST.get("demande", ""))
    try:
        if request.POST.get("acte") == "confirmer":
            confirm_recovery(recovery=recovery, helper=request.actor.mandate, operation=key)
            messages.success(request, "Confirmé\u202f: un lien part à l’adresse de cette personne.")
        else:
            stop_recovery(recovery=recovery, person=request.actor.person, operation=key)
            messages.success(request, "La demande est arrêtée.")
    except Refusal as refusal:
        messages.info(request, refusal.message)
    return see_other(home)


def _list(request: SignedInRequest, home: str) -> HttpResponse:
    words = " ".join(request.GET.get("q", "")[:80].split())
    found = people_to_help(request.actor.mandate, words)
    context = {
        "home": home,
        "words": words,
        "found": found[:_SHOWN],
        "more": len(found) - _SHOWN,
        "waiting": waiting_recoveries(request.actor.mandate),
    }
    return render(request, "identity/recovery/list.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
