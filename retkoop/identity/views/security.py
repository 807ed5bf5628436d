"""`/compte/securite/`: one's second factors and recovery codes; what changes them asks for a recent password."""

import json
from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from retkoop.core import clock
from retkoop.core.refusal import Refusal
from retkoop.core.sealed import Unreadable, seal, unseal
from retkoop.identity import devices, passkeys, session, totp
from retkoop.identity.access import (
    answering_replays,
    open_while_enrolling,
    operation,
    safe_path,
    see_other,
    signed_in_view,
)
from retkoop.identity.forms import FirstCodeForm, ProveForm
from retkoop.identity.models import AuditEvent, FactorKind, SecondFactor
from retkoop.identity.queries.protection import confirmed_factors, pending_totp, recovery_codes_left, waiting_recovery
from retkoop.identity.requests import SignedInRequest
from retkoop.identity.responses import form_page
from retkoop.identity.services import (
    Throttled,
    add_passkey,
    begin_totp,
    confirm_totp,
    remove_factor,
    renew_recovery_codes,
    secret_of,
)
from retkoop.identity.services.account import verify_own_password
from retkoop.identity.views.account import explain

HOME, APPLICATION, CODES = "/compte/securite/", "/compte/securite/application/", "/compte/securite/codes/"
_STATE, _SHOWN = "passkey-state", "recovery-codes"
_SHOWN_SECONDS = 10 * 60
R = TypeVar("R", bound=SignedInRequest)


def proved(view: Callable[[R], HttpResponse]) -> Callable[[R], HttpResponse]:
    """Only for whom the session proves more than a forgotten browser would: a recent password, and the factor if any."""

    @wraps(view)
    def guarded(request: R) -> HttpResponse:
        back = request.get_full_path() if request.method == "GET" else (form_page(request) or HOME)
        if confirmed_factors(request.actor.person) and not session.is_second(request):
            session.sign_out(request)
            return see_other(f"/connexion/?suite={quote(back)}")
        if not session.is_fresh(request):
            return see_other(f"/compte/confirmer/?suite={quote(back)}")
        return view(request)

    return guarded


def _home(_: AuditEvent) -> str:
    return HOME


def _application(_: AuditEvent) -> str:
    return APPLICATION


def _codes(_: AuditEvent) -> str:
    return CODES


@open_while_enrolling
@signed_in_view(methods=("GET", "POST"))
def prove(request: SignedInRequest) -> HttpResponse:
    """The password again, before a change of what protects the account."""
    back = safe_path(request.POST.get("suite") or request.GET.get("suite")) or HOME
    form = ProveForm(request.POST) if request.method == "POST" else ProveForm()
    if request.method == "POST" and form.is_valid():
        try:
            verify_own_password(person=request.actor.person, password=form.cleaned_data["mot_de_passe"], field="mot_de_passe")
        except (Refusal, Throttled) as refusal:
            explain(form, refusal, "mot_de_passe")
        else:
            session.prove(request, request.actor.mandate)
            return see_other(back)
    return render(request, "identity/security/prove.html", {"form": form, "suite": back}, status=422 if form.errors else 200)


@open_while_enrolling
@signed_in_view()
def security(request: SignedInRequest) -> HttpResponse:
    """What protects one's account, as it stands."""
    person = request.actor.person
    origin = passkeys.origin_of(request)
    context = {
        "factors": confirmed_factors(person),
        "codes_left": recovery_codes_left(person),
        "recovery": waiting_recovery(person),
        "person": person,
        "must_enrol": session.must_enrol(request.session, request.actor.mandate),
        "passkeys_possible": passkeys.possible(origin),
        "host": request.get_host(),
        "named": origin.replace("127.0.0.1", "localhost") if "127.0.0.1" in origin else "",
    }
    return render(request, "identity/security/security.html", context)


@open_while_enrolling
@signed_in_view(methods=("POST",))
@answering_replays(_application)
@proved
def prepare(request: SignedInRequest) -> HttpResponse:
    """« Ajouter une application de codes »: a new secret."""
    begin_totp(person=request.actor.person, operation=operation(request))
    return see_other(APPLICATION)


@open_while_enrolling
@signed_in_view(methods=("GET", "POST"))
@answering_replays(_codes)
@proved
def application(request: SignedInRequest) -> HttpResponse:
    """The secret, as a picture and as text; a first code confirms it."""
    form = FirstCodeForm(request.POST) if request.method == "POST" else FirstCodeForm()
    if request.method == "POST":
        key = operation(request)
        if form.is_valid():
            try:
                codes = confirm_totp(
                    person=request.actor.person,
                    code=form.cleaned_data["code_secret"],
                    keep=request.session.session_key or "",
                    operation=key,
                )
            except Refusal as refusal:
                form.add_error(refusal.field or None, refusal.message)
            else:
                return _added(request, codes)
    factor = pending_totp(request.actor.person)
    if factor is None:
        return see_other(HOME)
    context = {"form": form, "secret": totp.in_fours(secret_of(factor))}
    return render(request, "identity/security/application.html", context, status=422 if form.errors else 200)


