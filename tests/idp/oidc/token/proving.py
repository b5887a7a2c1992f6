"""What a client does that proves possession of a key (RFC 9449)."""

from itertools import count
from typing import Any

from joserfc.jwk import Key

from idp.crypto.digests import digest
from idp.oidc.http import FORM, Request, Response
from tests.idp.oidc.clients.signing import ISSUER, signed
from tests.idp.oidc.world import REDIRECT_URIS, SECRETS, VERIFIER, World, basic, parameters

NUMBERS = count()
TOKEN, USERINFO, PAR = (f"/oauth2/{name}" for name in ("token", "userinfo", "par"))


def proof(
    world: World,
    key: Key,
    path: str = TOKEN,
    *,
    token: str | None = None,
    header: dict[str, Any] | None = None,
    algorithm: str = "ES256",
    **changes: Any,
) -> str:
    """A fair proof; `changes` are claims, None takes one away. `header` likewise."""
    claims: dict[str, Any] = {
        "htm": "GET" if path == USERINFO else "POST",
        "htu": ISSUER + path,
        "iat": int(world.clock().timestamp()),
        "jti": f"proof-{next(NUMBERS)}",
        "ath": None if token is None else digest(token),
    }
    said = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    named = {"typ": "dpop+jwt", "jwk": key.as_dict(private=False), "kid": None, **(header or {})}
    return signed(key, said, algorithm=algorithm, **named)


def redeem(world: World, client_id: str, code: str, made: str | None, **changes: str) -> Response:
    values: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URIS[client_id],
        "code_verifier": VERIFIER,
        **changes,
    }
    return send(world, TOKEN, client_id, values, made)


def send(
    world: World, path: str, client_id: str, values: dict[str, str | None], made: str | None
) -> Response:
    headers = {} if made is None else {"dpop": made}
    if client_id in SECRETS:
        return world.post(path, values, authorization=basic(client_id, SECRETS[client_id]), **headers)
    return world.post(path, {**values, "client_id": client_id}, **headers)


def look(world: World, token: str, made: str | None, scheme: str = "DPoP", method: str = "GET") -> Response:
    headers = {"authorization": f"{scheme} {token}"}
    if made is not None:
        headers["dpop"] = made
    return world.endpoints[USERINFO](Request(method, USERINFO, headers))


def look_by_form(world: World, token: str, made: str) -> Response:
    form = parameters({"access_token": token})
    return world.endpoints[USERINFO](Request("POST", USERINFO, {"dpop": made}, form=form, content_type=FORM))
