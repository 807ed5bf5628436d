"""`/connexion/controle/`: after the right password, the second factor; only then does a session begin.

The page exists for the five minutes of a half-session alone: without the right
password nobody learns whether somebody has a second factor.
"""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from retkoop.core.refusal import Refusal
from retkoop.identity import devices, passkeys, session
from retkoop.identity.access import LOGIN, public_view, see_other
from retkoop.identity.forms import SecondCodeForm
from retkoop.identity.models import FactorKind
from retkoop.identity.queries import contact_for
from retkoop.identity.queries.protection import confirmed_factors
from retkoop.identity.requests import VisitorRequest
from retkoop.identity.services import Throttled, check_second_code, check_second_passkey
from retkoop.identity.session import Half
from retkoop.identity.views.login import enter, wait

_STATE = "passkey-state"


@public_view(methods=("GET", "POST"))
def second_factor(request: VisitorRequest) -> HttpResponse:
    """« Second contrôle »."""
    half = session.half(request)
    if half is None:
        if request.method == "POST":
            messages.info(request, "Il s’est écoulé plus de cinq minutes\u202f: tapez de nouveau votre mot de passe.")
        return see_other(LOGIN)
    if request.method != "POST":
        return _page(request, half, SecondCodeForm())
    answer = request.POST.get("answer_secret", "")
    form = SecondCodeForm({"code_secret": "-"} if answer else request.POST)
    if not form.is_valid():
        return _page(request, half, form, status=422)
    try:
        if answer:
            _check_passkey(request, half, answer)
        else:
            address = devices.address(request)
            check_second_code(person=half.mandate.person, typed=form.cleaned_data["code_secret"], address=address)
    except Throttled as throttled:
        response = _page(request, half, _said(form, wait(throttled.seconds)), status=429)
        response["Retry-After"] = str(throttled.seconds)
        return response
    except Refusal as refusal:
        return _page(request, half, _said(form, refusal.message), status=422)
    return enter(request, half, second=True)


def _check_passkey(request: VisitorRequest, half: Half, answer: str) -> None:
    """Each question of ours is answered once."""
    check_second_passkey(
        person=half.mandate.person,
        origin=passkeys.origin_of(request),
        state=request.session.pop(_STATE, {}),
        answer=answer,
        address=devices.address(request),
    )


def _said(form: SecondCodeForm, sentence: str) -> SecondCodeForm:
    """The form with what was typed, and why it was refused."""
    form.add_error("code_secret", sentence)
    if not isinstance(form.data, QueryDict):  # a passkey was shown, nothing was typed
        form.data = {}
    return form


def _page(request: VisitorRequest, half: Half, form: SecondCodeForm, status: int = 200) -> HttpResponse:
    origin = passkeys.origin_of(request)
    keys = [factor for factor in confirmed_factors(half.mandate.person) if factor.kind == FactorKind.PASSKEY]
    options = ""
    if keys and passkeys.possible(origin):
        options, request.session[_STATE] = passkeys.begin_use(origin, keys)
    mandate = half.mandate
    context = {
        "form": form,
        "options": options,
        "has_passkey": bool(keys),
        "contact": contact_for(mandate.cooperative or mandate.association or ""),
    }
    return render(request, "identity/second.html", context, status=status)
