"""Whether a receipt is one of ours, by public keys alone: for the operator, and for whoever wants to see how.

A relying party needs none of this code: docs/receipts.md does the same in twenty lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp.oidc.keys.algorithms import RECEIPT_ALGORITHM
from idp.oidc.keys.jwt import RECEIPT

CHARACTERS_AT_MOST = 16_384


class ReceiptRefused(Exception):
    """Says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a genuine receipt says. `receipt`: claims of `liveness.Receipt`."""

    client_id: str
    sub: str
    signed_at: datetime
    receipt_id: str
    check_id: str
    nonce: str | None
    receipt: Mapping[str, Any]


def verify(token: str, jwks: Mapping[str, Any], issuer: str, *, client_id: str | None = None) -> Verified:
    """`client_id`: for whom it must have been signed, when that is known. Raises ReceiptRefused."""
    if len(token) > CHARACTERS_AT_MOST:
        raise ReceiptRefused("too long")
    try:
        keys = KeySet.import_key_set({"keys": list(jwks["keys"])})
        # RFC 8725 section 3.1: the one algorithm that these keys sign with, whatever the header says.
        found = jwt.decode(token, keys, algorithms=[RECEIPT_ALGORITHM])
    except (JoseError, ValueError, TypeError, KeyError):
        raise ReceiptRefused("the signature is none of these keys'") from None
    claims = found.claims
    # Section 3.11: our tokens are signed in the same way, and say other things.
    if found.header.get("typ") != RECEIPT:
        raise ReceiptRefused("typ: no receipt")
    if claims.get("iss") != issuer:
        raise ReceiptRefused("iss: of another provider")
    if client_id is not None and claims.get("aud") != client_id:
        raise ReceiptRefused("aud: signed for another client")
    return Verified(
        client_id=claims["aud"],
        sub=claims["sub"],
        signed_at=datetime.fromtimestamp(claims["iat"], UTC),
        receipt_id=claims["jti"],
        check_id=claims["check_id"],
        nonce=claims.get("nonce"),
        receipt=claims["receipt"],
    )
