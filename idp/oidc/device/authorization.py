"""The device authorization endpoint (RFC 8628 section 3.1): a request that waits, and two codes for it."""

from datetime import datetime
from urllib.parse import urlencode

from idp.audit.events.decoupled import AuthorizationRequested
from idp.oidc.clients.fields.device import DEVICE_CODE
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import asked, waiting
from idp.oidc.device import user_codes
from idp.oidc.device.verification import ADDRESS
from idp.oidc.device.verification import PATH as VERIFICATION
from idp.oidc.endpoints import posted_form
from idp.oidc.errors import TooManyRequests, UnauthorizedClient
from idp.oidc.http import CORS, NO_STORE, Request, Response, answer_json
from idp.oidc.provider import Provider
from idp.oidc.token import dpop
from idp.oidc.token.grants.device_code import WAY

PATH = "/oauth2/device_authorization"
UNDERSTOOD = (
    *("scope", "resource", "acr_values", "max_age", "claims", "ui_locales"),
    *("authorization_details", "purpose"),
)
HOUR = 3600


def answer(provider: Provider, request: Request) -> Response:
    return posted_form.answer(provider, request, _respond, path=PATH, name="device_authorization")


def _respond(provider: Provider, request: Request, client: Client, now: datetime) -> Response:
    if DEVICE_CODE not in client.metadata.grant_types:
        raise UnauthorizedClient("The client is not registered for the device authorization grant.")
    wanted = asked.read(provider, client, request.form, UNDERSTOOD)
    _check_rate(provider, request)
    seconds, interval = provider.device.code_seconds, provider.device.interval_seconds
    device_code, made = waiting.start(
        provider.store,
        provider.grant_key,
        wanted,
        way=WAY,
        now=now,
        seconds=seconds,
        interval=interval,
        details={ADDRESS: request.address},
    )
    if provider.twists is not None:
        provider.twists.asked(client.client_id, made.grant_id)
    user_code = user_codes.reserve(provider.store, provider.grant_key, made.id, seconds=seconds)
    event = AuthorizationRequested(client.client_id, WAY, wanted.scopes, made.grant_id)
    provider.audit.append(event, provider.context(request, now))
    verification_uri = provider.issuer + VERIFICATION
    # Section 3.2
    body = {
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": verification_uri,
        "verification_uri_complete": f"{verification_uri}?{urlencode({'user_code': user_code})}",
        "expires_in": seconds,
        "interval": interval,
    }
    return answer_json(body, headers=(*NO_STORE, *CORS, *dpop.nonce_for(provider, client, now)))


def _check_rate(provider: Provider, request: Request) -> None:
    """Strangers may use a public client's name. Raises TooManyRequests."""
    limit = provider.device.requests_per_address_per_hour
    if not provider.throttle.allow_from(request.address, "device authorization", limit, HOUR):
        raise TooManyRequests("Too many requests from this address in an hour.")
