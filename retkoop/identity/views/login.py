"""`/connexion/` and what surrounds it."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from retkoop.core.refusal import Refusal
from retkoop.identity import devices, session
from retkoop.identity.access import public_view, safe_path, signed_in_view
from retkoop.identity.forms import ForgottenForm, LoginForm, NewPasswordForm
from retkoop.identity.identifiers import parse
from retkoop.identity.models import Mandate
from retkoop.identity.permissions import Permission, allowed
from retkoop.identity.queries import contact_for, is_live, live_mandates_of, served_mandates_of
from retkoop.identity.queries.protection import confirmed_factors
from retkoop.identity.requests import Actor, SignedInRequest, VisitorRequest
from retkoop.identity.responses import see_other
from retkoop.identity.services import (
    Ambiguous,
    Throttled,
    Unrecognised,
    check_link,
    log_in,
    send_reset_links,
    use_link,
)

WRONG = (
    "Cet identifiant et ce mot de passe ne vont pas ensemble. Vérifiez l’un et l’autre, "
    "majuscules comprises\u202f; si besoin, «\u202fIdentifiant ou mot de passe oublié\u202f?\u202f» est en dessous."
)
TWO_PEOPLE = (
    "Deux personnes de cette coopérative ont choisi ce mot de passe\u202f: "
    "connectez-vous avec votre adresse e-mail, puis changez-le."
)
DEMO_PASSWORD = "demo-retkoop-2026"  # noqa: S105 -- printed on the login page of made-up data
DEMO_LOGINS = (
    ("085-099", "une coopérative qui tient sa comptabilité ici"),
    ("038-012", "une coopérative qui ne reporte que ses totaux"),
    ("ad085", "une association départementale"),
    ("federation", "la fédération"),
)


@public_view()
def root(request: VisitorRequest) -> HttpResponse:
    """`/`: to one's landing page, or to the login page."""
    actor = request.actor
    return see_other(landing(actor.mandate) if isinstance(actor, Actor) else "/connexion/")


@public_view(methods=("GET", "POST"))
def old_address(request: VisitorRequest) -> HttpResponse:  # noqa: ARG001
    """`/debut.php`, which the old guides print."""
    return see_other("/connexion/")


@public_view(methods=("GET", "POST"))
def login(request: VisitorRequest) -> HttpResponse:
    """The one form by which everyone enters."""
    if request.method == "POST":
        return _try_login(request)
    if isinstance(request.actor, Actor):
        return see_other(landing(request.actor.mandate))
    return _login_page(request, LoginForm())


def _try_login(request: VisitorRequest) -> HttpResponse:
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form, status=422)
    typed = form.cleaned_data["identifiant"]
    device = devices.read(request)
    try:
        admission = log_in(
            identifier=typed,
            password=form.cleaned_data["mot_de_passe"],
            address=devices.address(request),
            device=device.known_for(parse(typed).key),
        )
    except Throttled as throttled:
        form.add_error(None, f"{wait(throttled.seconds)} Le mot de passe que vous venez de taper n’a pas été examiné.")
        response = _login_page(request, form, status=429)
        response["Retry-After"] = str(throttled.seconds)
        return response
    except Unrecognised:
        form.add_error(None, WRONG)
        return _login_page(request, form, status=422)
    except Ambiguous:
        form.add_error(None, TWO_PEOPLE)
        return _login_page(request, form, status=422)
    half = session.Half(admission.mandate, admission.several, admission.account, safe_path(request.POST.get("suite")))
    if confirmed_factors(admission.mandate.person):
        session.begin_half(request, half)
        return see_other("/connexion/controle/")
    return enter(request, half)


def enter(request: VisitorRequest, half: session.Half, *, second: bool = False) -> HttpResponse:
    """Everything asked was shown: begin the session. `second`: a second factor too."""
    device = devices.read(request)
    session.sign_in(request, half.mandate, second=second)
    response = see_other("/choisir/" if half.several else _after_login(half.mandate, half.back))
    devices.remember(response, device, half.account)
    return response


def _login_page(request: VisitorRequest, form: LoginForm, status: int = 200) -> HttpResponse:
    typed = str(form.data.get("identifiant", ""))
    context = {
        "form": form,
        "suite": safe_path(request.POST.get("suite") or request.GET.get("suite")),
        "contact": contact_for(typed) if typed else None,
        "demo_logins": DEMO_LOGINS if settings.DEMO else (),
        "demo_password": DEMO_PASSWORD if settings.DEMO else "",
    }
    return render(request, "identity/login.html", context, status=status)


