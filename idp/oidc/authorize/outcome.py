"""How an interaction ends: the answer goes where the request says, by redirect or to who waits for it."""

from datetime import datetime

from idp import sessions
from idp.mandates.standing import Standing
from idp.oidc import errors
from idp.oidc.acting.choice import Acting
from idp.oidc.acting.notifying import tell_of_use
from idp.oidc.acting.wearing import hold
from idp.oidc.authorize import day_quota, redirecting
from idp.oidc.authorize.answers import Answer
from idp.oidc.authorize.deciding import Allowed, Decided, Ending
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import answering
from idp.oidc.levels import acr
from idp.oidc.next_step import asked_of
from idp.oidc.presence import presence_seconds
from idp.oidc.provider import Provider
from idp.oidc.sharing import Agreed
from idp.oidc.subjects import sid_of, sub_of
from idp.oidc.token.codes import Authorization
from idp.sessions import SignIn

MEANWHILE = "while the request was answered"
GRANTED = {False: redirecting.granted, True: answering.granted}
REFUSED = {False: redirecting.refused, True: answering.refused}
"""By whether somebody waits for the answer."""


def issue(provider: Provider, ending: Ending, decided: Decided) -> Answer:
    """The step is ISSUE: there is somebody signed in who counts, and their consent."""
    client, signed_in, agreed = ending.client, decided.sign_in, decided.agreed
    if signed_in is None or agreed is None:
        raise AssertionError("next_step issues to nobody")
    level = signed_in.level(ending.now, presence_seconds(provider, client))
    reported = asked_of(ending.interaction, client, provider.highest_level).reported(level)
    acting = decided.acting.standing
    authorization = _authorization(
        provider, ending.wanted, client, signed_in, agreed, reported, acting, ending.now
    )
    try:
        day_quota.count(provider, ending)
    except errors.TooManyRequests as used_up:
        return refuse(provider, ending, used_up)
    ended = _use_session(provider, client, signed_in, decided.acting, ending.now)
    if ended is not None:
        return refuse(provider, ending, ended)
    granted = GRANTED[ending.wanted.answers_to is not None]
    return granted(provider, ending, Allowed(authorization, reported, signed_in))


def refuse(provider: Provider, ending: Ending, error: errors.ProtocolError) -> Answer:
    return REFUSED[ending.wanted.answers_to is not None](provider, ending, error)


def _authorization(
    provider: Provider,
    wanted: AuthorizationRequest,
    client: Client,
    signed_in: SignIn,
    agreed: Agreed,
    level: int,
    acting: Standing | None,
    now: datetime,
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
        mandate_id=None if acting is None else acting.mandate_id,
        issued_at=int(now.timestamp()),
    )


def _use_session(
    provider: Provider, client: Client, signed_in: SignIn, acting: Acting, now: datetime
) -> errors.ProtocolError | None:
    """Note the use, for whom the person acts where they chose, and the client where it wants to be told of
    the end; an error when the session or the mandate has ended."""
    is_new = client.metadata.is_told_of_logouts and not signed_in.has_entered
    is_other = client.metadata.accepts_hats and acting.choice != signed_in.choice
    if not is_new and not is_other and sessions.is_touched(signed_in, now):
        return None
    settings, client_id = provider.protocol, client.client_id
    with provider.sessions() as session:
        if is_other and not hold(session, acting.choice or None):
            return errors.AccountSelectionRequired("The mandate has ended.", detail=MEANWHILE)
        if is_other:
            is_there = sessions.act(session, signed_in, client_id, acting.choice, now, settings)
            if acting.standing is not None:
                tell_of_use(provider, session, acting.standing, client, now)
        elif is_new:
            is_there = sessions.enter(session, signed_in, client_id, now, settings)
        else:
            is_there = True
            sessions.touch(session, signed_in, now, settings)
        if not is_there:
            return errors.LoginRequired("The session has ended.", detail=MEANWHILE)
        session.commit()
    return None
