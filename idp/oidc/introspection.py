"""The introspection endpoint (RFC 7662): what a token says, and whether it still opens anything."""

from datetime import datetime
from typing import Any

from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClient, InvalidRequest, ProtocolError
from idp.oidc.http import NO_STORE, Request, Response, answer_json, method_not_allowed
from idp.oidc.provider import Provider
from idp.oidc.resources import audience_of
from idp.oidc.subjects import sub_of
from idp.oidc.token.exchange.standing import may_know_sub, stands
from idp.oidc.token.recognised import OfClient, Offline, Recognised, recognise
from idp.oidc.token.senders import BEARER, DPOP
from idp.oidc.token.server import authenticated, refuse

PATH = "/oauth2/introspect"
INACTIVE: dict[str, Any] = {"active": False}
"""Section 2.2: all that is said of a token that the caller may not know of, or that opens nothing."""
SAID = (
    *("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti"),
    *("acr", "amr", "auth_time", "cnf", "act", "may_act"),
)


def answer(provider: Provider, request: Request) -> Response:
    if request.method != "POST":
        return method_not_allowed(("POST",))
    client: Client | None = None
    now = provider.clock()
    try:
        client = authenticated(provider, request, PATH, now)
        if client.metadata.is_public:
            # Section 2.1: who asks must prove who they are, or tokens could be tried out.
            raise InvalidClient("Client authentication is needed here.", detail="public client")
        token = request.form.get("token")
        if token is None:
            raise InvalidRequest("token is missing.")
        found = recognise(provider, token, now)
    except ProtocolError as error:
        return refuse(provider, request, error, "introspection", client, now)
    return answer_json(_said(provider, client, found, now), headers=NO_STORE)


def _said(provider: Provider, client: Client, found: Recognised | None, now: datetime) -> dict[str, Any]:
    if found is None or not _may_know(provider, client, found):
        return INACTIVE
    if isinstance(found, Offline):
        return _of_refresh_token(provider, client, found)
    if not isinstance(found, OfClient):
        with provider.reads.connect() as connection:
            if not stands(connection, found, now):
                return INACTIVE
    told = SAID if may_know_sub(provider, client, found) else tuple(name for name in SAID if name != "sub")
    return {
        "active": True,
        "token_type": DPOP if "jkt" in found.claims.get("cnf", {}) else BEARER,
        **{name: found.claims[name] for name in told if name in found.claims},
    }


def _may_know(provider: Provider, client: Client, found: Recognised) -> bool:
    """Section 4: whose token it is, and the resource server that it is meant for; nobody else."""
    if found.client_id == client.client_id:
        return True
    if isinstance(found, Offline):
        return False
    # By the table, where a resource has one server: a registration alone could name anybody's.
    servers = map(provider.resources.server_of, audience_of(found.claims) - {provider.issuer})
    return client.client_id in servers


def _of_refresh_token(provider: Provider, client: Client, found: Offline) -> dict[str, Any]:
    scopes = found.grant.covered(client.metadata.scopes)
    if not scopes or found.token.generation != found.grant.generation:
        return INACTIVE
    return {
        "active": True,
        "scope": " ".join(scopes),
        "client_id": client.client_id,
        "sub": sub_of(provider.pairwise_key, client, found.grant.person_id),
        "iss": provider.issuer,
        "acr": found.grant.acr,
        "amr": found.grant.amr,
        "auth_time": found.grant.auth_time,
    }
