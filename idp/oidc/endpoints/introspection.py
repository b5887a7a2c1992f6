"""The introspection endpoint (RFC 7662): what a token says, and whether it still opens anything.

Who asks for it gets the answer signed (RFC 9701), to be kept as evidence of what a decision was made on.
"""

from datetime import datetime
from typing import Any

from idp.oidc.acting.introspected import NotForThem, introspected, of_grant
from idp.oidc.clients.credentials.sealing import sealed
from idp.oidc.clients.metadata import Client
from idp.oidc.details.assigning import heard_by
from idp.oidc.details.reading import PARAMETER as DETAILS
from idp.oidc.endpoints import posted_form
from idp.oidc.errors import InvalidClient, InvalidRequest
from idp.oidc.http import NO_STORE, Request, Response, answer_json
from idp.oidc.keys.jwt import INTROSPECTION
from idp.oidc.provider import Provider
from idp.oidc.resources import serves
from idp.oidc.subjects import sub_of
from idp.oidc.token.exchange.standing import ground, may_know_sub
from idp.oidc.token.recognised import AccessToken, Offline, Recognised, recognise
from idp.oidc.token.senders import BEARER, DPOP

PATH = "/oauth2/introspect"
JWT = f"application/{INTROSPECTION}"
INACTIVE: dict[str, Any] = {"active": False}
"""Section 2.2: all that is said of a token that the caller may not know of, or that opens nothing."""
SAID = (
    *("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti"),
    *("acr", "amr", "auth_time", "cnf", "act", "may_act"),
)


class NotAuthenticated(InvalidClient):
    """RFC 9701 section 5: for whoever does not even try, 400. RFC 7662 section 2.3 has 401 for who fails."""

    status = 400


def answer(provider: Provider, request: Request) -> Response:
    """No page of another origin calls it: resource servers keep a secret."""
    return posted_form.answer(
        provider,
        request,
        _respond,
        path=PATH,
        name="introspection",
        is_open_to_pages=False,
        authenticate=_authenticated,
    )


def _authenticated(provider: Provider, request: Request, path: str, now: datetime) -> Client:
    offered = ("client_id", "client_secret", "client_assertion")
    if "authorization" not in request.headers and not any(name in request.form for name in offered):
        raise NotAuthenticated("Client authentication is needed here.", detail="none was sent")
    return posted_form.authenticated(provider, request, path, now)


def _respond(provider: Provider, request: Request, client: Client, now: datetime) -> Response:
    if client.metadata.is_public:
        # Section 2.1: who asks must prove who they are, or tokens could be tried out.
        raise NotAuthenticated("Client authentication is needed here.", detail="public client")
    token = request.form.get("token")
    if token is None:
        raise InvalidRequest("token is missing.")
    found = recognise(provider, token, now)
    if not _is_signed(request, client):
        return answer_json(_said(provider, request, client, found, now), headers=NO_STORE)
    written = _written(provider, request, client, found, now)
    return Response(200, (("Content-Type", JWT), *NO_STORE), written.encode("ascii"))


def _is_signed(request: Request, client: Client) -> bool:
    """RFC 9701 section 4; and always where it is to be encrypted, or leaving out a header would open it."""
    accepted = request.headers.get("accept", "")
    return client.metadata.introspection_encryption is not None or any(
        part.partition(";")[0].strip().lower() == JWT for part in accepted.split(",")
    )


def _written(
    provider: Provider, request: Request, client: Client, found: Recognised | None, now: datetime
) -> str:
    """RFC 9701 section 5: to a resource server of the token, and nothing but `active` to anybody else.

    Raises KeysMissing, InvalidClientMetadata.
    """
    is_meant = found is not None and not isinstance(found, Offline) and serves(provider, client, found.claims)
    # Neither sub nor exp: it must not pass for an access token (section 8.1).
    said = {
        "iss": provider.issuer,
        "aud": client.client_id,
        "iat": int(now.timestamp()),
        "token_introspection": _said(provider, request, client, found, now) if is_meant else INACTIVE,
    }
    signer = provider.keys.current().signer(client.metadata.introspection_signed_response_alg, now)
    signed = signer.sign(said, typ=INTROSPECTION)
    return sealed(provider.client_keys, client, signed, client.metadata.introspection_encryption)


def _said(
    provider: Provider, request: Request, client: Client, found: Recognised | None, now: datetime
) -> dict[str, Any]:
    if found is None or not _may_know(provider, client, found):
        return INACTIVE
    if isinstance(found, Offline):
        return _of_refresh_token(provider, client, found)
    whom: dict[str, Any] = {}
    if isinstance(found, AccessToken):
        standing = ground(provider.reads, found, now)
        if standing is None:
            return INACTIVE
        try:
            whom = introspected(provider, request, client, found, standing.acting, now)
        except NotForThem:
            return INACTIVE
    told = SAID if may_know_sub(provider, client, found) else tuple(name for name in SAID if name != "sub")
    # RFC 9396 section 9.2: a server hears of what concerns it, and of nothing else.
    details = found.claims.get(DETAILS, [])
    if found.client_id != client.client_id:
        details = heard_by(provider, client, details)
    return {
        **({DETAILS: details} if details else {}),
        "active": True,
        "token_type": DPOP if "jkt" in found.claims.get("cnf", {}) else BEARER,
        **{name: found.claims[name] for name in told if name in found.claims},
        **whom,
    }


def _may_know(provider: Provider, client: Client, found: Recognised) -> bool:
    """Section 4: whose token it is, and the resource server that it is meant for; nobody else."""
    if found.client_id == client.client_id:
        return True
    return not isinstance(found, Offline) and serves(provider, client, found.claims)


def _of_refresh_token(provider: Provider, client: Client, found: Offline) -> dict[str, Any]:
    scopes = found.grant.covered(client.metadata.scopes)
    if not scopes or found.token.generation != found.grant.generation:
        return INACTIVE
    try:
        whom = of_grant(provider, client, found.grant)
    except NotForThem:
        return INACTIVE
    return {
        **whom,
        "active": True,
        "scope": " ".join(scopes),
        "client_id": client.client_id,
        "sub": sub_of(provider.pairwise_key, client, found.grant.person_id),
        "iss": provider.issuer,
        "acr": found.grant.acr,
        "amr": found.grant.amr,
        "auth_time": found.grant.auth_time,
    }
