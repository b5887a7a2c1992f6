"""The backchannel authentication endpoint (CIBA Core 1.0 section 7): a client asks, and gets a handle."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from idp.audit.events.backchannel import BackchannelRequested
from idp.oidc.allowing import MESSAGES
from idp.oidc.backchannel import known, listed, notices, quotas, signed, telling
from idp.oidc.backchannel.listed import BINDING_MESSAGE, WAY
from idp.oidc.backchannel.notices import Callback
from idp.oidc.backchannel.quotas import Verdict
from idp.oidc.backchannel.request import BackchannelRequest, parse
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import waiting
from idp.oidc.decoupled.waiting import WaitingRequest
from idp.oidc.endpoints import posted_form
from idp.oidc.http import NO_STORE, Request, Response, answer_json
from idp.oidc.provider import Provider

PATH = "/oauth2/backchannel/authentication"


def answer(provider: Provider, request: Request) -> Response:
    """No page of another origin calls it: clients that ask keep a secret, and have a server."""
    return posted_form.answer(
        provider, request, _respond, path=PATH, name="backchannel", is_open_to_pages=False
    )


def _respond(provider: Provider, request: Request, client: Client, now: datetime) -> Response:
    wanted = parse(provider, signed.parameters(provider, request.form, client, now), client)
    auth_req_id, asked = waiting.start(
        provider.store,
        provider.grant_key,
        wanted.request,
        way=WAY,
        now=now,
        seconds=wanted.seconds,
        interval=provider.backchannel.interval_seconds,
        details={BINDING_MESSAGE: wanted.binding_message},
    )
    if provider.twists is not None:
        provider.twists.asked(client.client_id, asked.grant_id)
    if wanted.notification_token:
        _prepare_callback(provider, client, asked, Callback(auth_req_id, wanted.notification_token), now)
    _ask(provider, request, client, wanted, asked, now)
    return answer_json(_acknowledged(client, auth_req_id, asked, wanted), headers=NO_STORE)


def _prepare_callback(
    provider: Provider, client: Client, asked: WaitingRequest, callback: Callback, now: datetime
) -> None:
    if client.metadata.backchannel_token_delivery_mode == notices.PUSH:
        with provider.sessions.begin() as session:
            notice = notices.expiring(asked, callback)
            expiring = notices.enqueue(session, provider.cipher, notice, now, not_before=asked.expires_at)
        callback = replace(callback, expiring=expiring)
    notices.keep_callback(provider, asked, callback, now)


def _ask(
    provider: Provider,
    request: Request,
    client: Client,
    wanted: BackchannelRequest,
    asked: WaitingRequest,
    now: datetime,
) -> None:
    """Somebody, nobody, or somebody who is not to be disturbed: the client gets the same answer after the
    same work, and learns the difference from nothing but silence."""
    with provider.reads.connect() as connection:
        person_id = known.find(connection, provider.grant_key, client.client_id, wanted.sub, now)
    verdict = quotas.verdict(provider, client.client_id, person_id)
    is_asked = verdict is Verdict.ASKED
    is_listed = listed.add(provider, person_id if is_asked else None, asked, now)
    if is_asked and not is_listed:
        is_asked, verdict = False, Verdict.LIMITED
    has_texts = _has_texts(provider, request, client, now)
    may_text = quotas.may_text(provider, person_id if is_asked and has_texts else None)
    telling.tell(provider, client, person_id, asked, wanted.binding_message, now, really=may_text)
    event = BackchannelRequested(
        client_id=client.client_id,
        person_id=person_id,
        scopes=asked.request.scopes,
        grant_id=asked.grant_id,
        outcome=verdict,
    )
    provider.audit.append(event, provider.context(request, now))


def _has_texts(provider: Provider, request: Request, client: Client, now: datetime) -> bool:
    """Of those that may be sent in a day because of the client, where the sandbox counts them. A request for
    nobody counts like any other: the developer, who sees the count, must not learn from it who is there."""
    spent = provider.allowances.of_a_day(MESSAGES, client, now)
    if spent is None or spent.is_allowed:
        return True
    provider.allowances.tell(client, MESSAGES, spent, "backchannel", provider.context(request, now))
    return False


def _acknowledged(
    client: Client, auth_req_id: str, asked: WaitingRequest, wanted: BackchannelRequest
) -> dict[str, Any]:
    """Section 7.3. `interval` is for who may poll alone."""
    said: dict[str, Any] = {"auth_req_id": auth_req_id, "expires_in": wanted.seconds}
    if client.metadata.backchannel_token_delivery_mode != notices.PUSH:
        said["interval"] = asked.interval
    return said
