"""`/compte/`: one's name, mandates, password, address and preference."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity import session
from retkoop.identity.access import answering_replays, operation, public_view, signed_in_view
from retkoop.identity.forms import EmailForm, PasswordChangeForm
from retkoop.identity.models import AuditEvent
from retkoop.identity.queries import live_mandates_of, served_mandates_of
from retkoop.identity.requests import SignedInRequest, VisitorRequest
from retkoop.identity.responses import see_other
from retkoop.identity.services import (
    Throttled,
    change_password,
    confirm_email,
    postpone_invitation,
    request_email_change,
    set_full_form,
    set_reminders,
)
from retkoop.identity.services.account import read_email_change

ACCOUNT = "/compte/"


def _account(_: AuditEvent) -> str:
    return ACCOUNT


@signed_in_view()
def account(request: SignedInRequest) -> HttpResponse:
    """One's own page."""
    return _page(request)


@signed_in_view(methods=("POST",))
@answering_replays(_account)
def password(request: SignedInRequest) -> HttpResponse:
    """A new password; every other session of the person ends."""
    form = PasswordChangeForm(request.POST)
    key = operation(request)
    if form.is_valid():
        try:
            change_password(
                person=request.actor.person,
                old=form.cleaned_data["old_password"],
                new=form.cleaned_data["new_password"],
                operation=key,
                keep=request.session.session_key or "",
            )
        except (Refusal, Throttled) as refusal:
            explain(form, refusal, "old_password")
        else:
            session.renew(request, request.actor.mandate)
            messages.success(request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
            return see_other(ACCOUNT)
    return _page(request, password_form=form)


@signed_in_view(methods=("POST",))
@answering_replays(_account)
def email(request: SignedInRequest) -> HttpResponse:
    """Ask for a new address: a link is written to it."""
    form = EmailForm(request.POST)
    key = operation(request)
    if form.is_valid():
        try:
            request_email_change(
                person=request.actor.person,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["email_password"],
                operation=key,
            )
        except (Refusal, Throttled) as refusal:
            explain(form, refusal, "email_password")
        else:
            sentence = "Un message part vers cette adresse\u202f: suivez son lien pour la confirmer."
            messages.success(request, sentence)
            return see_other(ACCOUNT)
    return _page(request, email_form=form)


@signed_in_view(methods=("POST",))
@answering_replays(_account)
def preference(request: SignedInRequest) -> HttpResponse:
    """« Formulaire complet »."""
    full = request.POST.get("formulaire_complet") == "oui"
    set_full_form(person=request.actor.person, full_form=full, operation=operation(request))
    messages.success(request, "Votre préférence est enregistrée.")
    return see_other(ACCOUNT)


@signed_in_view(methods=("POST",))
@answering_replays(_account)
def reminders(request: SignedInRequest) -> HttpResponse:
    """« Rappels par e-mail », on or off."""
    wanted = request.POST.get("rappels") == "oui"
    set_reminders(person=request.actor.person, wanted=wanted, operation=operation(request))
    sentence = "Vous recevrez les rappels du calendrier." if wanted else "Vous ne recevrez plus les rappels du calendrier."
    messages.success(request, sentence)
    return see_other(ACCOUNT)


@signed_in_view(methods=("POST",))
@answering_replays(lambda _: "/")
def later(request: SignedInRequest) -> HttpResponse:
    """« Compris, mais plus tard »."""
    postpone_invitation(person=request.actor.person, operation=operation(request))
    return see_other("/")


@public_view(methods=("GET", "POST"))
def confirm(request: VisitorRequest, token: str) -> HttpResponse:
    """`/compte/adresse/<token>/`: a GET shows a button, so that a mail scanner confirms nothing."""
    try:
        if request.method == "POST":
            confirm_email(token=token)
            messages.success(request, "Votre adresse e-mail est confirmée.")
            return see_other(ACCOUNT if request.actor.signed_in else "/connexion/")
        context = {"change": read_email_change(token)}
        response = render(request, "identity/confirm_email.html", context)
    except Refusal as refusal:
        response = render(request, "identity/link_refused.html", _asking_again(refusal), status=404)
    response["Referrer-Policy"] = "strict-origin"  # « no-referrer » makes browsers post without an origin: refused
    return response


def _asking_again(refusal: Refusal) -> dict[str, str]:
    return {"message": refusal.message, "again": ACCOUNT, "words": "Ouvrir votre compte"}


def explain(form: Form, refusal: Refusal | Throttled, password_field: str) -> None:
    """Put a service's refusal beside its field."""
    if isinstance(refusal, Throttled):
        form.add_error(password_field, f"Trop d’essais\u202f: attendez {refusal.seconds} s, puis réessayez.")
    else:
        form.add_error(refusal.field or None, refusal.message)


def _page(
    request: SignedInRequest,
    password_form: PasswordChangeForm | None = None,
    email_form: EmailForm | None = None,
) -> HttpResponse:
    person = request.actor.person
    mandates, served = live_mandates_of(person), served_mandates_of(person)
    context = {
        "person": person,
        "mandates": mandates,
        "served": served,
        "several": len(mandates) + len(served) > 1,
        "password_form": password_form or PasswordChangeForm(),
        "email_form": email_form or EmailForm(initial={"email": person.email}),
    }
    return render(request, "identity/account.html", context, status=422 if password_form or email_form else 200)
