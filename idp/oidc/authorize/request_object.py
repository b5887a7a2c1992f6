"""Request objects: an authorization request inside a JWT that the client signed, and may have encrypted to us
(RFC 9101).

Only what stands in the object counts (section 6.3): a parameter beside it, which anybody could add on
its way through the browser, is not read.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from idp.oidc.clients.credentials.assertions import other_audience, past, whole
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequestObject
from idp.oidc.facts import Differs, Skewed
from idp.oidc.http import REPEATABLE, Parameters
from idp.oidc.jose import jws
from idp.oidc.jose.jws import Token, TokenRefused
from idp.oidc.keys.decryption import decrypted
from idp.oidc.provider import Provider

TYPES = frozenset({None, "jwt", "oauth-authz-req+jwt"})
"""Section 10.8 recommends the last; the others are what clients send that came before it."""
SECONDS_AT_MOST = 3600
"""FAPI 2.0 Message Signing section 5.3.1: from `nbf` to `exp`."""
CLOCK_SKEW_SECONDS = 10
NOT_PARAMETERS = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})


def opened(provider: Provider, client: Client, text: str, now: datetime) -> Parameters:
    """The parameters of a request object, which is signed in any case. Raises InvalidRequestObject.

    The same answer for whatever is wrong: whoever tries what we can decrypt learns nothing from it.
    """
    try:
        if is_encrypted(text):
            # Section 6.1: decrypted first, and what comes out is a signed token (section 4).
            text = decrypted(text, provider.decryption.find, *client.metadata.request_object_encryption)
        token = jws.verified(
            text,
            lambda kid, algorithm: provider.client_keys.find(client, kid, algorithm),
            client.metadata.request_object_algorithms,
        )
        _check(token, client, provider.issuer, now.timestamp())
        return Parameters({name: _texts(name, value) for name, value in _asked(token.claims)})
    except TokenRefused as refused:
        raise InvalidRequestObject(
            "The request object is not valid.", detail=str(refused), fact=refused.fact
        ) from None


def is_encrypted(text: str) -> bool:
    """RFC 7516 section 3.1: five parts, where a signed one has three."""
    return text.count(".") == 4


def _check(token: Token, client: Client, issuer: str, now: float) -> None:
    claims, strict = token.claims, client.metadata.rules.request_objects_are_dated
    if jws.type_of(token.header) not in TYPES:
        raise TokenRefused("typ is that of another kind of token")
    # Section 5: the client's own, meant for us. OpenID Connect Core 1.0 section 6.1 leaves both open.
    if claims.get("client_id", client.client_id) != client.client_id:
        raise TokenRefused("client_id differs")
    if claims.get("iss", None if strict else client.client_id) != client.client_id:
        raise TokenRefused("iss must be the client_id", Differs("iss", "", (client.client_id,)))
    named = claims.get("aud", [] if strict else issuer)
    if issuer not in ([named] if isinstance(named, str) else named if isinstance(named, list) else []):
        raise TokenRefused("aud must be this server", other_audience(claims.get("aud"), (issuer,)))
    # Section 4: no request in a request. Section 10.8: no client assertion either.
    if {"request", "request_uri"} & claims.keys() or claims.get("sub") == client.client_id:
        raise TokenRefused("it holds what a request object may not hold")
    _check_dates(claims, now, strict=strict)


def _check_dates(claims: Mapping[str, Any], now: float, *, strict: bool) -> None:
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, now)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TokenRefused(f"{name} is no date")
    if strict and not {"exp", "nbf"} <= claims.keys():
        raise TokenRefused("exp and nbf are needed")
    ends, begins = claims.get("exp", now + 1), claims.get("nbf", now)
    if ends <= now:
        raise TokenRefused("it has expired", past(claims, now))
    if begins > now + CLOCK_SKEW_SECONDS:
        ahead = Skewed("nbf", whole(begins) - whole(now), CLOCK_SKEW_SECONDS)
        raise TokenRefused("nbf lies in the future", ahead)
    if strict and (begins < now - SECONDS_AT_MOST or ends > begins + SECONDS_AT_MOST):
        raise TokenRefused("it is good for more than an hour")


def _asked(claims: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (name, value)
        for name, value in claims.items()
        if name not in NOT_PARAMETERS and value not in (None, "")
    ]


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """RFC 8707 section 2.1: several resources are an array of texts."""
    if name in REPEATABLE and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return (_text(name, value),)


def _text(name: str, value: Any) -> str:
    """A claim as the parameter that it stands for (section 4: numbers and objects come as JSON)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | dict | list):
        raise TokenRefused(f"a parameter is of the wrong kind: {name[:40]}")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