@open_while_enrolling
@signed_in_view()
@proved
def picture(request: SignedInRequest) -> HttpResponse:
    """The QR code of the secret that waits for its first code."""
    factor = pending_totp(request.actor.person)
    if factor is None:
        return see_other(HOME)
    text = totp.address(secret_of(factor), request.actor.person.email or request.actor.person.full_name)
    return HttpResponse(totp.picture(text), content_type="image/svg+xml")


@open_while_enrolling
@signed_in_view(methods=("GET", "POST"))
@answering_replays(_codes)
@proved
def passkey(request: SignedInRequest) -> HttpResponse:
    """« Ajouter une clé d’accès »."""
    person, origin = request.actor.person, passkeys.origin_of(request)
    if not passkeys.possible(origin):
        return see_other(HOME)
    refused = ""
    if request.method == "POST":
        key = operation(request)
        try:
            codes = add_passkey(
                person=person,
                origin=origin,
                state=request.session.pop(_STATE, {}),  # each question of ours is answered once
                answer=request.POST.get("answer_secret", ""),
                name=", ".join(filter(None, ("Clé d’accès", devices.words(request)))),
                keep=request.session.session_key or "",
                operation=key,
            )
        except Refusal as refusal:
            refused = refusal.message
        else:
            return _added(request, codes)
    mine = [factor for factor in confirmed_factors(person) if factor.kind == FactorKind.PASSKEY]
    options, request.session[_STATE] = passkeys.begin_creation(origin, person, mine)
    context = {"options": options, "refused": refused}
    return render(request, "identity/security/passkey.html", context, status=422 if refused else 200)


@open_while_enrolling
@signed_in_view(methods=("GET", "POST"))
@answering_replays(_codes)
@proved
def codes(request: SignedInRequest) -> HttpResponse:
    """The recovery codes just made, for ten minutes; a POST makes ten others."""
    if request.method == "POST":
        try:
            made = renew_recovery_codes(person=request.actor.person, operation=operation(request))
        except Refusal as refusal:
            messages.info(request, refusal.message)
            return see_other(HOME)
        _keep(request, made)
        return see_other(CODES)
    shown = _kept(request)
    if not shown:
        return see_other(HOME)
    return render(request, "identity/security/codes.html", {"codes": shown, "person": request.actor.person})


@open_while_enrolling
@signed_in_view(methods=("GET", "POST"))
@answering_replays(_home)
@proved
def remove(request: SignedInRequest) -> HttpResponse:
    """« Retirer » one of one's factors, with the password."""
    form = ProveForm(request.POST) if request.method == "POST" else ProveForm()
    factor = _named(request)
    if request.method == "POST":
        key = operation(request)
        if form.is_valid():
            try:
                gone = remove_factor(
                    person=request.actor.person,
                    factor_id=factor.pk if factor else 0,
                    password=form.cleaned_data["mot_de_passe"],
                    operation=key,
                )
            except (Refusal, Throttled) as refusal:
                explain(form, refusal, "mot_de_passe")
            else:
                if not confirmed_factors(request.actor.person):
                    session.lower_from_second(request)
                messages.success(request, f"«\u202f{gone.name}\u202f» est retirée.")
                return see_other(HOME)
    if factor is None:
        return see_other(HOME)
    context = {"form": form, "factor": factor}
    return render(request, "identity/security/remove.html", context, status=422 if form.errors else 200)


def _named(request: SignedInRequest) -> SecondFactor | None:
    """The factor of which the form or the link speaks, among one's own."""
    asked = request.POST.get("preuve") or request.GET.get("preuve") or ""
    return next((each for each in confirmed_factors(request.actor.person) if str(each.pk) == asked), None)


def _added(request: SignedInRequest, codes: list[str]) -> HttpResponse:
    session.raise_to_second(request, request.actor.mandate)
    messages.success(request, "Votre seconde preuve est enregistrée.")
    if not codes:
        return see_other(HOME)
    _keep(request, codes)
    return see_other(CODES)


def _keep(request: HttpRequest, codes: list[str]) -> None:
    """In the session for ten minutes, sealed: so that a page lost on the way is not a set of codes lost."""
    kept = json.dumps({"codes": codes, "at": int(clock.now().timestamp())})
    request.session[_SHOWN] = seal(kept, "recovery-codes")


def _kept(request: HttpRequest) -> list[str]:
    try:
        kept = json.loads(unseal(request.session.get(_SHOWN, ""), "recovery-codes"))
    except Unreadable:
        return []
    age = int(clock.now().timestamp()) - int(kept["at"])
    return [str(code) for code in kept["codes"]] if 0 <= age < _SHOWN_SECONDS else []
