"""Where clients register (RFC 7591 section 3) and look after it (RFC 7592 section 2)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from idp.audit.fields import is_identifier
from idp.crypto.digests import new_secret
from idp.oidc.clients.changes.changing import SectorTaken
from idp.oidc.clients.metadata import Client, ClientMetadata
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.own_places import own_places
from idp.oidc.details.types import DetailsType
from idp.oidc.endpoints.within import within
from idp.oidc.errors import InvalidClientMetadata, InvalidToken, ProtocolError
from idp.oidc.http import NO_STORE, Request, Response, method_not_allowed
from idp.oidc.provider import Provider
from idp.oidc.registration import documents, initial_tokens, policy, records, statements
from idp.oidc.registration.answers import CREATED, PATH, information
from idp.oidc.registration.initial_tokens import TokenSpent
from idp.oidc.registration.records import BY_ITSELF, Keys, NotTheirs, Suspended, Written
from idp.oidc.registration.refusing import HOUR, Forbidden, TokenMissing, TooMany, not_here, refuse
from idp.storage.base import new_id

__all__ = ["PATH", "configure", "register"]

OFF, INITIAL_ACCESS_TOKEN = "off", "initial_access_token"
NO_CONTENT = 204
TYPES = "authorization_details_types"
OURS = frozenset(
    (
        *("registration_access_token", "registration_client_uri"),
        *("client_secret_expires_at", "client_id_issued_at"),
    )
)


def register(provider: Provider, request: Request) -> Response:
    """POST: a new client."""
    if provider.protocol.registration == OFF:
        return not_here()
    if request.method != "POST":
        return method_not_allowed(("POST",))
    now = provider.clock()
    try:
        _check_rate(provider, request)
        return _register(provider, request, now)
    except ProtocolError as error:
        return refuse(provider, request, error, None, now)


def configure(provider: Provider, request: Request, client_id: str) -> Response:
    """GET, PUT, DELETE: what a client does to its own registration."""
    if provider.protocol.registration == OFF:
        return not_here()
    move = {"GET": _read, "PUT": _replace, "DELETE": _delete}.get(request.method)
    if move is None:
        return method_not_allowed(("GET", "PUT", "DELETE"))
    began, now = provider.meter.timer(), provider.clock()

    def work() -> Response:
        token = _bearer(request)
        client = _theirs(provider, client_id, token)
        return within(
            *(provider, request, client, "registration", began, now),
            lambda: _answered(
                provider, request, client_id, now, lambda: move(provider, request, client_id, token, now)
            ),
            headers=NO_STORE,
        )

    return _answered(provider, request, client_id, now, work)


def _theirs(provider: Provider, client_id: str, token: str) -> Client:
    """The client whose registration this is, by its token. Raises NotTheirs, Suspended."""
    with Session(provider.reads) as session:
        _found(provider, session, client_id, token, to_write=False)
    client = provider.clients.find(client_id)
    if client is None:
        raise Suspended
    return client


def _found(
    provider: Provider, session: Session, client_id: str, token: str, *, to_write: bool
) -> ClientRecord:
    """Raises NotTheirs, Suspended."""
    record = records.find(session, client_id, token, _keys(provider), to_write=to_write)
    belongs = provider.registered
    if belongs is not None and not belongs.may_manage(session, client_id, provider.clock()):
        # Section 2.1: a token that ended is as one that never was.
        raise NotTheirs
    return record


def _answered(
    provider: Provider, request: Request, client_id: str, now: datetime, work: Callable[[], Response]
) -> Response:
    try:
        return work()
    except NotTheirs:
        # Section 2.1: 401 for an unknown client as for a wrong token.
        error: ProtocolError = InvalidToken("The registration access token is not valid.")
    except Suspended:
        error = Forbidden("The client is suspended.")
    except ProtocolError as problem:
        error = problem
    return refuse(provider, request, error, client_id if is_identifier(client_id) else None, now)


def _register(provider: Provider, request: Request, now: datetime) -> Response:
    token_id = _initial_token(provider, request, now)
    client_id, token = new_id(now), new_secret()
    metadata = _decided(provider, documents.read(request), client_id, None, now)
    try:
        with provider.sessions.begin() as session:
            if token_id is not None:
                if provider.registered is not None:
                    provider.registered.hold(session, token_id)
                initial_tokens.spend(session, token_id, now)
            written = records.create(
                session,
                metadata,
                token,
                _keys(provider),
                initial_token_id=token_id,
                context=provider.context(request, now),
            )
            if token_id is not None and provider.registered is not None:
                session.flush()
                provider.registered(session, client_id, token_id, provider.context(request, now))
    except SectorTaken:
        raise InvalidClientMetadata(policy.TAKEN) from None
    except TokenSpent:
        raise InvalidToken("The initial access token is not valid.", detail="spent meanwhile") from None
    return information(provider.issuer, written, token, status=CREATED)


def _initial_token(provider: Provider, request: Request, now: datetime) -> str | None:
    """The id of the token that this registration spends. Raises InvalidToken.

    Looked at before anything is read or fetched for a stranger. Where anybody may register, a token still
    says whose the client is.
    """
    is_needed = provider.protocol.registration == INITIAL_ACCESS_TOKEN
    if not is_needed and "authorization" not in request.headers:
        return None
    token = _bearer(request)
    with provider.reads.connect() as connection:
        found = initial_tokens.find(connection, token, now)
    if found is None:
        raise InvalidToken("The initial access token is not valid.")
    return found


def _read(provider: Provider, _request: Request, client_id: str, token: str, _now: datetime) -> Response:
    with Session(provider.reads) as session:
        record = _found(provider, session, client_id, token, to_write=False)
        return information(provider.issuer, records.standing(record), token)


def _replace(provider: Provider, request: Request, client_id: str, token: str, now: datetime) -> Response:
    keys = _keys(provider)
    with Session(provider.reads) as session:
        record = _found(provider, session, client_id, token, to_write=False)
        sector = record.sector
    _check_rate(provider, request)
    members = documents.read(request)
    _check_replacement(members, client_id, provider.clients.known(client_id), keys, now)
    metadata = _decided(provider, members, client_id, sector, now)
    with provider.sessions.begin() as session:
        # Again: it may have been deleted, suspended or taken over while we asked elsewhere.
        record = _found(provider, session, client_id, token, to_write=True)
        context = provider.context(request, now)
        written: Written = records.replace(session, record, metadata, keys, context=context)
    provider.clients.forget(client_id)
    return information(provider.issuer, written, token)


def _delete(provider: Provider, request: Request, client_id: str, token: str, now: datetime) -> Response:
    with provider.sessions.begin() as session:
        _found(provider, session, client_id, token, to_write=True)
        records.remove(session, client_id, BY_ITSELF, context=provider.context(request, now))
    provider.clients.forget(client_id)
    return Response(NO_CONTENT, NO_STORE)


def _decided(
    provider: Provider, members: Mapping[str, Any], client_id: str, sector: str | None, now: datetime
) -> ClientMetadata:
    given = documents.known(members)
    statement = given.get("software_statement")
    if statement is not None:
        issuers = provider.protocol.software_statement_issuers
        claimed = statements.claimed(statement, issuers, provider.issuer_keys, now)
        # RFC 7591 section 2.3: what is signed takes precedence.
        given |= documents.known(claimed)
    if TYPES in given:
        # RFC 9396 section 10: of those that anybody may ask for.
        given[TYPES] = [name for name in given[TYPES] if _is_for_all(provider.details_types.get(name))]
    with provider.reads.connect() as connection:
        operator = policy.by_the_operator(
            connection, own_places(provider.issuer, provider.protocol.mtls_origin)
        )
    return policy.decide(
        given,
        client_id=client_id,
        sector=sector,
        operator=operator,
        fetch=provider.fetch,
        pkce_always=provider.protocol.registration_requires_pkce,
    )


def _is_for_all(found: DetailsType | None) -> bool:
    return found is not None and found.self_registered


def _check_replacement(
    members: Mapping[str, Any], client_id: str, client: Client | None, keys: Keys, now: datetime
) -> None:
    """RFC 7592 section 2.2."""
    if OURS & members.keys():
        raise InvalidClientMetadata(f"Not to be sent: {', '.join(sorted(OURS & members.keys()))}.")
    if members.get("client_id") != client_id:
        raise InvalidClientMetadata("client_id is not the client's.")
    secret = members.get("client_secret")
    if secret is None:
        return
    if not isinstance(secret, str) or keys.secrets.which(client, client_id, secret, now) is None:
        raise InvalidClientMetadata("client_secret is not the client's; it is not for the client to choose.")


def _keys(provider: Provider) -> Keys:
    return Keys(secrets=provider.authenticator.secrets, registrations=provider.registration_key)


def _check_rate(provider: Provider, request: Request) -> None:
    limit = provider.registrations_per_hour
    if not provider.throttle.allow_from(request.address, "registration", limit, HOUR):
        raise TooMany("Too many registrations from this address; try again in an hour.")


def _bearer(request: Request) -> str:
    """RFC 6750 section 2.1. Raises TokenMissing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing("A token is needed.")
    return token.strip()
