"""Signed authentication requests (CIBA Core 1.0 section 7.1.1): the parameters inside a JWT, once."""

import json
from datetime import datetime
from typing import Any

from idp.crypto.digests import digest
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequest
from idp.oidc.http import REPEATABLE, Parameters
from idp.oidc.jose import jws
from idp.oidc.jose.jws import TokenRefused
from idp.oidc.provider import Provider

SECONDS_AT_MOST = 3600
"""From `nbf` to `exp`, and from `nbf` to now (FAPI-CIBA section 5.2.2)."""
CLOCK_SKEW_SECONDS = 10
JTI_CHARACTERS_AT_MOST = 256
REGISTERED = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})
OUTSIDE = frozenset({"request", "client_id", "client_secret", "client_assertion", "client_assertion_type"})
"""What goes beside it: the request itself, and who sends it."""


def parameters(provider: Provider, form: Parameters, client: Client, now: datetime) -> Parameters:
    """What is asked, signed or not, as the client is registered. Raises InvalidRequest."""
    algorithm = client.metadata.backchannel_authentication_request_signing_alg
    text = form.get("request")
    if algorithm is None:
        if text is not None:
            # Section 4: who has registered no algorithm will not send signed requests.
            raise InvalidRequest("The client has not registered that it signs its requests.")
        return form
    if text is None:
        raise InvalidRequest("The client has registered that it signs its requests.")
    if not OUTSIDE.issuperset(form):
        # Section 7.1.1: parameters MUST NOT be outside of the JWT.
        raise InvalidRequest("Parameters stand beside the signed request.")
    try:
        token = jws.verified(text, lambda kid, alg: provider.client_keys.find(client, kid, alg), (algorithm,))
        _check(token.claims, client, provider.issuer, now.timestamp())
        found = Parameters({name: _texts(name, value) for name, value in _asked(token.claims)})
        _use_up(provider, client, token.claims, now)
    except TokenRefused as refused:
        raise InvalidRequest("The signed request is not valid.", detail=str(refused)) from None
    return found


def _check(claims: dict[str, Any], client: Client, issuer: str, now: float) -> None:
    # Section 7.1.1: aud, iss, exp, iat, nbf and jti are all needed.
    if claims.get("iss") != client.client_id:
        raise TokenRefused("iss must be the client_id")
    named = claims.get("aud")
    if issuer not in ([named] if isinstance(named, str) else named if isinstance(named, list) else []):
        raise TokenRefused("aud must be this server")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= JTI_CHARACTERS_AT_MOST:
        raise TokenRefused("jti is missing or too long")
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TokenRefused(f"{name} is missing, or no date")
    ends, begins = claims["exp"], claims["nbf"]
    if ends <= now:
        raise TokenRefused("it has expired")
    if max(begins, claims["iat"]) > now + CLOCK_SKEW_SECONDS:
        raise TokenRefused("nbf or iat lies in the future")
    if begins < now - SECONDS_AT_MOST or ends > begins + SECONDS_AT_MOST:
        raise TokenRefused("it is good for more than an hour")
    # A client assertion, or a request in a request, is something else.
    if {"request", "request_uri"} & claims.keys() or "sub" in claims:
        raise TokenRefused("it holds what a signed request may not hold")
    if claims.get("client_id", client.client_id) != client.client_id:
        raise TokenRefused("client_id differs")


def _use_up(provider: Provider, client: Client, claims: dict[str, Any], now: datetime) -> None:
    """Section 7.1.1: jti is there so that nobody sends it again."""
    jti = digest(f"{client.client_id} {claims['jti']}")
    seconds = int(claims["exp"] - now.timestamp()) + CLOCK_SKEW_SECONDS
    if not provider.store.add_once(f"ciba-request:{jti}", b"", seconds=seconds):
        raise TokenRefused("it was used before")


def _asked(claims: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (name, value) for name, value in claims.items() if name not in REGISTERED and value not in (None, "")
    ]


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """Numbers may come as numbers (`requested_expiry`), several resources as an array of texts."""
    if name in REPEATABLE and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bool) or not isinstance(value, int | dict | list):
        raise TokenRefused(f"a parameter is of the wrong kind: {name[:40]}")
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")),)
