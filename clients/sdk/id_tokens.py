"""The id_token's claims, checked: OpenID Connect Core 1.0 section 3.1.3.7, whose numbers these are."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from .errors import AnswerRejected
from .pending import Pending

CLOCKS_DIFFER_SECONDS = 30
TEXT_AT_MOST = 255
HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512, "DSA": hashlib.sha512}
"""The end of an algorithm's name -> what its `at_hash` is made with; EdDSA goes with SHA-512."""


def check(
    claims: Mapping[str, Any],
    started: Pending,
    *,
    issuer: str,
    client_id: str,
    algorithm: str,
    access_token: str,
    now: float,
) -> None:
    """The signature is good; what it signs is for us, now, and for this very sign-in. Raises
    AnswerRejected."""
    # 2.
    if claims.get("iss") != issuer:
        raise _rejected("iss", "is another issuer's")
    # 3. to 5.: we trust no audience besides us.
    if claims.get("aud") not in (client_id, [client_id]):
        raise AnswerRejected("invalid_aud", "The id_token is not for this client alone.")
    if claims.get("azp", client_id) != client_id:
        raise _rejected("azp", "is another client")
    # 9. and 10.
    issued_at, expires_at = _seconds(claims, "iat"), _seconds(claims, "exp")
    if now >= expires_at + CLOCKS_DIFFER_SECONDS:
        raise _rejected("exp", "is over")
    if issued_at - CLOCKS_DIFFER_SECONDS > now:
        raise _rejected("iat", "is not yet")
    if "nbf" in claims and _seconds(claims, "nbf") - CLOCKS_DIFFER_SECONDS > now:
        raise _rejected("nbf", "is not yet")
    # 11.
    if not hmac.compare_digest(_text(claims, "nonce").encode(), started.nonce.encode()):
        raise _rejected("nonce", "is of another sign-in")
    # Section 3.1.3.8
    if not hmac.compare_digest(_text(claims, "at_hash").encode(), _hash(access_token, algorithm).encode()):
        raise _rejected("at_hash", "is of another access token")
    _text(claims, "sub")
    # 12.: that the level is high enough is the caller's to say.
    _text(claims, "acr")
    # 13., on the provider's clock alone.
    age = issued_at - _seconds(claims, "auth_time")
    if started.max_age is not None and age > started.max_age + CLOCKS_DIFFER_SECONDS:
        raise AnswerRejected("invalid_auth_time", "The sign-in is older than was asked for.")


def _hash(access_token: str, algorithm: str) -> str:
    digest = HASHES[algorithm[-3:]](access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _rejected(name, "is not a number of seconds")
    return value


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_AT_MOST:
        raise _rejected(name, "is not a text")
    return value


def _rejected(name: str, what: str) -> AnswerRejected:
    return AnswerRejected("invalid_token", f"The id_token is not valid: {name} {what}.")
