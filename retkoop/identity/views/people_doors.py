"""The addresses of the pages about people: who enters, at which desk."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from retkoop.identity.access import answering_replays, association_view, cooperative_view, federation_view
from retkoop.identity.identifiers import Kind, parse
from retkoop.identity.models import Association, AuditEvent
from retkoop.identity.permissions import Permission
from retkoop.identity.queries import associations_of, live_cooperatives, staff_of_event
from retkoop.identity.requests import AssociationRequest, FederationRequest, HouseRequest
from retkoop.identity.views import people
from retkoop.identity.views.people import Office

OWN, STAFF, NEAR, FAR = "/personnes/", "/ad/personnes/", "/ad/personnes/cooperatives/", "/federation/personnes/"


def _own(_: AuditEvent) -> str:
    return OWN


def _staff(_: AuditEvent) -> str:
    return STAFF


def _near(event: AuditEvent) -> str:
    return f"{NEAR}{event.cooperative.identifier}/" if event.cooperative else "/ad/"


def _far(event: AuditEvent) -> str:
    association = staff_of_event(event)
    return f"{FAR}{association.code}/" if association else FAR


def _of(request: HouseRequest) -> Office:
    return Office(request.cooperative, OWN, Permission.COOP_PEOPLE)


def _of_staff(request: AssociationRequest) -> Office:
    return Office(request.association, STAFF, Permission.AD_PEOPLE, letters=True)


def _of_near(request: AssociationRequest, identifier: str) -> Office:
    """A cooperative of one's AD; another AD's does not exist here."""
    who = parse(identifier)
    if who.kind is not Kind.COOPERATIVE or who.code != request.association.code:
        raise Http404
    cooperative = live_cooperatives(request.association).select_related("association").filter(number=who.number).first()
    if cooperative is None:
        raise Http404
    return Office(cooperative, f"{NEAR}{cooperative.identifier}/", Permission.AD_WRITE, letters=True, on_paper=True)


def _of_far(request: FederationRequest, code: str) -> Office:
    association: Association | None = request.federation.associations.filter(code=code).first()
    if association is None:
        raise Http404
    return Office(association, f"{FAR}{code}/", Permission.FEDERATION_WRITE, letters=True)


@cooperative_view(Permission.BOOK_READ)
def own(request: HouseRequest) -> HttpResponse:
    """`/personnes/`: who has which mandate in the cooperative."""
    return people.list_page(request, _of(request))


@cooperative_view(Permission.COOP_PEOPLE)
@answering_replays(_own)
def own_invite(request: HouseRequest) -> HttpResponse:
    """Invite a keeper of the books, a reader, a vérificateur."""
    return people.invite_page(request, _of(request))


@cooperative_view(Permission.COOP_PEOPLE)
@answering_replays(_own)
def own_end(request: HouseRequest, mandate_id: int) -> HttpResponse:
    """End such a mandate."""
    return people.end_page(request, _of(request), mandate_id)


@cooperative_view(Permission.COOP_PEOPLE, methods=("POST",))
@answering_replays(_own)
def own_withdraw(request: HouseRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    return people.withdraw_act(request, _of(request), invitation_id)


@association_view(Permission.AD_READ)
def staff(request: AssociationRequest) -> HttpResponse:
    """`/ad/personnes/`: who works for the AD."""
    return people.list_page(request, _of_staff(request))


@association_view(Permission.AD_PEOPLE)
@answering_replays(_staff)
def staff_invite(request: AssociationRequest) -> HttpResponse:
    """Invite a colleague."""
    return people.invite_page(request, _of_staff(request))


@association_view(Permission.AD_PEOPLE)
@answering_replays(_staff)
def staff_end(request: AssociationRequest, member_id: int) -> HttpResponse:
    """End a colleague's mandate."""
    return people.end_page(request, _of_staff(request), member_id)


@association_view(Permission.AD_PEOPLE, methods=("POST",))
@answering_replays(_staff)
def staff_withdraw(request: AssociationRequest, staff_invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    return people.withdraw_act(request, _of_staff(request), staff_invitation_id)


@association_view(Permission.AD_PEOPLE, methods=("POST",))
@answering_replays(_staff)
def staff_access(request: AssociationRequest, member_id: int) -> HttpResponse:
    """Send a colleague a link to choose a password."""
    return people.access_act(request, _of_staff(request), member_id)


@association_view(Permission.AD_READ)
def near(request: AssociationRequest, identifier: str) -> HttpResponse:
    """`/ad/personnes/cooperatives/<identifier>/`: the mandates of one of the AD's cooperatives."""
    return people.list_page(request, _of_near(request, identifier))


@association_view(Permission.AD_WRITE)
@answering_replays(_near)
def near_invite(request: AssociationRequest, identifier: str) -> HttpResponse:
    """Give a mandate: by an invitation, or by a letter to a person without address."""
    return people.invite_page(request, _of_near(request, identifier))


@association_view(Permission.AD_WRITE)
@answering_replays(_near)
def near_end(request: AssociationRequest, identifier: str, mandate_id: int) -> HttpResponse:
    """End a mandate."""
    return people.end_page(request, _of_near(request, identifier), mandate_id)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_near)
def near_withdraw(request: AssociationRequest, identifier: str, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    return people.withdraw_act(request, _of_near(request, identifier), invitation_id)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_near)
def near_access(request: AssociationRequest, identifier: str, mandate_id: int) -> HttpResponse:
    """Send the person a link to choose a password."""
    return people.access_act(request, _of_near(request, identifier), mandate_id)


@association_view(Permission.AD_WRITE, methods=("POST",))
@answering_replays(_near)
def near_letter(request: AssociationRequest, identifier: str, mandate_id: int) -> HttpResponse:
    """Make the letter of a person without address."""
    return people.letter_act(request, _of_near(request, identifier), mandate_id)


@association_view(Permission.AD_WRITE, methods=("GET",))
def near_letter_page(request: AssociationRequest, identifier: str, mandate_id: int) -> HttpResponse:
    """Print it."""
    return people.letter_page(request, _of_near(request, identifier), mandate_id)


@federation_view(Permission.FEDERATION_READ)
def departments(request: FederationRequest) -> HttpResponse:
    """`/federation/personnes/`: the ADs, each with its staff's page."""
    return render(request, "identity/people_departments.html", {"associations": associations_of(request.federation)})


@federation_view(Permission.FEDERATION_READ)
def far(request: FederationRequest, code: str) -> HttpResponse:
    """`/federation/personnes/<code>/`: who works for an AD."""
    return people.list_page(request, _of_far(request, code))


@federation_view(Permission.FEDERATION_WRITE)
@answering_replays(_far)
def far_invite(request: FederationRequest, code: str) -> HttpResponse:
    """Invite someone to work for an AD."""
    return people.invite_page(request, _of_far(request, code))


@federation_view(Permission.FEDERATION_WRITE)
@answering_replays(_far)
def far_end(request: FederationRequest, code: str, member_id: int) -> HttpResponse:
    """End a mandate in an AD."""
    return people.end_page(request, _of_far(request, code), member_id)


@federation_view(Permission.FEDERATION_WRITE, methods=("POST",))
@answering_replays(_far)
def far_withdraw(request: FederationRequest, code: str, staff_invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    return people.withdraw_act(request, _of_far(request, code), staff_invitation_id)


@federation_view(Permission.FEDERATION_WRITE, methods=("POST",))
@answering_replays(_far)
def far_access(request: FederationRequest, code: str, member_id: int) -> HttpResponse:
    """Send someone of an AD a link to choose a password."""
    return people.access_act(request, _of_far(request, code), member_id)
