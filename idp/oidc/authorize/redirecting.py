"""The answer that goes back through the browser: a code, or an error, to the client's redirect_uri."""

from collections.abc import Mapping
from datetime import datetime

from idp.audit.events.protocol import AuthorizationRefused, CodeIssued
from idp.oidc import errors
from idp.oidc.authorize import answers
from idp.oidc.authorize.addressing import Shown
from idp.oidc.authorize.answers import Answer, ReturnAddress
from idp.oidc.authorize.deciding import Allowed, Ending, context_of, signed_in_at
from idp.oidc.authorize.request import asked_again
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Parameters, Request
from idp.oidc.provider import Provider
from idp.oidc.session_management import browser_state
from idp.oidc.session_management.browser_state import NOTHING_TOLD, Told
from idp.oidc.token import codes
from idp.sessions import SignIn

CODE_ISSUED = "code"


def granted(provider: Provider, ending: Ending, allowed: Allowed) -> Answer:
    """RFC 6749 section 4.1.2."""
    authorization, wanted, client = allowed.authorization, ending.wanted, ending.client
    code, grant_id = codes.issue(
        provider.store,
        provider.grant_key,
        authorization,
        seconds=provider.protocol.authorization_code_seconds,
        token_seconds=provider.protocol.access_token_seconds,
    )
    event = CodeIssued(
        client_id=client.client_id,
        person_id=authorization.person_id,
        scopes=authorization.scopes,
        level=allowed.level,
        grant_id=grant_id,
        particulars=wanted.particulars.kinds,
        particular_digests=wanted.particulars.digests,
        mandate_id=authorization.mandate_id,
    )
    provider.audit.append(event, context_of(provider, ending))
    told = _told(provider, ending, allowed.signed_in)
    back = _back(provider, client, wanted.return_address, {"code": code}, told, ending.now)
    if client.is_watched(ending.now):
        given = asked_again(wanted)
        provider.inspector.answered(
            client, ending.request, "authorize", None, ending.now, given=given, outcome=CODE_ISSUED
        )
    return back


def refused(provider: Provider, ending: Ending, error: errors.ProtocolError) -> Answer:
    """A portal that watches the session learns what it is to watch (OpenID Connect Session Management 1.0
    section 3.1)."""
    told = _told(provider, ending, signed_in_at(provider, ending))
    to = ending.wanted.return_address
    given = asked_again(ending.wanted)
    return refused_at(provider, ending.request, ending.client, to, error, ending.now, told, given)


def _told(provider: Provider, ending: Ending, signed_in: SignIn | None) -> Told:
    client_id, redirect_uri = ending.client.client_id, ending.wanted.redirect_uri
    return browser_state.told(provider, ending.request, client_id, redirect_uri, signed_in, ending.now)


def refused_at(
    provider: Provider,
    request: Request,
    client: Client,
    to: ReturnAddress,
    error: errors.ProtocolError,
    now: datetime,
    told: Told = NOTHING_TOLD,
    given: Parameters | None = None,
) -> Answer:
    """RFC 6749 section 4.1.2.1."""
    reference = provider.reference(error, "authorize", request, client.client_id, given)
    if reference is not None:
        event = AuthorizationRefused(client.client_id, error.error, reference)
        provider.audit.append(event, provider.context(request, now))
    description = f"{error.description} (reference {reference or request.request_id})"
    said = {"error": error.error, "error_description": description}
    return _back(provider, client, to, said, told, now)


def _back(
    provider: Provider,
    client: Client,
    to: ReturnAddress,
    fields: Mapping[str, str],
    told: Told,
    now: datetime,
) -> Answer:
    """Raises Shown: what is to be encrypted goes to nobody in plain, an error neither."""
    try:
        return answers.answer(provider, client, to, {**fields, **told.fields}, now, told.headers)
    except errors.InvalidClientMetadata as error:
        raise Shown(error) from None
