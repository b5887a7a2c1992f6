"""The authorization endpoint and what follows: an interaction goes on until a code or an error.

`Shown`, `InteractionExpired` and `InteractionForeign` are for the person and become a page; all other
errors go to the client.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from idp import sessions
from idp.audit.events import AuthorizationRefused, CodeIssued
from idp.oidc import errors, interaction, resources, sharing
from idp.oidc.authorize import answers, posted, sources
from idp.oidc.authorize.answers import Answer, ReturnAddress
from idp.oidc.authorize.hinting import hinted_sub
from idp.oidc.authorize.request import (
    Asked,
    AuthorizationRequest,
    Shown,
    find_client,
    find_redirect_uri,
    parse,
    return_address,
)
from idp.oidc.claims import kept
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Request, answer_redirect, method_not_allowed
from idp.oidc.interaction import Interaction, InteractionExpired
from idp.oidc.levels import acr
from idp.oidc.next_step import REFUSALS, Facts, Step, asked_of, counting, next_step
from idp.oidc.presence import presence_seconds
from idp.oidc.provider import Provider
from idp.oidc.sharing import Agreed
from idp.oidc.subjects import sid_of, sub_of
from idp.oidc.token import codes
from idp.oidc.token.codes import Authorization
from idp.sessions import SignIn

PATH = "/oauth2/authorize"
PAGES = {
    Step.LOGIN: "/login",
    Step.ENROL: "/enrol",
    Step.PRESENCE: "/login/presence",
    Step.CONSENT: "/consent",
}


def authorize(provider: Provider, request: Request, browser: str) -> Answer:
    """`browser`: the browser's id. Raises Shown."""
    if request.method == "POST":
        return posted.receive(provider.store, provider.cipher, request, PATH)
    if request.method != "GET":
        return method_not_allowed(("GET", "POST"))
    given = posted.recall(provider.store, provider.cipher, request.query)
    client = find_client(given, provider.clients.find)
    now = provider.clock()
    try:
        source = sources.resolved(provider, client, given, now)
    except errors.ProtocolError as error:
        # What cannot be opened says for certain neither who asks nor where to answer.
        raise Shown(error) from None
    asked = Asked(source.parameters, client)
    redirect_uri = find_redirect_uri(asked)
    try:
        wanted = parse(asked, redirect_uri, hinted_sub(provider))
        named = resources.asked(provider, asked.parameters)
        wanted = replace(wanted, pushed=source.pushed, resources=named)
    except errors.ProtocolError as error:
        return _refuse(provider, request, error, asked.client, return_address(asked, redirect_uri), now)
    wanted = replace(wanted, claims=kept.seal(provider.cipher, wanted.client_id, wanted.claims))
    started = interaction.new(wanted, browser, now, seconds=provider.protocol.interaction_seconds)
    return _go_on(provider, request, started, now, is_kept=False)


def resume(provider: Provider, request: Request, interaction_id: str, browser: str) -> Answer:
    """After a page has recorded its fact: on to the next, or back. Raises the errors of `find`."""
    now = provider.clock()
    found = interaction.find(provider.store, interaction_id, browser, now)
    return _go_on(provider, request, found, now, is_kept=True)


def cancel(provider: Provider, request: Request, interaction_id: str, browser: str) -> Answer:
    """The person does not want to sign in, or not to share: back to where they came from."""
    now = provider.clock()
    found = interaction.find(provider.store, interaction_id, browser, now)
    if found.request is None or (client := provider.clients.find(found.request.client_id)) is None:
        return answer_redirect(found.target)
    _finish(provider, found)
    _use_up(provider, found)
    error = errors.AccessDenied("The person did not agree.", detail="cancelled")
    return _refuse(provider, request, error, client, found.request.return_address, now)


@dataclass(frozen=True, slots=True)
class Decided:
    """What comes next, and the facts it was decided on."""

    step: Step
    client: Client | None
    sign_in: SignIn | None
    """As far as it counts here."""
    agreed: Agreed | None


def decide(provider: Provider, current: Interaction, session_secret: str, now: datetime) -> Decided:
    """Look up the facts and ask the one decider. Raises Shown when the client is gone meanwhile."""
    wanted = current.request
    client = None if wanted is None else provider.clients.find(wanted.client_id)
    if wanted is not None and client is None:
        raise Shown(errors.InvalidRequest("The client is not known.", detail="suspended meanwhile"))
    agreed: Agreed | None = None
    sub: str | None = None
    with provider.reads.connect() as connection:
        signed_in = sessions.sign_in(connection, session_secret, now, current.client_id or "")
        if signed_in is not None and client is not None:
            agreed = sharing.agreed(connection, signed_in.person_id, client.client_id)
            sub = sub_of(provider.pairwise_key, client, signed_in.person_id)
    facts = Facts(signed_in, client, agreed, presence_seconds(provider, client), sub)
    return Decided(next_step(current, facts, now), client, counting(current, signed_in, now), agreed)


