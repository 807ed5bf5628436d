"""What a view knows of its visitor: `request.actor`, and the organisations in which they act.

The middleware fills these attributes once, before the view. Behind a
`cooperative_view` the cooperative and its association are always there; behind
an `association_view` the association, behind a `federation_view` the
federation. On a public page each may be missing: `VisitorRequest`.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from retkoop.identity.models import Association, Cooperative, Federation, Mandate, Person, Role
from retkoop.identity.permissions import Permission, allowed


@dataclass(frozen=True)
class Actor:
    """A person who is signed in, and the mandate under which they act; `former`: it has ended, they read what they served."""

    person: Person
    mandate: Mandate
    former: bool = False
    signed_in = True

    @property
    def role(self) -> Role:
        """The role of the mandate."""
        return Role(self.mandate.role)

    def may(self, permission: Permission) -> bool:
        """Does the role grant it?"""
        return allowed(self.role, permission, former=self.former)

    @property
    def may_write(self) -> bool:
        """For templates: show what writes in a book?"""
        return self.may(Permission.BOOK_WRITE)

    @property
    def may_close(self) -> bool:
        """For templates: show what closes a book?"""
        return self.may(Permission.BOOK_CLOSE)

    @property
    def is_association(self) -> bool:
        """For templates: does the person act for an AD?"""
        return self.mandate.association_id is not None

    @property
    def may_invite(self) -> bool:
        """For templates: show what gives and ends the mandates of one's cooperative?"""
        return self.may(Permission.COOP_PEOPLE)

    @property
    def may_administer(self) -> bool:
        """For templates: show what changes the AD's settings?"""
        return self.may(Permission.AD_WRITE)


@dataclass(frozen=True)
class Nobody:
    """A visitor who is not signed in."""

    signed_in = False
    may_write = may_close = may_invite = is_association = may_administer = former = False

    def may(self, permission: Permission) -> bool:
        """Only what is public."""
        return permission is Permission.PUBLIC


class VisitorRequest(HttpRequest):
    """A request on a public page: everything about the visitor may be missing."""

    actor: Actor | Nobody
    cooperative: Cooperative | None
    association: Association | None
    federation: Federation | None
    htmx: HtmxDetails


class SignedInRequest(VisitorRequest):
    """A request behind `signed_in_view`."""

    actor: Actor


class HouseRequest(SignedInRequest):
    """A request behind `cooperative_view`."""

    cooperative: Cooperative
    association: Association


class AssociationRequest(SignedInRequest):
    """A request behind `association_view`; `cooperative` is the one that the AD has opened, if any."""

    association: Association


class FederationRequest(SignedInRequest):
    """A request behind `federation_view`."""

    federation: Federation
