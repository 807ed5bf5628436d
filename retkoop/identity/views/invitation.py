"""`/invitation/<token>/`: whoever reads the letter box that was invited accepts, and the mandate begins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity import session
from retkoop.identity.access import public_view
from retkoop.identity.forms import NewPasswordForm
from retkoop.identity.models import Mandate
from retkoop.identity.requests import Actor, VisitorRequest
from retkoop.identity.responses import see_other
from retkoop.identity.services import accept_invitation, check_invitation, must_choose
from retkoop.identity.services.links import LinkRefused


@public_view(methods=("GET", "POST"))
def accept(request: VisitorRequest, token: str) -> HttpResponse:
    """A GET shows who invites and to what, so that a mail scanner accepts nothing."""
    try:
        response = _accept(request, token)
    except LinkRefused as refusal:
        context = {"message": refusal.message, "again": "/connexion/", "words": "Aller à la connexion"}
        response = render(request, "identity/link_refused.html", context, status=404)
    response["Referrer-Policy"] = "strict-origin"  # « no-referrer » makes browsers post without an origin: refused
    return response


def _accept(request: VisitorRequest, token: str) -> HttpResponse:
    invitation = check_invitation(token)
    chooses = must_choose(invitation)
    posted = request.method == "POST"
    form = (NewPasswordForm(request.POST) if posted else NewPasswordForm()) if chooses else None
    if posted and (form is None or form.is_valid()):
        try:
            mandate = accept_invitation(token=token, new_password=form.cleaned_data["new_password"] if form else "")
        except LinkRefused:
            raise
        except Refusal as refusal:
            if form is not None:
                form.add_error(refusal.field or None, refusal.message)
        else:
            return _welcome(request, mandate)
    context = {"invitation": invitation, "mandate": invitation, "form": form}
    return render(request, "identity/invitation.html", context, status=422 if form is not None and form.errors else 200)


def _welcome(request: VisitorRequest, mandate: Mandate) -> HttpResponse:
    """One's own session goes on; anybody else's ends."""
    if isinstance(request.actor, Actor) and request.actor.person.pk == mandate.person_id:
        messages.success(request, "Votre nouveau mandat a commencé\u202f: choisissez au nom de qui vous travaillez.")
        return see_other("/choisir/")
    session.sign_out(request)
    messages.success(request, "Votre mandat a commencé. Connectez-vous avec votre adresse e-mail et votre mot de passe.")
    return see_other("/connexion/")
