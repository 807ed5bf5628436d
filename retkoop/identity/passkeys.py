"""Passkeys: what the browser is asked, and whether its answer is right (WebAuthn, by fido2).

Nothing is written here. A passkey belongs to the name of a site: `origin`
(« https://retkoop.example ») must be the one that the browser saw, and an IP
address cannot carry one.
"""

import base64
import ipaddress
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from retkoop.core.refusal import Refusal
from retkoop.core.sealed import fingerprint
from retkoop.identity.models import Person, SecondFactor

State = dict[str, Any]
_WRONG = (ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError, struct.error, UnsupportedAlgorithm)
_SENTENCE = "Cette clé d’accès n’a pas répondu comme prévu\u202f: recommencez, ou choisissez un autre moyen."


@dataclass(frozen=True)
class NewPasskey:
    """A passkey just made: its id and public key in base 64, and how many times it has signed."""

    credential_id: str
    credential: str
    count: int


def origin_of(request: HttpRequest) -> str:
    """The site as the browser names it; the host is one of ALLOWED_HOSTS."""
    return f"{request.scheme}://{request.get_host()}"


def possible(origin: str) -> bool:
    """Can a passkey belong to this site? Not to an IP address."""
    try:
        ipaddress.ip_address(urlsplit(origin).hostname or "")
    except ValueError:
        return True
    return False


def begin_creation(origin: str, person: Person, known: Iterable[SecondFactor]) -> tuple[str, State]:
    """What the browser is asked (JSON) to make a passkey, and the state to keep until its answer."""
    user = PublicKeyCredentialUserEntity(
        name=person.email or person.full_name,
        id=bytes.fromhex(fingerprint(str(person.pk), "passkey")),
        display_name=person.full_name,
    )
    options, state = _server(origin).register_begin(
        user,
        [_kept(factor) for factor in known],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return json.dumps(dict(options.public_key)), dict(state)


def finish_creation(origin: str, state: State, answer: str) -> NewPasskey:
    """The passkey that the browser has made. Raises Refusal."""
    try:
        made = _server(origin).register_complete(state, json.loads(answer))
        credential = made.credential_data
        if credential is None:
            raise ValueError(answer)
        return NewPasskey(_text(credential.credential_id), _text(bytes(credential)), made.counter)
    except _WRONG as error:
        raise Refusal(_SENTENCE, "answer_secret") from error


def begin_use(origin: str, known: Iterable[SecondFactor]) -> tuple[str, State]:
    """What the browser is asked (JSON) to show one of these passkeys, and the state to keep until its answer."""
    options, state = _server(origin).authenticate_begin(
        [_kept(factor) for factor in known], user_verification=UserVerificationRequirement.PREFERRED
    )
    return json.dumps(dict(options.public_key)), dict(state)


def finish_use(origin: str, state: State, known: Sequence[SecondFactor], answer: str) -> tuple[SecondFactor, int]:
    """Which passkey answered, and how many times it says to have signed. Raises Refusal."""
    try:
        told = json.loads(answer)
        used = _server(origin).authenticate_complete(state, [_kept(factor) for factor in known], told)
        count = AuthenticationResponse.from_dict(told).response.authenticator_data.counter
        factor = next(factor for factor in known if factor.credential_id == _text(used.credential_id))
    except _WRONG as error:
        raise Refusal(_SENTENCE, "answer_secret") from error
    return factor, count


def _server(origin: str) -> Fido2Server:
    """Our own origin and no other, to the letter."""
    site = PublicKeyCredentialRpEntity(name="Retkoop", id=urlsplit(origin).hostname or "")
    return Fido2Server(site, AttestationConveyancePreference.NONE, verify_origin=lambda seen: seen == origin)


def _kept(factor: SecondFactor) -> AttestedCredentialData:
    return AttestedCredentialData(base64.urlsafe_b64decode(factor.credential))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
