"""grant_type=urn:ietf:params:oauth:grant-type:token-exchange (RFC 8693): a service that was called for a
person calls the next one for the same person.

The new token rests on the grant of the first client and ends with it; it expires no later than the token it
was got for, and says no more of what is allowed. For whom the person acts it says as that did, in the terms
of the target: for the same matters, or for fewer. It is always opaque: its `sub` is the one of the target's
sector, which the exchanging client must not learn, or two sites could put their users side by side.
"""

from datetime import datetime
from typing import Any

from idp.audit.events.protocol import TokenExchanged
from idp.oidc.claims.catalogue import ACTING_FOR
from idp.oidc.clients.fields.exchange import TOKEN_EXCHANGE, ExchangeRule
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequest, InvalidTarget, UnauthorizedClient
from idp.oidc.http import Request
from idp.oidc.levels import acr
from idp.oidc.presence import presence_seconds
from idp.oidc.provider import Provider
from idp.oidc.resources import audience
from idp.oidc.subjects import sub_of
from idp.oidc.token import access_tokens
from idp.oidc.token.exchange import acting_for, narrowing, tokens
from idp.oidc.token.exchange.lineage import acting, actors, through
from idp.oidc.token.exchange.standing import CONSENT, agreed_scopes, scopes_of
from idp.oidc.token.exchange.targets import agreed_with_server, target_of
from idp.oidc.token.recognised import GRANTED_TO, THROUGH, AccessToken
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens

GRANT_TYPE = TOKEN_EXCHANGE


def grant(provider: Provider, request: Request, client: Client, sender: Sender, now: datetime) -> Tokens:
    """Raises InvalidRequest, InvalidTarget, InvalidScope, InvalidAuthorizationDetails. The event is durable
    before the token leaves."""
    if client.metadata.is_public:
        # A token names who acts, and anybody can say that they are a public client. No registration says
        # otherwise.
        raise UnauthorizedClient("A public client exchanges no tokens.")
    form = request.form
    tokens.check_types(form)
    subject, standing = tokens.subject_of(provider, form, client, sender, now)
    actor_ends = tokens.actor_ends(provider, form, client, sender, now)
    rule, first = _rule(client, subject), provider.clients.find(subject.granted_to)
    tokens.check_may_act(subject.claims, client)
    if first is None:
        raise InvalidRequest("The subject_token is not valid.", detail="its first client is suspended")
    target = target_of(provider, form, rule)
    with provider.reads.connect() as connection:
        agreed = agreed_with_server(connection, subject.grant.person_id, first, target.server, now)
        limits = [rule.scopes, first.metadata.scopes, agreed_scopes(connection, subject)]
    limits += [] if agreed is None else [agreed.scopes]
    scopes = narrowing.scopes(form.get("scope"), scopes_of(subject.claims), *limits)
    act = _act(client, subject, rule, has_actor=actor_ends is not None)
    whom = acting_for.carried(provider, form, client, subject, standing.acting, target.server)
    ends = narrowing.ends(
        now,
        provider.protocol.access_token_seconds,
        subject.claims["exp"],
        actor_ends,
        acting_for.ends(standing.acting),
    )
    said: dict[str, Any] = {
        "exp": ends,
        "sub": sub_of(provider.pairwise_key, target.server, subject.grant.person_id),
        "acr": acr(_level(provider, subject, target.server, now)),
        **{name: subject.claims[name] for name in ("amr", "auth_time") if name in subject.claims},
        "grant": subject.grant_id,
        GRANTED_TO: subject.granted_to,
        THROUGH: through(subject, client.client_id),
        **audience(target.resources),
        **({} if whom is None else {ACTING_FOR: whom}),
        **({"scope": " ".join(scopes)} if scopes else {}),
        **({} if act is None else {"act": act}),
        **({} if agreed is None else {CONSENT: agreed.id}),
        **access_tokens.who_may_act(client),
    }
    written = access_tokens.write(provider, client, said, sender, now, opaque=True)
    event = TokenExchanged(
        client_id=client.client_id,
        person_id=subject.grant.person_id,
        subject_client_id=subject.client_id,
        server_client_id=target.server.client_id,
        actors=tuple(actors(act)),
        scopes=scopes,
        grant_id=subject.grant_id,
        subject_token_id=subject.claims["jti"],
        token_id=written.token_id,
        mandate_id=subject.grant.mandate_id,
    )
    provider.audit.append(event, provider.context(request, now))
    return Tokens(
        access_token=written.text,
        id_token=None,
        token_id=written.token_id,
        expires_in=ends - int(now.timestamp()),
        scope=" ".join(scopes),
        token_type=sender.token_type,
        issued_token_type=tokens.ACCESS_TOKEN,
    )


def _rule(client: Client, subject: AccessToken) -> ExchangeRule:
    """RFC 8693 section 2.2.2: unacceptable by policy is `invalid_request`."""
    rule = client.metadata.exchange_rule(subject.client_id)
    if rule is None:
        raise InvalidRequest(
            "The subject_token is not valid, or not for this client to exchange.",
            detail="no rule for tokens of that client",
        )
    return rule


def _act(
    client: Client, subject: AccessToken, rule: ExchangeRule, *, has_actor: bool
) -> dict[str, Any] | None:
    """None: impersonation. Who acted before is never forgotten; an actor_token is there to be named."""
    before = subject.claims.get("act")
    if rule.impersonation and before is None and not has_actor:
        return None
    return acting(client.client_id, before)


def _level(provider: Provider, subject: AccessToken, server: Client, now: datetime) -> int:
    """What the server asks of who signs in there, it asks of who comes this way. Raises InvalidTarget."""
    found = narrowing.level(subject.claims, now, presence_seconds(provider, server))
    if found < server.metadata.minimum_level:
        raise InvalidTarget("The target needs a higher level than the subject_token tells of.")
    return found
