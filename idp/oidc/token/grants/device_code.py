"""grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 section 3.4)."""

from datetime import datetime

from idp.oidc.clients.fields.device import DEVICE_CODE
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import polling
from idp.oidc.errors import InvalidRequest
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token.senders import Sender
from idp.oidc.token.tokens import Tokens

GRANT_TYPE = DEVICE_CODE
WAY = "device"


def grant(provider: Provider, request: Request, client: Client, sender: Sender, now: datetime) -> Tokens:
    """Raises ProtocolError. The event is durable before the tokens leave."""
    device_code = request.form.get("device_code")
    if device_code is None:
        raise InvalidRequest("device_code is missing.")
    return polling.grant(
        provider, request, client, sender, now, way=WAY, handle=device_code, grant_type=GRANT_TYPE
    )
