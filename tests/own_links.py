"""Your password is yours (P12): what no form of the site may do, whoever sends it.

No answer shows a link by which somebody could choose a password or accept a
mandate; such a link is written to its own person's address alone; no
password changes but by one's own form.
"""

import re
from dataclasses import dataclass

from django.http import HttpResponse

from retkoop.core import canonical
from retkoop.identity.models import AccessLink, Invitation, Person
from retkoop.identity.tests.letters import letters

LINK = re.compile(r"/(acces|invitation)/([\w-]{20,})/")
ONE_S_OWN = {"account-password"}


@dataclass(frozen=True)
class Secrets:
    """The passwords (hashed) of everyone, and how many letters have left, at one moment."""

    passwords: dict[int, str]
    letters: int


def secrets_now() -> Secrets:
    """As they stand."""
    return Secrets(dict(Person.objects.values_list("pk", "password")), len(letters()))


def betrayals(route: str, before: Secrets, answer: HttpResponse) -> list[str]:
    """What a form has betrayed; an empty list means nothing."""
    now = secrets_now()
    changed = [pk for pk, password in before.passwords.items() if now.passwords.get(pk) != password]
    found = [f"the password of {pk} has changed" for pk in changed if route not in ONE_S_OWN]
    shown = answer.content.decode("utf-8", "replace") + str(answer.headers)
    found += [f"shows the link /{kind}/" for kind, token in LINK.findall(shown) if owner(kind, token) is not None]
    for letter in letters()[before.letters :]:
        for kind, token in LINK.findall(letter.text):
            if owner(kind, token) != letter.to:
                found.append(f"the link /{kind}/ of another is written to {letter.to}")
    return found


def owner(kind: str, token: str) -> str | None:
    """The address of whoever the link is for; None when it is nobody's, "" for a person without address."""
    sha = canonical.sha256(token)
    if kind == "invitation":
        invitation = Invitation.objects.filter(token_sha=sha).first()
        return invitation.email if invitation else None
    link = AccessLink.objects.select_related("person").filter(token_sha=sha).first()
    return (link.person.email or "") if link else None
