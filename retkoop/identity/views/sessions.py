"""`/compte/sessions/`: where one is signed in, and how to sign out there from here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core import canonical
from retkoop.identity.access import answering_replays, operation, see_other, signed_in_view
from retkoop.identity.models import AuditEvent
from retkoop.identity.queries.protection import sessions_of
from retkoop.identity.requests import SignedInRequest
from retkoop.identity.services import disconnect, disconnect_everywhere

HOME = "/compte/sessions/"


def _home(_: AuditEvent) -> str:
    return HOME


@signed_in_view()
def sessions(request: SignedInRequest) -> HttpResponse:
    """Each browser in which one is signed in."""
    context = {
        "sessions": sessions_of(request.actor.person),
        "mine": canonical.sha256(request.session.session_key or ""),
    }
    return render(request, "identity/security/sessions.html", context)


@signed_in_view(methods=("POST",))
@answering_replays(_home)
def close(request: SignedInRequest) -> HttpResponse:
    """« Déconnecter » one of them."""
    asked = request.POST.get("session", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    disconnect(person=request.actor.person, session_id=number, operation=operation(request))
    messages.success(request, "Cette session est fermée.")
    return see_other(HOME)


@signed_in_view(methods=("POST",))
@answering_replays(_home)
def everywhere(request: SignedInRequest) -> HttpResponse:
    """« Déconnecter partout »: all of them but this one."""
    disconnect_everywhere(person=request.actor.person, keep=request.session.session_key or "", operation=operation(request))
    messages.success(request, "Toutes vos autres sessions sont fermées.")
    return see_other(HOME)
