"""Who has which mandate, on four desks: a cooperative's own, its AD's, the AD's staff, the federation's hand for an AD.

Each desk is an `Office`: an organisation, an address, which mandates it gives and
ends. The pages are the same; the doors of `people_doors` say who enters.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from retkoop.core.refusal import Refusal
from retkoop.identity.access import operation
from retkoop.identity.audit import Author
from retkoop.identity.exports.letters import Letter, letter_pdf
from retkoop.identity.forms import EndForm, InviteForm
from retkoop.identity.models import Cooperative, Mandate, Role
from retkoop.identity.permissions import GIVES, GRANTS, Permission
from retkoop.identity.queries import (
    Organisation,
    contact_for,
    has_ended,
    invitation_in,
    is_live,
    mandate_in,
    members_of,
    open_letters,
    today_of,
)
from retkoop.identity.requests import SignedInRequest
from retkoop.identity.responses import see_other
from retkoop.identity.services import (
    appoint_by_letter,
    end_mandate,
    invite,
    letter_token,
    make_letter,
    start_access,
    withdraw_invitation,
)
from retkoop.identity.services.links import LinkRefused

INVITED = (
    "L’invitation part à cette adresse. Le mandat commencera quand la personne l’aura acceptée\u202f; "
    "elle choisit elle-même son mot de passe."
)


@dataclass(frozen=True)
class Office:
    """A desk: `acts` is the permission by which its visitors give and end mandates; `letters`: may they start an access?"""

    organisation: Organisation
    base: str
    acts: Permission
    letters: bool = False
    on_paper: bool = False

    @property
    def own(self) -> bool:
        """Is it the visitor's own cooperative's?"""
        return self.acts is Permission.COOP_PEOPLE

    @property
    def title(self) -> str:
        """« 085-099 École des Marais », « 085 OCCE de la Vendée »."""
        place = self.organisation
        sign = place.identifier if isinstance(place, Cooperative) else getattr(place, "code", "")
        return f"{sign} {place}".strip()

    @property
    def gives(self) -> frozenset[Role]:
        return GIVES[self.acts]

    @property
    def roles(self) -> list[Role]:
        """In the order of the roles."""
        return [role for role in Role if role in self.gives]

    def author(self, request: SignedInRequest) -> Author:
        """Who signs: for its AD, when one of its members acts on a cooperative."""
        inside = isinstance(self.organisation, Cooperative) and request.actor.is_association
        return Author(request.actor.person, on_behalf=request.association if inside else None)

    def mandate(self, pk: int) -> Mandate:
        """Raises Http404 for another organisation's, PermissionDenied for one that this desk does not end."""
        found = mandate_in(self.organisation, pk)
        if found is None:
            raise Http404
        if Role(found.role) not in self.gives:
            raise PermissionDenied
        return found


@dataclass(frozen=True)
class Row:
    """A mandate on a desk; `way`: how an access can be started, « mail », « paper » or « none »; `letter`: one waits."""

    mandate: Mandate
    ends_here: bool
    way: str
    letter: bool


def _row(request: SignedInRequest, office: Office, mandate: Mandate, present: list[Mandate], letters: set[int]) -> Row:
    person = mandate.person
    ends_here = Role(mandate.role) in office.gives and not _keeps_alone(request, office, mandate, present)
    paper = office.on_paper and not person.has_usable_password()
    way = "mail" if person.email else "paper" if paper else "none"
    started = office.letters and Role(mandate.role) in office.gives
    return Row(mandate, ends_here, way if started else "", person.pk in letters)


def _keeps_alone(request: SignedInRequest, office: Office, mandate: Mandate, present: list[Mandate]) -> bool:
    """Is it the visitor's own and last mandate by which they keep the staff of their AD?"""
    mine = [
        each
        for each in present
        if each.person_id == request.actor.person.pk and office.acts in GRANTS[Role(each.role)] and is_live(each)
    ]
    return office.acts is Permission.AD_PEOPLE and [each.pk for each in mine] == [mandate.pk]


def list_page(request: SignedInRequest, office: Office) -> HttpResponse:
    """The mandates in force, those that have ended, the invitations that wait."""
    members = members_of(office.organisation)
    letters = set(open_letters(members.present)) if office.on_paper else set()
    context = {
        "office": office,
        "rows": [_row(request, office, mandate, members.present, letters) for mandate in members.present],
        "members": members,
        "contact": contact_for(office.organisation) if isinstance(office.organisation, Cooperative) else None,
        "may_act": request.actor.may(office.acts),
        "today": today_of(office.organisation),
    }
    return render(request, "identity/people.html", context)


