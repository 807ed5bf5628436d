"""The whole policy on one screen: what each role may do.

A URL names one permission; no permission named means refused (a test sweeps
every URL). `PUBLIC` needs no login, `SIGNED_IN` any live mandate.
"""

from enum import StrEnum

from retkoop.identity.models import Role


class Permission(StrEnum):
    """What a URL may ask of its visitor."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    BOOK_READ = "book.read"
    BOOK_WRITE = "book.write"
    BOOK_CLOSE = "book.close"
    COOP_PEOPLE = "coop.people"
    MEMBERSHIP_WRITE = "membership.write"
    ENGAGE = "membership.engage"
    AD_READ = "ad.read"
    AD_WRITE = "ad.write"
    AD_PEOPLE = "ad.people"
    FEDERATION_READ = "federation.read"
    FEDERATION_WRITE = "federation.write"


_READ = frozenset({Permission.SIGNED_IN, Permission.BOOK_READ})


_KEEP = _READ | {Permission.BOOK_WRITE, Permission.MEMBERSHIP_WRITE}
_ANSWER = _KEEP | {Permission.BOOK_CLOSE, Permission.COOP_PEOPLE, Permission.ENGAGE}
_OFFICE = frozenset({Permission.AD_READ, Permission.AD_WRITE, Permission.MEMBERSHIP_WRITE})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MANDATAIRE: _ANSWER,
    Role.COSIGNER: _KEEP,
    Role.BOOKKEEPER: _KEEP,
    Role.READER: _READ,
    Role.VERIFIER: _READ,
    Role.AD_ACCOUNTANT: _KEEP | _OFFICE | {Permission.AD_PEOPLE},
    Role.AD_SECRETARY: _READ | _OFFICE,
    Role.AD_PRESIDENT: _READ | _OFFICE | {Permission.AD_PEOPLE},
    Role.AD_READER: _READ | {Permission.AD_READ},
    Role.FEDERATION: frozenset({Permission.SIGNED_IN, Permission.FEDERATION_READ, Permission.FEDERATION_WRITE}),
}


def allowed(role: str, permission: Permission) -> bool:
    """May a live mandate of this role do what the permission names?"""
    return permission is Permission.PUBLIC or permission in GRANTS[Role(role)]
