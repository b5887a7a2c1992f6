"""The userinfo endpoint (OpenID Connect Core 1.0 section 5.3): what the person agreed to release.

A token opens it as long as its grant, its session, its client, the account and the consent all stand.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.oidc.claims import kept
from idp.oidc.claims.proved import Recipient
from idp.oidc.claims.release import NoLongerStands, Released, release
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequest, InvalidToken, ProtocolError
from idp.oidc.http import CORS, NO_STORE, Request, Response, answer_json, method_not_allowed, preflight
from idp.oidc.keys.jwt import NotOurToken
from idp.oidc.provider import Provider
from idp.oidc.resources import audience_of
from idp.oidc.token import access_tokens, live_grants
from idp.oidc.token.live_grants import LiveGrant

METHODS = ("GET", "POST")
NO_TOKEN = Response(401, (*NO_STORE, *CORS, ("WWW-Authenticate", "Bearer")))
"""RFC 6750 section 3.1: who sends no token learns no error code."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A valid access token's facts."""

    client: Client
    grant: LiveGrant
    sub: str
    scopes: tuple[str, ...]


def answer(provider: Provider, request: Request) -> Response:
    if request.method == "OPTIONS":
        return preflight(METHODS)
    if request.method not in METHODS:
        return method_not_allowed(METHODS)
    now = provider.clock()
    try:
        token = _token_of(request)
        if token is None:
            return NO_TOKEN
        released = _released(provider, _bearer(provider, token, now), now)
    except ProtocolError as error:
        return _refuse(provider, request, error)
    if released.event is not None:
        provider.audit.append(released.event, provider.context(request, now))
    return answer_json(released.claims, headers=(*NO_STORE, *CORS))


def _token_of(request: Request) -> str | None:
    """RFC 6750 section 2: in the header or in a form, in one place alone, never in the address."""
    header = request.headers.get("authorization")
    posted = request.form.get("access_token")
    if "access_token" in request.query:
        raise InvalidRequest("A token in the address is not accepted.")
    if header is not None and posted is not None:
        raise InvalidRequest("The token came in more than one way.")
    if header is None:
        return posted
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    return token.strip()


def _bearer(provider: Provider, token: str, now: datetime) -> Bearer:
    """Raises InvalidToken, the same for every cause."""
    try:
        payload = access_tokens.read(provider, token, now)
    except NotOurToken as error:
        raise _invalid(f"not our token: {error}") from None
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
        raise _invalid("the client is suspended")
    return Bearer(client, grant, payload["sub"], tuple(payload["scope"].split()))


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
    )
    asked = kept.unseal(provider.cipher, bearer.client.client_id, grant.claims).userinfo
    try:
        with provider.reads.connect() as connection:
            found = release(connection, provider, to, asked, now, by_scope=True, through="userinfo")
    except NoLongerStands as ended:
        raise _invalid(str(ended)) from None
    return replace(found, claims={"sub": bearer.sub, **found.claims})


def _invalid(detail: str) -> InvalidToken:
    return InvalidToken("The access token is not valid.", detail=detail)


def _refuse(provider: Provider, request: Request, error: ProtocolError) -> Response:
    reference = provider.reference(error, "userinfo", request, None) or request.request_id
    # RFC 6750 section 3
    challenge = (
        f'Bearer error="{error.error}", error_description="{error.description} (reference {reference})"'
    )
    return Response(error.status, (*NO_STORE, *CORS, ("WWW-Authenticate", challenge)))