def invite_page(request: SignedInRequest, office: Office) -> HttpResponse:
    """The form that invites; in a cooperative the AD may also print a letter for a person without address."""
    today = today_of(office.organisation)
    form = InviteForm(request.POST or None, roles=office.roles, today=today, on_paper=office.on_paper)
    if request.method == "POST":
        key = operation(request)
        if form.is_valid():
            facts = form.cleaned_data
            told = {"role": Role(facts["role"]), "full_name": facts["full_name"], "ends": facts["ends"]}
            author = office.author(request)
            try:
                if facts["email"] or not isinstance(office.organisation, Cooperative):
                    invite(organisation=office.organisation, email=facts["email"], author=author, operation=key, **told)
                    messages.success(request, INVITED)
                else:
                    appoint_by_letter(cooperative=office.organisation, author=author, operation=key, **told)
                    messages.success(request, "Le mandat commence. Imprimez la lettre et remettez-la à la personne.")
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                return see_other(office.base)
    context = {"office": office, "form": form}
    return render(request, "identity/people_invite.html", context, status=422 if form.errors else 200)


def end_page(request: SignedInRequest, office: Office, pk: int) -> HttpResponse:
    """What ending it means, then the end."""
    mandate = office.mandate(pk)
    form = EndForm(request.POST or None, today=today_of(office.organisation))
    if request.method == "POST":
        key = operation(request)
        if form.is_valid():
            try:
                end_mandate(
                    mandate=mandate, last_day=form.cleaned_data["last_day"], author=office.author(request), operation=key
                )
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                messages.success(request, f"Le mandat de {mandate.person.full_name} prend fin.")
                return see_other(office.base)
    elif has_ended(mandate):
        messages.info(request, "Ce mandat a déjà pris fin.")
        return see_other(office.base)
    context = {"office": office, "form": form, "mandate": mandate, "own": mandate.pk == request.actor.mandate.pk}
    return render(request, "identity/people_end.html", context, status=422 if form.errors else 200)


def withdraw_act(request: SignedInRequest, office: Office, pk: int) -> HttpResponse:
    """The link of an invitation dies."""
    found = invitation_in(office.organisation, pk)
    if found is None:
        raise Http404
    if Role(found.role) not in office.gives:
        raise PermissionDenied
    try:
        withdraw_invitation(invitation=found, author=office.author(request), operation=operation(request))
        messages.success(request, "L’invitation est retirée\u202f: son lien ne sert plus.")
    except Refusal as refusal:
        messages.info(request, refusal.message)
    return see_other(office.base)


def access_act(request: SignedInRequest, office: Office, pk: int) -> HttpResponse:
    """A link to choose a password, sent to the person's own address."""
    mandate = office.mandate(pk)
    try:
        start_access(mandate=mandate, author=office.author(request), operation=operation(request))
        messages.success(request, f"Un lien part à l’adresse de {mandate.person.full_name}. Vous ne le verrez pas.")
    except Refusal as refusal:
        messages.info(request, refusal.message)
    return see_other(office.base)


def letter_act(request: SignedInRequest, office: Office, pk: int) -> HttpResponse:
    """Make the link of a letter; the former one dies."""
    mandate = office.mandate(pk)
    try:
        make_letter(mandate=mandate, author=office.author(request), operation=operation(request))
        messages.success(request, "La lettre est prête à imprimer. Toute lettre faite avant ne sert plus.")
    except Refusal as refusal:
        messages.info(request, refusal.message)
    return see_other(office.base)


def letter_page(request: SignedInRequest, office: Office, pk: int) -> HttpResponse:
    """The page to print, while its link can serve."""
    mandate = office.mandate(pk)
    link = open_letters([mandate]).get(mandate.person_id)
    try:
        body = letter_pdf(Letter(mandate, link, letter_token(link))) if link else b""
    except LinkRefused:
        body = b""
    if not body:
        messages.info(request, "Il n’y a pas de lettre en attente pour cette personne\u202f: faites-en une.")
        return see_other(office.base)
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="acces-retkoop.pdf") or "attachment"
    return answer
