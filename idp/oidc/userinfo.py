"""The userinfo endpoint (OpenID Connect Core 1.0 section 5.3): what the person agreed to release.

A token opens it as long as its grant, its session, its client, the account and the consent all stand.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from idp.audit.events import ClaimsReleased
from idp.oidc import claims
from idp.oidc.claims import SealedPerson
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequest, InvalidToken, ProtocolError
from idp.oidc.http import CORS, NO_STORE, Request, Response, answer_json, method_not_allowed, preflight
from idp.oidc.keys.jwt import ACCESS_TOKEN, NotOurToken
from idp.oidc.provider import Provider
from idp.oidc.sharing import Consent
from idp.oidc.token import live_grants
from idp.oidc.token.live_grants import LiveGrant
from idp.people.models import Person, PersonStatus
from idp.sessions import BrowserSession
from idp.storage.base import UtcDateTime

METHODS = ("GET", "POST")
NO_TOKEN = Response(401, (*NO_STORE, *CORS, ("WWW-Authenticate", "Bearer")))
"""RFC 6750 section 3.1: who sends no token learns no error code."""

CONSENT_STANDS = and_(
    Consent.person_id == Person.id,
    Consent.client_id == bindparam("client"),
    Consent.id == bindparam("consent"),
    Consent.expires_at > bindparam("now", type_=UtcDateTime()),
)
SESSION_STANDS = and_(
    BrowserSession.person_id == Person.id,
    BrowserSession.sid == bindparam("sid"),
    BrowserSession.expires_at > bindparam("now", type_=UtcDateTime()),
)
STANDING = (
    select(Person.name_sealed, Person.birth_date, Person.sex, Person.phone_sealed, Consent.scopes)
    .join(Consent, CONSENT_STANDS)
    .join(BrowserSession, SESSION_STANDS)
    .where(Person.id == bindparam("person"), Person.status == PersonStatus.ACTIVE)
)
"""One statement for everything that must still stand, put together once: that costs more than running it."""


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
        bearer = _bearer(provider, token, now)
        with provider.reads.connect() as connection:
            released = _released(connection, provider, bearer, now)
    except ProtocolError as error:
        return _refuse(provider, request, error)
    if len(bearer.scopes) > 1:
        event = ClaimsReleased(
            client_id=bearer.client.client_id,
            person_id=bearer.grant.person_id,
            scopes=bearer.scopes,
            purpose=bearer.client.metadata.purpose_code,
        )
        provider.audit.append(event, provider.context(request, now))
    return answer_json({"sub": bearer.sub, **released}, headers=(*NO_STORE, *CORS))


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
        payload = provider.keys.current().read(token, typ=ACCESS_TOKEN)
    except NotOurToken as error:
        raise _invalid(f"not our token: {error}") from None
    if payload["exp"] <= now.timestamp():
        raise _invalid("expired")
    grant = live_grants.find(provider.store, payload["grant"])
    if grant is None:
        raise _invalid("the grant has ended")
    client = provider.clients.find(payload["client_id"])
    if client is None:
        raise _invalid("the client is suspended")
    return Bearer(client, grant, payload["sub"], tuple(payload["scope"].split()))


def _released(connection: Connection, provider: Provider, bearer: Bearer, now: datetime) -> dict[str, Any]:
    values = {
        "person": bearer.grant.person_id,
        "client": bearer.client.client_id,
        "consent": bearer.grant.consent_id,
        "sid": bearer.grant.session_id,
        "now": now,
    }
    row = connection.execute(STANDING, values).one_or_none()
    if row is None:
        raise _invalid("the session, the consent or the account has ended")
    if not set(bearer.scopes) <= set(row.scopes):
        raise _invalid("the consent has been narrowed")
    person = SealedPerson(bearer.grant.person_id, row.name_sealed, row.birth_date, row.sex, row.phone_sealed)
    return claims.of_scopes(connection, provider.cipher, person, bearer.scopes)


def _invalid(detail: str) -> InvalidToken:
    return InvalidToken("The access token is not valid.", detail=detail)


def _refuse(provider: Provider, request: Request, error: ProtocolError) -> Response:
    reference = provider.reference(error, "userinfo", request, None) or request.request_id
    # RFC 6750 section 3
    challenge = (
        f'Bearer error="{error.error}", error_description="{error.description} (reference {reference})"'
    )
    return Response(error.status, (*NO_STORE, *CORS, ("WWW-Authenticate", challenge)))
