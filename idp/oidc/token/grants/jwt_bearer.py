"""grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer (RFC 7523 section 2.1): an issuer that the operator
trusts says that a client may act now for a person who is not there.

It opens no more than the person has left open: a grant with offline access to this client, of which the token
is one, for the resources that were named when it was given. The token tells of level 1, for nobody has proved
anything; it is never for userinfo, so nothing goes out from here; and there is no refresh token. Nor does
anybody vouch for whom a person acts for: what they left open in somebody else's name is not looked at.
"""

from datetime import datetime

from idp.audit.events.protocol import TokenIssued
from idp.oidc import resources
from idp.oidc.backchannel import known
from idp.oidc.clients.fields.exchange import JWT_BEARER
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidGrant, InvalidRequest, InvalidScope, InvalidTarget, UnauthorizedClient
from idp.oidc.http import Request
from idp.oidc.levels import LOWEST, acr
from idp.oidc.next_step import NUMBER_SCOPE
from idp.oidc.provider import Provider
from idp.oidc.subjects import sub_of
from idp.oidc.token import access_tokens, issuing, live_grants, offline_grants
from idp.oidc.token.live_grants import LiveGrant
from idp.oidc.token.offline_grants import Standing
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens
from idp.oidc.token.vouching import Vouched, use_up, vouched

GRANT_TYPE = JWT_BEARER


def grant(provider: Provider, request: Request, client: Client, sender: Sender, now: datetime) -> Tokens:
    """Raises InvalidRequest, InvalidGrant, InvalidScope, InvalidTarget. The event is durable before the token
    leaves."""
    if client.metadata.is_public:
        # Anybody could present what was meant for it. No registration says otherwise.
        raise UnauthorizedClient("A public client is vouched for by nobody.")
    assertion = request.form.get("assertion")
    if assertion is None:
        # RFC 7521 section 4.1
        raise InvalidRequest("assertion is missing.")
    said = vouched(provider, client, assertion, now)
    if not client.metadata.accepts(None):
        raise _invalid("the client does not accept people as themselves")
    if client.metadata.minimum_level > LOWEST:
        raise _invalid("the client asks for a level that no assertion reaches")
    found, named = _left_open(provider, client, said, resources.asked(provider, request.form), now)
    scopes = _scopes(request, client, found, said)
    # Last of all: an assertion that fails a check has not been used.
    use_up(provider, said, now)
    written = _written(provider, client, sender, found, scopes, named, now)
    event = TokenIssued(
        client_id=client.client_id,
        person_id=found.person_id,
        grant_type=GRANT_TYPE,
        scopes=scopes,
        grant_id=found.id,
        token_id=written.token_id,
        vouched_by=said.by,
    )
    issuing.tell_while_it_stands(provider, found.id, event, provider.context(request, now))
    return Tokens(
        access_token=written.text,
        id_token=None,
        token_id=written.token_id,
        expires_in=provider.protocol.access_token_seconds,
        scope=" ".join(scopes),
        token_type=sender.token_type,
    )


def _left_open(
    provider: Provider, client: Client, said: Vouched, asked: tuple[str, ...], now: datetime
) -> tuple[Standing, tuple[str, ...]]:
    """The latest grant that the person has left open to the client for these resources, or for any where none
    is asked for; and the resources. Raises InvalidGrant, InvalidTarget."""
    with provider.reads.connect() as connection:
        person_id = known.find(connection, provider.grant_key, client.client_id, said.sub, now)
        if person_id is None or sub_of(provider.pairwise_key, client, person_id) != said.sub:
            raise _invalid("the client knows nobody by this sub, or the consent or the account has ended")
        standing = offline_grants.all_of(connection, person_id, client.client_id, now)
    standing = [
        found
        for found in standing
        if found.covered(client.metadata.scopes) and not client.has_ended(found.used_at.timestamp())
    ]
    if not standing:
        raise _invalid("the person has left nothing open")
    for found in standing:
        named = tuple(uri for uri in found.resources if uri in (asked or found.resources))
        if named and set(asked) <= set(named):
            _check_servers(provider, named)
            return found, named
    raise InvalidTarget("The resource goes beyond what was granted.")


def _check_servers(provider: Provider, named: tuple[str, ...]) -> None:
    """Raises InvalidTarget."""
    for uri in named:
        server_id = provider.resources.server_of(uri)
        server = None if server_id is None else provider.clients.find(server_id)
        if server is None or uri == provider.issuer:
            # Claims go out while the person is there, or by the client's own refresh token.
            raise InvalidTarget("There is no such token for this resource.", detail="no server, or suspended")
        if server.metadata.minimum_level > LOWEST:
            raise InvalidTarget("The resource needs a level that no assertion reaches.")
        if not server.metadata.accepts(None):
            raise InvalidTarget("The resource is for people who act for somebody else.")


def _scopes(request: Request, client: Client, found: Standing, said: Vouched) -> tuple[str, ...]:
    """RFC 7521 section 4.1: what the person gave, as far as the issuer may vouch. Raises InvalidScope."""
    never = {OFFLINE_ACCESS, NUMBER_SCOPE}
    allowed = [
        scope
        for scope in found.covered(client.metadata.scopes)
        if scope in said.scopes and scope not in never
    ]
    asked = (request.form.get("scope") or "").split()
    if not set(asked) <= set(allowed):
        raise InvalidScope("The scope goes beyond what an assertion can give.")
    return tuple(scope for scope in allowed if not asked or scope in asked)


def _written(
    provider: Provider,
    client: Client,
    sender: Sender,
    found: Standing,
    scopes: tuple[str, ...],
    named: tuple[str, ...],
    now: datetime,
) -> access_tokens.Written:
    """Under the key of its grant: what ends that ends the token. It does not count as use of the grant, which
    ends when the client itself does not refresh it. Raises KeysMissing."""
    live = LiveGrant(found.person_id, found.consent_id, None, found.claims)
    live_grants.keep(provider.store, found.id, live, seconds=provider.protocol.access_token_seconds)
    said = {
        "sub": sub_of(provider.pairwise_key, client, found.person_id),
        "acr": acr(LOWEST),
        "grant": found.id,
        **({"scope": " ".join(scopes)} if scopes else {}),
        **resources.audience(named),
        **access_tokens.who_may_act(client),
    }
    return access_tokens.write(provider, client, said, sender, now)


def _invalid(detail: str) -> InvalidGrant:
    return InvalidGrant("The assertion is not valid.", detail=detail)