def _go_on(
    provider: Provider, request: Request, current: Interaction, now: datetime, *, is_kept: bool
) -> Answer:
    wanted = current.request
    decided = decide(provider, current, request.cookie(sessions.COOKIE), now)
    step, client, signed_in = decided.step, decided.client, decided.sign_in
    if wanted is None or client is None:
        return answer_redirect(current.target if step is Step.RETURN else _page(step, current))
    if step in PAGES:
        if not is_kept:
            interaction.keep(provider.store, current, now)
        return answer_redirect(_page(step, current))
    if is_kept:
        _finish(provider, current)
    _use_up(provider, current)
    if step in REFUSALS:
        error = REFUSALS[step]
        return _refuse(provider, request, error, client, wanted.return_address, now)
    if signed_in is None or decided.agreed is None:
        raise AssertionError("next_step issues to nobody")
    allowed = replace(wanted, scopes=decided.agreed.allowed(wanted.scopes))
    return _issue(provider, request, current, allowed, client, signed_in, decided.agreed.id, now)


def _issue(
    provider: Provider,
    request: Request,
    current: Interaction,
    wanted: AuthorizationRequest,
    client: Client,
    signed_in: SignIn,
    consent_id: str,
    now: datetime,
) -> Answer:
    level = signed_in.level(now, presence_seconds(provider, client))
    reported = asked_of(current, client).reported(level)
    authorization = Authorization(
        client_id=client.client_id,
        redirect_uri=wanted.redirect_uri,
        code_challenge=wanted.code_challenge,
        nonce=wanted.nonce,
        scopes=wanted.scopes,
        person_id=signed_in.person_id,
        consent_id=consent_id,
        session_id=signed_in.sid,
        sub=sub_of(provider.pairwise_key, client, signed_in.person_id),
        sid=sid_of(provider.pairwise_key, client, signed_in.sid),
        auth_time=int(signed_in.authenticated_at.timestamp()),
        acr=acr(reported),
        amr=signed_in.amr,
        claims=wanted.claims,
        resources=wanted.resources,
        dpop_jkt=wanted.dpop_jkt,
    )
    if not _use_session(provider, client, signed_in, now):
        error = errors.LoginRequired("The session has ended.", detail="while the request was answered")
        return _refuse(provider, request, error, client, wanted.return_address, now)
    code, grant_id = codes.issue(
        provider.store,
        provider.grant_key,
        authorization,
        seconds=provider.protocol.authorization_code_seconds,
        token_seconds=provider.protocol.access_token_seconds,
    )
    event = CodeIssued(client.client_id, signed_in.person_id, wanted.scopes, reported, grant_id)
    provider.audit.append(
        event, provider.context(request, now, interaction_id=current.id, device=current.browser)
    )
    return answers.answer(provider, client, wanted.return_address, {"code": code}, now)


def _use_session(provider: Provider, client: Client, signed_in: SignIn, now: datetime) -> bool:
    """Note the use, and the client where it wants to be told of the end; False when it has ended."""
    with provider.sessions() as session:
        if client.metadata.is_told_of_logouts and not signed_in.has_entered:
            if not sessions.enter(session, signed_in, client.client_id, now, provider.protocol):
                return False
            session.commit()
        elif sessions.touch(session, signed_in, now, provider.protocol):
            session.commit()
    return True


def _finish(provider: Provider, current: Interaction) -> None:
    """Raises InteractionExpired in all tabs but the first that comes to the end."""
    if not interaction.finish(provider.store, current):
        raise InteractionExpired(current.client_id, kind="finished")


def _use_up(provider: Provider, current: Interaction) -> None:
    """Raises InteractionExpired when what was pushed has been answered before."""
    pushed = None if current.request is None else current.request.pushed
    if pushed is not None and not sources.use_up(provider, pushed):
        raise InteractionExpired(current.client_id, kind="finished")


def _refuse(
    provider: Provider,
    request: Request,
    error: errors.ProtocolError,
    client: Client,
    to: ReturnAddress,
    now: datetime,
) -> Answer:
    reference = provider.reference(error, "authorize", request, client.client_id)
    if reference is not None:
        event = AuthorizationRefused(client.client_id, error.error, reference)
        provider.audit.append(event, provider.context(request, now))
    description = f"{error.description} (reference {reference or request.request_id})"
    said = {"error": error.error, "error_description": description}
    return answers.answer(provider, client, to, said, now)


def _page(step: Step, current: Interaction) -> str:
    return f"{PAGES[step]}?{urlencode({'interaction': current.id})}"