def wait(seconds: int) -> str:
    """The sentence of a try that came too early."""
    unit = "seconde" if seconds == 1 else "secondes"
    return f"Il y a eu trop d’essais\u202f: attendez {seconds} {unit}, puis réessayez."


def landing(mandate: Mandate) -> str:
    """Where a mandate leads after login: one that has ended, to the years served."""
    if not is_live(mandate):
        return "/annees-servies/"
    if mandate.cooperative_id is not None:
        return "/accueil/"
    return "/ad/" if mandate.association_id is not None else "/federation/"


def _after_login(mandate: Mandate, back: str) -> str:
    """The page that was asked for, when the mandate may see it and it can be shown by a GET."""
    try:
        view = resolve(back.partition("?")[0]).func
    except Resolver404:
        return landing(mandate)
    permission: Permission | None = getattr(view, "permission", None)
    readable = "GET" in getattr(view, "methods", ())
    known = permission is not None and permission is not Permission.PUBLIC
    welcome = known and allowed(mandate.role, cast("Permission", permission), former=not is_live(mandate))
    return back if readable and welcome else landing(mandate)


@public_view(methods=("POST",))
def logout(request: VisitorRequest) -> HttpResponse:
    """End the session and empty the browser's cache; harmless when it has ended already."""
    session.sign_out(request)
    response = see_other("/au-revoir/")
    response["Clear-Site-Data"] = '"cache"'
    return response


@public_view()
def goodbye(request: VisitorRequest) -> HttpResponse:
    """Says that one is logged out; the page's script forgets the drafts kept in this browser."""
    return render(request, "identity/goodbye.html")


@signed_in_view(methods=("GET", "POST"))
def choose(request: SignedInRequest) -> HttpResponse:
    """`/choisir/`: for a person with several mandates, the one to act under."""
    mandates, served = live_mandates_of(request.actor.person), served_mandates_of(request.actor.person)
    if request.method == "POST":
        chosen = next((m for m in [*mandates, *served] if str(m.pk) == request.POST.get("mandat")), None)
        if chosen is not None:
            session.switch(request, chosen)
            return see_other(landing(chosen))
        messages.info(request, "Choisissez un mandat en cours dans la liste.")
        return see_other("/choisir/")
    return render(request, "identity/choose.html", {"mandates": mandates, "served": served})


@public_view(methods=("GET", "POST"))
def forgotten(request: VisitorRequest) -> HttpResponse:
    """« Identifiant ou mot de passe oublié ? »: the same answer to everyone."""
    if request.method != "POST":
        return render(request, "identity/forgotten.html", {"form": ForgottenForm()})
    form = ForgottenForm(request.POST)
    if not form.is_valid():
        return render(request, "identity/forgotten.html", {"form": form}, status=422)
    typed = form.cleaned_data["identifiant"]
    send_reset_links(identifier=typed, address=devices.address(request))
    code = parse(typed).code
    return see_other(f"/connexion/oubli/envoye/?ad={code}" if code else "/connexion/oubli/envoye/")


@public_view()
def forgotten_sent(request: VisitorRequest) -> HttpResponse:
    """What happens next, and whom to call: found from the three-character prefix alone."""
    contact = contact_for(request.GET.get("ad", ""))
    return render(request, "identity/forgotten_sent.html", {"contact": contact})


def _asking_again(refusal: Refusal) -> dict[str, str]:
    return {"message": refusal.message, "again": "/connexion/oubli/", "words": "Demander un nouveau lien"}


@public_view(methods=("GET", "POST"))
def access(request: VisitorRequest, token: str) -> HttpResponse:
    """`/acces/<token>/`: choose a password; the link is used up only when that succeeds."""
    response = _access(request, token)
    response["Referrer-Policy"] = "strict-origin"  # « no-referrer » makes browsers post without an origin: refused
    return response


def _access(request: VisitorRequest, token: str) -> HttpResponse:
    try:
        link = check_link(token)
    except Refusal as refusal:
        return render(request, "identity/link_refused.html", _asking_again(refusal), status=404)
    form = NewPasswordForm(request.POST) if request.method == "POST" else NewPasswordForm()
    if request.method == "POST" and form.is_valid():
        try:
            use_link(token=token, new_password=form.cleaned_data["new_password"])
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            session.sign_out(request)
            messages.success(request, "Votre mot de passe est enregistré. Connectez-vous avec lui.")
            return see_other("/connexion/")
    context = {"form": form, "person": link.person, "mandates": live_mandates_of(link.person)}
    return render(request, "identity/access.html", context, status=422 if form.errors else 200)
