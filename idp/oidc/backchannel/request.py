"""A request by the back channel: checked rule by rule (CIBA Core 1.0 sections 7.1 and 7.2)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from idp.oidc import resources
from idp.oidc.authorize.checks import Asked, parameters_are_bounded, scope_has_openid, scopes_are_allowed
from idp.oidc.authorize.hinting import hinted_sub
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.backchannel import binding
from idp.oidc.backchannel.binding import BindingMessageRefused
from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.clients.metadata import SUB, Client
from idp.oidc.details.asking import with_particulars
from idp.oidc.errors import InvalidBindingMessage, InvalidRequest, UnauthorizedClient, UnknownUserId
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider

HINTS = ("login_hint_token", "id_token_hint", "login_hint")
NOTIFICATION_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{22,1024}={0,2}")
"""RFC 6750 section 2.1, and section 7.1: 1024 characters at most, 128 bits at least."""
NOTIFICATION_TOKEN_CHARACTERS_AT_MOST = 1024
SHORTEST_SECONDS = 30
"""A person needs a moment; who asks for less gets this."""


@dataclass(frozen=True, slots=True)
class BackchannelRequest:
    """What a client asks of whom, after every check."""

    request: AuthorizationRequest
    sub: str
    """Who is to answer: what they are called at this client."""
    binding_message: str
    """Or nothing."""
    notification_token: str
    """Or nothing: for ping and push alone."""
    seconds: int
    """How long it waits for its answer."""


def client_may_ask(asked: Asked) -> None:
    # Section 13
    if CIBA not in asked.client.metadata.grant_types:
        raise UnauthorizedClient("The client is not registered for requests by the back channel.")


def one_hint_is_given(asked: Asked) -> None:
    # Section 7.1: one and only one.
    given = [name for name in HINTS if name in asked.parameters]
    if len(given) != 1:
        raise InvalidRequest("Exactly one of login_hint and id_token_hint is needed.", detail=",".join(given))
    if given == ["login_hint_token"]:
        raise InvalidRequest("login_hint_token is not supported: login_hint and id_token_hint are.")


def notification_token_is_there(asked: Asked) -> None:
    # Section 7.1: REQUIRED where the client is told, in the syntax of a bearer token.
    token = asked.parameters.get("client_notification_token")
    if asked.client.metadata.backchannel_client_notification_endpoint is None:
        return
    if token is None:
        raise InvalidRequest("client_notification_token is missing.")
    if len(token) > NOTIFICATION_TOKEN_CHARACTERS_AT_MOST or not NOTIFICATION_TOKEN.fullmatch(token):
        raise InvalidRequest("client_notification_token is not a bearer token of 22 to 1024 characters.")


def binding_message_is_plain(asked: Asked) -> None:
    _binding_message(asked)


def requested_expiry_is_a_number(asked: Asked) -> None:
    # Section 7.1: a positive integer.
    text = asked.parameters.get("requested_expiry")
    if text is not None and not re.fullmatch(r"0*[1-9][0-9]{0,8}", text):
        raise InvalidRequest("requested_expiry is not a positive number of seconds.")


CHECKS: tuple[Callable[[Asked], None], ...] = (
    client_may_ask,
    parameters_are_bounded,
    scope_has_openid,
    scopes_are_allowed,
    one_hint_is_given,
    notification_token_is_there,
    binding_message_is_plain,
    requested_expiry_is_a_number,
)


def parse(provider: Provider, parameters: Parameters, client: Client) -> BackchannelRequest:
    """Raises ProtocolError."""
    asked = Asked(parameters, client)
    for check in CHECKS:
        check(asked)
    metadata = client.metadata
    wanted = metadata.scopes.intersection(asked.words("scope"))
    sub = _sub(provider, parameters, client)
    told = metadata.backchannel_client_notification_endpoint is not None
    token = parameters.get("client_notification_token") or ""
    # RFC 9396 section 3: wherever a scope is asked for.
    request = with_particulars(
        provider,
        client,
        parameters,
        AuthorizationRequest(
            client_id=client.client_id,
            redirect_uri="",
            scopes=tuple(scope for scope in SCOPES if scope in wanted),
            state=None,
            response_mode="",
            nonce=None,
            code_challenge=None,
            prompt=(),
            max_age=metadata.default_max_age,
            acr_values=asked.words("acr_values") or metadata.default_acr_values,
            essential_acr=(),
            ui_locales=(),
            hinted_sub=sub,
            resources=resources.asked(provider, parameters),
        ),
    )
    return BackchannelRequest(
        request=request,
        sub=sub,
        binding_message=_binding_message(asked),
        notification_token=token if told else "",
        seconds=_seconds(provider, parameters),
    )


def _binding_message(asked: Asked) -> str:
    text = asked.parameters.get("binding_message")
    if text is None:
        if asked.client.metadata.rules.backchannel_is_strict:
            # FAPI-CIBA section 5.2.2
            raise InvalidRequest("The profile of the client needs a binding_message.")
        return ""
    try:
        return binding.check(text)
    except BindingMessageRefused as refused:
        raise InvalidBindingMessage("binding_message cannot be shown.", detail=str(refused)) from None


def _sub(provider: Provider, parameters: Parameters, client: Client) -> str:
    """What the client calls the person. Nothing here tells whether there is such a person.

    Neither a phone nor the number of a document is a hint: who may try them finds out who has an account.
    """
    hint = parameters.get("id_token_hint")
    if hint is not None:
        return hinted_sub(provider)(hint, client)
    named = parameters.get("login_hint") or ""
    if not SUB.fullmatch(named):
        raise UnknownUserId("login_hint is not the sub of a person.")
    return named


def _seconds(provider: Provider, parameters: Parameters) -> int:
    settings = provider.backchannel
    text = parameters.get("requested_expiry")
    if text is None:
        return settings.request_seconds
    return max(SHORTEST_SECONDS, min(int(text), settings.longest_request_seconds))
