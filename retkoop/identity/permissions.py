"""The whole policy on one screen: what each role may do.

A URL names one permission; no permission named means refused (a test sweeps
every URL). `PUBLIC` needs no login, `SIGNED_IN` any live mandate or one that
has ended and whose years may still be read: then `FORMER` is all there is.
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
    SERVED_READ = "served.read"


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

FORMER = frozenset({Permission.SIGNED_IN, Permission.SERVED_READ})
SERVING = frozenset({Role.MANDATAIRE, Role.COSIGNER, Role.BOOKKEEPER})

# Which mandates the holder of a permission gives and ends: in their cooperative, in a cooperative of their AD, in their
# AD, in any AD.
GIVES: dict[Permission, frozenset[Role]] = {
    Permission.COOP_PEOPLE: frozenset({Role.BOOKKEEPER, Role.READER, Role.VERIFIER}),
    Permission.AD_WRITE: SERVING | {Role.READER, Role.VERIFIER},
    Permission.AD_PEOPLE: frozenset({Role.AD_ACCOUNTANT, Role.AD_SECRETARY, Role.AD_PRESIDENT, Role.AD_READER}),
    Permission.FEDERATION_WRITE: frozenset({Role.AD_ACCOUNTANT, Role.AD_SECRETARY, Role.AD_PRESIDENT, Role.AD_READER}),
}


def allowed(role: str, permission: Permission, *, former: bool = False) -> bool:
    """May a mandate of this role, live or `former`, do what the permission names?"""
    granted = FORMER if former else GRANTS[Role(role)]
    return permission is Permission.PUBLIC or permission in granted
