"""ID tokens that a correct app refuses, each for one reason."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from idp.crypto.digests import new_secret
from idp.oidc.backchannel.answered import AUTH_REQ_ID
from idp.oidc.keys.jwt import ID_TOKEN, Signer
from idp.oidc.levels import LOWEST, acr
from idp.sandbox.outcomes import forging
from idp.sandbox.outcomes.forging import NOBODY, OTHER_ISSUER, Claims, Sign

HOUR: Final = 3600
BELOW_ALL: Final = "urn:yitong:acr:0"
"""Lower than any level that can be asked for."""
NONCE_BYTES: Final = 16


def _expired(claims: Claims) -> Claims:
    long_ago = claims["iat"] - HOUR - (claims["exp"] - claims["iat"])
    return {**claims, "iat": long_ago, "exp": claims["iat"] - HOUR}


def _future(claims: Claims) -> Claims:
    later = claims["iat"] + HOUR
    return {**claims, "iat": later, "nbf": later, "exp": claims["exp"] + HOUR}


def _lower(claims: Claims) -> Claims:
    lowest = acr(LOWEST)
    return {**claims, "acr": lowest if claims["acr"] != lowest else BELOW_ALL}


def _at_hash(claims: Claims) -> Claims:
    """As long as the right one."""
    right = str(claims["at_hash"])
    return {**claims, "at_hash": new_secret(len(right))[: len(right)]}


def _other_request(claims: Claims) -> Claims:
    """Only what is pushed says of which request it is."""
    return {**claims, AUTH_REQ_ID: new_secret()} if AUTH_REQ_ID in claims else claims


CLAIMS: Final[Mapping[str, Callable[[Claims], Claims]]] = {
    "id_token_wrong_iss": lambda claims: {**claims, "iss": OTHER_ISSUER},
    "id_token_wrong_aud": lambda claims: {**claims, "aud": NOBODY},
    "id_token_extra_aud": lambda claims: {**claims, "aud": [claims["aud"], NOBODY]},
    "id_token_wrong_nonce": lambda claims: {**claims, "nonce": new_secret(NONCE_BYTES)},
    "id_token_missing_nonce": lambda claims: {k: v for k, v in claims.items() if k != "nonce"},
    "id_token_expired": _expired,
    "id_token_future": _future,
    "id_token_wrong_at_hash": _at_hash,
    "id_token_wrong_acr": _lower,
    "id_token_wrong_auth_req_id": _other_request,
}
SIGNATURES: Final[Mapping[str, Sign]] = {
    "id_token_bad_signature": forging.bad_signature,
    "id_token_other_key": forging.other_key,
    "id_token_alg_none": forging.alg_none,
    "id_token_hs256": forging.hs256,
}


def hostile(outcome: str, signer: Signer, claims: Mapping[str, Any]) -> str:
    if outcome in SIGNATURES:
        return SIGNATURES[outcome](signer, claims, ID_TOKEN)
    return signer.sign(CLAIMS[outcome](claims), typ=ID_TOKEN)
