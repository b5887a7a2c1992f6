"""The userinfo endpoint (OpenID Connect Core 1.0 section 5.3): what the person agreed to release.

A token opens it as long as its grant, its session, its client, the account and the consent all stand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from idp.oidc.acting.recipients import again
from idp.oidc.claims import kept
from idp.oidc.claims.catalogue import ACTING_FOR
from idp.oidc.claims.proved import Recipient
from idp.oidc.claims.release import NoLongerStands, Released, release
from idp.oidc.clients.credentials.sealing import sealed
from idp.oidc.clients.metadata import Client
from idp.oidc.endpoints.within import within
from idp.oidc.errors import InsufficientUserAuthentication, InvalidToken, ProtocolError
from idp.oidc.facts import Differs, Fact
from idp.oidc.http import CORS, NO_STORE, Request, Response, answer_json, method_not_allowed, preflight
from idp.oidc.keys.jwt import USERINFO, NotOurToken
from idp.oidc.levels import acr, level_of_acr
from idp.oidc.provider import Provider
from idp.oidc.resources import audience_of
from idp.oidc.token import access_tokens, dpop, live_grants
from idp.oidc.token.live_grants import LiveGrant
from idp.oidc.token.presented import NO_TOKEN, Presented, check_use, presented, refusal

PATH = "/oauth2/userinfo"
NAME = "userinfo"
METHODS = ("GET", "POST")
JWT = "application/jwt"
"""RFC 7519 section 10.3.1."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A valid access token's facts."""

    client: Client
    grant_id: str
    grant: LiveGrant
    sub: str
    scopes: tuple[str, ...]
    acting_for: Mapping[str, Any]
    """As the token says it; nothing: the person acts as themselves."""


def answer(provider: Provider, request: Request) -> Response:
    if request.method == "OPTIONS":
        return preflight(METHODS)
    if request.method not in METHODS:
        return method_not_allowed(METHODS)
    began, now = provider.meter.timer(), provider.clock()
    came: Presented | None = None
    try:
        came = presented(request)
        if came is None:
            return NO_TOKEN
        bearer = _bearer(provider, request, came, now)
    except ProtocolError as error:
        return refusal(provider, request, error, came, NAME, now)

    def work() -> Response:
        try:
            return _told(provider, request, bearer, now)
        except ProtocolError as error:
            return refusal(provider, request, error, came, NAME, now)

    return within(provider, request, bearer.client, NAME, began, now, work, headers=(*NO_STORE, *CORS))


def _told(provider: Provider, request: Request, bearer: Bearer, now: datetime) -> Response:
    """Raises InvalidToken, KeysMissing, InvalidClientMetadata."""
    released = _released(provider, bearer, now)
    written = _written(provider, bearer.client, released.claims, now)
    if released.event is not None:
        provider.audit.append(released.event, provider.context(request, now))
    headers = (*NO_STORE, *CORS, *dpop.nonce_for(provider, bearer.client, now))
    if written is None:
        return answer_json(released.claims, headers=headers)
    return Response(200, (("Content-Type", JWT), *headers), written.encode("ascii"))


def _bearer(provider: Provider, request: Request, came: Presented, now: datetime) -> Bearer:
    """Raises InvalidToken, the same for every cause; InsufficientUserAuthentication; InvalidDpopProof,
    UseDpopNonce."""
    try:
        payload = access_tokens.read(provider, came.token, now)
    except NotOurToken as error:
        refused = _invalid(f"not our token: {error}", error.fact)
        refused.client_id = error.client_id
        raise refused from None
    try:
        return _standing(provider, request, came, payload, now)
    except ProtocolError as error:
        # Ours, so it says whose developer has to mend this.
        error.client_id = str(payload["client_id"])
        raise


def _standing(
    provider: Provider, request: Request, came: Presented, payload: Mapping[str, Any], now: datetime
) -> Bearer:
    """Raises as `_bearer`."""
    if provider.issuer not in audience_of(payload):
        # RFC 9700 section 2.3: what was meant for a resource server opens nothing here.
        raise _invalid("it is meant for another resource")
    if "grant" not in payload:
        # RFC 9700 section 4.15: a client is nobody's account, whatever its id looks like.
        raise _invalid("it stands for a client, not for a person")
    grant = live_grants.find(provider.store, payload["grant"])
    if grant is None:
        raise _invalid("the grant has ended")
    client = provider.clients.find(payload["client_id"])
    if client is None:
        raise _invalid("the client is suspended or frozen")
    if client.has_ended(payload["iat"]):
        raise _invalid("everything of the client's was ended")
    check_use(provider, request, client, PATH, came, payload, now)
    _check_level(client, payload["acr"])
    scopes = tuple(payload["scope"].split())
    return Bearer(client, payload["grant"], grant, payload["sub"], scopes, payload.get(ACTING_FOR, {}))


def _check_level(client: Client, acr_of_token: str) -> None:
    """A client's minimum counts from the moment that it is raised, for tokens and grants of before as well.

    The client learns what to ask the person for (RFC 9470 section 3). Raises InsufficientUserAuthentication.
    """
    least = client.metadata.minimum_level
    if (level_of_acr(acr_of_token) or 0) < least:
        raise InsufficientUserAuthentication(
            "The person has to prove more.",
            acr_values=acr(least),
            detail="the client's minimum was raised",
            fact=Differs("acr", acr_of_token, (acr(least),)),
        )


def _released(provider: Provider, bearer: Bearer, now: datetime) -> Released:
    """Raises InvalidToken, KeysMissing."""
    grant = bearer.grant
    to = Recipient(
        client=bearer.client,
        person_id=grant.person_id,
        consent_id=grant.consent_id,
        session_id=grant.session_id,
        sub=bearer.sub,
        nonce=grant.nonce,
        scopes=bearer.scopes,
        mandate_id=grant.mandate_id,
    )
    asked = kept.unseal(provider.cipher, bearer.client.client_id, grant.claims).userinfo
    try:
        found = release(
            *(provider, to, asked, now), by_scope=True, through="userinfo", tell=again(bearer.acting_for)
        )
    except NoLongerStands as ended:
        raise _invalid(str(ended)) from None
    claims = {"sub": bearer.sub, **found.claims}
    if provider.twists is not None:
        claims = {**provider.twists.userinfo(bearer.grant_id, claims)}
    return replace(found, claims=claims)


def _written(provider: Provider, client: Client, claims: Mapping[str, Any], now: datetime) -> str | None:
    """OpenID Connect Core 1.0 section 5.3.2: a JWT, where the client registered that; None: plain JSON.

    Raises KeysMissing, InvalidClientMetadata.
    """
    algorithm, encryption = client.metadata.userinfo_signed_response_alg, client.metadata.userinfo_encryption
    if algorithm is None:
        if encryption is None:
            return None
        text = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
        return sealed(provider.client_keys, client, text, encryption, is_nested=False)
    # Section 5.3.2: iss and aud as in an id_token. What it says is of now; `iat` tells one from an older one.
    said = {**claims, "iss": provider.issuer, "aud": client.client_id, "iat": int(now.timestamp())}
    signed = provider.keys.current().signer(algorithm, now).sign(said, typ=USERINFO)
    return sealed(provider.client_keys, client, signed, encryption)


def _invalid(detail: str, fact: Fact | None = None) -> InvalidToken:
    return InvalidToken("The access token is not valid.", detail=detail, fact=fact)
