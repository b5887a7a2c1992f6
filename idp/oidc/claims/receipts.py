"""Receipts of face checks: kept sealed with the session's proof, signed for one client when they go out.

Signed anew for each client, since a receipt that was signed once for all would be one identifier at all of
them. What names the check or the consent in it is a keyed digest of the client's own; what two clients that
were shown the same check still have in common is its time, its scores and its models, as `auth_time` is in
their id_tokens. Two checks have nothing in common.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.crypto.digests import base64url, from_base64url, keyed, new_secret
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.oidc.clients.metadata import Client
from idp.oidc.keys.algorithms import RECEIPT_ALGORITHM
from idp.oidc.keys.jwt import RECEIPT
from idp.oidc.provider import Provider

ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Evidence:
    """`check_id`: by what the audit log knows the check. `receipt`: claims of `liveness.Receipt`."""

    check_id: str
    receipt: dict[str, Any]

    def to_json(self) -> str:
        return json.dumps({"check_id": self.check_id, "receipt": self.receipt}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Evidence":
        return cls(**json.loads(text))

    @property
    def judged_at(self) -> int:
        return int(self.receipt["judged_at"])

    @property
    def matched_by(self) -> str | None:
        return self.receipt.get("matched_by")


@dataclass(frozen=True, slots=True)
class Signed:
    token: str
    receipt_id: str
    """`jti`: the log ties it to the check."""


def seal(cipher: FieldCipher, person_id: str, evidence: Evidence) -> str:
    """As a session's proof holds it: moved to another person's session it does not open, and nobody who
    writes to the database gets a receipt signed that we did not make."""
    return base64url(cipher.seal(evidence.to_json(), context=_context(person_id)))


def unseal(cipher: FieldCipher, person_id: str, sealed: str) -> Evidence | None:
    """None when the master key that sealed it is gone: then the proof counts, and has no receipt."""
    try:
        return Evidence.from_json(cipher.open(from_base64url(sealed), context=_context(person_id)))
    except CannotOpen:
        return None


def check_id_for(provider: Provider, client: Client, evidence: Evidence) -> str:
    """The client's own name of a check: the same for the same check, and no other client's."""
    return _digest(provider, client, "check", evidence.check_id)


def sign(
    provider: Provider, client: Client, sub: str, evidence: Evidence, *, nonce: str | None, now: datetime
) -> Signed:
    """`nonce`: of the authorization request, so that a receipt serves no other. Raises KeysMissing."""
    receipt = dict(evidence.receipt)
    for name in ("nonce", "consent"):
        if name in receipt:
            receipt[name] = _digest(provider, client, name, receipt[name])
    claims = {
        "iss": provider.issuer,
        "aud": client.client_id,
        "sub": sub,
        "iat": int(now.timestamp()),
        "jti": new_secret(ID_BYTES),
        "nonce": nonce,
        "check_id": check_id_for(provider, client, evidence),
        "receipt": receipt,
    }
    told = {name: value for name, value in claims.items() if value is not None}
    signer = provider.keys.of_receipts().signer(RECEIPT_ALGORITHM, now)
    return Signed(signer.sign(told, typ=RECEIPT), str(claims["jti"]))


def _digest(provider: Provider, client: Client, what: str, value: str) -> str:
    return keyed(provider.pairwise_key, "receipt", what, client.client_id, value)


def _context(person_id: str) -> str:
    return f"session.receipt:{person_id}"
