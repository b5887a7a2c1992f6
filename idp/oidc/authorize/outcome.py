"""How an interaction ends: the answer goes where the request says, by redirect or to who waits for it."""

from datetime import datetime

from idp import sessions
from idp.oidc import errors
from idp.oidc.authorize import redirecting
from idp.oidc.authorize.answers import Answer
from idp.oidc.authorize.deciding import Allowed, Decided
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import answering
from idp.oidc.http import Request
from idp.oidc.interaction import Interaction
from idp.oidc.levels import acr
from idp.oidc.next_step import asked_of
from idp.oidc.presence import presence_seconds
from idp.oidc.provider import Provider
from idp.oidc.sharing import Agreed
from idp.oidc.subjects import sid_of, sub_of
from idp.oidc.token.codes import Authorization
from idp.sessions import SignIn

GRANTED = {False: redirecting.granted, True: answering.granted}
REFUSED = {False: redirecting.refused, True: answering.refused}
"""By whether somebody waits for the answer."""


def issue(
    provider: Provider,
    request: Request,
    current: Interaction,
    wanted: AuthorizationRequest,
    decided: Decided,
    now: datetime,
) -> Answer:
    """The step is ISSUE: there is a client, somebody signed in who counts, and their consent."""
    client, signed_in, agreed = decided.client, decided.sign_in, decided.agreed
    if client is None or signed_in is None or agreed is None:
        raise AssertionError("next_step issues to nobody")
    level = asked_of(current, client).reported(signed_in.level(now, presence_seconds(provider, client)))
    authorization = _authorization(provider, wanted, client, signed_in, agreed, level)
    if not _use_session(provider, client, signed_in, now):
        error = errors.LoginRequired("The session has ended.", detail="while the request was answered")
        return refuse(provider, request, current, wanted, client, error, now)
    granted = GRANTED[wanted.answers_to is not None]
    allowed = Allowed(authorization, level, signed_in)
    return granted(provider, request, current, wanted, client, allowed, now)


def refuse(
    provider: Provider,
    request: Request,
    current: Interaction,
    wanted: AuthorizationRequest,
    client: Client,
    error: errors.ProtocolError,
    now: datetime,
) -> Answer:
    refused = REFUSED[wanted.answers_to is not None]
    return refused(provider, request, current, wanted, client, error, now)


def _authorization(
    provider: Provider,
    wanted: AuthorizationRequest,
    client: Client,
    signed_in: SignIn,
    agreed: Agreed,
    level: int,
) -> Authorization:
    return Authorization(
        client_id=client.client_id,
        redirect_uri=wanted.redirect_uri,
        code_challenge=wanted.code_challenge,
        nonce=wanted.nonce,
        scopes=agreed.allowed(wanted.scopes),
        person_id=signed_in.person_id,
        consent_id=agreed.id,
        session_id=signed_in.sid,
        sub=sub_of(provider.pairwise_key, client, signed_in.person_id),
        sid=sid_of(provider.pairwise_key, client, signed_in.sid),
        auth_time=int(signed_in.authenticated_at.timestamp()),
        acr=acr(level),
        amr=signed_in.amr,
        claims=wanted.claims,
        resources=wanted.resources,
        dpop_jkt=wanted.dpop_jkt,
        details=wanted.particulars.details,
    )


def _use_session(provider: Provider, client: Client, signed_in: SignIn, now: datetime) -> bool:
    """Note the use, and the client where it wants to be told of the end; False when it has ended."""
    is_new = client.metadata.is_told_of_logouts and not signed_in.has_entered
    if not is_new and sessions.is_touched(signed_in, now):
        return True
    with provider.sessions() as session:
        if is_new and not sessions.enter(session, signed_in, client.client_id, now, provider.protocol):
            return False
        if not is_new:
            sessions.touch(session, signed_in, now, provider.protocol)
        session.commit()
    return True
