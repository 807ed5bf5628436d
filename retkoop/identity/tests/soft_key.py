"""A passkey made of software: what a browser and its authenticator answer, for tests without either."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

_SEEN = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


@dataclass
class SoftKey:
    """One credential; `count` goes up by one at each signature."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    count: int = 0

    def create(self, options: str, origin: str) -> str:
        """The answer to « make a passkey », as JSON."""
        asked = json.loads(options)
        public = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(_site(asked["rp"]["id"]), _SEEN | AuthenticatorData.FLAG.AT, self.count, bytes(public))
        made = AttestationObject.create("none", data, {})
        return self._answer(
            {"clientDataJSON": _client_data("webauthn.create", asked, origin), "attestationObject": websafe_encode(bytes(made))}
        )

    def get(self, options: str, origin: str) -> str:
        """The answer to « show a passkey », as JSON."""
        asked = json.loads(options)
        self.count += 1
        data = AuthenticatorData.create(_site(asked["rpId"]), _SEEN, self.count)
        told = _raw_client_data("webauthn.get", asked, origin)
        signature = self.key.sign(bytes(data) + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(told),
                "authenticatorData": websafe_encode(bytes(data)),
                "signature": websafe_encode(signature),
            }
        )

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _site(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _raw_client_data(kind: str, asked: dict[str, Any], origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": origin}).encode()


def _client_data(kind: str, asked: dict[str, Any], origin: str) -> str:
    return websafe_encode(_raw_client_data(kind, asked, origin))
